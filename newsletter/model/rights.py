"""What is held about one person, and what remains when it is erased."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from newsletter.model.delivery import Delivery
from newsletter.model.event import Event
from newsletter.model.people import Recipient, Suppression

PSEUDONYM = "raderad:"
"""What the recipient's id of an erased person's letter begins with, so that nobody takes it for an id."""

_HASH_BYTES = 32


def counted_as(recipient: str) -> str:
    """The hash by which a digest counts a recipient, in hex: the same before and after an erasure."""
    kept = recipient.removeprefix(PSEUDONYM)
    if kept != recipient and len(kept) == 2 * _HASH_BYTES:
        return kept
    return hashlib.blake2b(recipient.encode(), digest_size=_HASH_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One change: what, when, why and by which command; never what was changed from or to."""

    at: datetime
    what: str
    why: str
    command: str


@dataclass(frozen=True, slots=True)
class SuppressionEntry:
    """That an address is not written to, since when, and how that is known."""

    reason: Suppression
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HeldLetter:
    """One letter to the person, and the news of it that is still kept."""

    issue: str
    delivery: Delivery
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held about whoever has an address."""

    address: str
    recipient: Recipient | None = None  # None: on no list
    letters: tuple[HeldLetter, ...] = ()
    suppression: SuppressionEntry | None = None
    log: tuple[LogEntry, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held at all."""
        return not (self.recipient or self.letters or self.suppression or self.log)


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took away."""

    people: int
    letters: int  # rows that lost name, address and id, and still count
    events: int  # news that lost what pointed to the person


@dataclass(frozen=True, slots=True)
class Since:
    """Who must not be written to, and who was erased, as one database knows it: keyed hashes alone."""

    suppressions: tuple[tuple[str, SuppressionEntry], ...] = ()
    erasures: tuple[tuple[str, datetime], ...] = ()  # keyed hash of a person's id → when
    log: tuple[tuple[str, LogEntry], ...] = ()  # of suppressions, in order


@dataclass(frozen=True, slots=True)
class Retention:
    """What tidying removes, or would remove."""

    clicks: int = 0  # raw events of letters whose numbers are published
    letters: int = 0  # rows of old sendings that still have a name and an address
    unlisted: int = 0  # people without a mandate

    @property
    def is_empty(self) -> bool:
        """Whether nothing is due."""
        return not (self.clicks or self.letters or self.unlisted)
