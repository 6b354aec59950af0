"""Contrast: every word's colour against what lies behind it, by day and by night, as the page's styles say.

The cascade is worked out as a mail program does (CSS Cascade 4): importance, style attributes, specificity,
order. Pictures behind text are not seen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from lxml import html

from newsletter.check.colour import RGB, colour, contrast, written
from newsletter.check.finding import error
from newsletter.check.reference import Reference
from newsletter.check.selecting import Selector, matches, selectors
from newsletter.check.styles import Declaration, declarations, rules
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter

LEAST, LEAST_LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 AA
_LARGE, _LARGE_BOLD = 24.0, 18.66  # px
_SILENT = {"style", "script", "title", "head", "noscript"}
_BOLD_TAGS = {"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
_SIZES = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "small": 0.83}  # of the size around
_USED = {"color", "background-color", "background", "font-size", "font-weight", "display"}
_SIZE = re.compile(r"([\d.]+)(px|pt|em|rem|%)")


class Scheme(Enum):
    """The reader's setting."""

    LIGHT = "light"
    DARK = "dark"


_BARE: Mapping[Scheme, tuple[RGB, RGB, RGB]] = {  # text, ground and links where nothing is said
    Scheme.LIGHT: ((0, 0, 0), (255, 255, 255), (0, 0, 238)),
    Scheme.DARK: ((255, 255, 255), (18, 18, 18), (158, 158, 255)),
}


@dataclass(frozen=True, slots=True)
class _Look:
    """How text in an element looks."""

    ink: RGB
    ground: RGB
    said: str  # the ink as the style says it
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class _Style:
    """A declaration for the elements of one selector, with its weight in the cascade."""

    selector: Selector
    declaration: Declaration
    order: int


Key = tuple[str, str, str]  # ink and ground as #rrggbb, the ink as said


def findings(letter: Letter, reference: Reference) -> Iterator[Finding]:
    """Text that is too pale, once for each pair of colours, light and dark."""
    root = html.document_fromstring(letter.html)
    sheets = "\n".join(sheet.text or "" for sheet in root.iter("style"))
    for scheme in Scheme:
        for (ink, ground, said), (ratio, texts) in _pale(root, sheets, scheme).items():
            yield _finding(letter, reference, scheme, (ink, ground, said), ratio, texts)


def _finding(
    letter: Letter, reference: Reference, scheme: Scheme, pair: Key, ratio: float, texts: Sequence[str]
) -> Finding:
    ink, ground, said = pair
    night = scheme is Scheme.DARK
    others = len(texts) - 1
    more = f" (och {others} {'ställe' if others == 1 else 'ställen'} till)" if others else ""
    shown = f"{ratio:.1f}".replace(".", ",")
    return error(
        "contrast-dark" if night else "contrast-light",
        f"Texten ”{_short(texts[0])}”{more} har kontrasten {shown}:1 i {'mörkt' if night else 'ljust'} läge.",
        reference.place(said),
        why=f"Färgen {ink} mot {ground} är för svag för den som ser dåligt eller läser i solsken.",
        do="Välj färger som ger minst 4,5:1, eller 3:1 för stor text, i temat eller i mallens stilar.",
        edition=letter.edition,
    )


def _short(text: str) -> str:
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= 40 else f"{tidy[:39]}…"


def _pale(root: html.HtmlElement, sheets: str, scheme: Scheme) -> Mapping[Key, tuple[float, list[str]]]:
    """The pairs of colours that are too close, with their contrast and the texts that have them."""
    text, ground, _ = _BARE[scheme]
    found: dict[Key, tuple[float, list[str]]] = {}
    for words, look in _texts(root, _Look(text, ground, "", 16.0, False), _Cascade(sheets, scheme)):
        ratio = contrast(look.ink, look.ground)
        large = look.size >= _LARGE or (look.bold and look.size >= _LARGE_BOLD)
        if ratio < (LEAST_LARGE if large else LEAST):
            key = written(look.ink), written(look.ground), look.said
            found.setdefault(key, (ratio, []))[1].append(words)
    return found


