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
    outside: tuple[str, ...]  # addresses that are fetched when the letter is opened


def page(letter: Letter) -> Page:
    """The letter's page, read."""
    root = html.document_fromstring(letter.html)
    words: list[str] = []
    sizes: list[float] = []
    _walk(root, words, sizes, 16.0)
    return Page(
        text=" ".join(" ".join(words).split()),
        pictures=tuple(_shown(img) for img in root.iter("img")),
        smallest=min(sizes, default=16.0),
        has_colour_scheme=bool(root.xpath('//meta[@name="color-scheme"]')),
        language=root.get("lang", ""),
        headings=tuple(_headings(root)),
        outside=tuple(_fetched(root, letter.html)),
    )


def _headings(root: html.HtmlElement) -> Iterator[tuple[int, str]]:
    for element in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        shown = not any(_HIDDEN.search(each.get("style", "")) for each in (element, *element.iterancestors()))
        if shown:
            words = element.text_content() + "".join(img.get("alt", "") for img in element.iter("img"))
            yield int(element.tag[1]), " ".join(words.split())


def _walk(element: html.HtmlElement, words: list[str], sizes: list[float], size: float) -> None:
    """Depth first; letters are shallow, since render bounds them."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    style = element.get("style", "")
    if _HIDDEN.search(style):
        return
    own = _FONT_SIZE.search(style)
    size = float(own[1]) if own else size
    _say(element.text, words, sizes, size)
    for child in element:
        _walk(child, words, sizes, size)
        _say(child.tail, words, sizes, size)


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
