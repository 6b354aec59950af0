"""What readers meet: addresses, days, words and the inbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter import check
from newsletter.check import Reference
from newsletter.model.finding import Finding, Probes
from newsletter.model.issue import Block
from newsletter.model.prose import Heading, Image
from newsletter.model.settings import Association, Measuring
from newsletter.model.where import Where
from tests.render.building import FILE, PICTURES, SETTINGS, card, inline, issue, letter, links, png, says

NOW = datetime(2026, 11, 10, tzinfo=UTC)
REAL = replace(
    SETTINGS,
    association=Association(
        name="Bergslaget",
        short_name="Bergslaget",
        postal_address="Gatan 1",
        website="https://www.bergslaget.se",
        contact="kansli@bergslaget.se",
    ),
)
KNOWN = Reference(
    addresses=frozenset({"bergslaget.se", "kansli@bergslaget.se", "ludvika.se", "sater.se", "hofors.se"})
)


def _found(
    *blocks: Block, reference: Reference = KNOWN, settings: Any = SETTINGS, **values: Any
) -> dict[str, Finding]:
    made = letter(*blocks, settings=settings, **values)
    found = check.findings(made, issue(*blocks, **values), settings, Probes(), NOW, reference)
    return {each.rule: each for each in found}


@pytest.mark.parametrize(
    ("href", "meant"),
    [
        ("https://www.ludvlka.se/x", "ludvika.se"),
        ("mailto:kansli@bergslaget.es", "bergslaget.se"),
        ("mailto:kanlsi@bergslaget.se", "kansli@bergslaget.se"),
        ("mailto:anna@gmial.com", "gmail.com"),
    ],
)
def test_addresses_that_are_nearly_known_are_asked_about(href: str, meant: str) -> None:
    """A letter too few, too many, another or swapped is told with what was meant, at its line."""
    finding = _found(card(links(href, "Sidan om spåren", 44)), settings=REAL)["address-misspelt"]
    assert str(finding.where) == f"{FILE}:44"
    assert meant in finding.do


@pytest.mark.parametrize(
    "href",
    [
        "https://www.ludvika.se/x",
        "https://orebro.se",
        "https://hagfors.se",
        "mailto:anna@telia.com",
        "mailto:info@trafikverket.se",
    ],
)
def test_other_addresses_are_left_alone(href: str) -> None:
    """What is known, or like nothing that is known, is no finding."""
    assert _found(card(links(href, "Sidan om spåren")), settings=REAL) == {}


def test_an_address_in_the_text_is_read_too() -> None:
    """Addresses in running text are held against the known ones as links are."""
    assert "address-misspelt" in _found(card(says("Skriv till kansli@bergslagt.se.")), settings=REAL)


@pytest.mark.parametrize("href", ["https://www.forening.example/x", "mailto:a@example.org"])
def test_examples_left_behind_are_errors_where_the_association_is_real(href: str) -> None:
    """A reserved domain is an error, unless the workspace's own domain is one."""
    assert "address-reserved" in _found(card(links(href, "Sidan om spåren")), settings=REAL)
    assert "address-reserved" not in _found(card(links(href, "Sidan om spåren")))


def test_a_segment_with_nobody_is_told_where_it_is_named() -> None:
    """Audiences and blocks for segments without people are warned of, where there are lists at all."""
    block = card(says("Hej."), segments=("media",))
    lines = {"audiences": 11}
    lists = Reference(readers={"politiker": 0, "media": 0, "partner": 3})
    made = letter(block)
    found = check.findings(made, issue(block, lines=lines), SETTINGS, Probes(), NOW, lists)
    told = sorted(str(each.where) for each in found if each.rule == "segment-empty")
    assert told == [f"{FILE}:11", f"{FILE}:19"]
    assert "segment-empty" not in _found(block, reference=Reference(readers={"politiker": 0, "media": 0}))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Vi ses ons 8 dec.", "weekday-wrong"),
        ("Vi ses onsdag 2026-12-08.", "weekday-wrong"),
        ("Vi ses onsdag 8/12.", "weekday-wrong"),
        ("Vi ses den 31 november.", "date-impossible"),
        ("Vi ses den 29 februari 2027.", "date-impossible"),
        ("Vi ses 2027-02-30.", "date-impossible"),
        ("Anmäl dig senast den 3 november.", "date-passed"),
        ("Anmäl dig senast 2026-11-09.", "date-passed"),
        ("Sista anmälningsdag: 1 november", "date-passed"),
        ("Det stod Ã¥ i texten.", "text-garbled"),
        ("Det är â€“ så.", "text-garbled"),
        ("Vi ses [datum] i Ludvika.", "placeholder"),
        ("Skriv några meningar om vad brevet handlar om.", "placeholder"),
        ("Pris: XXXX kr", "placeholder"),
    ],
)
def test_days_and_words_are_found_at_their_line(text: str, rule: str) -> None:
    """Each is told with its line."""
    finding = _found(card(says(text, 33)))[rule]
    assert str(finding.where) == f"{FILE}:33"


