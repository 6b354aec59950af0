"""Fences: the lines of ``:::`` that cut an issue's body into parts.

Cutting is done by hand rather than by a Markdown plugin, since every mistake shall be told with its
line, and reading shall go on after it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile

from newsletter.model.issue import BlockKind
from newsletter.write.characters import one_line
from newsletter.write.mistakes import Mistakes, meant, shown

_FENCE = re.compile(r"[ \t]*(:{3,})(.*)")
_WORD = re.compile(r"""([^\s="”]+)=(?:"([^"]*)"|”([^”]*)”|([^\s"”]+))(?=\s|$)|([^\s="”]+)(?=\s|$)|(\S.*)""")
_CODE = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
_SEGMENT = re.compile(r"[^\W_][\w-]*")

_FOR = ("för", "for")
_EVERYBODY = ("alla", "all", "everybody")
NAMES: Mapping[str, BlockKind] = {
    "kort": BlockKind.CARD,
    "card": BlockKind.CARD,
    "inbjudan": BlockKind.INVITATION,
    "invitation": BlockKind.INVITATION,
    "kalender": BlockKind.CALENDAR,
    "calendar": BlockKind.CALENDAR,
    "knapp": BlockKind.BUTTON,
    "button": BlockKind.BUTTON,
    "citat": BlockKind.QUOTE,
    "quote": BlockKind.QUOTE,
    "siffror": BlockKind.FIGURES,
    "figures": BlockKind.FIGURES,
    "medlemsnytt": BlockKind.MEMBER_NEWS,
    "member-news": BlockKind.MEMBER_NEWS,
}
_TOPIC = {"ämne": "topic", "topic": "topic"}
_NEAR = {"medlem": "member", "member": "member", "län": "county", "county": "county"}
_EVENT = {
    "datum": "date",
    "date": "date",
    "tid": "time",
    "time": "time",
    "plats": "place",
    "place": "place",
    "senast": "rsvp",
    "rsvp": "rsvp",
}
KEYS: Mapping[BlockKind, Mapping[str, str]] = {
    BlockKind.CARD: _TOPIC | _NEAR,
    BlockKind.INVITATION: _TOPIC | _EVENT | _NEAR,
    BlockKind.QUOTE: {"av": "by", "by": "by"},
}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the body: what a fence holds, or the text between fences."""

    kind: BlockKind
    line: int  # of the opening fence, or of the first line of text that is not blank
    lines: Sequence[tuple[int, str]]  # the text, each with its line number
    keys: Mapping[str, str] = field(default_factory=dict)  # canonical key → value
    segments: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    """A fence that waits for its end."""

    colons: int
    line: int
    name: str
    kind: BlockKind | None  # None: för, or a name that is not known
    keys: dict[str, str]
    segments: tuple[str, ...]  # those that all inside is for
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def wraps(self) -> bool:
        """Whether other blocks may stand inside."""
        return self.name in _FOR


def parts(lines: Sequence[str], first: int, mistakes: Mistakes) -> tuple[Part, ...]:
    """The parts of the body in the order of the file; `first` is the number of its first line."""
    return tuple(_Cutter(mistakes).cut(lines, first))


class _Cutter:
    """Walks the lines once, with the fences that are open on a stack."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.open: list[_Open] = []
        self.text: list[tuple[int, str]] = []

    def cut(self, lines: Sequence[str], first: int) -> Iterator[Part]:
        code = _code(lines)
        for number, content in enumerate(lines, first):
            fence = _FENCE.fullmatch(content)
            if fence is None or number - first in code:
                self.inner.append((number, content))
            elif rest := fence[2].strip():
                yield from self.opened(len(fence[1]), rest, number)
            else:
                yield from self.closed(len(fence[1]), number)
        while self.open:
            yield from self.unclosed()
        yield from self.running_text()

    @property
    def inner(self) -> list[tuple[int, str]]:
        """Where a line of text goes."""
        return self.open[-1].lines if self.open and not self.open[-1].wraps else self.text

    def opened(self, colons: int, rest: str, line: int) -> Iterator[Part]:
        while self.open and not self.open[-1].wraps:
            yield from self.unclosed()
        yield from self.running_text()
        if self.open and self.open[-1].colons <= colons:
            self.too_few_colons(self.open[-1], line)
        self.open.append(self.fence(colons, rest, line))

    def closed(self, colons: int, line: int) -> Iterator[Part]:
        if not any(fence.colons <= colons for fence in self.open):
            self.mistakes.add(
                line,
                f"{':' * min(colons, 10)} avslutar inget block.",
                do="Ta bort raden, eller skriv lika många kolon som blocket börjar med.",
            )
            return
        exact = any(fence.colons == colons for fence in self.open)
        while exact and self.open[-1].colons != colons:
            yield from self.unclosed()
        yield from self.ended(self.open[-1])

    def ended(self, fence: _Open) -> Iterator[Part]:
        if fence.wraps:
            yield from self.running_text()
        self.open.pop()
        if not fence.wraps:  # an unknown block is read as text, so that mistakes inside it are told too
            yield Part(fence.kind or BlockKind.TEXT, fence.line, fence.lines, fence.keys, fence.segments)

    def unclosed(self) -> Iterator[Part]:
        fence = self.open[-1]
        self.mistakes.add(
            fence.line,
            f"Blocket ”{shown(fence.name)}” avslutas aldrig.",
            "Nästa block eller brevets slut kom först.",
            f"Skriv {':' * min(fence.colons, 10)} på en egen rad där blocket tar slut.",
        )
        yield from self.ended(fence)

    def too_few_colons(self, outer: _Open, line: int) -> None:
        self.mistakes.add(
            line,
            f"Blocket står inuti ”{outer.name}” från rad {outer.line}, som har för få kolon.",
            "Det yttre blocket måste ha fler kolon än det inre, så att det syns vilket som tar slut.",
            "Skriv :::: för … och avsluta med ::::, eller avsluta det yttre blocket först.",
        )

    def running_text(self) -> Iterator[Part]:
        """The text between fences, if there is any."""
        taken = list(dropwhile(lambda numbered: not numbered[1].strip(), self.text))
        self.text = []
        if taken:
            yield Part(
                BlockKind.TEXT, taken[0][0], taken, segments=self.open[-1].segments if self.open else ()
            )

    def fence(self, colons: int, rest: str, line: int) -> _Open:
        outer = self.open[-1].segments if self.open else ()
        written, words, values = _split(rest)
        name = written.casefold()
        if name in _FOR:
            return _Open(colons, line, name, None, {}, self.segments(words, values, line))
        kind = NAMES.get(name)
        if kind is None:
            known = [*NAMES, *_FOR]
            self.mistakes.add(line, f"Blocket ”{shown(written)}” finns inte.", do=meant(name, known))
            return _Open(colons, line, name, None, {}, outer)
        for word in words:
            self.mistakes.add(line, f"Ordet ”{shown(word)}” går inte att förstå här.", do=_usage(kind))
        return _Open(colons, line, name, kind, self.keys(kind, values, line), outer)

    def keys(self, kind: BlockKind, values: Sequence[tuple[str, str]], line: int) -> dict[str, str]:
        known = KEYS.get(kind, {})
        keys: dict[str, str] = {}
        for written, value in values:
            key = known.get(written.casefold())
            if key is None:
                self.mistakes.add(
                    line, f"”{shown(written)}” kan inte stå i det här blocket.", do=_usage(kind, written)
                )
            elif key in keys:
                self.mistakes.add(line, f"”{written}” står två gånger.", do="Ta bort den ena.")
            elif not value.strip():
                self.mistakes.add(
                    line, f"”{written}” har inget värde.", do=f"Skriv {written}=… eller ta bort det."
                )
            else:
                keys[key] = one_line(value)
        return keys

    def segments(self, words: Sequence[str], values: Sequence[tuple[str, str]], line: int) -> tuple[str, ...]:
        if self.open:
            self.mistakes.add(
                line, "Ett för-block kan inte stå i ett annat.", do="Avsluta det första innan nästa."
            )
        names = [name for word in words for name in word.split(",") if name]
        for name in [key for key, _ in values] + [name for name in names if not _SEGMENT.fullmatch(name)]:
            self.mistakes.add(
                line, f"”{shown(name)}” kan inte vara en målgrupp.", do="Skriv till exempel: för politiker."
            )
        for name in (name for name in names if name.casefold() in _EVERYBODY):
            self.mistakes.add(
                line, f"”{name}” är ingen målgrupp.", do="Det som alla ska få skrivs utanför för-block."
            )
        if not names and not values:
            self.mistakes.add(line, "För-blocket saknar målgrupp.", do="Skriv till exempel: för politiker.")
        return tuple(dict.fromkeys(names))


def _code(lines: Sequence[str]) -> Collection[int]:
    """The indices of lines inside blocks of code, where colons are only colons.

    A block that never ends is none here: what follows would all be swallowed without a word.
    """
    found: set[int] = set()
    start, mark = 0, ""
    for index, content in enumerate(lines):
        line = _CODE.fullmatch(content)
        if line is None:
            continue
        if not mark:
            start, mark = index, line[1]
        elif line[1].startswith(mark) and not line[2].strip():
            found.update(range(start + 1, index))
            mark = ""
    return found


def _split(rest: str) -> tuple[str, list[str], list[tuple[str, str]]]:
    """The name, the words and the key=value pairs of an opening fence; what cannot be read is a word."""
    name, _, tail = rest.partition(" ") if " " in rest else rest.partition("\t")
    words: list[str] = []
    values: list[tuple[str, str]] = []
    for found in _WORD.finditer(tail):
        if found[1]:
            values.append((found[1], next(value for value in found.group(2, 3, 4) if value is not None)))
        else:
            words.append(found[5] or found[6])
    return name, words, values


def _usage(kind: BlockKind, written: str = "") -> str:
    """What may stand on the opening line of a block."""
    keys = KEYS.get(kind, {})
    if not keys:
        return "Det här blocket har bara sitt namn på första raden."
    if written:
        return meant(written, keys)
    return f'Skriv värden som {next(iter(keys))}="…"; det som kan anges är {", ".join(keys)}.'
