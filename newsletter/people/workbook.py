"""A list as a workbook: the sheet that holds it, its rows, its merged cells and what is hidden.

Only values are read: of a formula the one that was saved with it. Nothing in a workbook is ever run.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from newsletter.errors import InputError
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.people.table import Row, tidy

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


def sheets(data: bytes, path: str) -> tuple[tuple[str, bool], ...]:
    """The name of each sheet, and whether it is shown."""
    book = _book(data, path)
    return tuple((sheet.title, sheet.sheet_state == "visible") for sheet in book.worksheets)


def sheet(data: bytes, path: str, name: str) -> Sheet:
    """The sheet of that name. Raises InputError with the names there are."""
    book = _book(data, path)
    found = {one.title: one for one in book.worksheets}
    if name not in found:
        why = nearest(name, list(found))
        raise InputError(f"Bladet ”{name}” finns inte.", where=Where(path), why=why, do=named(found))
    chosen = found[name]
    with zipfile.ZipFile(io.BytesIO(data)) as parts, parts.open(chosen._worksheet_path) as part:
        hidden, merged = _scanned(part)
    _refuse_wide(merged, path)
    return Sheet(name, _rows(chosen, merged, path), hidden, merged)


def named(names: Any) -> str:  # noqa: ANN401
    """What to do, with the sheets to choose between."""
    return f"Välj ett med --sheet: {', '.join(f'”{name}”' for name in names)}."


def _book(data: bytes, path: str) -> Any:  # noqa: ANN401
    try:
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except MemoryError:
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


def _rows(sheet: Any, merged: tuple[tuple[int, int, int, int], ...], path: str) -> Iterator[Row]:  # noqa: ANN401
    sheet.reset_dimensions()  # what the file says of its size may be wrong, or a trap
    filling = _Filling(merged)
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if line > _LAST_ROW or len(values) > _LAST_COLUMN:
            raise InputError("Bladet är större än en lista kan vara.", where=Where(path, line))
        cells = filling.filled(line, [_text(value) for value in values])
        if any(cells):
            yield Row(line, tuple(cells))


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


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
