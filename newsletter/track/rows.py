"""Rows of JSON with the line that each begins on: an array, or one object a line (or after another)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from newsletter.errors import Problem, Problems
from newsletter.model.where import Where

_BETWEEN = " \t\r\n,"


def rows(payload: bytes, path: str) -> Iterator[tuple[int, object]]:
    """Each value and its line. Raises Problems where the JSON breaks: nothing after that is sure."""
    text = _text(payload, path)
    position = _skipped(text, 0)
    in_array = text.startswith("[", position)
    position = _skipped(text, position + in_array)
    line, counted = 1, 0
    while position < len(text) and not (in_array and text[position] == "]"):
        line, counted = line + text.count("\n", counted, position), position
        value, position = _value(text, position, path)
        yield line, value
        position = _skipped(text, position)
    _finish(text, position, in_array, path)


def _text(payload: bytes, path: str) -> str:
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = payload.count(b"\n", 0, error.start) + 1
        raise Problems(
            [_problem("Filen är inte UTF-8.", path, line, "Ett tecken kunde inte läsas.")]
        ) from error


def _skipped(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BETWEEN:
        position += 1
    return position


def _value(text: str, position: int, path: str) -> tuple[object, int]:
    try:
        return json.JSONDecoder().raw_decode(text, position)
    except (json.JSONDecodeError, RecursionError) as error:
        at = error.pos if isinstance(error, json.JSONDecodeError) else position
        line = text.count("\n", 0, at) + 1
        raise Problems(
            [_problem("Raden är inte JSON.", path, line, "Där den bryts kan inget mer läsas.")]
        ) from error


def _finish(text: str, position: int, in_array: bool, path: str) -> None:
    """An array must end, and nothing may follow it."""
    if not in_array:
        return
    rest = _skipped(text, position + 1)
    if position >= len(text) or rest < len(text):
        line = text.count("\n", 0, min(rest, len(text))) + 1
        why = (
            "Listan saknar sitt slut, ]."
            if position >= len(text)
            else "Något står kvar efter listans slut, ]."
        )
        raise Problems([_problem("Filen är inte hel.", path, line, why)])


def _problem(what: str, path: str, line: int, why: str) -> Problem:
    return Problem(
        what,
        where=Where(path, line),
        why=f"{why} Hela filen lämnas därför orörd.",
        do="Hämta filen på nytt från leverantören och försök igen.",
    )
