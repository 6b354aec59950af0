"""What a cell of tags holds: the communicator's own words, as segments ask for them.

A tag says what letters a person is to have, never what the person thinks: one that tells a party or a bloc
is refused (Article 9 GDPR).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from newsletter.people import forbidden
from newsletter.people.words import folded

_BETWEEN = re.compile(r"[,;|]")
_TAG = re.compile(r'[^\W_][^"<>=]*')  # what an expression can quote, and no spreadsheet runs
_LONGEST, _MOST = 40, 20
_HOW = "En tagg börjar med en bokstav eller siffra, är högst 40 tecken, och taggar skiljs åt med komma."


def listed(cell: str, wrong: Callable[[str, str], object]) -> tuple[str, ...]:
    """The tags in the order of the cell, folded, each once; what is wrong is told to `wrong`, with why."""
    found = tuple(dict.fromkeys(tag for word in _BETWEEN.split(cell) if (tag := folded(word))))
    if len(found) > _MOST:
        wrong(f"Cellen har {len(found)} taggar.", f"Högst {_MOST} tas emot för en person.")
    for tag in found:
        if forbidden.is_opinion(tag):
            wrong(f"Taggen ”{tag}” röjer ett parti eller ett block.", forbidden.PARTY_WHY)
        elif len(tag) > _LONGEST or not _TAG.fullmatch(tag) or not tag.isprintable():
            wrong(f"”{tag[:_LONGEST]}” går inte som tagg.", _HOW)
    return found


def written(tags: tuple[str, ...]) -> str:
    """The tags as one cell; read again, they are the same."""
    return ", ".join(tags)
