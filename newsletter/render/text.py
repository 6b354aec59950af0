"""The text part: the same edition for those who read without HTML, at most 72 characters wide.

Addresses stand in brackets by number and below the block that names them, so that sentences stay whole.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from newsletter.model.issue import Block, BlockKind
from newsletter.model.letter import Mark
from newsletter.model.prose import (
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
    plain,
)
from newsletter.render import dates
from newsletter.render.theme import Theme
from newsletter.render.view import NewsView, Viewer

WIDTH = 72
_HARD = "\x00"  # stands for a hard line break until lines are filled; no text can hold it
_NUMBER = re.compile(r"\x01(\[\d+\])((?:[-’']?\w+)*)")  # a link's number, and how the word around it goes on


def part(viewer: Viewer, theme: Theme, words: Mapping[str, str], contents: Sequence[str]) -> str:
    """The whole text part."""
    issue, association = viewer.edition.issue, viewer.settings.association
    head = [association.name.upper(), issue.title, dates.day(issue.date, viewer.language)]
    sections = ["\n".join(dict.fromkeys(head))]
    for number, block in enumerate(viewer.edition.blocks):
        if written := _Section(viewer, words).block(block):
            sections.append(written)
        if number == 0 and contents:
            sections.append(_contents(contents, words))
    return "\n\n\n".join([*sections, _footer(viewer, theme, words)]) + "\n"


def _contents(titles: Sequence[str], words: Mapping[str, str]) -> str:
    return "\n".join([_underlined(words["contents"], "-"), *(_filled(title, "- ") for title in titles)])


def _footer(viewer: Viewer, theme: Theme, words: Mapping[str, str]) -> str:
    association = viewer.settings.association
    lines = [
        "-" * WIDTH,
        "\n\n".join(_filled(line) for line in theme.footers.get(viewer.language, (words["why"],)))
        + f"\n{Mark.SOURCE.token}",
        f"{association.name}\n{_filled(association.postal_address)}\n{association.website}",
        f"{words['contact']}: {association.contact}",
        f"{words['unsubscribe']}:\n{Mark.UNSUBSCRIBE.token}",
    ]
    return "\n\n".join(lines)


@dataclass(slots=True)
class _Section:
    """Writes one block and remembers the addresses it has named."""

    viewer: Viewer
    words: Mapping[str, str]
    addresses: list[str] = field(default_factory=list)

    def block(self, block: Block) -> str:
        """The block's text; empty where it has nothing to say."""
        topic = self.viewer.topic(block.topic)
        own = self.viewer.own(block.id in self.viewer.edition.own_blocks)
        parts = [
            " · ".join(part for part in (own, topic.upper() if block.title else "") if part),
            self._title(block),
            *self._body(block),
            self._references(),
        ]
        joined = "\n".join(part for part in parts[:2] if part)
        return "\n\n".join(part for part in (joined, *parts[2:]) if part)

    def _title(self, block: Block) -> str:
        own = {BlockKind.CALENDAR: "calendar", BlockKind.MEMBER_NEWS: "member_news"}.get(block.kind)
        title = block.title or (self.words[own] if own else "")
        return _underlined(title, "=") if title else ""

    def _body(self, block: Block) -> list[str]:
        nodes = [text for node in block.nodes if (text := self.node(node))]
        match block.kind:
            case BlockKind.QUOTE:
                return [_indented("\n\n".join(nodes), "  "), f"  – {block.by}" if block.by else ""]
            case BlockKind.INVITATION:
                return [self._facts(block), *nodes, self._action(block)]
            case BlockKind.BUTTON:
                return [*nodes, self._action(block)]
            case BlockKind.CALENDAR:
                return [*nodes, self._calendar(block)]
            case BlockKind.FIGURES:
                return [
                    *nodes,
                    *(_filled(f"{each.number} {self.inline(each.text)}") for each in block.figures),
                ]
            case BlockKind.MEMBER_NEWS:
                return [*nodes, *self._news()]
        return nodes

    def _facts(self, block: Block) -> str:
        event = self.viewer.event(block.event) if block.event else None
        if event is None:
            return ""
        when = ", ".join(
            part for part in (event.date, f"{self.words['at']} {event.time}" if event.time else "") if part
        )
        facts = (
            (self.words["when"], when),
            (self.words["where"], event.place),
            (self.words["rsvp"], event.rsvp),
        )
        return "\n".join(_filled(f"{name}: {value}", then="  ") for name, value in facts if value)

    def _action(self, block: Block) -> str:
        return f"{_filled(plain(block.action.children))}:\n{block.action.href}" if block.action else ""

    def _calendar(self, block: Block) -> str:
        """Dates in a column of their own."""
        language, year = self.viewer.language, self.viewer.edition.issue.date.year
        lines = []
        for entry in sorted(block.entries, key=lambda each: (each.on, each.time)):
            if entry.on.year != year:
                lines.append(str(entry.on.year))
                year = entry.on.year
            head = f"{dates.short_weekday(entry.on, language)} {dates.short_day(entry.on, language)}"
            time = f", {self.words['at']} {entry.time}" if entry.time else ""
            lines.append(_filled(self.inline(entry.text) + time, f"  {head:<14}", " " * 16))
        return "\n".join(lines)

    def _news(self) -> Iterable[str]:
        for group in self.viewer.groups():
            yield _underlined(group.topic or self.words["other_news"], "-")
            yield from (self._item(item) for item in group.items)

    def _item(self, item: NewsView) -> str:
        source = " · ".join(part for part in (item.member, item.date) if part)
        also = [_filled(f"{self.words['also']}: {member}") + f"\n{url}" for member, url in item.also]
        told = [_filled(text) for text in (item.own, item.title, item.lead, source) if text]
        return "\n".join([*told, *([item.href] if item.href else []), *also])

    def _references(self) -> str:
        lines, self.addresses = self.addresses, []
        return "\n".join(lines)

    # --- prose ------------------------------------------------------------------------------------------

    def node(self, node: Node) -> str:
        """A node's lines; pictures that only show what the text says are named by their alt."""
        match node:
            case Paragraph(children=(Link() as link,)) if self._label(link) != link.href:
                return f"{_filled(self._label(link))}:\n{_address(link.href)}"
            case Paragraph():
                return _filled(self.inline(node.children))
            case Heading():
                return _underlined(self.inline(node.children), "-")
            case Listing():
                return self._listing(node)
            case Quote():
                return _indented("\n\n".join(self.node(each) for each in node.nodes), "  ")
            case Table():
                return self._table(node)
            case CodeBlock(text):
                return textwrap.indent(text.expandtabs(4), "    ")
            case Image():
                return self._picture(node)
            case Rule():
                return "* * *"

    def _picture(self, image: Image) -> str:
        told = _filled(f"[{self.words['picture']}: {image.alt}]") if image.alt else ""
        return f"{told}\n{_address(image.href)}" if image.href else told

    def inline(self, children: Sequence[Piece]) -> str:
        """Inline text, with each link's number after its words: ``Faluns [1] skola``, not ``Falun [1]s``."""
        return _NUMBER.sub(r"\2 \1", self._joined(children))

    def _joined(self, children: Sequence[Piece]) -> str:
        return "".join(self._inline(child) for child in children)

    def _inline(self, child: Piece) -> str:
        match child:
            case Text(text) | Code(text):
                return text
            case Struck(children):
                return f"~~{self._joined(children)}~~"
            case LineBreak():
                return _HARD
            case Image(alt=alt, href=href) if href:
                return self._numbered(Link(href, (Text(f"[{self.words['picture']}: {alt}]"),)))
            case Image():
                return f"[{self.words['picture']}: {child.alt}]"
            case Strong(children) | Emphasis(children):
                return self._joined(children)
            case Link():
                return self._numbered(child)

    def _label(self, link: Link) -> str:
        return plain(link.children).strip()

    def _numbered(self, link: Link) -> str:
        label, address = self._label(link), _address(link.href)
        if label in (link.href, address):
            return address
        self.addresses.append(f"[{len(self.addresses) + 1}] {address}")
        return plain(link.children).replace(label, f"{label}\x01[{len(self.addresses)}]", 1)

    def _listing(self, listing: Listing) -> str:
        lines = []
        for number, item in enumerate(listing.items, start=listing.start):
            bullet = f"{number}. " if listing.ordered else "- "
            body = "\n".join(self.node(node) for node in item)
            lines.append(_hung(body, bullet))
        return "\n".join(lines)

    def _table(self, table: Table) -> str:
        rows = [[self.inline(cell).replace(_HARD, " ") for cell in row] for row in (table.head, *table.rows)]
        widths = [
            max(len(row[column]) if column < len(row) else 0 for row in rows)
            for column in range(len(rows[0]))
        ]
        if sum(widths) + 2 * (len(widths) - 1) > WIDTH:
            return _records(rows)
        rule = "  ".join("-" * width for width in widths)
        lines = [_aligned(row, widths, table.align) for row in rows]
        return "\n".join([lines[0], rule, *lines[1:]])


