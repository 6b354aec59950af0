"""Front matter: the lines between ``---`` at the top of an issue.

YAML is read as a run of events, not as objects: each key knows its line, nothing is given a type by
guessing (``2026-11-17`` stays what was written), and deep nesting is refused where it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import yaml

from newsletter.model.issue import IssueKind
from newsletter.write.characters import one_line, without_unseen
from newsletter.write.days import day
from newsletter.write.marks import marked
from newsletter.write.mistakes import Mistakes, meant, nearest, shown

_REQUIRED = ("number", "title", "subject", "preheader", "date", "sender", "audiences")
_OPTIONAL = ("language", "kind")
KEYS = _REQUIRED + _OPTIONAL
_SWEDISH = {
    "nummer": "number",
    "titel": "title",
    "rubrik": "title",
    "ämnesrad": "subject",
    "ämne": "subject",
    "förhandstext": "preheader",
    "datum": "date",
    "språk": "language",
    "sort": "kind",
    "avsändare": "sender",
    "målgrupper": "audiences",
    "målgrupp": "audiences",
}
_EXAMPLES = {
    "number": "number: 2026-2",
    "title": "title: Nyhetsbrev nr 2 · 2026",
    "subject": "subject: Vad brevet handlar om",
    "preheader": "preheader: En mening som lockar till läsning",
    "date": "date: 2026-11-17",
    "sender": "sender: kansliet",
    "audiences": "audiences: [politiker, tjanstepersoner]",
}
_NAME = re.compile(r"[^\W_][\w-]*")
_LONGEST = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Value:
    """What stands at a key: one text, or several in a list, each with its line."""

    line: int
    texts: tuple[tuple[int, str], ...]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """The front matter, understood; where something is wrong, a mistake was noted."""

    title: str
    subject: str
    preheader: str
    date: date
    language: str
    kind: IssueKind
    sender: str
    audiences: tuple[str, ...]
    lines: dict[str, int] = field(default_factory=dict)


def divided(lines: Sequence[str], mistakes: Mistakes) -> tuple[Sequence[str], int]:
    """The lines of the front matter, and the index of the body's first line."""
    if not lines or lines[0].rstrip() != "---":
        mistakes.add(
            1,
            "Brevets huvud saknas.",
            "Filen ska börja med en rad ---, sedan number, title, subject och de andra, sedan en rad ---.",
            "Börja filen med --- eller låt `newsletter new` göra en som är rätt.",
        )
        return (), 0
    for index, content in enumerate(lines[1:], 1):
        if content.rstrip() in ("---", "..."):
            return lines[1:index], index + 1
    mistakes.add(1, "Brevets huvud tar aldrig slut.", do="Skriv en rad --- efter det sista värdet i huvudet.")
    return (), len(lines)


def front(lines: Sequence[str], issue_id: str, mistakes: Mistakes) -> Front:
    """The front matter of the issue in the folder `issue_id`; `lines` begin at the file's second line."""
    pairs = _values("\n".join(lines), mistakes) if lines else None
    values = _known(pairs or (), mistakes)
    if pairs is not None:
        _missing(values, mistakes)
    one = _Fields(values, mistakes)
    number = one.text("number")
    if number and number != issue_id:
        _other_number(number, issue_id, values["number"].line, mistakes)
    return Front(
        title=one.text("title"),
        subject=one.text("subject"),
        preheader=one.text("preheader"),
        date=one.day("date"),
        language=one.choice("language", ("sv", "en")),
        kind=IssueKind(one.choice("kind", tuple(kind.value for kind in IssueKind))),
        sender=one.name("sender"),
        audiences=one.names("audiences"),
        lines=_lines(values),
    )


def _missing(values: Mapping[str, Value], mistakes: Mistakes) -> None:
    for key in _REQUIRED:
        if key not in values:
            mistakes.add(1, f"”{key}” saknas i brevets huvud.", do=f"Lägg till raden {_EXAMPLES[key]}")


def _other_number(number: str, issue_id: str, line: int, mistakes: Mistakes) -> None:
    mistakes.add(
        line,
        f"Numret är {shown(number)} men mappen heter {issue_id}.",
        "Sändning och rapport går efter mappens namn.",
        f"Skriv number: {issue_id}, eller byt namn på mappen.",
    )


