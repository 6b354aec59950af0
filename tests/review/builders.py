"""Letters and approvals for the tests of reviewing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from newsletter import review
from newsletter.model import digest as numbers
from newsletter.model.letter import Letter, Picture
from newsletter.model.review import Approval, Certainty, Parts
from newsletter.testing import builders
from newsletter.testing.builders import NOON

WHOLE = {
    "rule": "politiker: x",
    "mode": "none",
    "transport": "smtp\nverp = true",
    "wording": "Vi fick din adress från {source}.",
}
PICTURE = Picture("content/issues/2026-2/pictures/bro.png", "bro@x", "image/png", b"bytes", 1104, 400)
LETTERS = (
    builders.letter(edition="alla", pictures=(PICTURE,)),
    builders.letter(pictures=(PICTURE,)),
    builders.letter(edition="tjanstepersoner"),
)
PEOPLE = ("anna", "bo", "cia", "dag")


def parts(letters: Sequence[Letter] = LETTERS, **changes: str) -> Parts:
    """The parts of these letters."""
    return review.parts(letters, **(WHOLE | changes))


def approval(of: Parts | None = None, readers: Iterable[str] = PEOPLE, **changes: Any) -> Approval:
    """An approval by Anna Berg at noon."""
    found, people = parts() if of is None else of, numbers.audience(readers)
    made = Approval(
        issue="2026-2",
        by="Anna Berg",
        at=NOON,
        how=Certainty.TERMINAL,
        transport="smtp",
        parts=found,
        listed=people,
        readers=people,
        digest=numbers.digest(found, people),
    )
    return replace(made, **changes)


def later(hours: int) -> datetime:
    """So many hours after noon."""
    return NOON.replace(hour=NOON.hour + hours)
