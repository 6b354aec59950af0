"""Running text as a small tree: what Markdown says, free of Markdown and of HTML.

Both the HTML and the text part of a letter are written from this tree, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

# --- inline -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Plain characters, NFC."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Italic."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Struck:
    """Struck through: what was so and is no longer."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Characters to be read one by one: a command, a file's name."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link; `href` is https, http, mailto or tel."""

    href: str
    children: tuple[Inline, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A hard line break."""


Inline = Text | Strong | Emphasis | Struck | Code | Link | LineBreak

# --- nodes: each knows its first line in the file -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: tuple[Inline, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 to 4 (level 1 is the letter's title)."""

    level: int
    children: tuple[Inline, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A bullet list, or a numbered one; every item is a run of nodes."""

    items: tuple[tuple[Node, ...], ...]
    ordered: bool = False
    start: int = 1
    line: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    nodes: tuple[Node, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one row of headings, then rows of cells."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines to be read as they stand, blanks and all."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of its own, or in a cell; `src` is a path beside the issue, `alt` what it shows."""

    src: str
    alt: str
    line: int = 0
    href: str = ""  # where the picture leads; empty where it leads nowhere


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    line: int = 0


Piece = Inline | Image
Cell = tuple[Piece, ...]  # inline text, and pictures among it
Node = Paragraph | Heading | Listing | Quote | Table | CodeBlock | Image | Rule


def plain(children: Cell) -> str:
    """The characters of inline text, without marks; a line break becomes a space, a picture what it shows."""
    return "".join(_plain(child) for child in children)


def _plain(child: Piece) -> str:
    match child:
        case Image():
            return child.alt
        case Text(text) | Code(text):
            return text
        case LineBreak():
            return " "
        case Strong(children) | Emphasis(children) | Struck(children):
            return plain(children)
        case Link():
            return plain(child.children)
