"""The ledger in memory: every port of it in one object, as the database's contract has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import RLock

from newsletter.errors import StateError
from newsletter.model.delivery import Chunk, Delivery, DeliveryState, Equation, Sending, SendingState
from newsletter.model.transport import Answer, Batch, BatchState, Outcome

_OPEN = (DeliveryState.WAITING, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)
_HELD = (DeliveryState.ACCEPTED, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)
_CLAIMS = (SendingState.PLANNED, SendingState.SENDING)


@dataclass(frozen=True, slots=True)
class _ChunkRow:
    """What is known of a chunk beside its rows."""

    claimed_at: datetime | None = None
    due: datetime | None = None

    def is_due(self, at: datetime) -> bool:
        """Whether it may be claimed; at once where the clock was set back to before it was last."""
        return self.due is None or self.due <= at or (self.claimed_at or at) > at


class MemoryLedger:
    """The ports Ledger, LedgerBook and Steering. Threads may share it."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._sendings: dict[str, Sending] = {}  # by id
        self._candidates: dict[str, int] = {}
        self._rows: dict[str, Delivery] = {}
        self._chunks: dict[tuple[str, int], _ChunkRow] = {}
        self._batches: dict[str, Batch] = {}
        self._claims = 0
        self.batches = MemoryBatches(self)

    # --- Ledger

    def plan(self, sending: Sending, deliveries: Iterable[Delivery]) -> Sending:
        """Write a row for each candidate, all or none; one that the issue has already is given instead."""
        with self._lock:
            existing = self.sending(sending.issue)
            if existing is not None:
                return existing
            aware(sending.planned_at)
            planned = [self._noticed(_placed(one, sending)) for one in deliveries]
            if _repeats(planned) or any(one.id in self._rows for one in planned):
                raise conflict()
            self._rows.update({one.id: one for one in planned})
            self._sendings[sending.id] = sending
            self._candidates[sending.id] = len(planned)
            return sending

    def claim(self, sending: str, at: datetime, batch: str = "") -> Chunk | None:
        """The next due chunk with waiting rows, these now attempting; None when none is left."""
        aware(at)
        with self._lock:
            if not self._may_claim(sending, batch):
                return None
            rows = self.deliveries(sending, DeliveryState.WAITING)
            waiting = [one for one in rows if self._chunk(one).is_due(at)]
            if not waiting:
                self._finish(sending)
                return None
            number = waiting[0].chunk
            taken = tuple(self._attempting(one, batch) for one in waiting if one.chunk == number)
            self._chunks[sending, number] = _ChunkRow(at)
            self._move(sending, SendingState.SENDING)
            return Chunk(sending, number, taken, at)

    def close(
        self, chunk: Chunk, answers: Mapping[str, Answer], at: datetime, due: datetime | None = None
    ) -> None:
        """Write a chunk's outcomes; an attempting row without an answer becomes unknown."""
        with self._lock:
            for one in chunk.deliveries:
                self._close(one, answers.get(one.id, Answer(Outcome.UNKNOWN)), aware(at))
            row = self._chunks.get((chunk.sending, chunk.number))
            if row and due:
                self._chunks[chunk.sending, chunk.number] = replace(row, due=aware(due))
            self._finish(chunk.sending)

    def settle(self, sending: str, answers: Mapping[str, Answer | None], at: datetime) -> None:
        """Write what asking gave for unknown rows: an answer; None: it never left, so it waits again."""
        with self._lock:
            for id, answer in answers.items():
                row = self._rows.get(id)
                if row and row.sending == sending and row.state is DeliveryState.UNKNOWN:
                    self._settle(row, answer, aware(at))
            self._finish(sending)

    # --- LedgerBook

    def sending(self, issue: str) -> Sending | None:
        """The issue's sending, with its state."""
        return next((one for one in self._sendings.values() if one.issue == issue), None)

    def equation(self, sending: str) -> Equation:
        """Counted from the rows; the candidates are those counted at planning."""
        with self._lock:
            if sending not in self._candidates:
                raise StateError(f"Utskicket {sending} finns inte i databasen.")
            counts = Counter(one.state.value for one in self._rows.values() if one.sending == sending)
            return Equation(self._candidates[sending], **counts)

    def deliveries(self, sending: str, *states: DeliveryState) -> Iterator[Delivery]:
        """The rows in these states (all where none is named), by chunk and id, one at a time."""
        wanted = states or tuple(DeliveryState)
        with self._lock:
            found = [one for one in self._rows.values() if one.sending == sending and one.state in wanted]
        return iter(sorted(found, key=lambda one: (one.chunk, one.id)))

    def next_due(self, sending: str) -> datetime | None:
        """When the next deferred chunk may be claimed; None where none is put off."""
        with self._lock:
            waiting = self.deliveries(sending, DeliveryState.WAITING)
            return min((due for one in waiting if (due := self._chunk(one).due)), default=None)

    def in_doubt(self, sending: str) -> Sequence[Chunk]:
        """The chunks with unknown rows, each with those rows alone."""
        with self._lock:
            chunks: dict[int, list[Delivery]] = {}
            for one in self.deliveries(sending, DeliveryState.UNKNOWN):
                chunks.setdefault(one.chunk, []).append(one)
            return [self._doubtful(sending, number, rows) for number, rows in chunks.items()]

    # --- Steering

    def pause(self, sending: str, why: str) -> bool:
        """Claim nothing more; whether there was something to pause."""
        with self._lock:
            if self._sendings[sending].state not in _CLAIMS:
                return False
            self._sendings[sending] = replace(self._sendings[sending], state=SendingState.PAUSED, paused=why)
            return True

    def resume(self, sending: str) -> bool:
        """Let it go on; whether it was paused."""
        with self._lock:
            if self._sendings[sending].state is not SendingState.PAUSED:
                return False
            self._sendings[sending] = replace(self._sendings[sending], state=SendingState.SENDING, paused="")
            self._finish(sending)
            return True

    def cancel(self, sending: str, at: datetime) -> int:
        """Take back every row that waits, and claim nothing more; how many."""
        aware(at)
        with self._lock:
            if self._sendings[sending].state is SendingState.DONE:
                return 0
            waiting = list(self.deliveries(sending, DeliveryState.WAITING))
            for one in waiting:
                self._rows[one.id] = _answered(one, Answer(Outcome.CANCELLED), at)
            self._sendings[sending] = replace(
                self._sendings[sending], state=SendingState.CANCELLED, paused=""
            )
            return len(waiting)

    def interrupted(self, sending: str, at: datetime) -> int:
        """Call unknown every attempting row of a sender that is gone; how many."""
        aware(at)
        with self._lock:
            left = list(self.deliveries(sending, DeliveryState.ATTEMPTING))
            self._rows.update({one.id: one._replace(state=DeliveryState.UNKNOWN) for one in left})
            return len(left)

    # --- what the other fakes ask

    def holds(self, delivery: str) -> bool:
        """Whether the ledger has a row of this id."""
        return delivery in self._rows

    def _may_claim(self, sending: str, batch: str) -> bool:
        known = self._sendings.get(sending)
        closed = batch and self._batches[batch].state is not BatchState.OPEN
        return known is not None and known.state in _CLAIMS and not closed

    def _chunk(self, one: Delivery) -> _ChunkRow:
        return self._chunks.get((one.sending, one.chunk), _ChunkRow())

    def _doubtful(self, sending: str, number: int, rows: Sequence[Delivery]) -> Chunk:
        kept = self._chunks.get((sending, number), _ChunkRow())
        return Chunk(sending, number, tuple(rows), kept.claimed_at)

    def _noticed(self, one: Delivery) -> Delivery:
        """The row, without the words of a first letter where an earlier one was accepted."""
        rows = (row for row in self._rows.values() if row.recipient == one.recipient)
        known = any(row.state is DeliveryState.ACCEPTED for row in rows)
        return one._replace(notice="") if known else one

    def _attempting(self, one: Delivery, batch: str) -> Delivery:
        self._claims += 1
        self._rows[one.id] = one._replace(
            state=DeliveryState.ATTEMPTING,
            attempt=one.attempt + 1,
            batch=batch,
            claim=f"claim-{self._claims}",
        )
        return self._rows[one.id]

    def _close(self, handed: Delivery, answer: Answer, at: datetime) -> None:
        row = self._rows[handed.id]
        if row.claim != handed.claim:
            return  # It was handed out anew meanwhile.
        lost = answer.outcome is Outcome.UNKNOWN
        if row.state is DeliveryState.ATTEMPTING or (row.state is DeliveryState.UNKNOWN and not lost):
            cancelled = self._sendings[row.sending].state is SendingState.CANCELLED
            deferred = answer.outcome is Outcome.DEFERRED
            end = Answer(Outcome.CANCELLED, answer.words) if deferred and cancelled else answer
            self._rows[row.id] = _answered(row, end, at)

    def _settle(self, row: Delivery, answer: Answer | None, at: datetime) -> None:
        if answer is None or answer.outcome is Outcome.DEFERRED:
            back = self._sendings[row.sending].state is SendingState.CANCELLED
            answer = Answer(Outcome.CANCELLED if back else Outcome.DEFERRED, answer.words if answer else "")
        if answer.outcome is not Outcome.UNKNOWN:
            self._rows[row.id] = _answered(row, answer, at)

    def _move(self, sending: str, state: SendingState) -> None:
        self._sendings[sending] = replace(self._sendings[sending], state=state)

    def _finish(self, sending: str, end: SendingState = SendingState.DONE) -> None:
        known = self._sendings.get(sending)
        if known and known.state in _CLAIMS and not any(self.deliveries(sending, *_OPEN)):
            self._move(sending, end)