def _lines(values: Mapping[str, Value]) -> dict[str, int]:
    """Each key's line; ``audiences.politiker`` is where that very audience stands."""
    lines = {key: value.line for key, value in values.items()}
    listed = values["audiences"].texts if "audiences" in values else ()
    return lines | {f"audiences.{text}": line for line, text in listed}


@dataclass(frozen=True, slots=True)
class _Fields:
    """Values by key, as what they should be; a wrong one is noted and something harmless stands in."""

    values: Mapping[str, Value]
    mistakes: Mistakes

    def text(self, key: str) -> str:
        """One line of text."""
        value = self.values.get(key)
        if value is None:
            return ""
        if value.listed or len(value.texts) != 1:
            self.mistakes.add(value.line, f"”{key}” ska vara en text, inte en lista.", do=f"Skriv {key}: …")
            return ""
        return marked(value.texts[0][1], value.line, self.mistakes)

    def day(self, key: str) -> date:
        """A day."""
        text = self.text(key)
        found = day(text, self.values[key].line, "Datumet", self.mistakes) if text else None
        return found or date.min

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of a few words; the first is the default."""
        text = self.text(key)
        if text and text not in choices:
            self.mistakes.add(
                self.values[key].line, f"”{shown(text)}” kan inte stå vid {key}.", do=meant(text, choices)
            )
        return text if text in choices else choices[0]

    def name(self, key: str) -> str:
        """A name that something else is found by."""
        text = self.text(key)
        return self.named(text, self.values[key].line) if text else ""

    def names(self, key: str) -> tuple[str, ...]:
        """Several such names, none twice; a single one needs no brackets."""
        value = self.values.get(key)
        names = [self.named(text, line) for line, text in value.texts] if value else []
        for (line, text), earlier in zip(value.texts if value else (), range(len(names)), strict=True):
            if text in names[:earlier]:
                self.mistakes.add(line, f"”{shown(text)}” står två gånger vid {key}.", do="Ta bort den ena.")
        if value and not names:
            self.mistakes.add(value.line, f"”{key}” är tom.", do=f"Skriv till exempel {_EXAMPLES[key]}")
        return tuple(names)

    def named(self, text: str, line: int) -> str:
        """The text, noted where it cannot be a name."""
        if not _NAME.fullmatch(text):
            self.mistakes.add(
                line,
                f"”{shown(text)}” kan inte vara ett namn.",
                "Namn som programmet slår upp skrivs med bokstäver, siffror och bindestreck.",
                "Flera namn skrivs [politiker, tjanstepersoner].",
            )
        return text


def _known(pairs: Sequence[tuple[str, Value]], mistakes: Mistakes) -> dict[str, Value]:
    """The values at keys that mean something and have something; the rest are noted."""
    values: dict[str, Value] = {}
    for key, value in pairs:
        if key not in KEYS:
            hint = _SWEDISH.get(key.casefold()) or nearest(key, KEYS)
            do = f"Menade du ”{hint}”?" if hint else f"Det som kan stå här är {', '.join(KEYS)}."
            mistakes.add(value.line, f"”{shown(key)}” är okänt i brevets huvud.", do=do)
        elif key in values:
            mistakes.add(
                value.line,
                f"”{key}” står två gånger, först på rad {values[key].line}.",
                do="Ta bort den ena.",
            )
        else:
            values[key] = _full(key, value, mistakes)
    return values


def _full(key: str, value: Value, mistakes: Mistakes) -> Value:
    if not value.listed and not value.texts[0][1]:
        do = f"Skriv till exempel {_EXAMPLES[key]}" if key in _EXAMPLES else "Fyll i det eller ta bort raden."
        mistakes.add(value.line, f"”{key}” är tomt.", do=do)
    return value


# --- YAML -----------------------------------------------------------------------------------------


def _values(text: str, mistakes: Mistakes) -> list[tuple[str, Value]] | None:
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


def _broken(error: yaml.YAMLError, mistakes: Mistakes) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    mistakes.add(
        mark.line + 2 if mark is not None else 1,
        "Brevets huvud går inte att läsa.",
        "Oftast beror det på ett kolon eller citattecken i ett värde, eller på ett indrag.",
        'Sätt värdet inom citattecken: title: "Nyhetsbrev: nr 2".',
    )