def _texts(element: html.HtmlElement, around: _Look, cascade: _Cascade) -> Iterator[tuple[str, _Look]]:
    """Each visible text with its look; letters are shallow, since render bounds them."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    values = cascade.values(element)
    if values.get("display", "").startswith("none"):
        return
    look = _look(element, values, around, cascade.scheme)
    if element.text and element.text.strip():
        yield element.text, look
    for child in element:
        yield from _texts(child, look, cascade)
        if child.tail and child.tail.strip():
            yield child.tail, look


def _look(element: html.HtmlElement, values: Mapping[str, str], around: _Look, scheme: Scheme) -> _Look:
    look = replace(
        around,
        ground=colour(_ground(element, values), around.ground) or around.ground,
        size=_size(values.get("font-size", ""), str(element.tag), around.size),
        bold=_bold(values.get("font-weight", ""), str(element.tag), inherited=around.bold),
    )
    said = values.get("color", "")
    if ink := colour(said, look.ground):
        return replace(look, ink=ink, said=said)
    if element.tag == "a" and element.get("href") and not said:
        return replace(look, ink=_BARE[scheme][2], said="")
    return look


def _ground(element: html.HtmlElement, values: Mapping[str, str]) -> str:
    return values.get("background-color") or str(element.get("bgcolor", ""))


def _size(said: str, tag: str, around: float) -> float:
    found = _SIZE.fullmatch(said.strip())
    if not found:
        return around * _SIZES.get(tag, 1.0)
    number = float(found[1])
    return number * {"px": 1.0, "pt": 4 / 3, "em": around, "rem": 16.0, "%": around / 100}[found[2]]


def _bold(said: str, tag: str, *, inherited: bool) -> bool:
    if said.isdigit():
        return int(said) >= 600
    if said:
        return said == "bold"
    return inherited or tag in _BOLD_TAGS


class _Cascade:
    """The styles that may apply in a scheme, found by the last step of their selectors."""

    def __init__(self, sheets: str, scheme: Scheme) -> None:
        self.scheme = scheme
        self._styles: dict[str, list[_Style]] = defaultdict(list)
        for order, rule in enumerate(rules(sheets)):
            used = [each for each in rule.declarations if each.name in _USED]
            if used and _applies(rule.condition, scheme):
                self._note(rule.selector, used, order)

    def values(self, element: html.HtmlElement) -> Mapping[str, str]:
        """What the cascade gives the element, by property; a background's colour as background-color."""
        best: dict[str, tuple[tuple[object, ...], str]] = {}
        for weight, each in self._candidates(element):
            name = "background-color" if each.name == "background" else each.name
            if name not in best or weight >= best[name][0]:
                best[name] = weight, each.value
        return {name: value for name, (_, value) in best.items()}

    def _candidates(self, element: html.HtmlElement) -> Iterator[tuple[tuple[object, ...], Declaration]]:
        keys = ["", str(element.tag), *(f".{name}" for name in element.get("class", "").split())]
        for style in (style for key in keys for style in self._styles.get(key, ())):
            if matches(style.selector, element):
                weight = style.declaration.important, False, style.selector.specificity, style.order
                yield weight, style.declaration
        for order, each in enumerate(declarations(element.get("style", ""))):
            if each.name in _USED:
                yield (each.important, True, (0, 0, 0), order), each

    def _note(self, selector_list: str, used: Sequence[Declaration], order: int) -> None:
        for selector in selectors(selector_list):
            last = selector.steps[-1]
            key = f".{min(last.classes)}" if last.classes else last.tag
            self._styles[key] += [_Style(selector, each, order) for each in used]


def _applies(condition: str, scheme: Scheme) -> bool:
    """Whether a condition holds on a wide screen in the scheme."""
    if "prefers-color-scheme" in condition:
        return re.search(rf"prefers-color-scheme\s*:\s*{scheme.value}", condition) is not None
    return not re.search(r"\bprint\b|max-width|@supports|prefers-|hover", condition)
