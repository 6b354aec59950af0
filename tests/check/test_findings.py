"""What the check finds in a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from newsletter import check
from newsletter.model.finding import Finding, Probe, Probes, Reach, Severity
from newsletter.model.issue import Block, BlockKind, CalendarEntry, EventFacts
from newsletter.model.letter import Letter, LetterSender
from newsletter.model.prose import Image, Link, Paragraph, Text
from newsletter.model.settings import Limits, Settings
from tests.render.building import (
    FILE,
    PICTURES,
    SETTINGS,
    block,
    card,
    inline,
    issue,
    letter,
    links,
    png,
    says,
)

NOW = datetime(2026, 11, 10, tzinfo=UTC)
FINE = "Läs hela verksamhetsplanen"


def _found(
    *blocks: Block,
    made: Letter | None = None,
    settings: Settings = SETTINGS,
    probes: Probes | None = None,
    now: datetime = NOW,
    pictures: dict[str, bytes] | None = None,
    **values: Any,
) -> dict[str, Finding]:
    shown = made or letter(*blocks, settings=settings, pictures=pictures, **values)
    found = check.findings(shown, issue(*blocks, **values), settings, probes or Probes(), now)
    return {each.rule: each for each in found}


def test_a_good_letter_has_no_finding() -> None:
    """Every kind of block, written well, gives nothing to say."""
    assert _found() == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Vi ses TK.", "placeholder"),
        ("Lorem ipsum dolor", "placeholder"),
        ("Priset är XX kr.", "placeholder"),
        ("Hej {{fornamn}}!", "unknown-mark"),
        ("Hej {% namn %}!", "unknown-mark"),
        ("Ring 811218-9876.", "personal-number"),
        ("Ring 19811218-9876.", "personal-number"),
        ("Ring 811278-9873.", "personal-number"),
        ("Vi ses onsdag 8 december.", "weekday-wrong"),
        ("Vi ses onsdagen den 8 december 2026.", "weekday-wrong"),
        ("Vi sågs måndagen den 3 november.", "weekday-wrong"),
    ],
)
def test_words_that_want_mending_are_found_at_their_line(text: str, rule: str) -> None:
    """Forgotten words, unknown marks, personal numbers and false weekdays are told with their place."""
    finding = _found(card(says(text, 33)))[rule]
    assert str(finding.where) == f"{FILE}:33"
    assert finding.why
    assert finding.do


@pytest.mark.parametrize(
    "text",
    [
        "Vi ses tisdag 8 december.",
        "Vi ses torsdagen den 18 mars.",
        "Vi sågs tisdagen den 3 november.",
        "Ring 0225-123 45 eller 811218-9875.",
        "Organisationsnummer 802413-1234.",
        "Hej {{name}}!",
    ],
)
def test_words_that_are_right_are_left_alone(text: str) -> None:
    """Right weekdays, telephone numbers, failing check digits and known marks are no findings."""
    assert _found(card(says(text))) == {}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"subject": " "}, "subject-empty"),
        ({"subject": "ord " * 20}, "subject-long"),
        ({"preheader": "Kort"}, "preheader-length"),
        (
            {"subject": "Nya spår", "preheader": "Nya spår i Bergslagen och mycket annat."},
            "preheader-repeats",
        ),
    ],
)
def test_the_inbox_lines_are_looked_at(values: dict[str, Any], rule: str) -> None:
    """Subject and preheader are told of at their line of the front matter."""
    finding = _found(card(), **values)[rule]
    assert finding.where
    assert finding.where.line in (4, 5)


@pytest.mark.parametrize(
    ("href", "text", "rule"),
    [
        ("javascript:alert(1)", FINE, "link-broken"),
        ("https://", FINE, "link-broken"),
        ("www.forening.example", FINE, "link-broken"),
        ("http://www.forening.example", FINE, "link-unsafe"),
        ("https://x.example", "Klicka här", "link-generic"),
        ("https://x.example", "Läs mer »", "link-generic"),
        ("https://x.example", " ", "link-silent"),
    ],
)
def test_links_that_mislead_are_found_at_their_line(href: str, text: str, rule: str) -> None:
    """Bad schemes, open connections and empty words are told with the link's line."""
    finding = _found(card(links(href, text, 44)))[rule]
    assert str(finding.where) == f"{FILE}:44"


def test_the_same_words_lead_to_one_place() -> None:
    """The same text to two addresses is a warning; to one address it is none."""
    one, other = links("https://x.example/1", FINE), links("https://x.example/2", FINE)
    assert "link-ambiguous" in _found(card(one, other))
    assert "link-ambiguous" not in _found(card(one, one))


def test_a_dead_link_says_what_was_wrong() -> None:
    """What the probe saw is the reason."""
    found = _found(
        card(links("https://x.example/1", FINE)),
        probes=Probes({"https://x.example/1": Probe(Reach.DEAD, "svarade 404")}),
    )
    assert found["link-dead"].why == "svarade 404"


