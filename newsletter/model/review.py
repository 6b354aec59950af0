"""Who said that a letter may leave, what exactly it was said of, and whether that still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from newsletter.model.delivery import Exclusion

Parts = Mapping[str, str]
"""All that is covered, part by part: name → hex digest, such as ``politiker/subject`` or ``mode``."""


class Certainty(Enum):
    """How sure it is who an approval comes from."""

    LINK = "link"  # by a signed link that went to that person alone
    CODE = "code"  # by the one-time code of a proof that went to that person alone
    FILE = "file"  # in a file that somebody gave back; the name in it is what the file says
    TERMINAL = "terminal"  # typed in the workspace; the name is as sure as who may use the machine


@dataclass(frozen=True, slots=True)
class AudienceDigest:
    """A set of people as numbers that lead to nobody."""

    count: int
    digest: str  # hex; the same for the same ids in any order


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's word that exactly this may be sent."""

    issue: str
    by: str  # the approver's name, as it was given
    at: datetime  # UTC
    how: Certainty
    transport: str  # its name; what it is set to is among the parts
    parts: Parts
    listed: AudienceDigest  # all who the rule names, also those who get no letter
    readers: AudienceDigest  # those of them who were to get it
    digest: str  # of the parts and those listed: what `send` shows and sending.json holds


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was approved, in words."""

    name: str  # the part without its edition: subject, pictures/…, mode
    editions: tuple[str, ...]  # where; empty where it is of the whole sending
    words: str  # a Swedish sentence


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody who was to get the letter when it was approved, and is not now."""

    recipient: str
    name: str
    why: Exclusion | None  # None: no longer one of those whom the rule names


@dataclass(frozen=True, slots=True)
class Turnover:
    """How those who get the letter now differ from those it was approved for."""

    added: int = 0
    gone: int = 0  # left, bounced, erased, or no longer named by the rule
    known: tuple[Gone, ...] = ()  # those of the gone who are still on a list; the first of them


@dataclass(frozen=True, slots=True)
class Decision:
    """What has become of one approval."""

    approval: Approval
    changes: tuple[Change, ...] = ()
    turnover: Turnover | None = field(default_factory=Turnover)  # None: not known who it was approved for
    is_superseded: bool = False  # the same person has approved again later

    @property
    def holds(self) -> bool:
        """Whether it still counts: nothing has changed and nobody was added."""
        return not self.changes and self.turnover is not None and not self.turnover.added


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an issue is approved as it is now."""

    needed: int  # how many people must have approved it
    decisions: tuple[Decision, ...]  # the oldest first
    approvers: tuple[str, ...]  # those whose approval holds, each once

    @property
    def is_approved(self) -> bool:
        """Whether as many as are needed have approved exactly this."""
        return len(self.approvers) >= self.needed
