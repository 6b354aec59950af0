"""Running text as HTML with its styles inline, well-formed as XML, so that the guards can read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from newsletter.model.letter import Picture
from newsletter.model.prose import (
    Cell,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Image,
    LineBreak,
    Link,
    Listing,
    Node,
    Paragraph,
    Piece,
    Quote,
    Rule,
    Strong,
    Struck,
    Table,
    Text,
)
from newsletter.render.theme import Theme

PARAGRAPH = "margin:0 0 14px"
_MONOSPACE = "font-family:Consolas,Menlo,monospace"
_SIZES = {2: 24, 3: 20, 4: 18}
COLUMN = 552  # px that there is in the middle of a 600 px letter
_LIST, _QUOTE, _CELL = 24, 19, 8  # px that each takes of it


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes prose as HTML in a theme's colours.

    `room` is what a picture has, in px: Outlook for Windows goes by its stated width alone.
    """

    theme: Theme
    picture_at: Callable[[str], Picture]  # by the path that the issue names it by

    def nodes(self, nodes: Sequence[Node], room: int = COLUMN) -> Markup:
        """A run of nodes."""
        return Markup("").join(self.node(node, room) for node in nodes)

    def inlines(self, children: Sequence[Piece], room: int = COLUMN) -> Markup:
        """Inline text, and the pictures of a cell."""
        return Markup("").join(self._inline(child, room) for child in children)

    def heading(self, level: int, text: Markup | str) -> Markup:
        """A heading of level 1 to 4."""
        size = _SIZES.get(level, 30)
        style = f"margin:0 0 10px;color:{self.theme.light['heading']};font-size:{size}px;line-height:1.25"
        return Markup('<h%d style="%s">%s</h%d>') % (level, style, text, level)

    def node(self, node: Node, room: int = COLUMN) -> Markup:
        """One node."""
        match node:
            case Paragraph():
                return Markup('<p style="%s">%s</p>') % (PARAGRAPH, self.inlines(node.children))
            case Heading():
                return self.heading(node.level, self.inlines(node.children))
            case Listing():
                return self._listing(node, room)
            case Quote():
                style = (
                    f"margin:0 0 14px;padding:0 0 0 16px;border-left:3px solid {self.theme.light['accent']}"
                )
                return Markup('<blockquote style="{}">{}</blockquote>').format(
                    style, self.nodes(node.nodes, room - _QUOTE)
                )
            case Table():
                return self._table(node, room)
            case Rule():
                style = f"margin:22px 0;border:0;border-top:1px solid {self.theme.light['line']}"
                return Markup('<hr style="{}" />').format(style)
            case CodeBlock(text):
                style = f"{PARAGRAPH};padding:0 0 0 16px;{_MONOSPACE};font-size:15px;word-break:break-word"
                return Markup('<p style="{}">{}</p>').format(style, _lines(text))
            case Image():
                return self.picture(node, room)

    def _inline(self, child: Piece, room: int) -> Markup:
        match child:
            case Image():
                return self.picture(child, room, "display:inline-block;vertical-align:middle")
            case Text(text):
                return escape(text)
            case Strong(children):
                return Markup("<strong>%s</strong>") % self.inlines(children)
            case Emphasis(children):
                return Markup("<em>%s</em>") % self.inlines(children)
            case Struck(children):
                return Markup("<s>%s</s>") % self.inlines(children)
            case Code(text):
                return Markup('<code style="%s">%s</code>') % (_MONOSPACE, text)
            case LineBreak():
                return Markup("<br />")
            case Link():
                return self.link(child)

    def link(self, link: Link) -> Markup:
        """A link in running text."""
        style = f"color:{self.theme.light['link']}"
        return Markup('<a href="%s" style="%s">%s</a>') % (link.href, style, self.inlines(link.children))

    def picture(self, image: Image, room: int, style: str = "display:block;margin:4px 0 8px") -> Markup:
        """A picture in a text; never wider than half its own width, so that it is sharp."""
        shown = self.picture_at(image.src)
        width = max(1, min(room, shown.width // 2))
        img = Markup('<img src="{}" alt="{}" width="{}" style="{};border:0;max-width:100%;height:auto" />')
        told = img.format(shown.src, image.alt, width, style)
        return Markup('<a href="{}">{}</a>').format(image.href, told) if image.href else told

    def _listing(self, listing: Listing, room: int) -> Markup:
        name = "ol" if listing.ordered else "ul"
        start = Markup(' start="{}"').format(listing.start) if listing.start != 1 else Markup("")
        items = Markup("").join(self._item(item, room - _LIST) for item in listing.items)
        return Markup('<{0}{1} style="margin:0 0 14px;padding:0 0 0 24px">{2}</{0}>').format(
            name, start, items
        )

    def _item(self, item: Sequence[Node], room: int) -> Markup:
        """An item of one paragraph stands without one, so that lists are as tight as they were written."""
        match item:
            case (Paragraph(children), *rest):
                inner = self.inlines(children) + self.nodes(rest, room)
            case _:
                inner = self.nodes(item, room)
        return Markup('<li style="margin:0 0 6px">%s</li>') % inner

    def _table(self, table: Table, room: int) -> Markup:
        share = room // len(table.head) - _CELL
        head = self._row("th", table.head, table.align, share)
        rows = Markup("").join(self._row("td", row, table.align, share) for row in table.rows)
        return Markup(
            '<table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 14px;font-size:16px">'
            "<thead>{}</thead><tbody>{}</tbody></table>"
        ).format(head, rows)

    def _row(self, name: str, cells: Sequence[Cell], align: Sequence[str], room: int) -> Markup:
        sides = [*align, *[""] * (len(cells) - len(align))]
        return Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup(
                    '<{0}{1} align="{2}" style="padding:8px 8px 8px 0;border-bottom:1px solid {3}">{4}</{0}>'
                ).format(
                    name,
                    Markup(' scope="col"') if name == "th" else "",
                    side or "left",
                    self.theme.light["line"],
                    self.inlines(cell, room),
                )
                for cell, side in zip(cells, sides, strict=False)
            )
        )


def _lines(text: str) -> Markup:
    """Lines of code. Blanks are made to stay by hand: mail programs disagree on ``white-space``."""
    kept = (line.expandtabs(4).replace("  ", "\u00a0 ") for line in text.split("\n"))
    firm = (f"\u00a0{line[1:]}" if line.startswith(" ") else line for line in kept)
    return Markup("<br />").join(firm)
