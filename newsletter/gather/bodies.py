"""The body of a page: its text, without what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from html import escape

from newsletter.gather.cleaning import bounded, cleaned
from newsletter.gather.pages import CLUTTER, Node, own, prose_of

_MARK = re.compile(r"^[-*•]\s+")
_SHORTEST = 140  # of a text that our own rules find; below that it is a caption or a line of contact
_BLOCKS = (
    "self::p or self::h2 or self::h3 or self::h4 or self::li or self::blockquote or self::tr or self::pre"
)


def body(root: Node, title: str = "") -> str:
    """The text without its title, one paragraph a line, at most 20,000 characters; "" where none is found.

    SiteVision's own portlets first, since they say what they hold; else what trafilatura finds.
    """
    lines = _lines(_portlets(root))
    if sum(map(len, lines)) < _SHORTEST:
        lines = _extracted(root) or lines
    return bounded(_MARK.sub("", line) for line in lines if line != title)


def _portlets(root: Node) -> Iterator[Node]:
    """The portlets of the text; an element with such a name that holds the heading too is the whole page."""
    yield from (place for place in _named(root) if not place.xpath("boolean(.//h1)"))


def _named(root: Node) -> Iterator[Node]:
    if root.xpath("boolean(//*[contains(@class, 'sv-text-portlet-content')])"):
        yield from own(root, "(?:nyhets|artikel)?ingress", "preamble", "ingresstext")
        yield from own(root, "br[oö]dtext(?:en)?", "(?:artikel|nyhets|huvud)text", "text", "inneh[aå]ll")


def _lines(places: Iterator[Node]) -> list[str]:
    found = []
    for place in places:
        blocks = place.xpath(f".//*[{_BLOCKS}][not({CLUTTER})][not(.//*[{_BLOCKS}])]")
        found += [prose_of(block) for block in blocks] or [prose_of(place)]
    return list(dict.fromkeys(filter(None, found)))


def _extracted(root: Node) -> list[str]:
    """What trafilatura takes for the text; loaded here, in the child that reads pages, and nowhere else."""
    from trafilatura import extract

    text = extract(deepcopy(root), fast=True, include_comments=False, include_tables=True) or ""
    return [line for line in (cleaned(escape(line, quote=False)) for line in text.splitlines()) if line]
