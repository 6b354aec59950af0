"""Footnotes: ``[^1]`` in the text and ``[^1]: …`` where the note stands, with small raised numbers for both.

A letter has no page to turn: the note is read where it was written, and the number leads the eye there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*(?=\S)")
_MARK = re.compile(r"\[\^([^\]\s]{1,60})\]")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def numbered(lines: Sequence[str]) -> list[str]:
    """The lines with notes and their marks numbered by the order of the notes; no line is added."""
    numbers = _numbers(lines)
    if not numbers:
        return list(lines)
    written: list[str] = []
    within = False
    for content in lines:
        within ^= bool(_FENCE.match(content))
        written.append(content if within else _line(content, numbers))
    return written


def _numbers(lines: Sequence[str]) -> dict[str, str]:
    names = dict.fromkeys(found[1] for content in lines if (found := _NOTE.match(content)))
    return {name: str(number).translate(_RAISED) for number, name in enumerate(names, 1)}


def _line(content: str, numbers: dict[str, str]) -> str:
    note = _NOTE.match(content)
    if note is None:
        return _marks(content, numbers)
    # Two blanks are Markdown's hard break, so that notes on lines that follow each other stay apart.
    return f"{numbers[note[1]]} {_marks(content[note.end() :], numbers).rstrip()}  "


def _marks(content: str, numbers: dict[str, str]) -> str:
    return _MARK.sub(lambda mark: numbers.get(mark[1], mark[0]), content)
