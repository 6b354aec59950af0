"""A list as text: bytes to rows, one at a time, each with the line it began on."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.errors import InputError
from newsletter.model.where import Where

SEPARATORS = (";", ",", "\t")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHUNK = 1 << 20
_NULS = 0.2  # the share of the bytes, on one side, that makes a text UTF-16
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
SAVE_AS = "Öppna listan i kalkylprogrammet och spara den som Excel-arbetsbok (.xlsx) eller ”CSV UTF-8”."
_LONGEST_CELL = 1 << 17
BREAK = "\x1e"  # what no tidied cell holds otherwise


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the line of the file (or the row of the sheet) that it began on."""

    line: int
    cells: tuple[str, ...]


def tidy(cell: str) -> str:
    """The cell with one kind of space; between lines within it stands `BREAK`."""
    if cell.isascii() and cell.isprintable():
        return cell.strip() if "  " not in cell else " ".join(cell.split())
    parts = (" ".join(line.split()) for line in cell.replace("\ufeff", "").splitlines())
    return BREAK.join(part for part in parts if part)


def encoding(data: bytes, path: str) -> str:
    """The text's encoding. Raises InputError with the line where it is none that is known."""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            _tried(data, path, marked)
            return marked
    start = data[:4000]
    for side, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[side::2].count(0) > _NULS * len(start):
            return name
    if b"\0" in data:
        why = "Den innehåller tecken som ingen text har."
        raise InputError(f"{path} är ingen textfil.", where=Where(path), why=why, do=SAVE_AS)
    if _wrong_at(data, "utf-8") < 0:
        return "utf-8"
    _tried(data, path, "cp1252")
    return "cp1252"


def _tried(data: bytes, path: str, name: str) -> None:
    at = _wrong_at(data, name)
    if at >= 0:
        why = "Tecknen är varken UTF-8 eller Windows-1252."
        line = data[:at].count(b"\n") + 1
        raise InputError(f"{path} går inte att läsa som text.", where=Where(path, line), why=why, do=SAVE_AS)


def _wrong_at(data: bytes, name: str) -> int:
    """Where the bytes cannot be read in the encoding; -1 where they all can. Never holds the whole text."""
    decoder = codecs.getincrementaldecoder(name)()
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        try:
            decoder.decode(chunk, final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start + error.start
    return -1


def rows(data: bytes, path: str, encoding: str, separator: str) -> Iterator[Row]:
    """The rows that hold something. Raises InputError where a quotation is never closed."""
    csv.field_size_limit(_LONGEST_CELL)
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(
                    line, tuple([tidy(_unwrapped(cell) if cell[:1] == "=" else cell) for cell in cells])
                )
            line = reader.line_num + 1
    except csv.Error as error:
        why = f"Troligen fattas ett citattecken ({error})."
        raise InputError("Raden går inte att läsa.", where=Where(path, line), why=why, do=SAVE_AS) from error


def _unwrapped(cell: str) -> str:
    """Spreadsheets write ``="0701"`` to keep a text a text."""
    found = _QUOTED_FORMULA.fullmatch(cell)
    return found[1] if found else cell
