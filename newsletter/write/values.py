"""Keys and values of the front matter, out of YAML.

YAML is read as a run of events, not as objects: each key knows its line, nothing is given a type by
guessing (``2026-11-17`` stays what was written), and deep nesting is refused where it begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from newsletter.write.characters import one_line, without_unseen
from newsletter.write.mistakes import Mistakes

_LONGEST = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Value:
    """What stands at a key: one text, or several in a list, each with its line."""

    line: int
    texts: tuple[tuple[int, str], ...]
    listed: bool = False


def values_of(text: str, mistakes: Mistakes) -> list[tuple[str, Value]] | None:
    """The pairs in the order written; None and a mistake where it is no plain list of keys and values."""
    if len(text) > _LONGEST:
        mistakes.add(1, "Brevets huvud är orimligt långt.", do="Skriv texten efter den avslutande raden ---.")
        return None
    try:
        return list(_pairs(yaml.parse(text, Loader=yaml.SafeLoader), mistakes))
    except _NotPlain as odd:
        mistakes.add(
            odd.line,
            "Raden går inte att förstå i brevets huvud.",
            "Där står bara nyckel: värde, och listor som [a, b].",
            "Skriv på formen title: Nyhetsbrev nr 2 · 2026, utan indrag.",
        )
    except yaml.YAMLError as error:
        _broken(error, mistakes)
    return None


class _NotPlain(Exception):
    """Something other than a text or a list of texts."""

    def __init__(self, event: yaml.Event) -> None:
        super().__init__()
        self.line = _line(event)


def _pairs(events: Iterator[yaml.Event], mistakes: Mistakes) -> Iterator[tuple[str, Value]]:
    if not _opens(events):
        return
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        if not isinstance(event, yaml.ScalarEvent):
            raise _NotPlain(event)
        yield one_line(event.value), _value(_line(event), next(events), events, mistakes)
    for event in events:
        if not isinstance(event, yaml.DocumentEndEvent | yaml.StreamEndEvent):
            raise _NotPlain(event)


def _opens(events: Iterator[yaml.Event]) -> bool:
    """Whether there is a mapping; the events up to its first key are taken."""
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            return True
        if isinstance(event, yaml.StreamEndEvent):
            return False
        if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            raise _NotPlain(event)
    return False


def _value(line: int, event: yaml.Event, events: Iterator[yaml.Event], mistakes: Mistakes) -> Value:
    if isinstance(event, yaml.ScalarEvent):
        return Value(line, (_text(event, mistakes),))
    if not isinstance(event, yaml.SequenceStartEvent):
        raise _NotPlain(event)
    texts: list[tuple[int, str]] = []
    for item in events:
        if isinstance(item, yaml.SequenceEndEvent):
            break
        if not isinstance(item, yaml.ScalarEvent):
            raise _NotPlain(item)
        texts.append(_text(item, mistakes))
    return Value(line, tuple(texts), listed=True)


def _text(event: yaml.ScalarEvent, mistakes: Mistakes) -> tuple[int, str]:
    """The scalar and its line; quoted YAML can spell characters that the file does not show."""
    line = _line(event)
    flat = one_line(event.value)
    return line, without_unseen(flat, line, mistakes)


def _line(event: yaml.Event) -> int:
    """The event's line in the file, whose first line is ``---``."""
    mark: object = event.start_mark
    return mark.line + 2 if isinstance(mark, yaml.Mark) else 1


def _mark_of(error: yaml.YAMLError) -> yaml.Mark | None:
    """Where the mistake is: what was never closed is mended where it was opened, not where that was seen."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return None
    context = error.context or ""
    unclosed = "flow" in context or "quoted" in context
    return error.context_mark if unclosed else error.problem_mark or error.context_mark


def _broken(error: yaml.YAMLError, mistakes: Mistakes) -> None:
    mark = _mark_of(error)
    mistakes.add(
        mark.line + 2 if mark is not None else 1,
        "Brevets huvud går inte att läsa.",
        "Oftast beror det på ett kolon eller citattecken i ett värde, eller på ett indrag.",
        'Sätt värdet inom citattecken: title: "Nyhetsbrev: nr 2".',
    )
