"""The search for a member's news: what pages hint at, what asking gave, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from newsletter.model.news import NewsItem, SourceKind


@dataclass(frozen=True, slots=True)
class Clue:
    """An address on a page that may lead to news; nobody has asked it yet."""

    url: str  # canonical
    kind: SourceKind | None  # None: no source, but a page to look for sources on
    page: str  # the page that it stands on
    label: str = ""  # what that page calls it
    how: str = ""  # how it was found, in Swedish
    worth: int = 0  # the higher, the sooner to ask; says nothing but the order


@dataclass(frozen=True, slots=True)
class Sample:
    """What a clue gave when it was asked."""

    name: str  # what the feed or page calls itself; "" where it does not
    items: tuple[NewsItem, ...]


class Sureness(Enum):
    """How sure it is that a found source is a member's news."""

    SURE = "säker"  # says that it is news, and its items bear that out
    LIKELY = "trolig"  # one of the two is missing
    UNSURE = "osäker"  # nothing speaks against it, and little for it


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A place where a member's news seem to be, how sure that is, and why."""

    url: str
    kind: SourceKind
    page: str  # where it was found
    score: int  # 0 to 100
    reasons: tuple[str, ...]  # in Swedish, for the editor
    items: tuple[NewsItem, ...]  # the five newest
    listed: int  # all that it lists

    @property
    def sureness(self) -> Sureness:
        """The score as a word."""
        if self.score >= 75:
            return Sureness.SURE
        return Sureness.LIKELY if self.score >= 55 else Sureness.UNSURE


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An address that looked like news and was not taken, and why, in Swedish."""

    url: str
    why: str
