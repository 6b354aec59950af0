"""An issue's words with the lines they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsletter.model.issue import Block, Issue
from newsletter.model.prose import CodeBlock, Heading, Image, Listing, Node, Paragraph, Quote, Table, plain
from newsletter.model.where import Where

Said = tuple[str, Where]


def said(issue: Issue, shown: Sequence[Block]) -> Iterator[Said]:
    """All that a person wrote and a reader sees: front matter, then each block's texts, with their places."""
    for key, text in (("title", issue.title), ("subject", issue.subject), ("preheader", issue.preheader)):
        yield text, Where(issue.where.file, issue.lines.get(key, 0))
    for block in shown:
        file = block.where.file
        yield block.title, block.where
        yield from ((text, Where(file, line or block.where.line)) for text, line in _block(block))


def place(text: str, told: Sequence[Said]) -> Where | None:
    """The line that says the text, alone or within more; None where nobody wrote it."""
    alone = next((where for words, where in told if words.strip() == text.strip() and where.line), None)
    return alone or next((where for words, where in told if text.strip() in words and where.line), None)


def _block(block: Block) -> Iterator[tuple[str, int]]:
    yield from _nodes(block.nodes)
    yield from ((plain(entry.text), entry.line) for entry in block.entries)
    yield from ((f"{figure.number} {plain(figure.text)}", figure.line) for figure in block.figures)
    yield block.by, 0
    if block.action:
        yield plain(block.action.children), block.action.line
    if block.event:
        yield f"{block.event.time} {block.event.place}", 0


def _nodes(nodes: Sequence[Node]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        match node:
            case Paragraph(children, line) | Heading(children=children, line=line):
                yield plain(children), line
            case Listing(items):
                for item in items:
                    yield from _nodes(item)
            case Quote(below):
                yield from _nodes(below)
            case Table(head, rows, _, line):
                yield from ((plain(cell), line) for row in (head, *rows) for cell in row)
            case CodeBlock(text, line):
                yield text, line
            case Image(_, alt, line):
                yield alt, line
