"""What a digest binds to, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from newsletter.model.letter import Letter, LetterSender
from newsletter.model.where import Where
from newsletter.testing import builders
from tests.send.builders import LETTER, PICTURE


def digest(*letters: Letter, ids: tuple[str, ...] = ("r1", "r2"), **changes: str) -> str:
    return builders.digest(letters, ids, **({"rule": "x"} | changes))


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Annat"},
        {"preheader": "Annat"},
        {"html": "<p>annat</p>"},
        {"text": "annat"},
        {"pictures": ()},
        {"pictures": (replace(PICTURE, data=b"annat"),)},
        {"pictures": (replace(PICTURE, mime="image/jpeg"),)},
        {"hosted": (replace(PICTURE, url="https://www.bergslaget.example/bro.png"),)},
        {"language": "en"},
        {"issue": "2026-3"},
        {"headers": {}},
        {"sender": LetterSender("A", "a@b.example", "kansli@bergslaget.example")},
        {"sender": replace(LETTER.sender, reply_to="annan@bergslaget.example")},
    ],
)
def test_change_of_the_letter(change: dict[str, Any]) -> None:
    """Whatever a reader could tell apart changes the digest."""
    assert digest(replace(LETTER, **change)) != digest(LETTER)


def test_change_of_audience_mode_or_transport() -> None:
    """So do the rule, the set of people, the measuring mode and the transport."""
    others = [
        digest(LETTER, rule="y"),
        digest(LETTER, mode="provider"),
        digest(LETTER, transport="smtp"),
        digest(LETTER, transport="outbox\nverp = true"),
        digest(LETTER, wording="Vi fick din adress från kommunen."),
        digest(LETTER, ids=("r1",)),
        digest(LETTER, ids=("r1", "r3")),
        digest(LETTER, replace(LETTER, edition="politiker")),
    ]
    assert len({digest(LETTER), *others}) == len(others) + 1


def test_what_is_not_in_it() -> None:
    """The order of people and of editions, and where a block stands in its file, are not in the digest."""
    other = replace(LETTER, edition="politiker")
    assert digest(LETTER, other, ids=("r1", "r2")) == digest(other, LETTER, ids=("r2", "r1"))
    assert digest(replace(LETTER, source_map={"a": Where("x", 1)})) == digest(LETTER)
