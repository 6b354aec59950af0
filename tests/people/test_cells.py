"""What stands in a workbook's cells: as openpyxl reads it, and what openpyxl leaves out."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from newsletter.errors import InputError
from newsletter.people.table import tidy
from newsletter.people.workbook import Book
from tests.people.excel import shared, workbook


def saved(book: Workbook) -> bytes:
    """The workbook's bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book(*rows: list[Any], change: Callable[[Workbook], object] = lambda _: None) -> bytes:
    """A workbook with these rows."""
    made = Workbook()
    for row in rows:
        made.active.append(row)
    change(made)
    return saved(made)


def read(data: bytes) -> dict[int, tuple[str, ...]]:
    """The rows by their numbers."""
    found = Book(data, "b.xlsx")
    return {row.line: row.cells for row in found.sheet(found.shown[0]).rows}


def first(data: bytes) -> str:
    """What stands in A1."""
    return read(data)[1][0]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("Åsa  Öst ", "Åsa Öst"),
        (7, "7"),
        (46701234567, "46701234567"),
        (7.0, "7"),
        (-1.5, "-1.5"),
        (1e21, "1000000000000000000000"),
        (True, "True"),
        (False, "False"),
        (date(2026, 10, 15), "2026-10-15"),
        (datetime(2026, 10, 15, 13, 30), "2026-10-15"),
        (time(13, 30), "13:30:00"),
        ("#N/A", "#N/A"),
        ("=1+1", ""),
    ],
)
def test_values(value: object, says: str) -> None:
    """A cell gives its text, its number, its day; a formula gives the value saved with it, or nothing."""
    assert read(book([value, "x"]))[1] == (says, "x")


def test_days_from_1904() -> None:
    """Days of a workbook that counts from 1904, as those from Macs may, are the days that it shows."""

    def change(made: Workbook) -> None:
        made.epoch = CALENDAR_MAC_1904

    assert first(book([date(2026, 10, 15)], change=change)) == "2026-10-15"


X = '<c r="B1" t="inlineStr"><is><t>x</t></is></c>'


def row(cell: str, strings: str = "", *, head: str = '<row r="1">', before: str = "") -> bytes:
    """A workbook of one row: this cell, and an x."""
    return workbook(f"{head}{cell}{X}</row>", strings, before=before)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("<si><t>Anna Ek</t></si>", "Anna Ek"),
        ("<si><r><t>Anna </t></r><r><rPr><b/></rPr><t>Ek</t></r></si>", "Anna Ek"),
        ("<si><t>Anna Ek</t><rPh sb='0' eb='1'><t>läses så</t></rPh></si>", "Anna Ek"),
        ("<si><t>Anna_x0020_Ek</t></si>", "Anna Ek"),
        ("<si><t>a_x005F_x0041_</t></si>", "a_x0041_"),
        ("<si><t/></si>", ""),
        ("<si/>", ""),
    ],
)
def test_shared_strings(written: str, says: str) -> None:
    """A text in several styles is one text; its reading aid is not; escaped characters are themselves."""
    assert read(row('<c r="A1" t="s"><v>0</v></c>', written))[1] == (says, "x")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('<c r="A1" t="str"><f>UPPER("x")</f><v>X</v></c>', "X"),
        ('<c r="A1" t="str"><f>UPPER("x")</f></c>', ""),
        ('<c r="A1" t="d"><v>2026-10-15T00:00:00</v></c>', "2026-10-15"),
        ('<c r="A1" s="1"><v>46310</v></c>', "2026-10-15"),
        ('<c r="A1"><v>46310</v></c>', "46310"),
        ('<c r="A1" s="1"><v>99999999999</v></c>', "#VALUE!"),
        ('<c r="A1" s="1"><f>1/0</f></c>', ""),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c t="inlineStr"><is><t>Anna Ek</t></is></c>', "Anna Ek"),
        ('<c r="A1" t="inlineStr"><!-- en anmärkning --><is><t>Anna Ek</t></is></c>', "Anna Ek"),
        ('<c r="A1"><f>1+1</f><v>2</v><extLst/></c>', "2"),
        ('<c r="A1" t="b"><v>true</v></c>', "True"),
        ("<c/>", ""),
    ],
)
def test_as_other_programs_write(cell: str, says: str) -> None:
    """Formulas, days as text or number, errors, and cells without a place are read as meant."""
    assert read(row(cell))[1] == (says, "x")
    assert read(row(cell, head="<row>")) == {1: (says, "x")}


def test_gaps() -> None:
    """A row keeps its number and a cell its column, however many before it are not there."""
    made = Workbook()
    made.active["C7"] = "x"
    assert read(saved(made)) == {7: ("", "", "x")}


def test_texts_kept_once() -> None:
    """Texts that many cells share are each cell's own."""
    rows = [("Namn", "Medlem"), ("Åsa & Bo", "falun"), ("Ek", "falun")]
    assert list(read(shared(rows)).values()) == rows


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>99</v></c>',
        '<c r="A1" t="s"><v>0</c>',
        '<c r="A1"><v>tolv</v></c>',
        '<c r="AAAAA1"><v>1</v></c>',
        f'<c r="A1" t="inlineStr"><is><t>{"x" * 11_000_000}</t></is></c>',
    ],
    ids=["no such text", "cut off", "no number", "no such column", "a text of 11 MB"],
)
def test_broken(cell: str) -> None:
    """A part that is not as it should be makes the workbook unreadable, in our words."""
    with pytest.raises(InputError, match="går inte att läsa"):
        read(row(cell))


def test_no_entity_is_expanded() -> None:
    """What a document declares of itself is never put in the place of a name."""
    lol = '<!DOCTYPE worksheet [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    data = row('<c r="A1" t="inlineStr"><is><t>&b;</t></is></c>', before=lol)
    assert "lol" not in "".join(read(data)[1])


VALUES = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z", "S")), max_size=8),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)


@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=3))
def test_as_openpyxl_reads(rows: list[list[Any]]) -> None:
    """Whatever a workbook holds, its cells say here what they say to openpyxl."""
    data = book(*rows)
    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
    theirs = {line: tuple(map(_said, row)) for line, row in enumerate(sheet.iter_rows(values_only=True), 1)}
    ours = read(data)
    assert {line: _bare(row) for line, row in theirs.items() if any(row)} == {
        line: _bare(row) for line, row in ours.items()
    }


def _bare(row: tuple[str, ...]) -> str:
    return "\t".join(row).rstrip("\t")


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.date().isoformat() if isinstance(value, datetime) else str(value)
