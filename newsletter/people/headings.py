"""Which row holds the headings, and which column holds what, in Swedish or English."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from newsletter.errors import Problem, Problems
from newsletter.model.where import Where
from newsletter.people import forbidden
from newsletter.people.table import Row
from newsletter.people.words import folded

SEARCHED = 30  # rows at the top among which the headings are looked for


class Column(Enum):
    """A column that is read; its value is its Swedish heading."""

    NAME = "Namn"
    FIRST_NAME = "Förnamn"
    LAST_NAME = "Efternamn"
    LAST_FIRST = "Efternamn, förnamn"
    ADDRESS = "E-post"
    MEMBER = "Medlem"
    ROLE = "Roll"
    BODY = "Organ"
    LANGUAGE = "Språk"
    SINCE = "Från och med"
    UNTIL = "Till och med"
    TAGS = "Taggar"
    LIST = "Utskickslista"
    BASIS = "Rättslig grund"
    SOURCE = "Adressens källa"

    __hash__ = object.__hash__  # its own is worked out in Python, a million times in a long list


REQUIRED = (Column.ADDRESS, Column.MEMBER, Column.ROLE)

_SPELLINGS: Mapping[Column, tuple[str, ...]] = {
    Column.NAME: ("name", "för- och efternamn", "förnamn efternamn", "förnamn och efternamn", "person",
                  "fullständigt namn", "full name", "namn på ledamot", "kontaktperson", "ledamotens namn"),
    Column.FIRST_NAME: ("förnamn", "first name", "firstname", "tilltalsnamn", "given name"),
    Column.LAST_NAME: ("efternamn", "last name", "lastname", "surname"),
    Column.LAST_FIRST: ("efternamn förnamn", "efternamn och förnamn", "efternamn/förnamn"),
    Column.ADDRESS: ("epost", "e post", "e-postadress", "epostadress", "e-post adress", "e-postadresser",
                     "e-mailadress", "emailadress", "mejl", "mail", "mejladress", "mailadress",
                     "email", "e-mail", "email address", "e-mail address", "e-post arbete", "e-post (arbete)",
                     "e-postadress arbete", "mailadresser", "e-mailadresser", "mejladresser"),
    Column.MEMBER: ("member", "kommun", "kommun/region", "region/kommun", "kommun eller region",
                    "organisation", "medlemskommun", "medlemsorganisation", "kommun / region", "region",
                    "municipality", "organization", "arbetsgivare", "huvudman"),
    Column.ROLE: ("role", "uppdrag", "titel", "befattning", "funktion", "title", "roll/uppdrag", "roll/titel",
                  "titel/uppdrag", "uppdrag/titel", "position", "förtroendeuppdrag", "tjänst", "yrkestitel",
                  "roll/befattning", "titel/befattning", "befattning/uppdrag"),
    Column.BODY: ("nämnd", "instans", "politiskt organ", "beslutsinstans", "nämnd/styrelse", "församling",
                  "styrelse/nämnd", "organ/nämnd"),
    Column.LANGUAGE: ("language", "kontaktspråk"),
    Column.SINCE: ("från", "from", "fr.o.m", "fr o m", "from.", "fom", "startdatum", "tillträde",
                   "mandat från", "start", "valdfrom", "vald fr.o.m", "uppdrag från", "start date"),
    Column.UNTIL: ("till", "mandat t.o.m", "tom", "t.o.m", "t o m", "slutdatum", "mandat till", "slut",
                   "uppdrag till", "valdtom", "vald t.o.m", "avgång", "end date"),
    Column.TAGS: ("tagg", "tags", "tag", "märkord", "etiketter", "etikett", "labels", "label", "nyckelord",
                  "keywords"),
    Column.LIST: ("mailing list",),
    Column.BASIS: ("legal basis",),
    Column.SOURCE: ("source of the address",),
}  # fmt: skip
_HEADINGS = {folded(column.value): column for column in Column} | {
    spelling: column for column, spellings in _SPELLINGS.items() for spelling in spellings
}


@dataclass(frozen=True, slots=True)
class Headings:
    """The row (by its place among the first rows) after which people begin, and the columns that are read."""

    after: int
    line: int
    columns: Mapping[Column, tuple[int, ...]]
    unread: Mapping[int, str]  # columns that are not read, and their headings
    width: int


def known(heading: str) -> Column | None:
    """What a heading means; None where it is not one of ours."""
    bare = folded(heading).strip(" *:.")
    return _HEADINGS.get(bare) or _HEADINGS.get(re.sub(r"\s*\([^)]*\)", "", bare))


def score(rows: Sequence[Row]) -> int:
    """How many columns the best of the rows names: that of the right separator names the most."""
    return max((len({known(cell) for cell in row.cells} - {None}) for row in rows), default=0)


def found(rows: Sequence[Row], path: str, *, given: Collection[Column], merged: bool) -> Headings:
    """The headings among the first rows. Raises Problems for what is missing, double or not allowed.

    `given` are columns whose value is given for the whole file; `merged` says that the same heading side by
    side comes of a merged cell, and is one column.
    """
    after = _heading_row(rows)
    row = rows[after]
    if after + 1 < len(rows) and _goes_on(row, rows[after + 1]):
        after += 1
        row = Row(row.line, _combined(row, rows[after]))
    columns, problems = _columns(row, path, merged)
    problems += _missing(columns, row, Where(path, row.line), given)
    Problems.raise_if(problems)
    unread = {at: cell for at, cell in enumerate(row.cells) if known(cell) is None}
    return Headings(after, row.line, columns, unread, len(row.cells))


def _heading_row(rows: Sequence[Row]) -> int:
    columns = [{known(cell) for cell in row.cells} - {None} for row in rows]
    likely = [at for at, named in enumerate(columns) if len(named) > 1]
    alone = [at for at, named in enumerate(columns) if Column.ADDRESS in named]
    return next(iter(likely + alone), 0)


def _goes_on(above: Row, below: Row) -> bool:
    """Whether the next row holds more headings, under a cell such as *Namn* that spans several."""
    filled = [cell for cell in below.cells if cell]
    return bool(filled) and above.cells != below.cells and all(known(cell) for cell in filled)


def _combined(above: Row, below: Row) -> tuple[str, ...]:
    width = max(len(above.cells), len(below.cells))
    upper, lower = (row.cells + ("",) * (width - len(row.cells)) for row in (above, below))
    return tuple(second or first for first, second in zip(upper, lower, strict=True))


def _columns(row: Row, path: str, merged: bool) -> tuple[dict[Column, tuple[int, ...]], list[Problem]]:
    where, problems = Where(path, row.line), []
    columns: dict[Column, tuple[int, ...]] = {}
    for at, heading in enumerate(row.cells):
        column, bare = known(heading), folded(heading)
        if column is None and (forbidden.party_heading(bare) or forbidden.identity_heading(bare)):
            why = forbidden.PARTY_WHY if forbidden.party_heading(bare) else forbidden.IDENTITY_WHY
            what = f"Kolumn {letter(at)}: ”{heading}” får inte importeras."
            problems.append(Problem(what, where, why, forbidden.TO_DO))
        elif column in columns and not (merged and row.cells[at - 1] == heading):
            first = letter(columns[column][0])
            what = f"Kolumnen {column.value} står två gånger: {first} och {letter(at)}."
            problems.append(Problem(what, where, do="Behåll en av dem."))
        elif column is not None:
            columns[column] = (*columns.get(column, ()), at)
    return columns, problems


def _missing(
    columns: Mapping[Column, tuple[int, ...]], row: Row, where: Where, given: Collection[Column]
) -> list[Problem]:
    do = (
        "Rubrikraden ska ha E-post, Medlem och Roll, i vilken ordning som helst. "
        "Gäller hela filen en medlem eller en roll räcker --member eller --role."
    )
    strange = [cell for cell in row.cells if cell and known(cell) is None]
    return [
        Problem(f"Kolumnen {column.value} saknas.", where, _near(column, strange, row), do)
        for column in REQUIRED
        if column not in columns and column not in given
    ]


def _near(column: Column, strange: Sequence[str], row: Row) -> str:
    spellings = (folded(column.value), *_SPELLINGS[column])
    for heading in strange:
        if get_close_matches(folded(heading), spellings, n=1, cutoff=0.7):
            return f"Är ”{heading}” en felstavning av {column.value}?"
    if any("@" in cell for cell in row.cells):
        return f"Rad {row.line} ser ut som en person: filen har ingen rubrikrad."
    shown = ", ".join(f"”{cell}”" for cell in row.cells if cell)
    return f"Rubrikerna på rad {row.line} är {shown}."


def letter(index: int) -> str:
    """A column's letter as spreadsheets have it, from 0: A, B … Z, AA."""
    before, last = divmod(index, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)
