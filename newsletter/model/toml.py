"""TOML that a person wrote: its values, and the line that each key stands on.

The standard library reads the values and forgets the lines; an error without its line is no help.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from newsletter.errors import InputError, Where

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")
_AT = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class TomlText:
    """A parsed TOML file.

    `lines` maps a path of keys to its line: ``("senders", "kansliet", "name")``. The tables of an array
    are counted from 0: ``("topics", "0", "id")``.
    """

    path: str
    values: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def where(self, *keys: str | int) -> Where:
        """The place of a key, or of the nearest table around it that has a line."""
        path = tuple(str(key) for key in keys)
        while path and path not in self.lines:
            path = path[:-1]
        return Where(self.path, self.lines.get(path, 0))


def read(text: str, path: str) -> TomlText:
    """Parse; raises InputError with file:line where the text is no TOML."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise InputError(
            f"{path} går inte att läsa.",
            where=Where(path, line),
            why=f"Texten är inte giltig TOML ({error}).",
            do="Rätta raden; text står inom citattecken och varje inställning på en egen rad.",
        ) from error
    return TomlText(path, values, _lines(text))


def _lines(text: str) -> dict[tuple[str, ...], int]:
    lines: dict[tuple[str, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header.group(2))
            if header.group(1):
                index = counts.get(table, 0)
                counts[table] = index + 1
                table = (*table, str(index))
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key.group(1))), number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """``Menade du "x"?`` when something known is close, else what is known."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"Menade du ”{close[0]}”?"
    return f"Välj bland: {', '.join(known)}." if known else ""
