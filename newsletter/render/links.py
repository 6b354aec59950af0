"""The links of a finished page, each with the block it stands in: clicks are counted by block."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from lxml import html

from newsletter.model.issue import Block
from newsletter.model.letter import Edition, LetterLink
from newsletter.model.prose import (
    Emphasis,
    Heading,
    Image,
    Link,
    Listing,
    Node,
    Paragraph,
    Piece,
    Quote,
    Strong,
    Struck,
    Table,
    Text,
)
from newsletter.model.where import Where


def links(pieces: Sequence[tuple[str, str]], edition: Edition) -> tuple[LetterLink, ...]:
    """The links of a page that was cut into pieces: block id (empty outside blocks), HTML.

    A link to a picked item of news is counted by the item's id instead of its block's.
    """
    blocks = {block.id: block for block in edition.blocks}
    return tuple(
        _link(href, text, blocks.get(name), edition)
        for name, piece in pieces
        for href, text in _anchors(piece)
    )


def news_file(edition: Edition) -> str:
    """The file that an issue's picks stand in."""
    return posixpath.join(posixpath.dirname(edition.issue.where.file), "news.toml")


def _anchors(piece: str) -> Iterator[tuple[str, str]]:
    if "<a" not in piece:
        return
    for anchor in html.fragment_fromstring(piece, create_parent="div").iter("a"):
        said = " ".join(anchor.text_content().split()) or " ".join(anchor.xpath(".//img/@alt"))
        if anchor.get("href"):
            yield anchor.get("href"), said


def _link(href: str, text: str, block: Block | None, edition: Edition) -> LetterLink:
    if block is None:
        return LetterLink(href, text, "", None)
    for pick in edition.picks:
        if href in (pick.url, *(each.url for each in pick.also)):
            return LetterLink(href, text, pick.id, Where(news_file(edition), pick.line))
    line = _lines(block).get(href, block.where.line)
    return LetterLink(href, text, block.id, Where(block.where.file, line))


def _lines(block: Block) -> Mapping[str, int]:
    """The first line of each address in a block."""
    found: dict[str, int] = {}
    inline = [*(each.text for each in block.entries), *(each.text for each in block.figures)]
    named = [block.action] if block.action else []
    for link in (*named, *_of_nodes(block.nodes), *(link for text in inline for link in _of_inline(text))):
        if link.line:
            found.setdefault(link.href, link.line)
    return found


def _of_nodes(nodes: Sequence[Node]) -> Iterator[Link]:
    for node in nodes:
        match node:
            case Paragraph(children) | Heading(children=children):
                yield from _of_inline(children)
            case Listing(items):
                yield from (link for item in items for link in _of_nodes(item))
            case Quote(below):
                yield from _of_nodes(below)
            case Image():
                yield from _of_inline((node,))
            case Table(head, rows):
                yield from (link for row in (head, *rows) for cell in row for link in _of_inline(cell))


def _of_inline(children: Sequence[Piece]) -> Iterator[Link]:
    for child in children:
        match child:
            case Link():
                yield child
            case Image(href=href, alt=alt, line=line) if href:
                yield Link(href, (Text(alt),), line)
            case Strong(below) | Emphasis(below) | Struck(below):
                yield from _of_inline(below)
