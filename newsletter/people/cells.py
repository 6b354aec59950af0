"""A sheet's XML to the text of its cells, one row at a time (ECMA-376 part 1, 18.3.1.4 and 18.4).

openpyxl makes several objects of every cell, and of every text, before it gives a value; a list of 100,000
rows took it three times as long. What a cell means is short, so that is done here, and openpyxl is left what
is long: how a workbook hangs together, and which of its number formats are days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from lxml import etree
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601

from newsletter.people.table import tidy

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_KEPT = 50  # elements that have been read, before they are let go
_VALUES = ("}v", "}is")
_TEXTS = ("}t", "}r")  # of a string: plain, or a run; its reading aid (rPh) is not what it says


@dataclass(frozen=True, slots=True)
class Formats:
    """What of the workbook's formats says that a number is a day."""

    epoch: datetime  # day 0
    days: frozenset[int]  # styles that show a day or a time
    spans: frozenset[int]  # those that show how long something takes


def strings(part: Any) -> Sequence[str]:  # noqa: ANN401 (a file of the archive)
    """The texts that cells share, by their number."""
    return [tidy(_string(text)) for text in _elements(part, "si")]


def rows(part: Any, shared: Sequence[str], formats: Formats) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401
    """The number of each row, and the text of its cells from the first column on; a gap is empty."""
    number = 0
    for row in _elements(part, "row"):
        number = int(row.get("r") or number + 1)
        yield number, _texts(row, shared, formats)


def _elements(part: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    """Each element of that name; only the last few stand in memory."""
    found = etree.iterparse(part, tag=f"{{*}}{name}", resolve_entities=False, remove_comments=True)
    for number, (_, element) in enumerate(found):
        yield element
        if number % _KEPT == 0:
            parent = element.getparent()
            del parent[: parent.index(element)]  # what follows may be parsed already


def _texts(row: Any, shared: Sequence[str], formats: Formats) -> list[str]:  # noqa: ANN401
    texts: list[str] = []
    for cell in row:
        place = cell.get("r")
        at = _column(place.rstrip("0123456789")) if place else len(texts)
        text = _text(cell, shared, formats)
        if at == len(texts):
            texts.append(text)
        else:
            texts += [""] * (at + 1 - len(texts))
            texts[at] = text
    return texts


@lru_cache(maxsize=2000)
def _column(letters: str) -> int:
    """The column's place, from 0. Raises ValueError where no sheet has it."""
    return int(column_index_from_string(letters)) - 1


def _text(cell: Any, shared: Sequence[str], formats: Formats) -> str:  # noqa: ANN401
    if not len(cell):
        return ""
    last, kind = cell[-1], cell.get("t", "n")  # a formula stands before its value
    if not last.tag.endswith(_VALUES):
        last = next((each for each in cell if each.tag.endswith(_VALUES)), None)
        if last is None:
            return ""
    if kind == "inlineStr":
        return tidy(_string(last))
    value = last.text or ""
    if kind == "s":
        return shared[int(value)] if value else ""
    if kind in ("n", "d") and value:
        return _number(value, cell.get("s", "0"), formats) if kind == "n" else _said(from_ISO8601(value))
    if kind == "b" and value:
        return str(value in ("1", "true"))
    return tidy(_unescaped(value))


def _number(value: str, style: str, formats: Formats) -> str:
    plain = value.isascii() and value.isdigit()
    if (style != "0" or not plain) and int(style) in formats.days:
        try:
            return _said(from_excel(float(value), formats.epoch, timedelta=int(style) in formats.spans))
        except (OverflowError, ValueError):
            return "#VALUE!"  # as spreadsheets show it: no such day
    if plain:
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() else str(number)


def _said(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def _string(element: Any) -> str:  # noqa: ANN401
    if len(element) == 1 and not len(element[0]):
        return _unescaped(element[0].text or "")
    said = (part for part in element if part.tag.endswith(_TEXTS))
    return _unescaped("".join(text.text or "" for part in said for text in part.iter("{*}t")))


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold stand as ``_x000D_`` (18.4.12's ST_Xstring)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
