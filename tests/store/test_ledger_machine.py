"""Whatever two senders do, in whatever order: nobody twice, nobody lost.

Hypothesis makes up the order. Every step is checked against the moves that the step may make, row by
row, so that a ledger that is wrong in any way other than being slow is found.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from newsletter.edges import store
from newsletter.model.delivery import Chunk, DeliveryState, SendingState
from newsletter.model.transport import Answer, Batch, Outcome
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore

State = store.Store | MemoryStore
Rows = dict[str, tuple[DeliveryState, int]]
Moves = set[tuple[DeliveryState, DeliveryState]]

KEY = b"invented-key-for-the-tests-alone"
SENDING = "sending-2026-2"
COUNT = 7

WAITING, ATTEMPTING = DeliveryState.WAITING, DeliveryState.ATTEMPTING
ACCEPTED, REJECTED, UNKNOWN = DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.UNKNOWN
CANCELLED = DeliveryState.CANCELLED
CLAIMED: Moves = {(WAITING, ATTEMPTING)}
CLOSED: Moves = {
    (ATTEMPTING, ACCEPTED),
    (ATTEMPTING, REJECTED),
    (ATTEMPTING, CANCELLED),
    (ATTEMPTING, UNKNOWN),
    (ATTEMPTING, WAITING),
    (UNKNOWN, ACCEPTED),
    (UNKNOWN, REJECTED),
    (UNKNOWN, CANCELLED),
    (UNKNOWN, WAITING),
}
SETTLED: Moves = {(UNKNOWN, ACCEPTED), (UNKNOWN, REJECTED), (UNKNOWN, CANCELLED), (UNKNOWN, WAITING)}
INTERRUPTED: Moves = {(ATTEMPTING, UNKNOWN)}
TAKEN_BACK: Moves = {(WAITING, CANCELLED)}
HELD = (ACCEPTED, ATTEMPTING, UNKNOWN)
BATCHES = ("batch-a", "batch-b", "batch-c")

batches = st.sampled_from(BATCHES)
senders = st.integers(0, 1)
numbers = st.integers(0, COUNT)  # the last is the one that is left out
outcomes = st.sampled_from(Outcome)
answers = st.dictionaries(numbers, outcomes.map(Answer))
settlements = st.dictionaries(numbers, st.none() | outcomes.map(Answer))


class LedgerMachine(RuleBasedStateMachine):
    """Two senders, each with a store of its own over one state."""

    def __init__(self) -> None:
        super().__init__()
        self.stores = self.opened()
        self.held: tuple[list[Chunk], list[Chunk]] = ([], [])
        self.handed: Counter[str] = Counter()
        self.never_left: Counter[str] = Counter()
        self.now = NOON
        self.rows: Rows = {}
        self.plan()
        self.rows = self.seen()
        self.recalled: set[str] = set()
        for name in BATCHES:
            self.stores[0].batches.keep(Batch(name, SENDING, NOON))

    def opened(self) -> tuple[State, State]:
        """The state as each of the two senders has it."""
        raise NotImplementedError

    @rule()
    def plan(self) -> None:
        """Planning again changes nothing."""
        rows = [*builders.deliveries(COUNT, per_chunk=3), builders.excluded(COUNT)]
        self.stores[0].ledger.plan(builders.sending(), rows)
        self.moved(set(), set())

    @rule(sender=senders, batch=batches)
    def claim(self, sender: int, batch: str) -> None:
        """What is handed out was waiting and is handed out by this claim alone; to nobody who was stopped."""
        chunk = self.stores[sender].ledger.claim(SENDING, self.tick(), batch)
        handed = {one.id for one in chunk.deliveries} if chunk else set()
        may = self.state() in (SendingState.PLANNED, SendingState.SENDING, SendingState.DONE)
        if may and batch not in self.recalled:
            assert handed or WAITING not in {state for state, _ in self.rows.values()}
        else:
            assert not handed
        assert all(one.batch == batch for one in (chunk.deliveries if chunk else ()))
        assert handed == {id for id, row in self.seen().items() if row != self.rows.get(id)}
        self.handed.update(handed)
        self.moved(handed, CLAIMED)
        if chunk:
            self.held[sender].append(chunk)

    @precondition(lambda self: any(self.held))
    @rule(sender=senders, said=answers, again=st.booleans())
    def close(self, sender: int, said: dict[int, Answer], again: bool) -> None:
        """An outcome moves the rows of its own attempt, also when it comes late or twice."""
        if not self.held[sender]:
            return
        chunk = self.held[sender][0]
        own = {one.id for one in chunk.deliveries if self.rows[one.id][1] == one.attempt}
        words = {builders.delivery(number).id: answer for number, answer in said.items()}
        before = self.rows
        self.stores[sender].ledger.close(chunk, words, self.tick())
        self.moved(own, CLOSED)
        back = (id for id in own if before[id][0] is not WAITING and self.rows[id][0] is WAITING)
        self.never_left.update(back)
        assert not any(self.rows[id][0] is ATTEMPTING for id in own)
        if not again:
            self.held[sender].pop(0)

    @rule(sender=senders)
    def crash(self, sender: int) -> None:
        """A sender dies with what it held; nobody hears of it."""
        self.held[sender].clear()

    @rule(sender=senders)
    def interrupted(self, sender: int) -> None:
        """What was attempting is unknown, also where its sender was alive after all."""
        left = {id for id, (state, _) in self.rows.items() if state is ATTEMPTING}
        assert self.stores[sender].steering.interrupted(SENDING, self.tick()) == len(left)
        self.moved(left, INTERRUPTED)
        assert not any(state is ATTEMPTING for state, _ in self.rows.values())

    @rule(sender=senders, said=settlements)
    def settle(self, sender: int, said: dict[int, Answer | None]) -> None:
        """Asking moves unknown rows, and only what never left waits again."""
        words = {builders.delivery(number).id: answer for number, answer in said.items()}
        unknown = {id for id in words if self.rows[id][0] is UNKNOWN}
        self.stores[sender].ledger.settle(SENDING, words, self.tick())
        self.moved(unknown, SETTLED)
        for id in unknown:
            answer = words[id] or Answer(Outcome.DEFERRED)
            ended = CANCELLED if self.state() is SendingState.CANCELLED else WAITING
            deferred = answer.outcome is Outcome.DEFERRED
            assert self.rows[id][0] is (ended if deferred else DeliveryState(answer.outcome.value))
            self.never_left.update([id] if self.rows[id][0] is WAITING else [])

    @rule(sender=senders, batch=batches, to=st.sampled_from((WAITING, CANCELLED, UNKNOWN)))
    def recall(self, sender: int, batch: str, to: DeliveryState) -> None:
        """What a provider lets go of moves as one, with what it had taken; nothing else does."""
        mine = {one.id for one in self.stores[1].book.deliveries(SENDING, *HELD) if one.batch == batch}
        back = to is WAITING and self.state() is SendingState.CANCELLED
        end = CANCELLED if back else to
        assert self.stores[sender].batches.recall(batch, to, self.tick()) == len(mine)
        self.recalled.add(batch)
        self.moved(mine, {(state, end) for state in HELD})
        assert {self.rows[id][0] for id in mine} <= {end}
        self.never_left.update(mine if end is WAITING else [])

    @rule(sender=senders, stop=st.booleans())
    def pause(self, sender: int, stop: bool) -> None:
        """Pausing and going on move no row."""
        steering = self.stores[sender].steering
        if stop:
            steering.pause(SENDING, "a reason")
        else:
            steering.resume(SENDING)
        self.moved(set(), set())

    @precondition(lambda self: sum(self.handed.values()) > COUNT)
    @rule(sender=senders)
    def cancel(self, sender: int) -> None:
        """Cancelling takes back what waits, and that alone."""
        waiting = {id for id, (state, _) in self.rows.items() if state is WAITING}
        done = self.state() is SendingState.DONE
        assert self.stores[sender].steering.cancel(SENDING, self.tick()) == (0 if done else len(waiting))
        self.moved(waiting, TAKEN_BACK)

    @invariant()
    def equation_holds(self) -> None:
        """Everyone is somewhere."""
        equation = self.stores[1].book.equation(SENDING)
        assert equation.holds
        assert equation.candidates == COUNT + 1

    @invariant()
    def nobody_twice(self) -> None:
        """A row is handed out once, and once more for each time that it was known never to have left."""
        for id, times in self.handed.items():
            assert times <= 1 + self.never_left[id]
            assert times == self.rows[id][1]

    @invariant()
    def done_when_nothing_is_open(self) -> None:
        """A sending is done when, and only when, no row could still move."""
        states = {state for state, _ in self.rows.values()}
        if self.state() not in (SendingState.PAUSED, SendingState.CANCELLED):
            assert (self.state() is SendingState.DONE) is not bool(states & {WAITING, ATTEMPTING, UNKNOWN})

    def teardown(self) -> None:
        """From wherever it stands, a resume ends with every letter accepted, rejected or taken back."""
        ledger, book, steering = self.stores[0].ledger, self.stores[0].book, self.stores[0].steering
        steering.resume(SENDING)
        steering.interrupted(SENDING, self.tick())
        ledger.settle(SENDING, dict.fromkeys(self.rows), self.tick())
        while chunk := ledger.claim(SENDING, self.tick()):
            ledger.close(chunk, {one.id: builders.accepted() for one in chunk.deliveries}, self.tick())
        equation = book.equation(SENDING)
        sending = book.sending("2026-2")
        for each in self.stores:
            each.close()
        assert equation.accepted + equation.rejected + equation.cancelled == COUNT
        assert sending is not None
        assert sending.state in (SendingState.DONE, SendingState.CANCELLED)

    def state(self) -> SendingState:
        """Where the sending stands."""
        sending = self.stores[1].book.sending("2026-2")
        assert sending is not None
        return sending.state

    def tick(self) -> datetime:
        """The next moment."""
        self.now += timedelta(seconds=1)
        return self.now

    def seen(self) -> Rows:
        """Every row as the other sender sees it."""
        return {one.id: (one.state, one.attempt) for one in self.stores[1].book.deliveries(SENDING)}

    def moved(self, may: set[str], moves: Moves) -> None:
        """Check that only these rows moved, and only so; then remember where they stand."""
        now = self.seen()
        if self.rows:
            assert now.keys() == self.rows.keys(), "a row is lost"
            for id, (state, attempt) in now.items():
                before = self.rows[id]
                assert (state, attempt) == before or (id in may and (before[0], state) in moves)
                assert attempt == before[1] + (before[0] is WAITING and state is ATTEMPTING)
        self.rows = now


def test_in_memory() -> None:
    """The fake loses nobody and hands out nobody twice."""

    class InMemory(LedgerMachine):
        def opened(self) -> tuple[State, State]:
            one = MemoryStore()
            return one, one

    run_state_machine_as_test(InMemory, settings=settings(stateful_step_count=40))


def test_in_a_file(tmp_path: Path) -> None:
    """Two open stores over one file lose nobody and hand out nobody twice."""
    files = (tmp_path / f"{number}.db" for number in itertools.count())

    class InAFile(LedgerMachine):
        def opened(self) -> tuple[State, State]:
            file = next(files)
            return store.open(file, suppression_key=KEY), store.open(file, suppression_key=KEY)

    run_state_machine_as_test(InAFile, settings=settings(max_examples=12, stateful_step_count=30))
