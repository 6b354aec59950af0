"""What templates see: an edition, its texts as safe HTML, its dates in words, its pictures measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup

from newsletter.model.issue import Block, BlockKind, CalendarEntry, EventFacts
from newsletter.model.letter import Edition, Mark, Picture
from newsletter.model.news import Pick
from newsletter.model.prose import Image, Link, Node, Paragraph, plain
from newsletter.model.settings import Settings
from newsletter.render import dates, illustrations, words
from newsletter.render.prose import COLUMN, Writer

BESIDE = 168  # px that a picture of news has beside its text
_SAME = {"namn": Mark.NAME, "medlem": Mark.MEMBER}  # the marks' Swedish names


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a block: HTML, or a picture when `src` is set."""

    html: Markup | str = ""
    src: str = ""
    alt: str = ""
    width: int = 0
    href: str = ""  # where the picture leads


@dataclass(frozen=True, slots=True)
class EventView:
    """An event's facts in words; empty where not given."""

    day: str
    month: str
    date: str
    time: str
    place: str
    rsvp: str


@dataclass(frozen=True, slots=True)
class Row:
    """A date to come, or a number: what stands first, what follows, and a side note."""

    head: str
    html: Markup
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewsPicture:
    """A picture of news, never shown wider than half its own width, so that it is sharp."""

    src: str
    alt: str
    width: int  # px, beside the text
    widest: int  # px, above it on a narrow screen


