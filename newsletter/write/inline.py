"""Inline Markdown: a paragraph's tokens become inline text, each mistake with its own line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from markdown_it.token import Token

from newsletter.model.prose import (
    Cell,
    Code,
    Emphasis,
    Image,
    Inline,
    LineBreak,
    Link,
    Piece,
    Strong,
    Struck,
    Text,
    plain,
)
from newsletter.write import addresses, bare, html
from newsletter.write.characters import normalised, without_unseen
from newsletter.write.marks import marked
from newsletter.write.mistakes import Mistakes, shown

DEEPEST = 10
_BREAKS = ("softbreak", "hardbreak")


class Pictures(Enum):
    """Where a picture may stand in a text."""

    NOWHERE = auto()
    ON_ITS_OWN_LINE = auto()  # a letter shows it as wide as the text
    AMONG_WORDS = auto()  # in a table's cell, which has no lines


@dataclass(slots=True)
class _Frame:
    """An element that is not closed yet."""

    kind: str
    line: int
    href: str = ""
    pieces: list[Piece] = field(default_factory=list)


def pieces(
    tokens: Sequence[Token], line: int, mistakes: Mistakes, pictures: Pictures = Pictures.NOWHERE
) -> tuple[Piece, ...]:
    """The inline text of tokens that begin on `line`, and its pictures; those out of place are mistakes."""
    reader = _Reader([token for token in tokens if token.type != "text" or token.content], line, mistakes)
    return reader.read(pictures)


def inlines(tokens: Sequence[Token], line: int, mistakes: Mistakes) -> tuple[Inline, ...]:
    """Inline text where no picture can stand, as in a heading."""
    return words(pieces(tokens, line, mistakes))


def cell(tokens: Sequence[Token], line: int, mistakes: Mistakes) -> Cell:
    """What stands in a cell of a table."""
    return _trimmed(pieces(tokens, line, mistakes, Pictures.AMONG_WORDS))


def words(run: Sequence[Piece]) -> tuple[Inline, ...]:
    """The inline text of a run, without pictures and without blanks or breaks at its ends."""
    return tuple(
        piece
        for piece in _trimmed([piece for piece in run if not isinstance(piece, Image)])
        if not isinstance(piece, Image)
    )


def _trimmed(run: Sequence[Piece]) -> Cell:
    found = list(run)
    while found and _is_blank(found[0]):
        found.pop(0)
    while found and _is_blank(found[-1]):
        found.pop()
    if found and isinstance(found[0], Text):
        found[0] = Text(found[0].text.lstrip(" "))
    if found and isinstance(found[-1], Text):
        found[-1] = Text(found[-1].text.rstrip(" "))
    return tuple(found)


def _is_blank(piece: Piece) -> bool:
    return isinstance(piece, LineBreak) or (isinstance(piece, Text) and not piece.text.strip(" "))


class _Reader:
    """Walks the tokens once; open elements are on a stack, so that depth costs no recursion."""

    def __init__(self, tokens: Sequence[Token], line: int, mistakes: Mistakes) -> None:
        self.tokens = tokens
        self.line = line
        self.mistakes = mistakes
        self.stack = [_Frame("", line)]
        self.waiting: list[str] = []  # text that may go on in the next token
        self.waiting_line = line
        self.elements: set[str] = set()  # of HTML, told of already

    def read(self, pictures: Pictures) -> tuple[Piece, ...]:
        for index, token in enumerate(self.tokens):
            match token.type:
                case "text":
                    self.text(token.content)
                case "code_inline":
                    self.code(token.content)
                case "softbreak":
                    self.text("\n")
                    self.line += 1
                case "hardbreak":
                    self.put(LineBreak())
                    self.line += 1
                case "image":
                    self.image(token, taken=self.has_place(index, pictures))
                case "html_inline":
                    self.html(token.content)
                case _:
                    self.bound(token)
        self.flush()
        return tuple(self.stack[0].pieces)

    def html(self, content: str) -> None:
        """What an element's own beginning has told of, its end need not tell again."""
        if content.startswith("</") and html.tag(content) in self.elements:
            return
        self.elements.add(html.tag(content))
        html.refused(content, self.line, self.mistakes)
        self.line += content.count("\n")

    def text(self, content: str) -> None:
        if not self.waiting:
            self.waiting_line = self.line
        self.waiting.append(content)

    def flush(self) -> None:
        """Put the text that waited, as one piece."""
        if self.waiting:
            visible = without_unseen(normalised("".join(self.waiting)), self.waiting_line, self.mistakes)
            text = marked(visible, self.waiting_line, self.mistakes)
            self.waiting.clear()
            linked = any(frame.kind == "link_open" for frame in self.stack)
            self.stack[-1].pieces.extend(
                [Text(text.replace("\n", " "))] if linked else bare.pieces(text, self.waiting_line)
            )

    def code(self, content: str) -> None:
        self.flush()
        visible = without_unseen(normalised(content), self.line, self.mistakes)
        self.put(Code(marked(visible, self.line, self.mistakes)))

    def put(self, piece: Piece) -> None:
        self.flush()
        self.stack[-1].pieces.append(piece)

    def bound(self, token: Token) -> None:
        """An element begins or ends."""
        self.flush()
        if token.nesting > 0:
            self.stack.append(_Frame(token.type, self.line, str(token.attrs.get("href", ""))))
            if len(self.stack) == DEEPEST + 2:
                too_deep(self.line, self.mistakes)
        elif token.nesting < 0:
            frame = self.stack.pop()
            self.stack[-1].pieces.append(self.element(frame))

    def element(self, frame: _Frame) -> Piece:
        children = tuple(piece for piece in frame.pieces if not isinstance(piece, Image))
        if len(self.stack) > DEEPEST:  # refused already; a flat stand-in keeps what follows cheap
            return Text("…")
        if frame.kind == "strong_open":
            return Strong(children)
        if frame.kind == "em_open":
            return Emphasis(children)
        if frame.kind == "s_open":
            return Struck(children)
        return self.link(frame, children)

    def link(self, frame: _Frame, children: tuple[Inline, ...]) -> Piece:
        match frame.pieces:
            case [Image() as image]:
                return replace(image, href=addresses.link(frame.href, frame.line, self.mistakes))
        if not plain(children).strip():
            self.mistakes.add(
                frame.line,
                f"Länken till ”{shown(frame.href)}” har ingen text.",
                "Den syns inte, och skärmläsare kan inte säga vart den leder.",
                "Skriv vad läsaren får veta där: [Läs om mötesspåret](https://…).",
            )
        return Link(addresses.link(frame.href, frame.line, self.mistakes), children, frame.line)

    def has_place(self, index: int, pictures: Pictures) -> bool:
        """Whether a picture may stand here: outside every other element but a link around it alone."""
        before, after = self.tokens[:index][-2:], self.tokens[index + 1 : index + 3]
        linked = [token.type for token in (*before[-1:], *after[:1])] == ["link_open", "link_close"]
        around = [*before[:-1], *after[1:]] if linked else [*before[-1:], *after[:1]]
        own_line = all(token.type in _BREAKS for token in around)
        allowed = own_line if pictures is Pictures.ON_ITS_OWN_LINE else pictures is Pictures.AMONG_WORDS
        return allowed and len(self.stack) == 1 + linked

    def image(self, token: Token, *, taken: bool) -> None:
        src = addresses.picture(str(token.attrs.get("src", "")), self.line, self.mistakes)
        alt = self.alt(token, src)
        if taken:
            self.put(Image(src, alt, self.line))
        else:
            self.mistakes.add(
                self.line,
                f"Bilden ”{shown(src)}” står inne i en text, en länk eller en rubrik.",
                "I brevet är en bild lika bred som texten, så den behöver en egen plats.",
                "Flytta bilden till en egen rad.",
            )

    def alt(self, token: Token, src: str) -> str:
        content = "".join(_alt(child) for child in token.children or ())
        visible = without_unseen(normalised(content), self.line, self.mistakes)
        alt = marked(visible, self.line, self.mistakes).replace("\n", " ").strip(" ")
        if not alt:
            self.mistakes.add(
                self.line,
                f"Bilden ”{shown(src)}” saknar beskrivning.",
                "Den som inte ser bilden, eller har bilder avstängda, får veta vad den visar genom texten.",
                "Skriv den inom hakparentesen: ![Tåg vid Hofors station](pictures/…).",
            )
        self.line += sum(child.type in _BREAKS for child in token.children or ())
        return alt


def _alt(token: Token) -> str:
    return "\n" if token.type in _BREAKS else token.content


def too_deep(line: int, mistakes: Mistakes) -> None:
    """Note that something stands inside something, too many times over."""
    mistakes.add(
        line,
        f"Texten är inbäddad i fler än {DEEPEST} nivåer.",
        "Så djupa listor, citat eller betoningar går inte att läsa på en telefon.",
        "Dela upp texten.",
    )