@pytest.mark.parametrize(
    "text",
    [
        "Vi ses tis 8 dec.",
        "Vi ses tisdag 2026-12-08 och tisdag 8/12.",
        "Mötet hölls den 3 november.",
        "Anmäl dig senast den 10 november.",
        "Skottdagen den 29 februari 2028.",
        "Vägen är 10 mars lång.",
        "Ring 0240-860 00 eller skriv 2026-1234.",
        "Tåget går 20.30 och åk 9 tar examen.",
        "Storlek XL och kapitel XIX.",
        "Länken [1] i listan.",
    ],
)
def test_right_days_and_plain_words_are_left_alone(text: str) -> None:
    """What is right, in the past without asking for anything, or only looks like a day, is no finding."""
    assert _found(card(says(text))) == {}


@pytest.mark.parametrize(
    ("subject", "rule"),
    [
        ("VIKTIGT BESKED om spåren", "subject-shouts"),
        ("Nya spår!!", "subject-shouts"),
        ("Industrin och industrin igen", "subject-repeats"),
        ("Höstens nyheter från Bergslagen", "subject-used"),
    ],
)
def test_subjects_that_shout_or_repeat_are_found(subject: str, rule: str) -> None:
    """Capitals, exclamation marks, words twice, and a subject that another issue had."""
    reference = Reference(earlier={"höstens nyheter från bergslagen": "2025-3"})
    found = _found(card(), reference=reference, subject=subject)
    assert set(found) == {rule}
    assert str(found[rule].where) == f"{FILE}:4"


@pytest.mark.parametrize("alt", ["IMG_2041.jpg", "dsc01234", "bild 3", "Skärmbild 2026-11-03", "foto"])
def test_an_alt_like_a_file_name_is_found(alt: str) -> None:
    """Names that cameras and telephones give say nothing to a listener."""
    found = _found(card(Image("pictures/tag.png", alt, 22)))
    assert str(found["alt-file-name"].where) == f"{FILE}:22"


def test_an_alt_may_not_go_on_for_ever() -> None:
    """A long description belongs in the text."""
    assert "alt-long" in _found(card(Image("pictures/tag.png", "ett tåg på en bro " * 12, 22)))


def test_headings_that_skip_a_level_are_found() -> None:
    """From ## to #### is told at the heading's line."""
    found = _found(card(Heading(4, inline("Djupt ner"), 31), says("Hej.")))
    assert str(found["headings-disordered"].where) == f"{FILE}:31"


def test_a_page_in_another_language_is_refused() -> None:
    """The language that the page states is the issue's."""
    good = letter(card())
    english = replace(good, html=good.html.replace('lang="sv"', 'lang="en"'))
    found = check.findings(english, issue(card()), SETTINGS, Probes(), NOW)
    assert "language-wrong" in {each.rule for each in found}


def test_the_whole_letters_weight_is_told() -> None:
    """Pictures below their limit may still make a heavy letter; the heaviest is named."""
    path = next(iter(PICTURES))
    image = card(Image("pictures/tag.png", "Ett tåg", 22))
    made = letter(image, pictures={path: png(1104, 10) + b"\0" * 560_000})
    found = {each.rule: each for each in check.findings(made, issue(image), SETTINGS, Probes(), NOW)}
    assert found["letter-heavy"].where == Where(path)
    assert "pictures-too-big" not in found


def test_limits_are_lower_where_a_provider_rewrites_links() -> None:
    """A letter between 75 and 90 kB is fine until a provider measures."""
    blocks = [card(says(f"Det går bra {n}. " * 200), id=f"k{n}", title=f"Notis {n}") for n in range(14)]
    made = letter(*blocks)
    assert 75 < check.page_bytes(made) / 1024 < 90
    measured = replace(SETTINGS, measuring=Measuring("provider", "Styrelsen § 7"))
    rules = {each.rule for each in check.findings(made, issue(*blocks), measured, Probes(), NOW)}
    assert rules & {"html-big", "html-too-big"}
    rules = {each.rule for each in check.findings(made, issue(*blocks), SETTINGS, Probes(), NOW)}
    assert not rules & {"html-big", "html-too-big"}


def test_a_control_character_from_a_template_is_refused() -> None:
    """What a template adds is looked at as it reaches the reader."""
    made = replace(letter(card()), text=letter(card()).text + "\x07")
    found = check.findings(made, issue(card()), SETTINGS, Probes(), NOW)
    assert "control-character" in {each.rule for each in found}
