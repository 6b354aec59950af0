"""Front matter: what the lines between ``---`` at the top of an issue mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.model.issue import IssueKind
from newsletter.write.days import day
from newsletter.write.marks import marked
from newsletter.write.mistakes import Mistakes, meant, nearest, shown
from newsletter.write.values import Value, values_of

_REQUIRED = ("number", "title", "subject", "preheader", "date", "sender", "audiences")
_OPTIONAL = ("language", "kind", "ordering", "mark_own")
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
    "ordning": "ordering",
    "märk_egna": "mark_own",
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
    ordering: str
    mark_own: bool
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
    pairs = values_of("\n".join(lines), mistakes) if lines else None
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
        ordering=one.choice("ordering", ("issue", "county")),
        mark_own=one.choice("mark_own", ("false", "true")) == "true",
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
