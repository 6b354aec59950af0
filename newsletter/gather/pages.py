"""What lists and articles have in common: a page's tree, and small questions to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from newsletter.errors import ParseFailed
from newsletter.gather.cleaning import cleaned, decoded
from newsletter.gather.days import believed, day, is_a_date, labelled_day
from newsletter.model.news import Provenance

Node = Any  # lxml ships no types
Dated = tuple[date | None, Provenance]

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
UNDATED: Dated = (None, Provenance.UNDATED)


def tree(data: bytes, charset: str = "") -> Node:
    """The page's root element. Raises ParseFailed where there is none."""
    text = _XML_DECLARATION.sub("", decoded(data, charset)).replace("\x00", "")
    try:
        root = lxml_html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParseFailed("Sidan går inte att läsa.", why=str(error)) from error
    _mark(root)
    return root


def _mark(root: Node) -> None:
    """Set marks on all that stands around a page's own matter, once, since many questions ask for it."""
    for element in root.iter(etree.Element):
        parent = element.getparent()
        for name, kind_of in (("data-clutter", _clutter), ("data-card", _card)):
            around = parent.get(name) if parent is not None else None
            kind = around or kind_of(element)
            if kind:
                element.set(name, kind)
            elif name in element.attrib:
                del element.attrib[name]  # the page's own, and none of ours


def _clutter(element: Node) -> str:
    """What kind of clutter an element is, or ""; nothing that holds the page's heading or matter is any."""
    kind = _CLUTTER.get(element.tag) or _ROLES.get(element.get("role", "")) or ""
    if not kind and element.tag not in ("html", "body", "main"):
        named = f"{element.get('id', '')} {element.get('class', '')}"
        kind = "side" if _SIDES.search(named) else ""
    holds = ("h1", "main", "article") if kind == "form" else ("h1",)  # some systems put all in one form
    return kind if kind and next(element.iter(*holds), None) is None else ""


def _card(element: Node) -> str:
    if element.tag == "a":
        return "link" if element.get("href") else ""
    return "item" if element.tag == "li" and any(link.get("href") for link in element.iter("a")) else ""


_CLUTTER = {"nav": "menu", "aside": "side", "footer": "foot", "form": "form"}
_ROLES = {"navigation": "menu", "complementary": "side", "contentinfo": "foot", "search": "form"}
_SIDES = re.compile(
    r"sidebar|sidokolumn|h[oö]gerspalt|h[oö]gerkolumn|v[aä]nsterspalt|right-?col|related|relaterat|relaterade",
    re.I,
)


def has_class(*names: str) -> str:
    """An XPath condition: the element has one of these classes."""
    return " or ".join(f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')" for name in names)


def text_of(node: Node) -> str:
    """An element's plain text; script and style are silent."""
    if node is None:
        return ""
    parts = node.xpath(".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
    return re.sub(r"\s+", " ", " ".join(part.strip() for part in parts if part.strip())).strip()


def prose_of(node: Node) -> str:
    """An element's text as it reads, cleaned; inline tags leave no gap."""
    return cleaned(lxml_html.tostring(node, encoding="unicode", with_tail=False)) if node is not None else ""


def first(node: Node, *paths: str) -> Node:
    """The first element that one of the paths finds, in the order of the paths; None where none does."""
    for path in paths:
        found = node.xpath(path)
        if found:
            return found[0]
    return None


def meta(root: Node, *names: str) -> str:
    """The content of the first such meta element, by `name`, `property` or `itemprop`, whatever its case."""
    contents: dict[str, str] = {}
    for element in root.iter("meta"):
        for key in ("property", "name", "itemprop"):
            if element.get(key):
                contents.setdefault(element.get(key).lower(), element.get("content", ""))
    return next((contents[name.lower()] for name in names if contents.get(name.lower(), "").strip()), "")


def own(root: Node, *words: str) -> Iterator[Node]:
    """What stands in a SiteVision portlet with one of these names, such as ``Rubrik`` or ``Ingress``.

    The name is the id of an empty element right before the portlet's content, or of one around it; where
    a page has several, a number follows it.
    """
    named = re.compile(rf"(?:{'|'.join(words)})[-_ ]?\d*", re.I)
    for element in root.xpath("//*[@id]"):
        if named.fullmatch(element.get("id", "")) and element.tag not in ("main", "body"):
            content = element if text_of(element) else element.getnext()
            if content is not None and (content is element or "sv-text-portlet-content" in _classes(content)):
                yield content


def _classes(element: Node) -> list[str]:
    classes: str = element.get("class") or ""
    return classes.split()


# XPath conditions on an element, by the marks that `tree` has set.
CLUTTER = "@data-clutter"  # in a menu, a sidebar, a form, a foot
SIDE = "@data-clutter = 'side'"  # in a column beside the page's own matter
CARD = "@data-card"  # in a link, or in an item of a list of links: other news, listed below this one


def main_of(root: Node) -> Node:
    """The element that holds the page's own matter; the whole body where none is marked."""
    return first(root, *_MAIN)


_MAIN = (
    "//article[@id='article']",
    "//main//article[.//h1]",
    "//main[.//h1]",
    "//*[@role='main'][.//h1]",
    "//article[.//h1]",
    "//*[@id='Innehall' or @id='Huvudinnehall' or @id='content'][.//h1]",
    "//main",
    "//body",
)


def words_of(node: Node) -> str:
    """An element's text without menus, sidebars, forms and other news that are listed in it."""
    parts = node.xpath(f".//*[not(self::script or self::style or {CLUTTER} or {CARD})]/text() | ./text()")
    return re.sub(r"\s+", " ", " ".join(part.strip() for part in parts if part.strip())).strip()


def seen_day(node: Node, now: datetime) -> Dated:
    """The day that an element shows: labelled, else in a `time` element or another place made for dates."""
    text = text_of(node)
    labelled = labelled_day(text, now)
    if labelled:
        return labelled, Provenance.LABELLED
    for place in node.xpath(_DATE_PLACES):
        if tells_of_change(place):
            continue
        found = day(place.get("datetime") or "", now) or day(text_of(place), now)
        if found:
            return believed(found, now), Provenance.VISIBLE
    lines = (text_of(leaf) for leaf in node.xpath(_LEAVES) if not tells_of_change(leaf))
    found = next((day(line, now) for line in lines if 4 < len(line) < 60 and is_a_date(line)), None)
    return (found, Provenance.VISIBLE) if found else UNDATED


_LEAVES = ".//*[self::p or self::span or self::div or self::small or self::em or self::dd][not(*)]"


_DATE_PLACES = (
    ".//time | .//*[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'datum')"
    " or contains(@class, 'publ') or contains(@class, 'normal-date')]"
)
OF_CHANGE = re.compile(r"(?:uppdatera|ändra|granska|modified|updated)\w*\W*$", re.I)


def tells_of_change(place: Node) -> bool:
    """Whether the place, or the words right before it, speak of a change and not of publication."""
    own = text_of(place)
    parent = place.getparent()
    before = text_of(parent).split(own)[0] if parent is not None and own else ""
    marks = (place.get("class", ""), place.get("itemprop", ""), before[-30:], re.sub(r"[\d:. -]+.*", "", own))
    return any(OF_CHANGE.search(mark) for mark in marks)
