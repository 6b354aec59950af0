"""Markdown between the fences becomes nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.model.issue import WrittenHeading
from newsletter.model.prose import (
    Cell,
    CodeBlock,
    Heading,
    Image,
    Listing,
    Node,
    Paragraph,
    Piece,
    Quote,
    Rule,
    Table,
    Text,
    plain,
)
from newsletter.model.where import Where
from newsletter.write import html
from newsletter.write.characters import normalised, without_unseen
from newsletter.write.inline import DEEPEST, Pictures, cell, inlines, pieces, too_deep, words
from newsletter.write.marks import marked
from newsletter.write.mistakes import Mistakes
from newsletter.write.outline import Outline

_REFERENCE = re.compile(r"^[ >]*\[[^\]\n]+\]:", re.MULTILINE)
_TOP = re.compile(r"^ {0,3}(?:#[ \t]|=+[ \t]*$)", re.MULTILINE)
_TASK = re.compile(r"\[([ xX])\][ \t]+")


@cache
def _markdown() -> MarkdownIt:
    """CommonMark, tables and struck text. HTML is recognised, so that it can be refused where it stands.

    Nesting past three token levels per allowed level is cut by the parser; by then it was refused.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": 3 * DEEPEST + 5})
    parser.enable(["table", "strikethrough"]).disable("code")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # addresses.link tells what is wrong
    return parser


class Prose:
    """Reads the parts of one file in order: headings are noted, references are shared between parts."""

    def __init__(self, body: str, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.headings: list[WrittenHeading] = []
        self.references: dict[str, Any] = {}
        tops = 0
        if _REFERENCE.search(body) or len(_TOP.findall(body)) > 1:
            tokens = _markdown().parse(_without_fences(body), self.references)
            tops = sum(token.type == "heading_open" and token.tag == "h1" for token in tokens)
        self.running = Outline(step=1 if tops > 1 else 0)
        self.outline = self.running

    def nodes(self, lines: Sequence[tuple[int, str]], *, fenced: bool = False) -> tuple[Node, ...]:
        """The nodes of a part; `lines` are numbered and follow on each other, but for fences between.

        What is `fenced` has headings of its own; running text goes on where it was left.
        """
        self.outline = Outline() if fenced else self.running
        numbers = [number for number, _ in lines]
        env: dict[str, Any] = {"references": dict(self.references.get("references", {}))}
        tokens = _markdown().parse("\n".join(content for _, content in lines), env)
        return _Walk(tokens, numbers, self).run()


def _without_fences(body: str) -> str:
    return re.sub(r"^[ \t]*:{3,}.*$", "", body, flags=re.MULTILINE)


class _Walk:
    """One pass over the tokens of a part; recursion is bounded by the parser's own bound."""

    def __init__(self, tokens: Sequence[Token], numbers: Sequence[int], prose: Prose) -> None:
        self.tokens = iter(tokens)
        self.numbers = numbers
        self.prose = prose
        self.mistakes = prose.mistakes
        self.depth = 0

    def run(self, end: str = "") -> tuple[Node, ...]:
        """The nodes up to the token that ends them."""
        found: list[Node] = []
        for token in self.tokens:
            if token.type == end:
                break
            found.extend(self.node(token))
        return tuple(found)

    def node(self, token: Token) -> Iterator[Node]:
        line = self.line(token)
        match token.type:
            case "paragraph_open":
                yield from self.paragraph(line)
            case "heading_open":
                yield self.heading(int(token.tag[1]), line)
            case "bullet_list_open" | "ordered_list_open":
                yield self.listing(token, line)
            case "blockquote_open":
                yield Quote(self.nested("blockquote_close", line), line)
            case "table_open":
                yield self.table(line)
            case "hr":
                yield Rule(line)
            case "html_block":
                html.refused(token.content, line, self.mistakes)
            case "fence" | "code_block":
                yield from self.code(token.content, line)

    def line(self, token: Token) -> int:
        """The line of a token; of the part's last one where the parser does not say."""
        if not token.map or not self.numbers:
            return self.numbers[-1] if self.numbers else 1
        return self.numbers[min(token.map[0], len(self.numbers) - 1)]

    def inline(self) -> Token:
        """The inline token of an element, and its closing token is passed."""
        token = next(self.tokens)
        next(self.tokens)
        return token

    def paragraph(self, line: int) -> Iterator[Node]:
        token = self.inline()
        run: list[Piece] = []
        for piece in pieces(token.children or (), line, self.mistakes, Pictures.ON_ITS_OWN_LINE):
            if isinstance(piece, Image):
                yield from self.text(run, line)
                yield piece
                run, line = [], piece.line + 1
            else:
                run.append(piece)
        yield from self.text(run, line)

    def text(self, run: Sequence[Piece], line: int) -> Iterator[Node]:
        children = words(run)
        if not children:
            return
        if plain(children).startswith(":::"):
            self.mistakes.add(
                line,
                "Ett block kan inte börja inne i en lista eller ett citat.",
                do="Skriv ::: längst till vänster på en egen rad.",
            )
        yield Paragraph(children, line)

    def heading(self, level: int, line: int) -> Node:
        children = inlines(self.inline().children or (), line, self.mistakes)
        said = plain(children).strip()
        if not said:
            self.mistakes.add(
                line, "Rubriken är tom.", do="Skriv rubrikens ord efter #, eller ta bort raden."
            )
        self.prose.headings.append(WrittenHeading(level, said, Where(self.mistakes.file, line)))
        return Heading(self.prose.outline.level(level), children, line)

    def listing(self, token: Token, line: int) -> Node:
        ordered = token.type == "ordered_list_open"
        items: list[tuple[Node, ...]] = []
        for item in self.tokens:
            if item.type != "list_item_open":
                break
            items.append(_ticked(self.nested("list_item_close", self.line(item))))
        return Listing(tuple(items), ordered, int(token.attrs.get("start", 1)), line)

    def nested(self, end: str, line: int) -> tuple[Node, ...]:
        self.depth += 1
        if self.depth == DEEPEST + 1:
            too_deep(line, self.mistakes)
        nodes = self.run(end)
        self.depth -= 1
        return nodes

    def code(self, content: str, line: int) -> Iterator[Node]:
        visible = without_unseen(normalised(content), line + 1, self.mistakes).strip("\n")
        if visible:
            yield CodeBlock(marked(visible, line + 1, self.mistakes), line)

    def table(self, line: int) -> Node:
        rows: list[tuple[Cell, ...]] = []
        align: list[str] = []
        row: list[Cell] = []
        for token in self.tokens:
            match token.type:
                case "table_close":
                    break
                case "tr_open":
                    row, line_of_row = [], self.line(token)
                case "tr_close":
                    rows.append(tuple(row))
                case "th_open":
                    align.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
                case "inline":
                    row.append(cell(token.children or (), line_of_row, self.mistakes))
        return Table(rows[0], tuple(rows[1:]), tuple(align), line)


def _ticked(item: tuple[Node, ...]) -> tuple[Node, ...]:
    """A task of a list, ``[x]`` or ``[ ]``, with a box in its place."""
    match item:
        case (Paragraph((Text(text), *others), line), *rest) if found := _TASK.match(text):
            box = "☐ " if found[1] == " " else "☑ "
            return (Paragraph((Text(box + text[found.end() :]), *others), line), *rest)
    return item
