"""What the provider holds: letters, batch ids and what was said about them, by its own clock.

Sources: "Cancel Scheduled Sends" and "Canceling a scheduled send"
(twilio.com/docs/sendgrid/api-reference/cancel-scheduled-sends and
…/for-developers/sending-email/stopping-a-scheduled-send): a cancelled batch stays in the queue and is
discarded at its `send_at`; a paused one is kept past it, leaves when resumed, and expires 72 hours after
it; at most ten batches are cancelled or paused at a time; a cancel less than ten minutes ahead is not
guaranteed; a batch id lives ten days.

Where the pages say nothing we assume the worst for the sender:

- a cancel that comes too late is answered like any other, and the letters leave;
- letters that come to a batch after it was cancelled are held by it too, if ten minutes are left then;
- a status counts among the ten until it is deleted or its id expires.
"""

from __future__ import annotations

import heapq
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from newsletter.testing.sendgrid.suppression import Entry, Suppressions

HELD_AT_MOST = 10  # batches cancelled or paused at a time
CANCEL_SECONDS = 600  # how long before send_at a cancel must have come
PAUSE_SECONDS = 72 * 3600  # how long after send_at a paused letter is kept
ID_SECONDS = 10 * 86_400  # how long a batch id lives


class LetterState(Enum):
    """Where a letter is."""

    SCHEDULED = "scheduled"  # in the queue, also while its batch is cancelled or paused
    LEFT = "left"  # gone to its reader
    CANCELLED = "cancelled"  # discarded at its send_at
    EXPIRED = "expired"  # was paused for too long
    DROPPED = "dropped"  # the address is suppressed


