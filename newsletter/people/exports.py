"""A list as CSV that a spreadsheet opens: nothing in it is a formula, and importing it changes nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from newsletter.model.people import Recipient
from newsletter.people.headings import Column
from newsletter.people.tags import written

_COLUMNS = (
    Column.NAME,
    Column.ADDRESS,
    Column.MEMBER,
    Column.ROLE,
    Column.LANGUAGE,
    Column.SINCE,
    Column.UNTIL,
    Column.TAGS,
    Column.LIST,
    Column.BASIS,
    Column.SOURCE,
)
_LIVE = re.compile(r"'*[=+@\t\r-]")  # quoted already: one more, so that reading takes away just that one


def csv_lines(people: Iterable[Recipient]) -> Iterator[str]:
    """The lines, headings first and one for each mandate; ``;`` between, as Swedish programs want it."""
    yield "\ufeff" + _line(column.value for column in _COLUMNS)
    for one in people:
        for held in one.mandates:
            days = (str(held.since or ""), str(held.until or ""))
            row = (
                one.name,
                one.address,
                held.member,
                held.role.value,
                one.language,
                *days,
                written(one.tags),
            )
            yield _line(harmless(cell) for cell in (*row, held.list, one.basis, one.source))


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run."""
    return f"'{cell}" if _LIVE.match(cell) else cell


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue()