class MemoryBatches:
    """The port Batches, over the same rows."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    def keep(self, batch: Batch) -> None:
        """Remember a batch before anything is handed over under it."""
        self._ledger._batches[batch.id] = replace(batch, letters=0)

    def of(self, sending: str) -> Sequence[Batch]:
        """The sending's batches, the first first, each with the letters that it was handed."""
        mine = [one for one in self._ledger._batches.values() if one.sending == sending]
        return [replace(one, letters=len(self._rows(one.id, *_HELD))) for one in mine]

    def mark(self, batch: str, state: BatchState) -> None:
        """Note where a batch stands; it never goes back to open."""
        if state is BatchState.OPEN:
            return
        ledger = self._ledger
        with ledger._lock:
            ledger._batches[batch] = replace(ledger._batches[batch], state=state)
            if state is BatchState.CANCELLING:
                self._doubt(batch)

    def _doubt(self, batch: str) -> None:
        ledger, rows = self._ledger, self._rows(batch, DeliveryState.ACCEPTED, DeliveryState.ATTEMPTING)
        for one in rows:
            ledger._rows[one.id] = one._replace(state=DeliveryState.UNKNOWN, settled_at=None)
        known = ledger._sendings[ledger._batches[batch].sending]
        if rows and known.state is SendingState.DONE:
            ledger._move(known.id, SendingState.SENDING)

    def recall(self, batch: str, to: DeliveryState, at: datetime) -> int:
        """Move the batch's accepted, attempting and unknown rows; how many. The batch is cancelled."""
        ledger = self._ledger
        with ledger._lock:
            known, rows = ledger._batches[batch], self._rows(batch, *_HELD)
            back = ledger._sendings[known.sending].state is SendingState.CANCELLED
            state = DeliveryState.CANCELLED if back and to is DeliveryState.WAITING else to
            when = aware(at) if state is DeliveryState.CANCELLED else None
            for one in rows:
                ledger._rows[one.id] = one._replace(state=state, reason="", settled_at=when)
            self.mark(batch, BatchState.CANCELLED)
            if rows and ledger._sendings[known.sending].state is SendingState.DONE:
                ledger._move(known.sending, SendingState.SENDING)
            ended = rows and to is DeliveryState.CANCELLED
            ledger._finish(known.sending, SendingState.CANCELLED if ended else SendingState.DONE)
            return len(rows)

    def _rows(self, batch: str, *states: DeliveryState) -> list[Delivery]:
        rows = self._ledger._rows.values()
        return [one for one in rows if one.batch == batch and one.state in states]


