"""Segments as text: segments.toml, each table an id, a name and an expression."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from newsletter.errors import Problem, Problems
from newsletter.model import toml
from newsletter.model.people import Field, Member, Segment
from newsletter.model.toml import TomlText, nearest
from newsletter.model.where import Where
from newsletter.people import words
from newsletter.people.expression import Vocabulary, WrongWord, parsed

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = ("name", "where")
_OPENS_BELOW = re.compile(r"""=\s*(?:\"{3}|'{3})\s*$""")  # the text begins on the next line


def segments(text: str, path: str, members: Mapping[str, Member]) -> tuple[Segment, ...]:
    """The segments in the order of the file. Raises InputError for broken TOML, Problems for all the rest."""
    read = toml.read(text.removeprefix("\ufeff"), path)
    reader = _Reader(read, text.splitlines(), _vocabulary(members))
    found = [reader.segment(id_, table) for id_, table in read.values.items()]
    Problems.raise_if(reader.problems)
    return tuple(segment for segment in found if segment)


def _vocabulary(members: Mapping[str, Member]) -> Vocabulary:
    return {
        Field.ROLE: words.names_of_roles(),
        Field.GROUP: words.names_of_groups(),
        Field.MEMBER: words.names_of_members(members.values()),
        Field.COUNTY: words.names_of_counties(members.values()),
        Field.LIST: None,
        Field.LANGUAGE: words.names_of_languages(),
        Field.MANDATE: words.names_of_standings(),
        Field.TAG: None,
    }


class _Reader:
    """Reads tables and gathers every mistake on the way."""

    def __init__(self, read: TomlText, lines: list[str], vocabulary: Vocabulary) -> None:
        self._read, self._lines, self._vocabulary = read, lines, vocabulary
        self.problems: list[Problem] = []

    def segment(self, id_: str, table: Any) -> Segment | None:  # noqa: ANN401 — TOML may hold anything
        before = len(self.problems)
        where = self._read.where(id_)
        if not isinstance(table, dict):
            self._complain(
                where, f"”{id_}” är inget segment.", "Ett segment börjar med sitt namn: [politiker]"
            )
            return None
        self._check_shape(id_, table, where)
        if len(self.problems) > before:
            return None
        tree = self._expression(id_, table["where"])
        return Segment(id_, table["name"].strip(), tree, where.line) if tree else None

    def _check_shape(self, id_: str, table: Mapping[str, Any], where: Where) -> None:
        if not _ID.fullmatch(id_):
            self._complain(where, f"”{id_}” går inte som segmentnamn.", "Bara a–z, siffror och bindestreck.")
        for key in table.keys() - set(_KEYS):
            self._complain(
                self._read.where(id_, key), f"”{key}” är inte känt i ett segment.", nearest(key, _KEYS)
            )
        for key in _KEYS:
            value = table.get(key)
            if not isinstance(value, str) or not value.strip():
                self._complain(
                    self._read.where(id_, key), f"Segmentet ”{id_}” saknar {key}.", 'Skriv text inom "…".'
                )

    def _expression(self, id_: str, text: str) -> Any:  # noqa: ANN401 — mypy reads the union back in Segment
        try:
            return parsed(text, self._vocabulary)
        except WrongWord as wrong:
            word = f"Vid ”{wrong.word}”: " if wrong.word else "I slutet: "
            self._complain(self._place_of(id_, text, wrong.offset), word + wrong.what, wrong.why)
            return None

    def _place_of(self, id_: str, text: str, offset: int) -> Where:
        start = self._read.where(id_, "where")
        raw = self._lines[start.line - 1] if start.line else ""
        below = 1 if _OPENS_BELOW.search(raw) else 0
        line = start.line + below + text[:offset].count("\n")
        return Where(start.file, line, self._column(line, text, offset))

    def _column(self, line: int, text: str, offset: int) -> int:
        """Where on its line the word begins; 0 where escapes hide it."""
        begin = text.rfind("\n", 0, offset) + 1
        shown = text[begin:].split("\n", 1)[0]
        raw = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        at = raw.find(shown)
        return at + 1 + offset - begin if at >= 0 else 0

    def _complain(self, where: Where, what: str, why: str) -> None:
        self.problems.append(
            Problem(what, where, why, "Rätta raden, och se efter med `newsletter people segments`.")
        )
