"""Which column holds what: the first row of a list, in Swedish or English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from newsletter.errors import Problem, Problems
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.people.table import Row
from newsletter.people.words import folded


class Column(Enum):
    """A column that is read; its value is its Swedish heading."""

    NAME = "Namn"
    ADDRESS = "E-post"
    MEMBER = "Medlem"
    ROLE = "Roll"
    LANGUAGE = "Språk"


REQUIRED = (Column.ADDRESS, Column.MEMBER, Column.ROLE)

_HEADINGS = {
    "namn": Column.NAME,
    "name": Column.NAME,
    "för- och efternamn": Column.NAME,
    "e-post": Column.ADDRESS,
    "epost": Column.ADDRESS,
    "e-postadress": Column.ADDRESS,
    "epostadress": Column.ADDRESS,
    "mejl": Column.ADDRESS,
    "mail": Column.ADDRESS,
    "mejladress": Column.ADDRESS,
    "mailadress": Column.ADDRESS,
    "email": Column.ADDRESS,
    "e-mail": Column.ADDRESS,
    "medlem": Column.MEMBER,
    "member": Column.MEMBER,
    "kommun": Column.MEMBER,
    "kommun/region": Column.MEMBER,
    "organisation": Column.MEMBER,
    "roll": Column.ROLE,
    "role": Column.ROLE,
    "uppdrag": Column.ROLE,
    "språk": Column.LANGUAGE,
    "language": Column.LANGUAGE,
}
_PARTY = re.compile(
    r"\bparti|\bparty\b|partitillhörighet|partibeteckning|politisk (?:hemvist|tillhörighet)|\bblock?\b"
)
_IDENTITY = re.compile(r"person-?\s?(?:nummer|nr)|samordningsnummer|identitetsnummer")
_TO_DO = "Ta bort kolumnen ur filen, också ur den kopia som sparas, och importera igen."

PARTY_WHY = (
    "Partitillhörighet är en känslig personuppgift (artikel 9 i dataskyddsförordningen). "
    "Föreningen behöver den inte för att skicka ett nyhetsbrev."
)
_IDENTITY_WHY = (
    "Personnummer får bara behandlas när det är klart motiverat, och det är det inte för ett nyhetsbrev."
)


def columns(header: Row, rows: tuple[Row, ...], path: str) -> Mapping[Column, int]:
    """Where each column stands. Raises Problems for headings unknown, missing, double or not allowed."""
    where = Where(path, header.line)
    problems: list[Problem] = []
    found: dict[Column, int] = {}
    for index, heading in enumerate(header.cells):
        column = _HEADINGS.get(_bare(heading))
        if column is None:
            problems += _stranger(heading, index, rows, where)
        elif column in found:
            problems.append(
                Problem(f"Kolumnen {column.value} står två gånger.", where, do="Behåll en av dem.")
            )
        else:
            found[column] = index
    problems += _missing(found, where)
    Problems.raise_if(problems)
    return found


def _bare(heading: str) -> str:
    return folded(heading).strip(" *:.")


def _stranger(heading: str, index: int, rows: tuple[Row, ...], where: Where) -> list[Problem]:
    bare = _bare(heading)
    if not bare and not any(row.cells[index : index + 1] != ("",) for row in rows if len(row.cells) > index):
        return []  # an empty column, as spreadsheets leave behind
    what = f"Kolumnen ”{heading}” (nummer {index + 1}) är inte känd."
    if _PARTY.search(bare):
        return [Problem(f"Kolumnen ”{heading}” får inte importeras.", where, PARTY_WHY, _TO_DO)]
    if _IDENTITY.search(bare):
        return [Problem(f"Kolumnen ”{heading}” får inte importeras.", where, _IDENTITY_WHY, _TO_DO)]
    close = nearest(heading, tuple(column.value for column in Column))
    return [Problem(what, where, close, "Rätta rubriken, eller ta bort kolumnen ur filen.")]


def _missing(found: Mapping[Column, int], where: Where) -> list[Problem]:
    headings = ", ".join(column.value for column in Column)
    do = f"Första raden ska ha rubrikerna {headings} (Namn och Språk får fattas)."
    return [
        Problem(f"Kolumnen {column.value} saknas.", where, "", do)
        for column in REQUIRED
        if column not in found
    ]