def aware(at: datetime) -> datetime:
    """The time, proved to have a zone. Raises ValueError."""
    if at.utcoffset() is None:
        raise ValueError(f"a time without a zone cannot be stored: {at!r}")
    return at


def _placed(one: Delivery, planned: Sending) -> Delivery:
    if one.sending != planned.id or one.state not in (DeliveryState.WAITING, DeliveryState.EXCLUDED):
        raise ValueError(f"delivery {one.id} is not of a plan of {planned.id}")
    if (one.state is DeliveryState.EXCLUDED) != (one.chunk < 0):
        raise ValueError(f"delivery {one.id} is {one.state.value} in chunk {one.chunk}")
    return one


def _repeats(planned: Sequence[Delivery]) -> bool:
    recipients = {one.recipient for one in planned}
    return len(recipients) < len(planned) or len({one.id for one in planned}) < len(planned)


def _answered(row: Delivery, answer: Answer, at: datetime) -> Delivery:
    waits = answer.outcome is Outcome.DEFERRED
    lost = answer.outcome is Outcome.UNKNOWN
    state = DeliveryState.WAITING if waits else DeliveryState(answer.outcome.value)
    put_off = row.deferrals + (waits and bool(answer.words))
    settled_at = None if waits or lost else at
    return row._replace(state=state, reason=answer.words, settled_at=settled_at, deferrals=put_off)


def conflict() -> StateError:
    """What the database says of a key that is there already."""
    return StateError(
        "Databasen tog inte emot ändringen: något skulle ha funnits två gånger.", why="Ingenting ändrades."
    )
