"""News that members published on their own sites, from a source to a choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class SourceKind(Enum):
    """How a member's news can be read."""

    FEED = "feed"  # RSS, Atom or RDF
    LIST = "list"  # a page that lists news
    POSTS = "wp-json"  # WordPress' own list of posts, as JSON


@dataclass(frozen=True, slots=True)
class Source:
    """Where a member's news is found."""

    member: str
    url: str
    kind: SourceKind
    verified: bool = False
    page: str = ""  # where it was found, to look there again: feeds' addresses change at a redesign


class Provenance(Enum):
    """Where an item's day comes from, best first; a guess is marked, and nothing is ever dated *now*."""

    JSON_LD = "json-ld"
    META = "meta"  # article:published_time
    DUBLIN_CORE = "dublin-core"
    ADDRESS = "address"  # /2026-11-03-slug
    LABELLED = "labelled"  # a visible date with a word such as Publicerad
    VISIBLE = "visible"  # a visible date beside the item, unlabelled: uncertain
    FEED = "feed"
    UNDATED = "undated"

    @property
    def rank(self) -> int:
        """0 for the best; the order above."""
        return tuple(Provenance).index(self)


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item of news as its publisher has it: plain text, an http(s) address, a day or none."""

    member: str
    url: str  # canonical
    title: str
    lead: str = ""
    published: date | None = None
    provenance: Provenance = Provenance.UNDATED
    uncertain: bool = False
    image: str = ""  # http(s) address of its picture
    image_alt: str = ""  # what the picture shows, in the publisher's own words
    body: str = ""  # the text of its page, a paragraph a line, at most 20,000 characters


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the last fetch of a source left behind, so that the next can be spared."""

    url: str
    etag: str = ""
    last_modified: str = ""
    fetched_at: datetime | None = None
    items: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic that an item is about, and the words of the item that say so."""

    topic: str  # a topic's id
    words: tuple[str, ...]  # as they stand in the item, in lower case, each once
    in_title: int = 0  # how many of them stand in the title
    weak: tuple[str, ...] = ()  # those of the words that say little on their own


@dataclass(frozen=True, slots=True)
class Candidate:
    """The same story, once, with every member that tells it, its topics, its rank and why."""

    item: NewsItem
    also: tuple[NewsItem, ...] = ()
    topics: tuple[str, ...] = ()  # topic ids, best first
    matched: tuple[str, ...] = ()  # the words that spoke for it
    score: float = 0.0  # says nothing but the order
    reasons: tuple[str, ...] = ()  # in Swedish, for the editor
    service: tuple[str, ...] = ()  # words that make it a service notice (road works, opening hours)


@dataclass(frozen=True, slots=True)
class PickLink:
    """Another member that tells the same story."""

    member: str
    url: str


@dataclass(frozen=True, slots=True)
class PickPicture:
    """A pick's picture. Without an alt text it is not shown, since some readers would miss what it says."""

    path: str  # from the folder: pictures/news-ID.jpg
    alt: str = ""
    source: str = ""  # the address that it came from
    line: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    """An item that was chosen for an issue; the editor may have rewritten title and lead, or written it all.

    What an editor wrote himself may have no member, and no address to read on at.
    """

    id: str
    member: str
    url: str
    title: str
    lead: str
    published: date | None
    topic: str
    source_title: str
    source_lead: str
    also: tuple[PickLink, ...] = ()
    line: int = 0
    picture: PickPicture | None = None
