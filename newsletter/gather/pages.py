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
    return root


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


_NAME = "translate(concat(@id, ' ', @class), 'ABCDEFGHIJKLMNOPQRSTUVWXYZÖ', 'abcdefghijklmnopqrstuvwxyzo')"
_SIDES = (
    "sidebar",
    "sidokolumn",
    "hogerspalt",
    "hogerkolumn",
    "vansterspalt",
    "rightcol",
    "related",
    "relaterat",
)
# Columns beside the page's own matter; a page as a whole may be called after the sidebar that it has.
SIDE = (
    f"ancestor-or-self::*[{' or '.join(f'contains({_NAME}, {name!r})' for name in _SIDES)}]"
    "[not(self::body or self::main or .//h1)]"
)
CLUTTER = (
    "ancestor-or-self::nav or ancestor-or-self::aside or ancestor-or-self::form or ancestor-or-self::footer"
    " or ancestor-or-self::*[@role='navigation' or @role='complementary' or @aria-hidden='true']"
    f" or {SIDE}"
)
CARD = "ancestor-or-self::li[.//a[@href]] or ancestor-or-self::a[@href]"  # other news, listed below this one


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
    parts = node.xpath(f".//text()[not(ancestor::script or ancestor::style or {CLUTTER} or {CARD})]")
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
_CHANGE = re.compile(r"(?:uppdatera|ändra|granska|modified|updated)\w*\W*$", re.I)


def tells_of_change(place: Node) -> bool:
    """Whether the place, or the words right before it, speak of a change and not of publication."""
    own = text_of(place)
    parent = place.getparent()
    before = text_of(parent).split(own)[0] if parent is not None and own else ""
    marks = (place.get("class", ""), place.get("itemprop", ""), before[-30:], re.sub(r"[\d:. -]+.*", "", own))
    return any(_CHANGE.search(mark) for mark in marks)
