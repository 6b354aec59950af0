"""What has changed since an approval, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter import review
from newsletter.model.letter import Letter
from tests.review.builders import LETTERS, PICTURE, parts

HOSTED = replace(PICTURE, url="https://www.bergslaget.example/bro.png")


def words(*letters: Letter, **changes: str) -> list[str]:
    return [change.words for change in review.changes(parts(), parts(letters or LETTERS, **changes))]


def politicians(**changes: object) -> tuple[Letter, ...]:
    """The three letters, that of the politicians with changes."""
    first, second, third = LETTERS
    return first, replace(second, **changes), third  # type: ignore[arg-type]


def test_nothing_has_changed() -> None:
    """The same letters in another order have not changed."""
    assert words(*reversed(LETTERS)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"subject": "Annat"}, "Ämnesraden i utgåvan politiker är ändrad."),
        ({"preheader": "Annat"}, "Förhandstexten i utgåvan politiker är ändrad."),
        ({"html": "<p>annat</p>"}, "Innehållet i utgåvan politiker är ändrat."),
        ({"text": "annat"}, "Textversionen i utgåvan politiker är ändrad."),
        ({"language": "en"}, "Språket i utgåvan politiker är ändrat."),
        ({"issue": "2026-3"}, "Numrets namn i utgåvan politiker är ändrat."),
        (
            {"sender": replace(LETTERS[1].sender, name="A")},
            "Avsändarens namn i utgåvan politiker är ändrat.",
        ),
        (
            {"sender": replace(LETTERS[1].sender, address="a@b.example")},
            "Avsändarens adress i utgåvan politiker är ändrad.",
        ),
        (
            {"sender": replace(LETTERS[1].sender, reply_to="a@b.example")},
            "Svarsadressen i utgåvan politiker är ändrad.",
        ),
        (
            {"pictures": (replace(PICTURE, data=b"annat"),)},
            "Bilden bro.png i utgåvan politiker är utbytt.",
        ),
        ({"pictures": ()}, "Bilden bro.png i utgåvan politiker är borttagen."),
        ({"hosted": (HOSTED,)}, "Bilden bro.png på webben i utgåvan politiker är tillagd."),
        (
            {"headers": {**LETTERS[1].headers, "List-Id": "<annat.example>"}},
            "Brevhuvudet List-Id i utgåvan politiker är ändrat.",
        ),
        (
            {"headers": {**LETTERS[1].headers, "X-Annat": "ja"}},
            "Brevhuvudet X-Annat i utgåvan politiker är tillagt.",
        ),
        (
            {"headers": {"List-Id": LETTERS[1].headers["List-Id"]}},
            "Brevhuvudet List-Unsubscribe i utgåvan politiker är borttaget.",
        ),
    ],
)
def test_a_change_of_one_edition(changes: dict[str, object], told: str) -> None:
    """Each thing that a reader could tell apart is named, with its edition."""
    assert words(*politicians(**changes)) == [told]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mode": "provider"}, "Sättet att mäta är ändrat."),
        ({"transport": "sendgrid\nverp = true"}, "Breven ska gå en annan väg."),
        ({"transport": "smtp\nverp = false"}, "Inställningarna för hur breven går iväg är ändrade."),
        ({"rule": "alla: y"}, "Regeln för vilka som får brevet är ändrad."),
        (
            {"wording": "Annat."},
            "Det som ett första brev säger om varifrån adressen kommer är ändrat.",
        ),
    ],
)
def test_a_change_of_the_whole(changes: dict[str, str], told: str) -> None:
    """So is what holds for the whole sending."""
    assert words(**changes) == [told]


def test_one_change_of_several_editions_is_told_once() -> None:
    """The same change is one line, whether of some editions or of all."""
    first, second, third = LETTERS
    some = words(replace(first, text="x"), replace(second, text="x"), third)
    assert some == ["Textversionen i utgåvorna alla och politiker är ändrad."]
    everywhere = words(*(replace(one, subject="x") for one in LETTERS))
    assert everywhere == ["Ämnesraden i alla utgåvor är ändrad."]
    alone = review.changes(parts(LETTERS[:1]), parts([replace(LETTERS[0], subject="x")]))
    assert [change.words for change in alone] == ["Ämnesraden är ändrad."]


def test_editions_come_and_go() -> None:
    """An edition that is new or gone is one line, not one for each of its parts."""
    assert words(*LETTERS, replace(LETTERS[0], edition="ny")) == ["Utgåvan ny har tillkommit."]
    assert words(*LETTERS[1:]) == ["Utgåvan alla finns inte längre."]


def test_the_order_of_what_is_told() -> None:
    """First what is of the whole, then the texts as a reader meets them, then the rest."""
    told = words(*politicians(subject="x", html="y", pictures=()), mode="provider")
    assert [line.split()[0] for line in told] == ["Sättet", "Ämnesraden", "Innehållet", "Bilden"]


def test_a_part_of_another_program() -> None:
    """A part that this program does not know of is a change too."""
    before = {**parts(), "politiker/colour": "0" * 64}
    assert [change.name for change in review.changes(before, parts())] == ["colour"]
    assert [change.name for change in review.changes({**parts(), "moon": "0" * 64}, parts())]
