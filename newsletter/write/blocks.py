"""Each part of the body becomes a block: what its kind asks for is taken out of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from newsletter.model.issue import Block, BlockKind, CalendarEntry, EventFacts, FigureEntry
from newsletter.model.prose import (
    Emphasis,
    Heading,
    Image,
    Inline,
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
    plain,
)
from newsletter.model.where import Where
from newsletter.write.days import day
from newsletter.write.fences import Part
from newsletter.write.inline import words
from newsletter.write.marks import marked
from newsletter.write.mistakes import Mistakes

_DATED = re.compile(r"([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4})(?=\s|$)\s*")
_CLOCK = r"(?:tid|time|kl\.?)\s+([0-9]{1,2}[.:][0-9]{2}(?:\s*[–-]\s*[0-9]{1,2}[.:][0-9]{2})?)"
_TIME_FIRST = re.compile(_CLOCK + r"(?=[\s,:;]|$)[\s,:;]*")
_TIME_LAST = re.compile(r"(?<![^\s,;])" + _CLOCK + r"\.?$")
_SEPARATOR = " \u00a0–—-:,;"


def blocks(part: Part, nodes: tuple[Node, ...], mistakes: Mistakes) -> Iterator[Block]:
    """The blocks of a part: one, or one per ``##`` of running text. They have no ids yet."""
    if part.kind is BlockKind.TEXT:
        for stretch in _stretches(nodes):
            yield _Making(part, stretch, mistakes).block()
    else:
        yield _Making(part, nodes, mistakes).block()


def _stretches(nodes: Sequence[Node]) -> Iterator[tuple[Node, ...]]:
    """Running text cut before every heading of level 2."""
    start = 0
    for index, node in enumerate(nodes):
        if index > start and isinstance(node, Heading) and node.level == 2:
            yield tuple(nodes[start:index])
            start = index
    if nodes[start:]:
        yield tuple(nodes[start:])


