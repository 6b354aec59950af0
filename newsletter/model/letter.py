"""An edition and the letter it becomes, before personal marks are filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from newsletter.model.issue import Block, Issue
from newsletter.model.news import Pick
from newsletter.model.where import Where


class Mark(Enum):
    """A personal mark: stands in the letter as ``{{value}}`` and is filled in at sending."""

    NAME = "name"
    MEMBER = "member"
    UNSUBSCRIBE = "unsubscribe"
    SOURCE = "source"  # in a first letter: where the address came from; else nothing

    __hash__ = object.__hash__  # each is one object; Enum's own takes longer than filling one in

    @property
    def token(self) -> str:
        """The characters that stand in the letter."""
        return "{{" + self.value + "}}"


_MARK = re.compile(r"\{\{(" + "|".join(mark.value for mark in Mark) + r")\}\}")


def marks_in(text: str) -> Iterator[str | Mark]:
    """The text cut at its marks; texts and marks in turn, a text first and last."""
    for index, part in enumerate(_MARK.split(text)):
        yield Mark(part) if index % 2 else part


def has_marks(text: str) -> bool:
    """Whether there is anything personal in the text."""
    return _MARK.search(text) is not None


@dataclass(frozen=True, slots=True)
class Edition:
    """One letter's content: the blocks that a certain set of segments gets.

    `segments` are those of the segments named by the issue's ``för`` blocks that the readers of this
    edition are in; readers with the same set get the same letter.
    """

    id: str  # alla, politiker, politiker+tjanstepersoner …
    issue: Issue
    segments: tuple[str, ...]
    blocks: tuple[Block, ...]
    picks: tuple[Pick, ...]
    own_blocks: frozenset[str] = frozenset()  # ids of those marked as from the reader's own member
    own_picks: frozenset[str] = frozenset()
    own_kind: str = ""  # that member's kind, kommun or region; empty where nothing is marked


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it travels inside the letter, or lies at `url` where pictures are hosted."""

    path: str  # relative to the workspace
    cid: str  # without angle brackets
    mime: str  # image/png or image/jpeg
    data: bytes
    width: int  # px, of the file
    height: int
    url: str = ""  # https; empty for one that travels inside

    @property
    def src(self) -> str:
        """What the letter's HTML names it by."""
        return self.url or f"cid:{self.cid}"


@dataclass(frozen=True, slots=True)
class LetterLink:
    """One link of a letter and the block it stands in; clicks are counted by block."""

    href: str
    text: str
    block: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class LetterSender:
    """From and Reply-To."""

    name: str
    address: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class Letter:
    """An edition rendered: what is approved, and what is sent once the marks are filled in."""

    issue: str
    edition: str
    language: str
    subject: str
    preheader: str
    html: str
    text: str
    pictures: tuple[Picture, ...]  # those that travel inside
    links: tuple[LetterLink, ...]
    sender: LetterSender
    headers: Mapping[str, str]  # beyond From, To, Subject, Date, Message-ID and MIME; may hold marks
    source_map: Mapping[str, Where]  # block → file:line
    block_bytes: Mapping[str, int]  # block → bytes of HTML it costs
    hosted: tuple[Picture, ...] = ()  # those that must lie at their url before the letter leaves
    left_out: Mapping[str, Where] = field(default_factory=dict)  # pictures without alt text → file:line
