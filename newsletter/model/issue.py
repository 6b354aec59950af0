"""An issue: what the communicator wrote, read and understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from newsletter.model.prose import Inline, Link, Node
from newsletter.model.where import Where


class IssueKind(Enum):
    """What sort of letter it is; the report of an invitation differs from that of a newsletter."""

    NEWSLETTER = "newsletter"  # an issue of the newsletter, with items
    INVITATION = "invitation"  # an invitation to one event
    NOTICE = "notice"  # a short notice


class BlockKind(Enum):
    """What a block of an issue is; each has a template of its own."""

    TEXT = "text"  # running text outside of any fence
    CARD = "card"  # one item of news
    INVITATION = "invitation"  # an event to sign up for
    CALENDAR = "calendar"  # dates to come
    BUTTON = "button"  # one link, large
    QUOTE = "quote"  # somebody's words
    FIGURES = "figures"  # a few numbers, large
    MEMBER_NEWS = "member-news"  # where the picked news of the members goes


@dataclass(frozen=True, slots=True)
class EventFacts:
    """When and where an event is, as the communicator wrote it."""

    on: date | None = None
    time: str = ""
    place: str = ""
    rsvp: date | None = None


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One date to come."""

    on: date
    text: tuple[Inline, ...]
    time: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """One number and what it says."""

    number: str
    text: tuple[Inline, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an issue, in the order of the file.

    `id` is unique within the issue and steady while the heading is; clicks are counted by it.
    `segments` names those who get it; empty means everybody.
    """

    id: str
    kind: BlockKind
    where: Where
    title: str = ""  # the heading's characters; empty where there is none
    nodes: tuple[Node, ...] = ()  # the text, without the heading and without what the fields below hold
    topic: str = ""  # a topic's id; empty where none is given
    member: str = ""  # CARD, INVITATION: the member that it is about, by id
    county: str = ""  # CARD, INVITATION: the county that it is about, as members' lists have it
    segments: tuple[str, ...] = ()
    event: EventFacts | None = None  # INVITATION
    action: Link | None = None  # INVITATION, BUTTON: the one link that becomes a button
    entries: tuple[CalendarEntry, ...] = ()  # CALENDAR
    figures: tuple[FigureEntry, ...] = ()  # FIGURES
    by: str = ""  # QUOTE


@dataclass(frozen=True, slots=True)
class WrittenHeading:
    """A heading as it was written; in the letter, levels follow on each other whatever was written."""

    level: int  # the number of # signs, 1 to 6
    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class Allowance:
    """A finding that the communicator lets stand: ``# newsletter: allow RULE because …`` in the issue."""

    rule: str  # a finding's rule, such as html-too-big
    reason: str  # in the communicator's own words; never empty
    where: Where


@dataclass(frozen=True, slots=True)
class Issue:
    """A whole issue."""

    id: str  # the folder's name, such as 2026-2
    title: str
    subject: str
    preheader: str
    date: date
    language: str  # sv or en
    kind: IssueKind
    sender: str  # a key under [senders]
    audiences: tuple[str, ...]  # segment ids, in the order given
    blocks: tuple[Block, ...]
    where: Where  # the file
    lines: dict[str, int] = field(default_factory=dict)  # front matter key → line
    allowances: tuple[Allowance, ...] = ()  # in the order of the file
    headings: tuple[WrittenHeading, ...] = ()  # in the order of the file
    ordering: str = "issue"  # issue: as written; county: what is near a reader first
    mark_own: bool = False  # whether the news of a reader's own member is marked