class _Making:
    """One block on its way: `nodes` is what is left of the text when a field has taken its share."""

    def __init__(self, part: Part, nodes: tuple[Node, ...], mistakes: Mistakes) -> None:
        self.part = part
        self.nodes = list(nodes)
        self.mistakes = mistakes
        self.line = nodes[0].line if part.kind is BlockKind.TEXT and nodes else part.line

    def block(self) -> Block:
        """The block, as its kind asks."""
        title = self.title()
        block = Block(
            id="",
            kind=self.part.kind,
            where=Where(self.mistakes.file, self.line),
            title=title,
            topic=self.part.keys.get("topic", ""),
            member=self.part.keys.get("member", ""),
            county=self.part.keys.get("county", ""),
            segments=self.part.segments,
        )
        return replace(_MAKERS[self.part.kind](self, block), nodes=tuple(self.nodes))

    def wrong(self, what: str, why: str = "", do: str = "", line: int = 0) -> None:
        """Note a mistake, on the block's first line unless another is given."""
        self.mistakes.add(line or self.line, what, why, do)

    # --- what several kinds share -------------------------------------------------------------

    def title(self) -> str:
        """The words of the heading, which is taken out; only a picture may stand before it."""
        index = 1 if self.part.kind is not BlockKind.TEXT and self.starts_with_picture() else 0
        heading = self.nodes[index] if index < len(self.nodes) else None
        if not isinstance(heading, Heading) or not self.is_title(heading):
            return ""
        del self.nodes[index]
        self.check_title(heading)
        return plain(heading.children).strip()

    def starts_with_picture(self) -> bool:
        return bool(self.nodes) and isinstance(self.nodes[0], Image)

    def is_title(self, heading: Heading) -> bool:
        """A heading of running text that is a link stays where it is, as a link."""
        if self.part.kind is not BlockKind.TEXT:
            return True
        return heading.level == 2 and not any(True for _ in _links(heading.children))

    def check_title(self, heading: Heading) -> None:
        if any(True for _ in _links(heading.children)):
            self.wrong(
                "En länk står i rubriken.",
                "Ett blocks rubrik visas utan länk.",
                "Flytta länken till texten under rubriken.",
                heading.line,
            )

    def needs_title(self, title: str) -> None:
        if not title:
            self.wrong(
                "Blocket saknar rubrik.",
                "Rubriken visar vad det handlar om, och klick räknas per rubrik.",
                "Börja med en rad ## Rubrik (bara en bild får stå före).",
            )

    def one_title_only(self) -> None:
        for node in self.nodes:
            if isinstance(node, Heading) and node.level == 2:
                self.wrong(
                    "Blocket har fler än en rubrik.",
                    do="Gör ett block till, eller skriv ###.",
                    line=node.line,
                )

    def no_title(self, title: str) -> None:
        if title:
            self.wrong("Det här blocket kan inte ha någon rubrik.", do="Skriv rubriken före blocket.")

    def one_list(self) -> Listing | None:
        """The block's list, taken out."""
        lists = [node for node in self.nodes if isinstance(node, Listing)]
        if len(lists) != 1:
            self.wrong(
                "Blocket ska ha en lista.",
                "Det hade " + ("ingen." if not lists else f"{len(lists)}."),
                "Börja varje rad med -.",
            )
            return None
        self.nodes.remove(lists[0])
        return lists[0]

    def items(self, listing: Listing | None, do: str) -> Iterator[tuple[tuple[Inline, ...], int]]:
        """The text of each item, and its line; an item is one paragraph."""
        for item in listing.items if listing else ():
            if len(item) == 1 and isinstance(item[0], Paragraph):
                yield item[0].children, item[0].line
            else:
                line = item[0].line if item else listing.line if listing else 0
                self.wrong("Punkten i listan ska vara ett enda stycke.", do=do, line=line)

    # --- one function per kind ------------------------------------------------------------------

    def text(self, block: Block) -> Block:
        """Running text, as it stands."""
        return block

    def card(self, block: Block) -> Block:
        """One item of news."""
        self.needs_title(block.title)
        self.one_title_only()
        return block

    def invitation(self, block: Block) -> Block:
        """An event, and the link that becomes its button."""
        self.card(block)
        event = EventFacts(self.day("date"), self.key("time"), self.key("place"), self.day("rsvp"))
        for key, example in (("date", "datum=2026-12-03"), ("place", 'plats="Folkets hus, Ludvika"')):
            if key not in self.part.keys:
                swedish = example.split("=")[0]
                self.wrong(f"Inbjudan saknar {swedish}.", do=f"Skriv till exempel ::: inbjudan {example}")
        if event.on and event.rsvp and event.rsvp > event.on:
            self.wrong("Sista dag att svara är efter mötet.", do="Rätta senast= eller datum=.")
        return replace(block, event=event, action=self.action())

    def key(self, key: str) -> str:
        return marked(self.part.keys.get(key, ""), self.line, self.mistakes)

    def day(self, key: str) -> date | None:
        return (
            day(self.part.keys[key], self.line, "Datumet", self.mistakes) if key in self.part.keys else None
        )

    def action(self) -> Link | None:
        """The last paragraph that is one link, taken out; else the last link, which stays in the text too."""
        for node in reversed(self.nodes):
            if isinstance(node, Paragraph) and len(node.children) == 1 and isinstance(node.children[0], Link):
                self.nodes.remove(node)
                return node.children[0]
        links = list(_links_of(self.nodes))
        if not links:
            self.wrong(
                "Inbjudan saknar länk.",
                "Länken blir knappen som läsaren svarar med.",
                "Skriv [Anmäl dig](https://…) sist i blocket, på en egen rad.",
            )
        return links[-1] if links else None

    def calendar(self, block: Block) -> Block:
        """Dates to come, in the order written."""
        do = "Skriv varje punkt som - 2026-12-03 Styrelsemöte, digitalt."
        entries = (self.entry(children, line, do) for children, line in self.items(self.one_list(), do))
        return replace(block, entries=tuple(entry for entry in entries if entry))

    def entry(self, children: tuple[Inline, ...], line: int, do: str) -> CalendarEntry | None:
        first = children[0].text if isinstance(children[0], Text) else ""
        dated = _DATED.match(first)
        if dated is None:
            self.wrong("Punkten i kalendern börjar inte med ett datum.", do=do, line=line)
            return None
        on = day(dated[1], line, "Datumet", self.mistakes)
        time, rest = _timed((Text(first[dated.end() :]), *children[1:]))
        if not plain(rest).strip():
            self.wrong("Datumet i kalendern säger inte vad som händer.", do=do, line=line)
        return CalendarEntry(on, rest, time, line) if on else None

    def button(self, block: Block) -> Block:
        """Exactly one link and nothing else."""
        self.no_title(block.title)
        links = list(_links_of(self.nodes))
        alone = (
            len(self.nodes) == 1 and isinstance(self.nodes[0], Paragraph) and len(self.nodes[0].children) == 1
        )
        if len(links) != 1 or not alone:
            self.wrong(
                "En knapp ska vara precis en länk.",
                f"Blocket har {len(links)} länkar."
                if len(links) != 1
                else "Blocket har text utanför länken.",
                "Skriv [Knappens text](https://…) och inget mer.",
            )
        self.nodes.clear()
        return replace(block, action=links[0] if links else None)

    def quote(self, block: Block) -> Block:
        """Somebody's words; a quotation mark of Markdown around all of it adds nothing."""
        self.no_title(block.title)
        if len(self.nodes) == 1 and isinstance(self.nodes[0], Quote):
            self.nodes = list(self.nodes[0].nodes)
        if not self.nodes:
            self.wrong("Citatet är tomt.", do="Skriv vad som sades mellan raderna med :::.")
        return replace(block, by=self.key("by"))

    def figures(self, block: Block) -> Block:
        """A few numbers, each in bold first on its line."""
        do = "Skriv varje punkt som - **40 %** av Sveriges exportvärde."
        entries = (self.figure(children, line, do) for children, line in self.items(self.one_list(), do))
        return replace(block, figures=tuple(entry for entry in entries if entry))

    def figure(self, children: tuple[Inline, ...], line: int, do: str) -> FigureEntry | None:
        if not isinstance(children[0], Strong):
            self.wrong("Punkten bland siffrorna börjar inte med ett tal i fetstil.", do=do, line=line)
            return None
        rest = children[1:]
        if rest and isinstance(rest[0], Text):
            rest = (Text(rest[0].text.lstrip(_SEPARATOR)), *rest[1:])
        if not plain(rest).strip():
            self.wrong("Siffran säger inte vad den mäter.", do=do, line=line)
        return FigureEntry(plain(children[0].children).strip(), words(rest), line)


