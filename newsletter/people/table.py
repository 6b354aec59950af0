"""A list as people send it: bytes to rows, each with the line it began on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.errors import InputError
from newsletter.model.where import Where

_SEPARATORS = (";", ",", "\t")
_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx and ods; xls
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAVE_AS = "Öppna listan i kalkylprogrammet och spara den som ”CSV UTF-8”."


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, trimmed, and the line of the file that it began on."""

    line: int
    cells: tuple[str, ...]


def rows(data: bytes, path: str) -> tuple[Row, ...]:
    """All rows that hold something. Raises InputError where the bytes are no CSV text."""
    text = _text(data, path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    found = tuple(_rows(reader, path))
    if not found:
        raise InputError(f"{path} är tom.", where=Where(path), do="Kontrollera att det är rätt fil.")
    return found


def _rows(reader: Iterator[list[str]], path: str) -> Iterator[Row]:
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(line, tuple(" ".join(cell.split()) for cell in cells))
            line = reader.line_num + 1  # type: ignore[attr-defined]
    except csv.Error as error:
        why = f"Troligen fattas ett citattecken ({error})."
        raise InputError("Raden går inte att läsa.", where=Where(path, line), why=why, do=_SAVE_AS) from error


def _text(data: bytes, path: str) -> str:
    if data.startswith(_BOOKS):
        why = "Det är en kalkylbok, och programmet läser text."
        raise InputError(f"{path} är ingen CSV-fil.", where=Where(path), why=why, do=_SAVE_AS)
    text = _decoded(data, path)
    if "\0" in text:
        why = "Den innehåller tecken som ingen text har."
        raise InputError(f"{path} är ingen textfil.", where=Where(path), why=why, do=_SAVE_AS)
    return text


def _decoded(data: bytes, path: str) -> str:
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    why = "Tecknen är varken UTF-8 eller Windows-1252."
    raise InputError(f"{path} går inte att läsa som text.", where=Where(path, line), why=why, do=_SAVE_AS)


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=first.count)
