"""What a transport is given, what it can do, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from newsletter.model.delivery import Chunk
from newsletter.model.letter import Letter, Mark


class Carries(Enum):
    """What a transport takes."""

    BYTES = "bytes"  # each letter ready, as RFC 5322 has it
    CONTENT = "content"  # the edition once, and what is personal for each recipient


@dataclass(frozen=True, slots=True)
class Features:
    """What a transport can do; what it cannot do is refused, never left out in silence."""

    name: str  # outbox, smtp or sendgrid
    carries: Carries = Carries.BYTES
    answers: bool = False  # asked later, it can say of every letter whether it left
    holds: bool = False  # it keeps letters until they are due, and can be told to let go of them
    chunk: int = 50  # letters that are claimed, attempted and closed as one
    workers: int = 1  # attempts side by side
    per_minute: float = 0.0  # letters a minute at most; 0: no bound of ours
    passing: bool = False  # its failures may pass within minutes, so that waiting is worth while
    local: bool = False  # nothing leaves this machine, so that reserved addresses may be written to
    settings: str = ""  # all that readers or the law could tell apart, as text; part of what is approved


class Outcome(Enum):
    """What a transport says of one letter."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"  # for good; it did not leave
    DEFERRED = "deferred"  # it did not leave, and may be tried again
    UNKNOWN = "unknown"  # it may or may not have left
    CANCELLED = "cancelled"  # taken back before it left


@dataclass(frozen=True, slots=True)
class Answer:
    """A transport's outcome for one delivery, with its words where it gave any."""

    outcome: Outcome
    words: str = ""
    retry_after: float | None = None  # seconds; the transport's own wish, for a deferral


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter ready to leave: its delivery's id, the envelope, the bytes (RFC 5322).

    The delivery's id is the envelope's id too (RFC 3461, ENVID).
    """

    delivery: str
    envelope_from: str
    envelope_to: str
    data: bytes
    dots: bool = True  # a line may begin with a dot; False: certainly none does, so that SMTP need not look


class BatchState(Enum):
    """Where a group of letters stands that a provider keeps under one name."""

    OPEN = "open"  # letters may be handed over under it
    CANCELLING = "cancelling"  # we have begun to take it back; nothing more is handed over under it
    CANCELLED = "cancelled"  # the provider has confirmed that none of it leaves
    RELEASED = "released"  # what was cancelled is thrown away, and its name is given back


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters that a provider keeps under one name until they are due, and lets go of together."""

    id: str  # the provider's
    sending: str
    leaves_at: datetime  # UTC; when its letters leave
    state: BatchState = BatchState.OPEN
    letters: int = 0  # of the chunks that were handed over under it


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed chunk, ready to leave: letters of one edition."""

    chunk: Chunk  # without those who have left meanwhile
    letter: Letter  # the edition, before personal marks
    letters: Sequence[Outgoing] = ()  # for a transport that carries bytes
    personal: Mapping[str, Mapping[Mark, str]] = field(default_factory=dict)  # by delivery; for content
    batch: Batch | None = None  # for a transport that holds
