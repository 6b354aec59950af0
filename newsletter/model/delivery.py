"""The ledger's nouns: every recipient has a row before anything leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple


class DeliveryState(Enum):
    """Where one recipient's letter stands; the states of the equation.

    `candidates = excluded + waiting + attempting + accepted + rejected + unknown + cancelled`
    """

    EXCLUDED = "excluded"  # a candidate that is left out, with the reason
    WAITING = "waiting"  # planned; nothing has left
    ATTEMPTING = "attempting"  # the intent is committed; the letter may leave at any moment
    ACCEPTED = "accepted"  # the transport took it; delivery and bounce are events that follow
    REJECTED = "rejected"  # the transport refused it; it did not leave
    UNKNOWN = "unknown"  # the answer was lost; settled by asking, never by guessing
    CANCELLED = "cancelled"  # taken back before it left


class Exclusion(Enum):
    """Why a candidate is left out."""

    LEFT = "left"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    ERASED = "erased"
    ENDED = "ended"  # every mandate has ended


class SendingState(Enum):
    """Where a whole sending stands."""

    PLANNED = "planned"  # rows are written; nothing has left
    SENDING = "sending"  # the first chunk was claimed
    PAUSED = "paused"  # nothing more is claimed until somebody says so
    CANCELLED = "cancelled"  # what waited is taken back, and nothing more is claimed
    DONE = "done"  # no row is waiting, attempting or unknown


@dataclass(frozen=True, slots=True)
class Sending:
    """One issue going out to one frozen audience."""

    id: str
    issue: str
    digest: str  # of letters, transport and audience: what was approved
    transport: str
    mode: str  # the measuring mode at planning
    planned_at: datetime  # UTC
    state: SendingState = SendingState.PLANNED
    leaves_at: datetime | None = None  # not before; UTC
    paused: str = ""  # why, where it is paused
    corrects: str = ""  # the issue whose readers this goes to, where it is a correction
    screened: int | None = None  # how many changes of the suppressions its rows are sure to reflect
    titles: Mapping[str, str] = field(default_factory=dict)  # block → title, for the report
    topics: Mapping[str, str] = field(default_factory=dict)  # block → topic id
    links: Mapping[str, str] = field(default_factory=dict)  # href → block
    editions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # edition → its blocks; empty: all


class Delivery(NamedTuple):
    """One recipient of one sending: one row, from the plan to the last news of it.

    Member, county and group are frozen at planning, so that the report counts what was, not what is. A tuple,
    because a sending makes one for each row that it reads, and a frozen dataclass takes ten times as long.
    """

    id: str  # opaque; in Message-ID, VERP and the outbox's file name
    sending: str
    recipient: str
    address: str
    name: str
    edition: str
    member: str
    county: str
    group: str
    chunk: int  # number within the sending; -1 when excluded
    state: DeliveryState = DeliveryState.WAITING
    reason: str = ""  # an Exclusion's value, or the transport's words
    settled_at: datetime | None = None  # when it was accepted, rejected or settled; UTC
    attempt: int = 0  # how often a claim has handed it out
    notice: str = ""  # where the address came from, said in the first letter (Article 14 GDPR); else empty
    batch: str = ""  # the provider's name for the group that it was handed over under, where it holds letters
    deferrals: int = 0  # how often the transport has put it off, in words of its own
    claim: str = ""  # the hand-out that it was in last, opaque; an answer counts for its own hand-out alone


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of deliveries that is claimed, attempted and closed as one."""

    sending: str
    number: int
    deliveries: tuple[Delivery, ...]
    claimed_at: datetime | None = None  # when it was handed out last; UTC


@dataclass(frozen=True, slots=True)
class Equation:
    """Everyone is somewhere: the counts whose sum must always be the candidates."""

    candidates: int
    excluded: int = 0
    waiting: int = 0
    attempting: int = 0
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    cancelled: int = 0

    @property
    def holds(self) -> bool:
        """Whether nobody is missing and nobody counted twice."""
        parts = self.excluded + self.waiting + self.attempting + self.accepted
        return self.candidates == parts + self.rejected + self.unknown + self.cancelled
