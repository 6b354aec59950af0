"""Carrying out what is planned: claim, attempt, close; and settling what was lost.

    steering.interrupted ─ settling            what an earlier run left in doubt
    pace ─ ledger.claim ─ mailer.attempt ─ ledger.close      until no chunk is due, on a few threads
    settling                                   what this run left in doubt
    wait for what was put off, and once more

The intent is committed by claim before attempt, and nothing is attempted that claim did not hand out. A crash
between any two of these steps leaves rows that are attempting, and the next run begins by settling them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter import send as stage
from newsletter.errors import Busy, TransportFailed
from newsletter.model.delivery import Chunk, Sending, SendingState
from newsletter.model.transport import Answer, Batch, Outcome
from newsletter.pipeline import working
from newsletter.pipeline.batching import Batching
from newsletter.pipeline.pacing import Pace
from newsletter.pipeline.parcels import Parcels, without
from newsletter.pipeline.settling import Settling
from newsletter.ports import Ledger, LedgerBook, Mailer, Steering, Timer

_Answered = tuple[Mapping[str, Answer], TransportFailed | None]
OnProgress = Callable[[int, int], None]  # letters done, letters in all

_ROUNDS = 3  # a transport that keeps saying "it never left" is not asked for ever
_LOOK_UP_SECONDS = 5.0  # while waiting: how soon a pause or a cancel by another process is seen
_CLOSE_TRIES = 3  # beyond the last, each after the database's own patience
_BUSY_SECONDS = 5.0
_NO_ANSWER = Answer(Outcome.UNKNOWN)
_GOING = (SendingState.PLANNED, SendingState.SENDING)


@dataclass(kw_only=True)
class Delivering:
    """One sending under way; its caller holds the sender's lock."""

    sending: Sending
    parcels: Parcels
    ledger: Ledger
    book: LedgerBook
    steering: Steering
    mailer: Mailer
    clock: Timer
    settling: Settling
    batching: Batching | None = None  # for a transport that holds letters
    give_up_after: int = 5  # failures in a row
    tries: int = 5  # for a letter that is put off
    _failures: int = 0  # in a row; those of attempts side by side are one
    _done: int = 0
    _total: int = 0
    _on_progress: OnProgress = lambda done, total: None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)  # others wait for us to come to rest
    _gate: threading.Lock = field(default_factory=threading.Lock)  # held while somebody rests

    def __post_init__(self) -> None:
        """One pace for all threads."""
        self._pace = Pace(self.mailer.features.per_minute, self.clock)

    def run(self, on_progress: OnProgress) -> None:
        """Let every waiting letter leave once. Raises TransportFailed; what was not tried then waits."""
        self._on_progress = on_progress
        self.steering.interrupted(self.sending.id, self.clock.now())
        if self.batching:
            self.batching.release()
        self.settling.settle()
        self._wait_for_the_hour()
        for _ in range(_ROUNDS):
            self._attempt_or_stop()
            if not self.book.in_doubt(self.sending.id):
                return
            self.settling.settle()
            if not self.book.equation(self.sending.id).waiting:
                return

    def _attempt_or_stop(self) -> None:
        """As long as it goes; where it stops, what is in doubt is settled first, while that can be done.

        Whoever reads why it stopped may be back in hours, and a provider lets letters go before that.
        """
        try:
            self._attempt_what_comes_due()
        except TransportFailed:
            with suppress(TransportFailed):  # then a later run settles it, and this tells why it stopped
                self.settling.settle()
            raise

    def _attempt_what_comes_due(self) -> None:
        while self._goes_on():
            self._count()
            working.until_done(self._attempt_next, self.mailer.features.workers, self._stopping)
            self._stopping.clear()  # all have come to rest by themselves
            due = self.book.next_due(self.sending.id)
            if due is None:
                return
            if self.book.in_doubt(self.sending.id):  # now: after the rest it may be too late to take back
                self.settling.settle()
            self._rest((due - self.clock.now()).total_seconds())

    def _attempt_next(self) -> bool:
        """Take the next chunk through; whether there was one."""
        features = self.mailer.features
        with self._gate:
            pass  # somebody rests after a failure, and so do all
        self._pace.take(features.chunk)
        try:
            batch = self.batching.for_next(features.chunk) if self.batching else None
        except TransportFailed as none_opened:
            self._put_up_with(none_opened)
            return True
        chunk = self.ledger.claim(self.sending.id, self.clock.now(), batch.id if batch else "")
        if chunk is None:
            if self.batching and batch:
                self.batching.give_back(batch, features.chunk)
            return False
        before = self._failures
        answers, failure = self._answers(chunk, batch)
        outcomes = self._close(chunk, answers)
        self._judge(before, failure, lost=Outcome.UNKNOWN in outcomes)
        if failure:
            self._rest_for_all(failure)
        return True

    def _put_up_with(self, failure: TransportFailed) -> None:
        """Rest after a failure before anything was claimed. Raises it where waiting is of no use."""
        if not failure.retryable:
            raise failure
        self._judge(self._failures, failure, lost=False)
        self._rest_for_all(failure)

    def _rest_for_all(self, failure: TransportFailed) -> None:
        """Rest; one for all where several attempts failed side by side."""
        if self._gate.acquire(blocking=False):
            try:
                self._rest(self._patience(failure))
            finally:
                self._gate.release()

    def _answers(self, chunk: Chunk, batch: Batch | None) -> _Answered:
        """What came of each letter; where the transport failed, on its word none of them can have left."""
        try:
            gone = self.parcels.left_meanwhile(chunk)
            left = without(chunk, gone)
            if not left.deliveries:
                return gone, None
            parcel = self.parcels.parcel(left, batch)
        except BaseException:
            self._close(chunk, _never_left(chunk, 0.0))
            raise
        try:
            told = self.mailer.attempt(parcel)
        except TransportFailed as error:
            return {**_never_left(left, self._patience(error)), **gone}, error
        return {**told, **gone}, None

    def _close(self, chunk: Chunk, answers: Mapping[str, Answer]) -> Sequence[Outcome]:
        """Write what came of each letter; the outcomes."""
        now, due, outcomes = self.clock.now(), None, _outcomes(chunk, answers)
        if Outcome.DEFERRED in outcomes:
            answers = {**answers, **stage.given_up(chunk.deliveries, answers, self.tries)}
            outcomes = _outcomes(chunk, answers)
            due = stage.due([(row, answers[row.id]) for row in chunk.deliveries if row.id in answers], now)
        self._write(chunk, answers, now, due)
        with self._lock:
            self._done += len(answers) - outcomes.count(Outcome.DEFERRED)
            self._on_progress(min(self._done, self._total), self._total)
        return outcomes

    def _write(
        self, chunk: Chunk, answers: Mapping[str, Answer], now: datetime, due: datetime | None
    ) -> None:
        """Close the chunk; what the transport said is worth some waits, for it may never say it again."""
        for _ in range(_CLOSE_TRIES):
            try:
                return self.ledger.close(chunk, answers, now, due)
            except Busy:
                self.clock.wait(_BUSY_SECONDS)
        return self.ledger.close(chunk, answers, now, due)

    def _patience(self, error: TransportFailed) -> float:
        if not (error.retryable and self.mailer.features.passing):
            return 0.0
        return error.retry_after or stage.after_failure(max(1, self._failures))

    def _judge(self, before: int, failure: TransportFailed | None, *, lost: bool) -> None:
        """Go on, or stop: after a failure that does not pass by itself, or after too many in a row.

        `before` is how many there were when the attempt began: a server that goes down fails all the
        attempts that are under way, and that is one failure.
        """
        with self._lock:
            self._failures = max(self._failures, before + 1) if failure or lost else 0
            too_many = self._failures >= self.give_up_after
        if failure and not self.mailer.features.passing:
            raise failure
        if failure and not failure.retryable:
            self._pause(_told(failure), failure)
        if too_many:
            told = _told(failure) if failure else "Svaren gick förlorade."
            self._pause(f"{self._failures} försök i rad misslyckades. {told}", failure)

    def _pause(self, why: str, failure: TransportFailed | None) -> None:
        self.steering.pause(self.sending.id, why)
        raise TransportFailed(
            "Utskicket är pausat.",
            why=why,
            do=(failure.do + " " if failure and failure.do else "")
            + f"Fortsätt sedan med `newsletter resume {self.sending.issue}`.",
            retryable=False,
        ) from failure

    def _goes_on(self) -> bool:
        found = None if self._stopping.is_set() else self.book.sending(self.sending.issue)
        return found is not None and found.state in _GOING

    def _wait_for_the_hour(self) -> None:
        """Wait until the letters may leave; a provider that holds them does so for us."""
        if self.sending.leaves_at and not self.mailer.features.holds:
            self._rest_until(self.sending.leaves_at)

    def _rest_until(self, moment: datetime) -> None:
        """Wait, and look up now and then whether somebody has paused or cancelled."""
        while (left := (moment - self.clock.now()).total_seconds()) > 0 and self._goes_on():
            self.clock.wait(min(left, _LOOK_UP_SECONDS))

    def _rest(self, seconds: float) -> None:
        """Wait so long, whatever is done to the clock; less where it was set forward, or stopped with us."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while seconds > 0 and self._goes_on():
            turn = min(seconds, _LOOK_UP_SECONDS)
            self.clock.wait(turn)
            seconds = min(seconds - turn, (end - self.clock.now()).total_seconds())

    def _count(self) -> None:
        counts = self.book.equation(self.sending.id)
        self._total = counts.candidates - counts.excluded
        self._done = self._total - counts.waiting
        self._on_progress(self._done, self._total)


def _told(failure: TransportFailed) -> str:
    return f"{failure.what} {failure.why}".strip()


def _outcomes(chunk: Chunk, answers: Mapping[str, Answer]) -> Sequence[Outcome]:
    return [answers.get(row.id, _NO_ANSWER).outcome for row in chunk.deliveries]


def _never_left(chunk: Chunk, wait: float) -> Mapping[str, Answer]:
    return {row.id: Answer(Outcome.DEFERRED, retry_after=wait) for row in chunk.deliveries}
