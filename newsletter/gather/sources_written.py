"""A source put into the text of a sources.toml, of which nothing else changes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from newsletter.errors import InputError, Where
from newsletter.gather.sourcing import sources, sources_text
from newsletter.model import toml
from newsletter.model.news import Source
from newsletter.model.toml import TomlText

_VALUE = re.compile(
    r"""^(?P<before>\s*[A-Za-z"']+\s*=\s*)"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|true|false)(?P<after>[ \t]*(?:\#.*)?)$""",
)


def written(
    text: str, path: str, source: Source, known_members: Collection[str], *, replaces: str = ""
) -> str:
    """The text with the source in it: in the place of the one at the address `replaces`, else at the end.

    Every other character stays as it is, comments and line ends too. Raises Problems where the text has
    mistakes, and InputError where it is written in a way that cannot be changed line by line.
    """
    before = sources(text, path, known_members)
    numbers = [number for number, one in enumerate(before) if one.url == replaces]
    if numbers:
        after = _replaced(text, toml.read(text, path), numbers[0], source)
        expected = [source if number == numbers[0] else one for number, one in enumerate(before)]
    else:
        after, expected = _appended(text, source), [*before, source]
    if _reads_as(after, path, known_members, expected):
        return after
    raise _unchangeable(path)


def _reads_as(text: str, path: str, known_members: Collection[str], expected: Sequence[Source]) -> bool:
    try:
        return list(sources(text, path, known_members)) == list(expected)
    except InputError:
        return False


def _appended(text: str, source: Source) -> str:
    end = _line_end(text)
    gap = "" if not text.strip() else end if text.endswith("\n") else end * 2
    return text + gap + sources_text([source]).replace("\n", end)


def _replaced(text: str, read: TomlText, number: int, source: Source) -> str:
    """The text with the entry's lines changed; a key that it lacks comes after its last line."""
    lines = text.splitlines(keepends=True)
    values = {
        "member": json.dumps(source.member),
        "url": json.dumps(source.url),
        "kind": json.dumps(source.kind.value),
        "verified": json.dumps(source.verified),
        "page": json.dumps(source.page),
    }
    places = {key: read.lines[("source", str(number), key)] for key in values if _has(read, number, key)}
    if not places:
        raise _unchangeable(read.path)
    for key, line in places.items():
        lines[line - 1] = _with_value(lines[line - 1], values[key], Where(read.path, line))
    missing = [key for key in values if key not in places and not (key == "page" and not source.page)]
    last = max(places.values())
    end = _line_end(text)
    lines[last - 1] = _ended(lines[last - 1], end) if missing else lines[last - 1]
    lines[last:last] = [f"{key} = {values[key]}{end}" for key in missing]
    return "".join(lines)


def _has(read: TomlText, number: int, key: str) -> bool:
    return ("source", str(number), key) in read.lines


def _with_value(line: str, value: str, where: Where) -> str:
    body = line.rstrip("\r\n")
    match = _VALUE.match(body)
    if match is None:
        raise _unchangeable(where.file, where.line)
    same = json.loads(value) == _plain(match["value"])
    kept = match["value"] if same else value
    return f"{match['before']}{kept}{match['after']}{line[len(body) :]}"


def _plain(value: str) -> object:
    """What a value of the file says; one that is written in another way than JSON's is itself."""
    try:
        return json.loads(value)
    except ValueError:
        return value.strip("'")


def _ended(line: str, end: str) -> str:
    return line if line.endswith(("\n", "\r")) else line + end


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unchangeable(path: str, line: int = 0) -> InputError:
    return InputError(
        "Källan kan inte skrivas in av sig själv.",
        where=Where(path, line),
        why="Filen är skriven på ett sätt som inte går att ändra rad för rad.",
        do="Skriv varje källa som [[source]] med en rad för varje nyckel, eller ändra för hand.",
    )