def test_a_large_letter_is_warned_of_and_a_larger_one_refused() -> None:
    """The limits are those of the settings, and the costliest block is named."""
    warn = replace(SETTINGS, limits=Limits(html_warn_kb=5))
    refuse = replace(SETTINGS, limits=Limits(html_warn_kb=5, html_refuse_kb=6))
    assert _found(card(), settings=warn)["html-big"].severity is Severity.WARNING
    finding = _found(card(), settings=refuse)["html-too-big"]
    assert finding.severity is Severity.ERROR
    assert f"{FILE}:19" in finding.why


def test_size_is_counted_with_the_longest_marks() -> None:
    """A letter full of names is measured as its longest reader gets it."""
    bare, named = letter(card(says("x"))), letter(card(says("{{name}}" * 100)))
    assert check.page_bytes(named) - check.page_bytes(bare) == 64 * 100 - 1


def test_heavy_and_coarse_pictures_are_found() -> None:
    """Pictures over the limit are an error; those below twice their width a warning."""
    path = next(iter(PICTURES))
    image = card(Image("pictures/tag.png", "Ett tåg", 22))
    coarse = _found(image, pictures={path: png(600, 10)})
    assert "1104 punkter" in coarse["picture-coarse"].do
    heavy = _found(image, pictures={path: png(1104, 10) + b"\0" * 700_000})
    assert heavy["pictures-too-big"].severity is Severity.ERROR
    assert heavy["picture-heavy"].where


def test_dates_that_have_passed_are_found() -> None:
    """Calendar and invitation are held against the day of the check."""
    calendar = block(BlockKind.CALENDAR, entries=(CalendarEntry(date(2026, 12, 8), inline("Möte"), "", 51),))
    assert _found(calendar) == {}
    later = _found(calendar, now=datetime(2026, 12, 9, tzinfo=UTC))
    assert str(later["date-passed"].where) == f"{FILE}:51"


def test_an_answer_is_due_before_the_meeting() -> None:
    """A last day after the meeting is an error."""
    event = EventFacts(date(2027, 3, 18), rsvp=date(2027, 3, 19))
    assert "rsvp-late" in _found(block(BlockKind.INVITATION, title="Möte", event=event))


def test_member_news_without_news_is_found() -> None:
    """An introduction to nothing is a warning."""
    news = block(BlockKind.MEMBER_NEWS, nodes=(says("Ett urval."),))
    made = letter(news, picks=())
    assert "member-news-empty" in _found(news, made=made)


def _spoiled(made: Letter, rule: str) -> Finding:
    return _found(card(), made=made)[rule]


def test_a_letter_without_a_way_out_is_refused() -> None:
    """The way out must stand in HTML, text and header."""
    good = letter(card())
    assert "textdelen" in _spoiled(replace(good, text="Hej"), "no-way-out").what
    assert "brevhuvudet" in _spoiled(replace(good, headers={}), "no-way-out").what
    kept = tuple(link for link in good.links if "unsubscribe" not in link.href)
    assert "HTML-delen" in _spoiled(replace(good, links=kept), "no-way-out").what
    settings = replace(SETTINGS, unsubscribe_mailbox="")
    assert "no-mailbox" in _found(card(), made=good, settings=settings)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<h1", "<img src='cid:x'><h1", "alt-missing"),
        ("<h1", "<img alt='' src='https://x.example/p.gif'><h1", "fetches-outside"),
        ("<h1", '<i title="\\u{a0}">x</i><h1', "character-spoiled"),
        ("<h1", "<p style='font-size:11px'>litet</p><h1", "type-small"),
        ('lang="sv"', "", "head-incomplete"),
    ],
)
def test_a_spoiled_page_is_found(old: str, new: str, rule: str) -> None:
    """What a template could do to a page is seen in the page itself."""
    good = letter(card())
    assert old in good.html
    assert _spoiled(replace(good, html=good.html.replace(old, new)), rule).do


def test_a_text_part_of_its_own_is_found() -> None:
    """A text part that tells less than the page is a warning that names words."""
    good = letter(card(says("Långa berättelser om spårtrafik, stålverk och nomineringar inför årsmötet.")))
    short = replace(good, text="Se webben. {{unsubscribe}}")
    assert "berättelser" in _found(card(), made=short)["text-unlike"].why
    assert _found(card(), made=short)["text-unlike"].severity is Severity.WARNING


def test_a_sender_that_is_not_the_settings_is_found() -> None:
    """The sender is the one that the settings name."""
    stranger = replace(letter(card()), sender=LetterSender("X", "x@x.example", "x@x.example"))
    assert "unknown-sender" in _found(card(), made=stranger)


def test_errors_come_first_and_carry_the_edition() -> None:
    """Findings are sorted, errors first, and each names the edition."""
    text = Paragraph((Text("TK "), Link("http://x.example", inline(FINE), 9)), 9)
    found = check.findings(letter(card(text)), issue(card(text)), SETTINGS, Probes(), NOW)
    assert [each.severity for each in found] == [Severity.ERROR, Severity.WARNING]
    assert {each.edition for each in found} == {"alla"}
