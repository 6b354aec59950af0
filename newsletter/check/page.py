"""A letter's HTML as its reader meets it: words, pictures and sizes of type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

from newsletter.model.letter import Letter

_FONT_SIZE = re.compile(r"font-size:\s*(\d+(?:\.\d+)?)px")
_HIDDEN = re.compile(r"display:\s*none")
_SILENT = {"style", "script", "title", "noscript"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = {"a", "strong", "em", "b", "i", "s", "code", "span", "abbr", "small", "sup", "sub"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as the page shows it; alt is None where it is missing."""

    src: str
    alt: str | None
    width: int  # px; 0 where not stated


@dataclass(frozen=True, slots=True)
class Page:
    """What is on the page."""

    text: str  # visible characters, blanks collapsed
    pictures: tuple[Shown, ...]
    smallest: float  # px, of visible type
    has_colour_scheme: bool
    language: str  # as the page says it; "" where it does not
    headings: tuple[tuple[int, str], ...]  # level and words, in order
    columns: tuple[str, ...]  # the headings of tables' columns
    outside: tuple[str, ...]  # addresses that are fetched when the letter is opened


def page(letter: Letter) -> Page:
    """The letter's page, read."""
    root = html.document_fromstring(letter.html)
    words: list[str] = []
    sizes: list[float] = []
    _walk(root, words, sizes, 16.0)
    return Page(
        text=" ".join("".join(words).split()),
        pictures=tuple(_shown(img) for img in root.iter("img")),
        smallest=min(sizes, default=16.0),
        has_colour_scheme=bool(root.xpath('//meta[@name="color-scheme"]')),
        language=root.get("lang", ""),
        headings=tuple((int(each.tag[1]), _said(each)) for each in _shown_of(root, *_HEADINGS)),
        columns=tuple(_said(each) for each in _shown_of(root, "th")),
        outside=tuple(_fetched(root, letter.html)),
    )


def _shown_of(root: html.HtmlElement, *tags: str) -> Iterator[html.HtmlElement]:
    """The elements that nothing around them hides."""
    for element in root.iter(*tags):
        if not any(_HIDDEN.search(each.get("style", "")) for each in (element, *element.iterancestors())):
            yield element


def _said(element: html.HtmlElement) -> str:
    """What is read out of it: its words, and what its pictures show."""
    parts = element.xpath(".//text() | .//img/@alt | .//br")
    return " ".join("".join(part if isinstance(part, str) else " " for part in parts).split())


def _walk(element: html.HtmlElement, words: list[str], sizes: list[float], size: float) -> None:
    """Depth first; letters are shallow, since render bounds them."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    style = element.get("style", "")
    if _HIDDEN.search(style):
        return
    own = _FONT_SIZE.search(style)
    size = float(own[1]) if own else size
    around = "" if element.tag in _INLINE else " "
    words.append(around)
    _say(element.text, words, sizes, size)
    for child in element:
        _walk(child, words, sizes, size)
        _say(child.tail, words, sizes, size)
    words.append(around)


def _say(text: str | None, words: list[str], sizes: list[float], size: float) -> None:
    if text and text.strip():
        words.append(text)
        sizes.append(size)


def _shown(img: html.HtmlElement) -> Shown:
    width = img.get("width", "")
    return Shown(img.get("src", ""), img.get("alt"), int(width) if width.isdigit() else 0)


def _fetched(root: html.HtmlElement, source: str) -> list[str]:
    """Pictures, style sheets and style addresses that are not inside the letter."""
    named = [element.get("src", "") for element in root.xpath("//*[@src]")]
    named += [element.get("background", "") for element in root.xpath("//*[@background]")]
    named += [element.get("href", "") for element in root.iter("link")]
    named += re.findall(r"url\(\s*['\"]?([^)'\"]+)", source)
    return [address for address in named if address and not address.startswith("cid:")]
