"""A list as a workbook: the sheet that holds it, its rows, its merged cells and what is hidden.

Only values are read: of a formula the one that was saved with it. Nothing in a workbook is ever run.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import range_boundaries
from openpyxl.xml.constants import SHARED_STRINGS

from newsletter.errors import InputError
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.people import cells
from newsletter.people.cells import Formats
from newsletter.people.headings import letter
from newsletter.people.table import Row

_LAST_ROW, _LAST_COLUMN = 1_048_576, 500
_MOST_FILLED = 200_000  # cells that merged ranges may fill
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?>")
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_NUMBER = re.compile(rb'\sr="(\d{1,7})"')
_CHUNK, _OVERLAP = 1 << 20, 2000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows are read as they are asked for."""

    name: str
    rows: Iterator[Row]
    hidden: frozenset[int]  # rows that the sender does not see
    merged: tuple[tuple[int, int, int, int], ...]  # first column, first row, last column, last row


class Book:
    """An open workbook. Raises InputError where it is broken, or where what is asked for is not there."""

    def __init__(self, data: bytes, path: str) -> None:
        self._path = path
        with _whole(path):
            self._reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            self._reader.read_manifest()
            self._reader.read_workbook()
            apply_stylesheet(self._reader.archive, self._reader.wb)
            self._sheets = {
                sheet.name: (sheet.state, rel.target)
                for sheet, rel in self._reader.parser.find_sheets()
                if "worksheet" in rel.Type and rel.target in self._reader.valid_files
            }

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the sheets that the sender sees."""
        return tuple(name for name, (state, _) in self._sheets.items() if state == "visible")

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name, hidden or not. Raises InputError with the names there are."""
        if name not in self._sheets:
            why = nearest(name, list(self._sheets))
            do = named(self._sheets)
            raise InputError(f"Bladet ”{name}” finns inte.", where=Where(self._path), why=why, do=do)
        part = self._sheets[name][1]
        with _whole(self._path), self._reader.archive.open(part) as scanned:
            hidden, merged = _scanned(scanned)
        _refuse_wide(merged, self._path)
        return Sheet(name, _rows(self._cells(part), merged, self._path), hidden, merged)

    def _cells(self, part: str) -> Iterator[tuple[int, list[str]]]:
        book = self._reader.wb
        formats = Formats(book.epoch, frozenset(book._date_formats), frozenset(book._timedelta_formats))
        with _whole(self._path), self._reader.archive.open(part) as opened:
            yield from cells.rows(opened, self._strings, formats)

    @cached_property
    def _strings(self) -> Sequence[str]:
        part = self._reader.package.find(SHARED_STRINGS)
        if part is None:
            return ()
        with self._reader.archive.open(part.PartName[1:]) as opened:
            return cells.strings(opened)


def named(names: Iterable[str]) -> str:
    """What to do, with the sheets to choose between."""
    return f"Välj ett med --sheet: {', '.join(f'”{name}”' for name in names)}."


@contextmanager
def _whole(path: str) -> Iterator[None]:
    """Whatever a reader raises on a part that is not as it should be, said in our words."""
    try:
        yield
    except (MemoryError, InputError):
        raise
    except Exception as error:
        why = f"Arbetsboken är trasig eller gjord på ett okänt sätt ({type(error).__name__})."
        do = "Öppna den i Excel, spara den på nytt, och importera den nya filen."
        raise InputError(f"{path} går inte att läsa.", where=Where(path), why=why, do=do) from error


def _scanned(part: Any) -> tuple[frozenset[int], tuple[tuple[int, int, int, int], ...]]:  # noqa: ANN401
    """Hidden rows and merged ranges, from the sheet's own XML; a reader of rows alone does not tell them."""
    hidden: set[int] = set()
    merged: dict[tuple[int, int, int, int], None] = {}
    tail = b""
    while chunk := part.read(_CHUNK):
        text = tail + chunk
        if b"hidden=" in text:
            rows = [found[0] for found in _ROW.finditer(text) if _HIDDEN.search(found[0])]
            hidden.update(int(number[1]) for row in rows if (number := _NUMBER.search(row)))
        for found in _MERGE.finditer(text):
            merged[range_boundaries(found[1].decode())] = None
        tail = text[-_OVERLAP:]
    return frozenset(hidden), tuple(merged)


def _refuse_wide(merged: tuple[tuple[int, int, int, int], ...], path: str) -> None:
    if sum((right - left + 1) * (below - top + 1) for left, top, right, below in merged) > _MOST_FILLED:
        why = "Sammanfogade celler täcker hela bladet, så det går inte att veta vilken rad som säger vad."
        do = "Markera allt, välj ”Dela celler”, fyll i det som saknas, och spara."
        raise InputError("Bladet har för många sammanfogade celler.", where=Where(path), why=why, do=do)


def _rows(
    found: Iterator[tuple[int, list[str]]], merged: tuple[tuple[int, int, int, int], ...], path: str
) -> Iterator[Row]:
    filling = _Filling(merged)
    for line, texts in found:
        if line > _LAST_ROW or len(texts) > _LAST_COLUMN:
            raise _too_large(line, len(texts), path)
        filled = filling.filled(line, texts)
        if any(filled):
            yield Row(line, tuple(filled))


def _too_large(line: int, width: int, path: str) -> InputError:
    why = f"På rad {line} står något i kolumn {letter(width - 1)}, och högst {_LAST_COLUMN} kolumner läses."
    do = "Ta bort det som står utanför listan, eller kopiera listan till en ny, tom arbetsbok."
    return InputError("Bladet är större än en lista kan vara.", where=Where(path, line), why=why, do=do)


class _Filling:
    """Gives every cell of a merged range the value of its first."""

    def __init__(self, merged: tuple[tuple[int, int, int, int], ...]) -> None:
        self._by_row: dict[int, list[tuple[int, int, int, int]]] = {}
        self._values: dict[tuple[int, int, int, int], str] = {}
        for one in merged:
            for line in range(one[1], one[3] + 1):
                self._by_row.setdefault(line, []).append(one)

    def filled(self, line: int, cells: list[str]) -> list[str]:
        held = any(cells)
        for one in self._by_row.get(line, ()):
            left, top, right, _ = one
            if line == top:
                self._values[one] = cells[left - 1] if left <= len(cells) else ""
            if held and self._values.get(one):
                cells += [""] * (right - len(cells))
                cells[left - 1 : right] = [self._values[one]] * (right - left + 1)
        return cells