@dataclass(frozen=True, slots=True)
class NewsView:
    """One item of member news."""

    title: str
    lead: str
    href: str  # empty where there is nothing to read on at
    member: str
    date: str
    also: tuple[tuple[str, str], ...]  # member, address
    picture: NewsPicture | None = None
    own: str = ""  # what marks it as from the reader's own member; empty where it is not


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """Member news of one topic."""

    topic: str
    items: tuple[NewsView, ...]


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block as its template sees it."""

    id: str
    kind: str
    title: str
    topic: str
    parts: tuple[Part, ...]
    event: EventView | None
    action: Mapping[str, str] | None  # href, text
    rows: tuple[Row, ...]
    by: str
    groups: tuple[NewsGroup, ...]
    after: str  # the kind of the block before it; empty for the first
    own: str = ""  # what marks it as from the reader's own member; empty where it is not


@dataclass(frozen=True, slots=True)
class Viewer:
    """Makes the views of an edition's blocks."""

    edition: Edition
    settings: Settings
    writer: Writer
    pictures: Mapping[str, Picture]
    members: Mapping[str, str]  # id → name

    @property
    def language(self) -> str:
        """The letter's language, where dates know it; else Swedish."""
        return self.edition.issue.language if self.edition.issue.language in dates.MONTHS else "sv"

    def blocks(self) -> tuple[BlockView, ...]:
        """All blocks, in order."""
        kinds = ["", *(block.kind.value for block in self.edition.blocks)]
        return tuple(
            self._block(block, after) for block, after in zip(self.edition.blocks, kinds, strict=False)
        )

    def topic(self, topic: str) -> str:
        """A topic's name."""
        return next((each.name for each in self.settings.topics if each.id == topic), "")

    def _block(self, block: Block, after: str) -> BlockView:
        return BlockView(
            id=block.id,
            kind=block.kind.value,
            title=block.title,
            topic=self.topic(block.topic),
            parts=self.parts(block.nodes),
            event=self.event(block.event) if block.event else None,
            action=_action(block.action) if block.action else None,
            rows=self._rows(block),
            by=block.by,
            groups=self.groups() if block.kind is BlockKind.MEMBER_NEWS else (),
            after=after,
            own=self.own(block.id in self.edition.own_blocks),
        )

    def own(self, marked: bool) -> str:
        """The words that mark what comes from the reader's own member; empty where it does not."""
        said = words.of(self.language)
        return said.get(f"own_{self.edition.own_kind}", said["own_kommun"]) if marked else ""

    def parts(self, nodes: Sequence[Node]) -> tuple[Part, ...]:
        """Text in one piece between pictures, since a piece costs half a kilobyte."""
        parts: list[Part] = []
        for pictured, run in groupby(nodes, lambda node: isinstance(node, Image)):
            if pictured:
                parts += [self._picture(node) for node in run if isinstance(node, Image)]
            else:
                parts.append(Part(Markup("").join(self._node(node) for node in run)))
        return tuple(parts)

    def _node(self, node: Node) -> Markup:
        match node:
            case Paragraph(children=(Link() as link,)):
                return self._way_on(link)
        return self.writer.node(node)

    def _way_on(self, link: Link) -> Markup:
        """A link that is a paragraph of its own: the way on from the text, large enough for a thumb."""
        colour = self.writer.theme.light["link"]
        inner = self.writer.inlines(link.children)
        return Markup(
            '<p style="margin:0 0 6px"><a href="{}" style="display:inline-block;padding:9px 0;'
            'font-weight:bold;color:{}">{}</a></p>'
        ).format(link.href, colour, inner)

    def _picture(self, image: Image) -> Part:
        picture = self.pictures[illustrations.path(self.edition.issue, image.src)]
        return Part(src=picture.src, alt=image.alt, width=min(COLUMN, picture.width), href=image.href)

    def event(self, event: EventFacts) -> EventView:
        """An event's facts in words."""
        on, language = event.on, self.language
        return EventView(
            day=str(on.day) if on else "",
            month=dates.short_month(on, language) if on else "",
            date=dates.weekday_and_day(on, language, year=self._other_year(on)) if on else "",
            time=event.time,
            place=event.place,
            rsvp=self._day(event.rsvp) if event.rsvp else "",
        )

    def _day(self, on: date) -> str:
        return dates.weekday_and_day(on, self.language, year=self._other_year(on))

    def _other_year(self, on: date) -> bool:
        return on.year != self.edition.issue.date.year

    def _rows(self, block: Block) -> tuple[Row, ...]:
        figures = (Row(each.number, self.writer.inlines(each.text)) for each in block.figures)
        return (*figures, *self._calendar(block.entries))

    def _calendar(self, entries: Sequence[CalendarEntry]) -> tuple[Row, ...]:
        """Dates in order; the year stands once, where it begins to differ from the issue's."""
        rows, year = [], self.edition.issue.date.year
        for entry in sorted(entries, key=lambda each: (each.on, each.time)):
            head = (
                f"{dates.short_weekday(entry.on, self.language)} {dates.short_day(entry.on, self.language)}"
            )
            note = str(entry.on.year) if entry.on.year != year else ""
            text = self.writer.inlines(entry.text)
            rows.append(Row(head, _timed(text, entry.time, self.language), note))
            year = entry.on.year
        return tuple(rows)

    def groups(self) -> tuple[NewsGroup, ...]:
        """Member news by topic; topics, and news within them, in the order that the editor gave."""
        order = list(dict.fromkeys(pick.topic for pick in self.edition.picks))
        picks = sorted(self.edition.picks, key=lambda pick: order.index(pick.topic))
        return tuple(
            NewsGroup(self.topic(topic), tuple(self._news(pick) for pick in run))
            for topic, run in groupby(picks, lambda pick: pick.topic)
        )

    def _news(self, pick: Pick) -> NewsView:
        on = pick.published
        published = dates.day(on, self.language, year=self._other_year(on)) if on else ""
        also = tuple((self.member(each.member), each.url) for each in pick.also)
        member, picture = self.member(pick.member), self._news_picture(pick)
        own = self.own(pick.id in self.edition.own_picks)
        return NewsView(pick.title, pick.lead, pick.url, member, published, also, picture, own)

    def _news_picture(self, pick: Pick) -> NewsPicture | None:
        """The pick's picture, where somebody has said what it shows."""
        if pick.picture is None or not pick.picture.alt:
            return None
        picture = self.pictures[illustrations.path(self.edition.issue, pick.picture.path)]
        widest = min(COLUMN, max(1, picture.width // 2))
        return NewsPicture(picture.src, pick.picture.alt, min(BESIDE, widest), widest)

    def member(self, member: str) -> str:
        """A member's name; its id where the name is not known."""
        return self.members.get(member, member)


def _timed(text: Markup, time: str, language: str) -> Markup:
    said = f"kl.{dates.NBSP}{time}" if language == "sv" else time
    return Markup("{}, {}").format(text, said) if time else text


def _action(link: Link) -> Mapping[str, str]:
    return {"href": link.href, "text": plain(link.children)}


def plain_marks(text: str) -> str:
    """Marks under their Swedish names become the letter's own."""
    for swedish, mark in _SAME.items():
        text = text.replace("{{" + swedish + "}}", mark.token)
    return text