def _aligned(row: Sequence[str], widths: Sequence[int], align: Sequence[str]) -> str:
    sides = [*align, *[""] * len(widths)]
    cells = (
        cell.rjust(width) if side == "right" else cell.ljust(width)
        for cell, width, side in zip(row, widths, sides, strict=False)
    )
    return "  ".join(cells).rstrip()


def _records(rows: Sequence[Sequence[str]]) -> str:
    """A table too wide for the page: one paragraph a row, each cell after its heading."""
    head, *rest = rows
    return "\n\n".join(
        "\n".join(_filled(f"{name}: {cell}", then="  ") for name, cell in zip(head, row, strict=False))
        for row in rest
    )


def _address(href: str) -> str:
    return href.removeprefix("mailto:").removeprefix("tel:")


def _filled(text: str, first: str = "", then: str | None = None) -> str:
    """Lines of at most 72 characters; addresses and marks are never broken."""
    follow = " " * len(first) if then is None else then
    pieces = [
        textwrap.fill(
            piece.strip(),
            WIDTH,
            initial_indent=first if number == 0 else follow,
            subsequent_indent=follow,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, piece in enumerate(text.split(_HARD))
    ]
    return "\n".join(pieces)


def _underlined(title: str, line: str) -> str:
    filled = _filled(title.replace(_HARD, " "))
    return f"{filled}\n{line * max(len(each) for each in filled.split(chr(10)))}"


def _indented(text: str, indent: str) -> str:
    return textwrap.indent("\n".join(_rewrapped(text, WIDTH - len(indent))), indent)


def _hung(text: str, bullet: str) -> str:
    """Lines behind a bullet, each a little shorter for it."""
    lines = _rewrapped(text, WIDTH - len(bullet))
    return "\n".join(
        [bullet + lines[0], *(f"{' ' * len(bullet)}{line}" if line else "" for line in lines[1:])]
    )


def _rewrapped(text: str, width: int) -> list[str]:
    """Lines cut down to a narrower page; what was short stays as it is."""
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        long = any(len(line) > width for line in paragraph.split("\n"))
        whole = " ".join(paragraph.split("\n"))
        cut = textwrap.wrap(whole, width, break_long_words=False, break_on_hyphens=False)
        lines += [*(cut if long else paragraph.split("\n")), ""]
    return lines[:-1]