class Refused(Exception):
    """The provider will not: `args[0]` is its message; `status` and `field` belong to the answer."""

    def __init__(self, message: str, field: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.field, self.status = message, field, status


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted request, as far as its letters share it."""

    message_id: str  # as in X-Message-Id
    accepted_at: float  # seconds since 1970, as all times here
    sender: str
    batch_id: str  # "" where it names none
    categories: tuple[str, ...]
    bypassing: bool  # mail_settings.bypass_list_management
    size: int  # bytes of the request's body
    letters: list[Letter] = field(default_factory=list, repr=False)


@dataclass(slots=True)
class Letter:
    """One letter to one address; `state` and what follows it change as the clock goes."""

    mail: Mail
    position: int  # among the letters of its request, from 0
    personalization: int  # index of its personalization in the request
    address: str
    subject: str
    custom_args: Mapping[str, str]  # the personalization's over the request's
    send_at: float | None  # None leaves at once
    state: LetterState = LetterState.SCHEDULED
    settled_at: float = 0.0  # when it left, was discarded or dropped
    reason: str = ""  # why it was dropped
    bounce: str = ""  # "bounced" or "blocked" once the reader's server sent it back
    bounce_reason: str = ""
    bounced_at: float = 0.0

    @property
    def sg_message_id(self) -> str:
        """The id of this one letter: the request's X-Message-Id and more (glossary, "Message ID")."""
        return f"{self.mail.message_id}.recvd-local-1-{int(self.mail.accepted_at):X}.{self.position}"

    @property
    def message_id(self) -> str:
        """The request's X-Message-Id."""
        return self.mail.message_id

    @property
    def batch_id(self) -> str:
        """The batch it belongs to; "" where it belongs to none."""
        return self.mail.batch_id


@dataclass(slots=True)
class Hold:
    """A batch that is cancelled or paused."""

    status: str  # cancel or pause
    since: float


@dataclass(order=True, slots=True)
class _Bunch:
    """The letters of one request that leave together."""

    due: float
    order: int
    letters: list[Letter] = field(compare=False)

    @property
    def mail(self) -> Mail:
        return self.letters[0].mail


class Account:
    """Letters, batches and suppressions of one customer. Any thread may call."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._lock = threading.RLock()
        self._mails: list[Mail] = []
        self._by_id: dict[str, Mail] = {}
        self._queue: list[_Bunch] = []
        self._paused: dict[str, list[_Bunch]] = {}
        self._batches: dict[str, float] = {}  # id → when it was made
        self._holds: dict[str, Hold] = {}
        self.suppressions = Suppressions()

    @property
    def now(self) -> float:
        """The provider's time, seconds since 1970."""
        return self._clock() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass for the provider, and do what falls due."""
        with self._lock:
            self._ahead += seconds
            self.settle()

    def settle(self) -> None:
        """Let leave, or discard, what is due by now."""
        with self._lock:
            now = self.now
            while self._queue and self._queue[0].due <= now:
                self._release(heapq.heappop(self._queue))
            for batch in list(self._paused):
                self._expire(batch, now)

    def accept(self, mail: Mail, letters: list[Letter]) -> None:
        """Take the letters of a request over; those without a future `send_at` leave now."""
        with self._lock:
            self.settle()
            mail.letters.extend(letters)
            self._mails.append(mail)
            self._by_id[mail.message_id] = mail
            times: dict[float, list[Letter]] = {}
            for letter in letters:
                times.setdefault(max(letter.send_at or 0.0, mail.accepted_at), []).append(letter)
            for due, bunch in times.items():
                heapq.heappush(self._queue, _Bunch(due, len(self._mails), bunch))
            self.settle()

    def mails(self) -> list[Mail]:
        """The accepted requests so far, oldest first, with their letters as they are by now."""
        with self._lock:
            self.settle()
            return list(self._mails)

    def mail(self, message_id: str) -> Mail | None:
        """The request that was answered with this X-Message-Id."""
        with self._lock:
            self.settle()
            return self._by_id.get(message_id)

    def new_batch(self) -> str:
        """A new batch id."""
        with self._lock:
            batch = secrets.token_urlsafe(32)
            self._batches[batch] = self.now
            return batch

    def knows(self, batch: str) -> bool:
        """Whether the id was made here and still lives."""
        made = self._batches.get(batch)
        return made is not None and self.now < made + ID_SECONDS

    def holds(self) -> list[tuple[str, str]]:
        """Each batch that is cancelled or paused, with its status."""
        with self._lock:
            self.settle()
            self._holds = {batch: hold for batch, hold in self._holds.items() if self.knows(batch)}
            return [(batch, hold.status) for batch, hold in self._holds.items()]

    def hold(self, batch: str, status: str) -> None:
        """Cancel or pause a batch. Raises Refused."""
        with self._lock:
            held = dict(self.holds())
            if not self.knows(batch):
                raise Refused("invalid batch id", "batch_id")
            if batch in held:
                raise Refused("a status for this batch id exists, try PATCH to update the status")
            if len(held) >= HELD_AT_MOST:
                raise Refused("max limit reached")
            self._holds[batch] = Hold(status, self.now)

    def change(self, batch: str, status: str) -> None:
        """Make a cancel of a pause, or the other way. Raises Refused."""
        with self._lock:
            if batch not in dict(self.holds()):
                raise Refused("batch id not found", "batch_id", 404)
            self._holds[batch].status = status
            if status == "cancel":
                for bunch in self._paused.pop(batch, []):
                    self._end(bunch, LetterState.CANCELLED, self.now)

    def release(self, batch: str) -> None:
        """End a cancel or a pause; what a pause kept past its time leaves now. Raises Refused."""
        with self._lock:
            if batch not in dict(self.holds()):
                raise Refused("batch id not found", "batch_id", 404)
            del self._holds[batch]
            for bunch in self._paused.pop(batch, []):
                self._leave(bunch, self.now)

    def suppress(self, name: str, entry: Entry) -> None:
        """Put an address on a list, from now on: what fell due before has left."""
        with self._lock:
            self.settle()
            self.suppressions.put(name, entry)

    def bounced(self, address: str, kind: str, reason: str) -> None:
        """Note that all letters that left for the address came back."""
        with self._lock:
            self.settle()
            for mail in self._mails:
                for letter in mail.letters:
                    if letter.address.lower() == address.lower() and letter.state is LetterState.LEFT:
                        letter.bounce, letter.bounce_reason, letter.bounced_at = kind, reason, self.now

    def _release(self, bunch: _Bunch) -> None:
        hold = self._holds.get(bunch.mail.batch_id)
        if hold is None or max(hold.since, bunch.mail.accepted_at) > bunch.due - CANCEL_SECONDS:
            self._leave(bunch, bunch.due)
        elif hold.status == "cancel":
            self._end(bunch, LetterState.CANCELLED, bunch.due)
        else:
            self._paused.setdefault(bunch.mail.batch_id, []).append(bunch)

    def _expire(self, batch: str, now: float) -> None:
        kept = self._paused[batch]
        for bunch in [bunch for bunch in kept if bunch.due + PAUSE_SECONDS <= now]:
            kept.remove(bunch)
            self._end(bunch, LetterState.EXPIRED, bunch.due + PAUSE_SECONDS)
        if not kept:
            del self._paused[batch]

    def _leave(self, bunch: _Bunch, at: float) -> None:
        for letter in bunch.letters:
            why = "" if bunch.mail.bypassing else self.suppressions.drop_reason(letter.address)
            letter.state = LetterState.DROPPED if why else LetterState.LEFT
            letter.reason, letter.settled_at = why, at

    def _end(self, bunch: _Bunch, state: LetterState, at: float) -> None:
        for letter in bunch.letters:
            letter.state, letter.settled_at = state, at
