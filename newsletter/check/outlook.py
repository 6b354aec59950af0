"""Outlook for Windows: the tables that only it sees, in conditional comments, must close and must fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from newsletter.check.finding import error, warning
from newsletter.check.reference import TEMPLATE
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter

_OPEN = re.compile(r"<!--\[if ([^\]]*)\]>(?!<!-->)")
_SHOWN = re.compile(r"<!--\[if [^\]]*\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL)  # for all but Outlook
_HIDDEN = re.compile(r"<!--\[if [^\]]*\]>(?!<!)(.*?)<!\[endif\]-->", re.DOTALL)  # for Outlook alone
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SILENT = re.compile(r"<(style|script|xml|title)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_VALUE = re.compile(r"""([\w-]+)\s*=\s*["']([^"']*)["']""")
_WIDTH = re.compile(r"(?:^|;)\s*width:\s*([\d.]+)px")
_WATCHED = {"table", "tr", "td", "th", "div", "center", "v:rect", "v:roundrect", "v:textbox"}
_SLACK = 1.0  # px, for thirds that were rounded


@dataclass(slots=True)
class _Open:
    """An element that Outlook has not seen the end of."""

    tag: str
    width: float | None  # px, where it is stated
    cells: list[float] = field(default_factory=list)  # a row's


def findings(letter: Letter) -> Iterator[Finding]:
    """Comments that do not pair, tables that do not close, cells and pictures wider than their place."""
    shown = _SHOWN.sub("", letter.html)
    opened, closed = len(_OPEN.findall(shown)), shown.count("<![endif]-->")
    if opened != closed:
        yield _unbalanced(letter, f"{opened} villkor börjar och {closed} slutar")
        return
    page = _SILENT.sub("", _COMMENT.sub("", _HIDDEN.sub(r"\1", shown)))
    yield from _walked(letter, page)


def _walked(letter: Letter, page: str) -> Iterator[Finding]:
    """The page as Outlook reads it, tag by tag."""
    stack: list[_Open] = []
    wide: dict[str, None] = {}
    for closing, name, rest in _TAG.findall(page):
        tag = name.lower()
        if tag == "img":
            wide.update(dict.fromkeys(_picture(rest, stack)))
        elif tag not in _WATCHED or rest.endswith("/"):
            continue
        elif not closing:
            stack.append(_Open(tag, _width(rest)))
        elif not stack or stack[-1].tag != tag:
            yield _unbalanced(letter, f"</{tag}> stänger {f'<{stack[-1].tag}>' if stack else 'ingenting'}")
            return
        else:
            wide.update(dict.fromkeys(_closed(stack.pop(), stack)))
    if stack:
        yield _unbalanced(letter, f"<{stack[-1].tag}> stängs aldrig")
    for words in wide:
        yield _too_wide(letter, words)


def _closed(done: _Open, stack: list[_Open]) -> Iterator[str]:
    """What is too wide once an element has ended."""
    room = _room(stack)
    if done.tag in ("td", "th") and done.width and stack:
        stack[-1].cells.append(done.width)
    if done.tag == "table" and done.width and room and done.width > room + _SLACK:
        yield f"en tabell är {done.width:g} px men platsen {room:g} px"
    if done.tag == "tr" and room and sum(done.cells) > room + _SLACK:
        yield f"spalterna är tillsammans {sum(done.cells):g} px men tabellen {room:g} px"


def _picture(rest: str, stack: list[_Open]) -> Iterator[str]:
    values, room = _values(rest), _room(stack)
    stated = values.get("width", "")
    if stated.isdigit() and room and int(stated) > room + _SLACK:
        yield f"en bild är {stated} px men platsen {room:g} px"


def _room(stack: list[_Open]) -> float | None:
    return next((each.width for each in reversed(stack) if each.width), None)


def _values(rest: str) -> Mapping[str, str]:
    return {name.lower(): value for name, value in _VALUE.findall(rest)}


def _width(rest: str) -> float | None:
    values = _values(rest)
    found = _WIDTH.search(values.get("style", ""))
    if found:
        return float(found[1])
    stated = values.get("width", "").removesuffix("px")
    return float(stated) if stated.isdigit() else None


def _unbalanced(letter: Letter, words: str) -> Finding:
    return error(
        "outlook-unbalanced",
        f"Det som bara Outlook ser går inte ihop: {words}.",
        TEMPLATE,
        why="Outlook för Windows visar då resten av brevet förskjutet, eller inte alls.",
        do="Se till att varje <!--[if mso]> i mallen har sitt <![endif]--> och att taggarna i dem stängs.",
        edition=letter.edition,
    )


def _too_wide(letter: Letter, words: str) -> Finding:
    return warning(
        "outlook-width",
        f"I Outlook blir brevet bredare än tänkt: {words}.",
        TEMPLATE,
        why="Outlook för Windows går efter bredden i siffror och drar isär hela brevet.",
        do="Räkna om bredden: platsen är brevets 600 px minus det som går bort i padding.",
        edition=letter.edition,
    )
