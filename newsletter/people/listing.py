"""A list's bytes to its rows: headings found, unneeded columns dropped, forbidden ones refused.

`read` is run where untrusted bytes can do no harm, so it answers with what is wrong instead of raising, and
packs the rows tightly: a list of 20 MB never stands in memory as objects.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from newsletter.errors import InputError, Problem, Problems
from newsletter.model.where import Where
from newsletter.people import forbidden, headings, sniffing, table
from newsletter.people.headings import Column, Headings, letter
from newsletter.people.table import Row

if TYPE_CHECKING:
    from newsletter.people.workbook import Book  # it loads openpyxl, which a list in text does not need

_CELL, _LINE = "\x1f", b"\n"  # neither is left in a tidied cell
_PROBLEMS = 20  # columns are few; rows of one kind are told once per column
_SHORTER = 9  # characters: what no personal identity number is within
SEVERAL = (Column.ADDRESS, Column.TAGS)  # cells that may hold several


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was sent: the columns that are read, and its rows."""

    path: str
    columns: Mapping[Column, str]  # and their letters
    packed: bytes
    sheet: str = ""
    hidden: tuple[int, ...] = ()  # rows that are hidden in the sheet; they are not among the rows
    unread: tuple[str, ...] = ()  # columns that are not read, as the user knows them

    def rows(self) -> Iterator[Row]:
        """The rows, cells in the order of `columns`; a cell more tells that the row is too long."""
        for line in io.BytesIO(self.packed):
            number, *cells = line[:-1].decode().split(_CELL)
            yield Row(int(number), tuple(cells))


def read(
    data: bytes, path: str, sheet: str = "", given: Sequence[Column] = ()
) -> Listing | tuple[Problem, ...]:
    """The list in the bytes, or all that is wrong with the file as a whole.

    `sheet` names a workbook's sheet; `given` are columns that the file may lack.
    """
    try:
        if sniffing.is_workbook(data, path):
            return _of_workbook(data, path, sheet, given)
        return _of_text(data, path, given)
    except Problems as error:
        return tuple(error.problems)
    except InputError as error:
        return (Problem(error.what, error.where, error.why, error.do),)


def _of_text(data: bytes, path: str, given: Collection[Column]) -> Listing:
    encoding = table.encoding(data, path)
    separator = max(table.SEPARATORS, key=lambda one: _score(data, path, encoding, one))
    return _listing(table.rows(data, path, encoding, separator), path, given)


def _score(data: bytes, path: str, encoding: str, separator: str) -> tuple[int, int]:
    """How many columns are known with this separator, then how many there are at all."""
    try:
        first = list(islice(table.rows(data, path, encoding, separator), headings.SEARCHED))
    except InputError:
        return 0, 0
    return headings.score(first), max((len(row.cells) for row in first), default=0)


def _of_workbook(data: bytes, path: str, sheet: str, given: Collection[Column]) -> Listing:
    from newsletter.people import workbook

    book = workbook.Book(data, path)
    chosen = book.sheet(sheet or _only_list(book, path))
    rows = (row for row in chosen.rows if row.line not in chosen.hidden)
    listing = _listing(rows, path, given, merged=bool(chosen.merged), hidden=chosen.hidden)
    return Listing(
        path, listing.columns, listing.packed, chosen.name, tuple(sorted(chosen.hidden)), listing.unread
    )


def _only_list(book: Book, path: str) -> str:
    """The one shown sheet that holds a list. Raises InputError where several do."""
    from newsletter.people import workbook

    shown = book.shown
    first = {name: list(islice(book.sheet(name).rows, headings.SEARCHED)) for name in shown if len(shown) > 1}
    lists = [name for name, rows in first.items() if headings.score(rows) > 1] or [
        name for name, rows in first.items() if rows
    ]
    if len(shown) == 1 or len(lists) == 1:
        return (lists or shown)[0]
    if not lists:
        raise _empty(path)
    why = "Filen har flera blad som ser ut som listor."
    raise InputError("Vilket blad menas?", where=Where(path), why=why, do=workbook.named(lists))


def _listing(
    rows: Iterator[Row],
    path: str,
    given: Collection[Column],
    *,
    merged: bool = False,
    hidden: Collection[int] = (),
) -> Listing:
    first = list(islice(rows, headings.SEARCHED))
    if not first:
        raise _empty(path)
    found = headings.found(first, path, given=given, merged=merged)
    packing = _Packing(found, path)
    for row in chain(first[found.after + 1 :], rows):
        packing.add(row)
    packing.refuse()
    columns = {column: letter(at[0]) for column, at in found.columns.items()}
    return Listing(path, columns, packing.packed.getvalue(), unread=packing.unread())


def _empty(path: str) -> InputError:
    return InputError(f"{path} är tom.", where=Where(path), do="Kontrollera att det är rätt fil.")


class _Packing:
    """Takes the rows one by one: keeps what is read, and looks for what must not be there at all."""

    def __init__(self, headings: Headings, path: str) -> None:
        self._headings, self._path = headings, path
        self._told = {at: forbidden.ColumnTold() for at in headings.unread}
        self._numbers: dict[int, int] = {}  # column → the first row with a personal identity number
        self.packed = io.BytesIO()

    def add(self, row: Row) -> None:
        """One more row; the same headings again, as on a new printed page, are no person."""
        cells = row.cells
        for at, cell in enumerate(cells):
            if not cell or cell.isalpha():
                if at in self._told and cell:
                    self._told[at].note(cell)
                continue
            if at in self._told:
                self._told[at].note(cell)
            if len(cell) > _SHORTER and forbidden.has_identity_number(cell):
                self._numbers.setdefault(at, row.line)
        read = [self._cell(cells, column, at) for column, at in self._headings.columns.items()]
        if any(cells[self._headings.width :]):
            read.append("!")
        elif not any(read) or self._is_headings(read):
            return
        self.packed.write(_CELL.join((str(row.line), *read)).encode("utf-8", "replace") + _LINE)

    def _is_headings(self, read: Sequence[str]) -> bool:
        if any("@" in cell for cell in read):
            return False
        columns = self._headings.columns
        return all(headings.known(cell) is column for cell, column in zip(read, columns, strict=True))

    def _cell(self, cells: Sequence[str], column: Column, at: tuple[int, ...]) -> str:
        if len(at) == 1:
            return cells[at[0]] if at[0] < len(cells) else ""
        several = dict.fromkeys(cells[one] for one in at if one < len(cells) and cells[one])
        return ("; " if column in SEVERAL else " ").join(several)

    def refuse(self) -> None:
        """Raises Problems for columns of personal identity numbers or parties; no number is repeated."""
        problems = [
            self._problem(at, f"Rad {line} har ett personnummer.", forbidden.IDENTITY_WHY, line)
            for at, line in self._numbers.items()
        ]
        for at, told in self._told.items():
            if told.is_identity and at not in self._numbers:
                problems.append(self._problem(at, "Där står personnummer.", forbidden.IDENTITY_WHY))
            if told.is_party:
                problems.append(self._problem(at, "Där står partier.", forbidden.PARTY_WHY))
        Problems.raise_if(problems[:_PROBLEMS])

    def _problem(self, at: int, what: str, why: str, line: int = 0) -> Problem:
        where = Where(self._path, line or self._headings.line)
        return Problem(f"Kolumn {letter(at)} får inte importeras. {what}", where, why, forbidden.TO_DO)

    def unread(self) -> tuple[str, ...]:
        """The columns that hold something and are not read."""
        return tuple(
            f"{letter(at)} ({heading or 'utan rubrik'})"
            for at, heading in self._headings.unread.items()
            if self._told[at].filled
        )
