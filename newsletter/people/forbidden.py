"""What a list must not hold: personal identity numbers, and anything that tells a person's party."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from newsletter.people.words import folded

PARTY_WHY = (
    "Partitillhörighet är en känslig personuppgift (artikel 9 i dataskyddsförordningen). "
    "Föreningen behöver den inte för att skicka ett nyhetsbrev."
)
IDENTITY_WHY = (
    "Personnummer får bara behandlas när det är klart motiverat, och det är det inte för ett nyhetsbrev."
)
TO_DO = "Ta bort kolumnen ur filen, också ur den kopia som sparas, och importera igen."

_PARTY_HEADING = re.compile(
    r"\bparti|\bparty\b|partitillhörighet|partibeteckning|politisk (?:hemvist|tillhörighet)|\bblock?\b"
)
_IDENTITY_HEADING = re.compile(
    r"person-?\s?(?:nummer|nr)|samordningsnummer|identitetsnummer|^pnr$|^födelsen(?:ummer|r)$"
)
_LETTERS = "S|M|C|L|V|KD|MP|SD"
_PARTIES = (
    r"socialdemokrat\w*|moderat(?:erna)?|sverigedemokrat\w*|centerparti\w*|vänsterparti\w*|"
    r"kristdemokrat\w*|liberalerna|miljöparti\w*|folkparti\w*"
)
_MARK = re.compile(rf"\((?:{_LETTERS})\)|\b(?:{_PARTIES})\b", re.IGNORECASE)
_ONLY_PARTY = re.compile(rf"\(?(?:{_LETTERS}|{_PARTIES})\)?", re.IGNORECASE)
_BLOC = re.compile(
    r"\b(?:majoritet(?:en)?|opposition(?:en)?|borgerliga?|rödgröna?|alliansen|vänster(?:blocket)?|höger(?:blocket)?)\b",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?<![\d-])(?:19|20)(\d{6})[-+ ]?(\d{4})(?![\d-])|(?<![\d-])(\d{6})[-+](\d{4})(?![\d-])")
_SHORT = re.compile(r"(\d{6})(\d{4})")
_FEW = 3  # ten digits without a hyphen may be a telephone number; a whole column of them is not by chance


def party_heading(heading: str) -> bool:
    """Whether a column of this (folded) heading tells a person's party or bloc."""
    return bool(_PARTY_HEADING.search(heading))


def identity_heading(heading: str) -> bool:
    """Whether a column of this (folded) heading holds personal identity numbers."""
    return bool(_IDENTITY_HEADING.search(heading))


def tells_party(cell: str) -> bool:
    """Whether the cell names a party: ``ledamot (S)``, ``gruppledare Centerpartiet``."""
    return bool(_MARK.search(cell))


def is_opinion(tag: str) -> bool:
    """Whether a tag names a party, by name or letters alone, or a bloc."""
    return bool(_ONLY_PARTY.fullmatch(tag) or _MARK.search(tag) or _BLOC.search(tag))


def has_identity_number(cell: str) -> bool:
    """Whether a personal identity or co-ordination number stands in the cell, date and check digit right."""
    # A loop, since most cells have none, and any() would take longer than the search.
    for match in _LONG.finditer(cell):  # noqa: SIM110
        if _is_number(*filter(None, match.groups())):
            return True
    return False


def _is_number(day: str, last: str) -> bool:
    year, month, of_month = int(day[:2]), int(day[2:4]), int(day[4:])
    try:
        date(2000 + year % 100, month, of_month - 60 * (of_month > 60))
    except ValueError:
        return False
    digits = [int(digit) * (2 - at % 2) for at, digit in enumerate(day + last)]
    return sum(digit - 9 * (digit > 9) for digit in digits) % 10 == 0


@dataclass(slots=True)
class ColumnTold:
    """What the cells of a column without a known heading have told, row by row."""

    filled: int = 0
    parties: Counter[str] = field(default_factory=Counter)
    numbers: int = 0

    def note(self, cell: str) -> None:
        """Take one more filled cell into account."""
        self.filled += 1
        if _ONLY_PARTY.fullmatch(cell):
            self.parties[folded(cell)] += 1
        if (ten := _SHORT.fullmatch(cell)) and _is_number(*ten.groups()):
            self.numbers += 1

    @property
    def is_party(self) -> bool:
        """Whether nearly every cell is a party's name or letters, and not always the same."""
        return len(self.parties) > 1 and self.parties.total() >= 0.8 * self.filled

    @property
    def is_identity(self) -> bool:
        """Whether nearly every cell is ten digits with a right date and a right check digit."""
        return self.numbers >= _FEW and self.numbers >= 0.9 * self.filled