_MAKERS: Mapping[BlockKind, Callable[[_Making, Block], Block]] = {
    BlockKind.TEXT: _Making.text,
    BlockKind.CARD: _Making.card,
    BlockKind.INVITATION: _Making.invitation,
    BlockKind.CALENDAR: _Making.calendar,
    BlockKind.BUTTON: _Making.button,
    BlockKind.QUOTE: _Making.quote,
    BlockKind.FIGURES: _Making.figures,
    BlockKind.MEMBER_NEWS: _Making.text,
}


def _timed(children: tuple[Inline, ...]) -> tuple[str, tuple[Inline, ...]]:
    """A clock time right after the date or at the very end, and the text without it."""
    first, last = children[0], children[-1]
    if isinstance(first, Text) and (found := _TIME_FIRST.match(first.text)):
        return found[1], words((Text(first.text[found.end() :]), *children[1:]))
    if isinstance(last, Text) and (found := _TIME_LAST.search(last.text.rstrip())):
        return found[1], words((*children[:-1], Text(last.text[: found.start()].rstrip(_SEPARATOR))))
    return "", words(children)


def _links(children: Sequence[Piece]) -> Iterator[Link]:
    for child in children:
        if isinstance(child, Link):
            yield child
        elif isinstance(child, Strong | Emphasis | Struck):
            yield from _links(child.children)


def _links_of(nodes: Sequence[Node]) -> Iterator[Link]:
    for node in nodes:
        match node:
            case Paragraph() | Heading():
                yield from _links(node.children)
            case Listing():
                for item in node.items:
                    yield from _links_of(item)
            case Quote():
                yield from _links_of(node.nodes)
            case Table():
                for row in (node.head, *node.rows):
                    for cell in row:
                        yield from _links(cell)
