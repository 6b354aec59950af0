"""The ledger's contract, over the fake and the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from newsletter.edges.store import Store
from newsletter.errors import StateError
from newsletter.model.delivery import Chunk, Delivery, DeliveryState, Equation, SendingState
from newsletter.model.transport import Answer, Batch, BatchState, Outcome
from newsletter.ports import Ledger, LedgerBook
from newsletter.testing import builders
from newsletter.testing.builders import NOON, accepted
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore

SENDING = "sending-2026-2"
LATER = NOON + timedelta(minutes=5)
REJECTED = Answer(Outcome.REJECTED, "550 no such user")
LOST = Answer(Outcome.UNKNOWN, "connection reset")


def planned(state: State, count: int = 4) -> None:
    state.ledger.plan(builders.sending(), [*builders.deliveries(count), builders.excluded(count)])


def claimed(state: State) -> Chunk:
    chunk = state.ledger.claim(SENDING, NOON)
    assert chunk is not None
    return chunk


def close_all(state: State, answer: Answer) -> None:
    while chunk := state.ledger.claim(SENDING, NOON):
        state.ledger.close(chunk, {one.id: answer for one in chunk.deliveries}, LATER)


def states(state: State) -> dict[str, DeliveryState]:
    return {one.id: one.state for one in state.book.deliveries(SENDING)}


def sending_state(state: State) -> SendingState:
    found = state.book.sending("2026-2")
    assert found is not None
    return found.state


def test_ports(state: State) -> None:
    """Both stores are what the pipeline asks for."""
    ledger: Ledger = state.ledger
    book: LedgerBook = state.book
    assert ledger.claim("none", NOON) is None
    assert book.sending("none") is None


# --- planning


def test_plan_writes_everyone(state: State) -> None:
    """Every candidate has a row with all that was planned for it, before anything leaves."""
    planned(state)
    assert list(state.book.deliveries(SENDING)) == [builders.excluded(4), *builders.deliveries(4)]
    assert state.book.equation(SENDING) == Equation(5, excluded=1, waiting=4)


def test_plan_keeps_the_sending(state: State) -> None:
    """What was approved and what the report needs is given back as it was planned."""
    given = builders.sending(
        titles={"b": "Ny järnväg", "a": "Å"},
        topics={"b": "infrastruktur"},
        links={"https://example.org/": "b"},
        editions={"politiker": ("a", "b")},
    )
    assert state.ledger.plan(given, []) == given
    assert state.book.sending("2026-2") == given


@pytest.mark.parametrize("name", ['Åsa "Ö" O\'Ek\\', "a\x00b\x01\u2028\x7f", "👩‍👩‍👧 [1,2]", ""])
def test_claim_hands_out_what_was_planned(state: State, name: str) -> None:
    """A row is handed out as it was planned, whatever its texts hold."""
    planned = builders.delivery(1, name=name, notice=name, address=f"{name}@example.org", deferrals=3)
    state.ledger.plan(builders.sending(), [planned])
    handed = state.ledger.claim(SENDING, NOON, "")
    assert handed
    (one,) = handed.deliveries
    assert one == planned._replace(state=DeliveryState.ATTEMPTING, attempt=1, claim=one.claim)
    assert one.claim


def test_plan_twice(state: State) -> None:
    """A second plan of the same issue changes nothing and gives the first."""
    planned(state)
    other = builders.sending(id="another", digest="1" * 64)
    assert state.ledger.plan(other, builders.deliveries(9, sending="another")) == builders.sending()
    assert state.book.equation(SENDING).candidates == 5


def test_plan_all_or_none(state: State) -> None:
    """A plan that is interrupted leaves nothing behind."""

    def interrupted() -> Iterator[Delivery]:
        yield from builders.deliveries(1500)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        state.ledger.plan(builders.sending(), interrupted())
    assert state.book.sending("2026-2") is None
    planned(state)
    assert state.book.equation(SENDING).candidates == 5


def test_plan_refuses_one_twice(state: State) -> None:
    """A recipient who comes twice in a plan is refused, and nothing is planned."""
    twin = builders.delivery(2)._replace(recipient=builders.delivery(1).recipient)
    with pytest.raises(StateError):
        state.ledger.plan(builders.sending(), [builders.delivery(1), twin])
    assert state.book.sending("2026-2") is None


@pytest.mark.parametrize(
    "misplaced",
    [
        builders.delivery(1, sending="another"),
        builders.delivery(1, state=DeliveryState.ACCEPTED),
        builders.delivery(1, chunk=-1),
        builders.excluded(1)._replace(chunk=0),
    ],
)
def test_plan_refuses_misplaced(state: State, misplaced: Delivery) -> None:
    """A row of another sending, already sent, or in no chunk cannot be planned."""
    with pytest.raises(ValueError, match="delivery"):
        state.ledger.plan(builders.sending(), [misplaced])


def test_plan_refuses_naive_time(state: State) -> None:
    """A time without a zone is refused."""
    with pytest.raises(ValueError, match="zone"):
        state.ledger.plan(builders.sending(planned_at=datetime(2026, 11, 17)), [])
    assert state.book.sending("2026-2") is None


def test_times_are_utc(state: State) -> None:
    """A time in another zone comes back as the same moment, to the microsecond."""
    swedish = datetime(2026, 11, 17, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    state.ledger.plan(builders.sending(planned_at=swedish), [])
    found = state.book.sending("2026-2")
    assert found is not None
    assert found.planned_at == swedish


def test_equation_of_nothing(state: State) -> None:
    """An equation of a sending that is not there is an error and not a row of zeros."""
    with pytest.raises(StateError):
        state.book.equation("none")


# --- claiming


def test_claim_commits_the_intent(state: State) -> None:
    """A claimed chunk holds its whole rows, and they are attempting before anything leaves."""
    planned(state)
    chunk = claimed(state)
    attempting = tuple(state.book.deliveries(SENDING, DeliveryState.ATTEMPTING))
    assert chunk == Chunk(SENDING, 0, attempting, claimed_at=NOON)
    assert [one.address for one in chunk.deliveries] == ["reader.0@example.org", "reader.1@example.org"]
    assert {one.attempt for one in chunk.deliveries} == {1}
    assert sending_state(state) is SendingState.SENDING


def test_claim_never_twice(state: State) -> None:
    """Each chunk is handed out once, in order, and then there is none."""
    planned(state)
    assert [claimed(state).number, claimed(state).number] == [0, 1]
    assert state.ledger.claim(SENDING, NOON) is None
    assert sending_state(state) is SendingState.SENDING


def test_claim_of_nobody(state: State) -> None:
    """A sending whose every candidate is left out is done at the first claim."""
    state.ledger.plan(builders.sending(), [builders.excluded(1)])
    assert state.ledger.claim(SENDING, NOON) is None
    assert sending_state(state) is SendingState.DONE


# --- closing


def test_close_writes_outcomes(state: State) -> None:
    """Accepted and rejected rows keep when and the transport's words; one without an answer is unknown."""
    state.ledger.plan(builders.sending(), builders.deliveries(3, per_chunk=3))
    chunk = claimed(state)
    first, second, third = (one.id for one in chunk.deliveries)
    state.ledger.close(chunk, {first: accepted("250 ok"), second: REJECTED}, LATER)
    rows = list(state.book.deliveries(SENDING))
    assert [(one.reason, one.settled_at) for one in rows] == [
        ("250 ok", LATER),
        ("550 no such user", LATER),
        ("", None),
    ]
    assert states(state)[third] is DeliveryState.UNKNOWN
    assert state.book.equation(SENDING) == Equation(3, accepted=1, rejected=1, unknown=1)
    assert sending_state(state) is SendingState.SENDING


def test_close_the_last(state: State) -> None:
    """When nothing is waiting, attempting or unknown, the sending is done."""
    planned(state)
    close_all(state, accepted())
    assert state.book.equation(SENDING) == Equation(5, excluded=1, accepted=4)
    assert sending_state(state) is SendingState.DONE


def test_close_again_changes_nothing(state: State) -> None:
    """News that comes late or twice never moves a state back."""
    planned(state)
    chunk = claimed(state)
    state.ledger.close(chunk, {one.id: accepted() for one in chunk.deliveries}, LATER)
    before = list(state.book.deliveries(SENDING))
    for answer in (REJECTED, LOST):
        state.ledger.close(chunk, {one.id: answer for one in chunk.deliveries}, LATER + timedelta(hours=1))
    assert list(state.book.deliveries(SENDING)) == before


def test_close_leaves_others_alone(state: State) -> None:
    """An answer for a row that is not in the chunk is left aside."""
    planned(state)
    chunk = claimed(state)
    stranger = builders.delivery(3).id
    state.ledger.close(chunk, {stranger: accepted()}, LATER)
    assert states(state)[stranger] is DeliveryState.WAITING


# --- what a dead sender leaves


def test_interrupted(state: State) -> None:
    """What a dead sender was attempting becomes unknown, is counted, and is not handed out again."""
    planned(state)
    claimed(state)
    assert state.steering.interrupted(SENDING, LATER) == 2
    assert state.steering.interrupted(SENDING, LATER) == 0
    assert state.book.equation(SENDING) == Equation(5, excluded=1, waiting=2, unknown=2)
    assert claimed(state).number == 1
    assert state.ledger.claim(SENDING, LATER) is None


def test_own_unknown(state: State) -> None:
    """A sender that was taken for dead may settle its own unknown when it comes back."""
    planned(state)
    chunk = claimed(state)
    state.steering.interrupted(SENDING, LATER)
    state.ledger.close(chunk, {one.id: accepted() for one in chunk.deliveries}, LATER)
    assert state.book.equation(SENDING) == Equation(5, excluded=1, waiting=2, accepted=2)


def test_anothers_attempt(state: State) -> None:
    """A sender that comes back cannot speak for a row that was handed out anew."""
    planned(state, 2)
    old = claimed(state)
    state.steering.interrupted(SENDING, LATER)
    state.ledger.settle(SENDING, {one.id: None for one in old.deliveries}, LATER)
    new = claimed(state)
    state.ledger.close(old, {one.id: REJECTED for one in old.deliveries}, LATER)
    assert set(states(state).values()) == {DeliveryState.ATTEMPTING, DeliveryState.EXCLUDED}
    state.ledger.close(new, {one.id: accepted() for one in new.deliveries}, LATER)
    assert state.book.equation(SENDING).accepted == 2


def test_unknown_keeps_its_words(state: State) -> None:
    """What a transport said of a letter it lost stays when the same close comes again without it."""
    planned(state, 2)
    chunk = claimed(state)
    state.ledger.close(chunk, {one.id: LOST for one in chunk.deliveries}, LATER)
    state.ledger.close(chunk, {}, LATER)
    assert {one.reason for one in state.book.deliveries(SENDING, DeliveryState.UNKNOWN)} == {LOST.words}


def test_done_after_a_crash(state: State) -> None:
    """A sending whose last letters were settled after a crash is done without another claim."""
    planned(state, 2)
    chunk = claimed(state)
    state.steering.interrupted(SENDING, LATER)
    state.ledger.settle(SENDING, {one.id: accepted() for one in chunk.deliveries}, LATER)
    assert sending_state(state) is SendingState.DONE


def test_taken_back(state: State) -> None:
    """A letter that was taken back before it left is counted as cancelled, and is nobody's loss."""
    planned(state, 2)
    close_all(state, Answer(Outcome.CANCELLED, "left"))
    assert state.book.equation(SENDING) == Equation(3, excluded=1, cancelled=2)
    assert sending_state(state) is SendingState.DONE


# --- settling


def test_settle_by_an_answer(state: State) -> None:
    """An unknown row becomes what asking gave, and the sending is done when the last is settled."""
    planned(state, 2)
    close_all(state, LOST)
    first, second = builders.delivery(0).id, builders.delivery(1).id
    state.ledger.settle(SENDING, {first: accepted("found in the log"), second: LOST}, LATER)
    assert states(state)[second] is DeliveryState.UNKNOWN
    assert sending_state(state) is SendingState.SENDING
    state.ledger.settle(SENDING, {second: REJECTED}, LATER)
    assert state.book.equation(SENDING) == Equation(3, excluded=1, accepted=1, rejected=1)
    assert sending_state(state) is SendingState.DONE


def test_settle_as_never_left(state: State) -> None:
    """A row that never left waits again under its id, and only that row is handed out anew."""
    planned(state, 2)
    close_all(state, LOST)
    state.ledger.settle(SENDING, {builders.delivery(1).id: None}, LATER)
    again = claimed(state)
    assert [(one.id, one.attempt, one.reason) for one in again.deliveries] == [
        (builders.delivery(1).id, 2, "")
    ]
    state.ledger.close(again, {builders.delivery(1).id: accepted()}, LATER)
    assert state.book.equation(SENDING) == Equation(3, excluded=1, accepted=1, unknown=1)


def test_settle_beside_a_claim(state: State) -> None:
    """A row that waits again while its chunk is attempted is handed out alone, and nothing is lost."""
    planned(state, 2)
    close_all(state, LOST)
    first, second = builders.delivery(0).id, builders.delivery(1).id
    state.ledger.settle(SENDING, {second: None}, LATER)
    one = claimed(state)
    state.ledger.settle(SENDING, {first: None}, LATER)
    other = claimed(state)
    assert [row.id for row in (*one.deliveries, *other.deliveries)] == [second, first]
    state.ledger.close(one, {second: accepted()}, LATER)
    assert sending_state(state) is SendingState.SENDING
    state.ledger.close(other, {first: accepted()}, LATER)
    assert sending_state(state) is SendingState.DONE


def test_settle_only_unknown(state: State) -> None:
    """Settling moves unknown rows of this sending alone."""
    planned(state)
    chunk = claimed(state)
    state.ledger.close(chunk, {one.id: accepted() for one in chunk.deliveries}, LATER)
    before = list(state.book.deliveries(SENDING))
    state.ledger.settle(SENDING, dict.fromkeys(states(state)), LATER)
    state.ledger.settle("another", dict.fromkeys(states(state), REJECTED), LATER)
    assert list(state.book.deliveries(SENDING)) == before


# --- putting off


DEFERRED = Answer(Outcome.DEFERRED, "450 try again later")


def test_deferred_waits_until_due(state: State) -> None:
    """A letter that was put off waits with the server's words, and is handed out anew when it is due."""
    planned(state, 2)
    chunk = claimed(state)
    first, second = (one.id for one in chunk.deliveries)
    state.ledger.close(chunk, {first: accepted(), second: DEFERRED}, NOON, LATER)
    assert state.book.next_due(SENDING) == LATER
    assert state.ledger.claim(SENDING, LATER - timedelta(seconds=1)) is None
    (row,) = state.book.deliveries(SENDING, DeliveryState.WAITING)
    assert (row.id, row.reason, row.deferrals) == (second, DEFERRED.words, 1)
    again = state.ledger.claim(SENDING, LATER)
    assert again
    assert [(one.id, one.attempt) for one in again.deliveries] == [(second, 2)]
    assert state.book.next_due(SENDING) is None


def test_deferred_at_once(state: State) -> None:
    """A letter put off without words or a time is handed out at the next claim, and no try is counted."""
    planned(state, 2)
    chunk = claimed(state)
    state.ledger.close(chunk, {one.id: Answer(Outcome.DEFERRED) for one in chunk.deliveries}, NOON)
    assert {one.deferrals for one in claimed(state).deliveries} == {0}


# --- steering


def test_paused(state: State) -> None:
    """A paused sending hands out nothing, says why, and goes on where it was."""
    planned(state)
    claimed(state)
    assert state.steering.pause(SENDING, "fel datum")
    assert not state.steering.pause(SENDING, "igen")
    found = state.book.sending("2026-2")
    assert found
    assert (found.state, found.paused) == (SendingState.PAUSED, "fel datum")
    assert state.ledger.claim(SENDING, LATER) is None
    assert state.steering.resume(SENDING)
    assert not state.steering.resume(SENDING)
    assert claimed(state).number == 1


def test_cancelled(state: State) -> None:
    """Cancelling takes back what waits; what is under way keeps its outcome, and nothing is put off."""
    planned(state)
    chunk = claimed(state)
    first, second = (one.id for one in chunk.deliveries)
    assert state.steering.cancel(SENDING, LATER) == 2
    assert state.ledger.claim(SENDING, LATER) is None
    state.ledger.close(chunk, {first: accepted(), second: DEFERRED}, LATER, LATER)
    assert state.book.equation(SENDING) == Equation(5, excluded=1, accepted=1, cancelled=3)
    assert sending_state(state) is SendingState.CANCELLED
    assert state.steering.cancel(SENDING, LATER) == 0


def test_done_is_not_cancelled(state: State) -> None:
    """What is done cannot be paused, taken up again or taken back."""
    planned(state)
    close_all(state, accepted())
    assert not state.steering.pause(SENDING, "x")
    assert not state.steering.resume(SENDING)
    assert state.steering.cancel(SENDING, LATER) == 0
    assert sending_state(state) is SendingState.DONE


def test_clock_set_back(state: State) -> None:
    """A letter that was put off by a clock that has been set back since is due at once."""
    planned(state, 2)
    chunk = claimed(state)
    state.ledger.close(chunk, {one.id: DEFERRED for one in chunk.deliveries}, NOON, LATER)
    assert state.ledger.claim(SENDING, NOON) is None
    assert state.ledger.claim(SENDING, NOON - timedelta(hours=3))


# --- batches


def batch(name: str = "batch-1") -> Batch:
    return Batch(name, SENDING, NOON + timedelta(hours=1))


def test_batches_are_kept_in_order(state: State) -> None:
    """Batches come as they were opened, each with the letters that were handed over under it."""
    planned(state)
    assert state.batches.of(SENDING) == []
    state.batches.keep(batch("b2"))
    state.batches.keep(batch("b1"))
    chunk = state.ledger.claim(SENDING, NOON, "b1")
    assert chunk
    assert {one.batch for one in chunk.deliveries} == {"b1"}
    assert state.batches.of(SENDING) == [batch("b2"), replace(batch("b1"), letters=2)]


def test_recalled_waits_again(state: State) -> None:
    """What a provider lets go of waits again, whatever had become of it; other batches' letters do not."""
    planned(state)
    for name in ("b1", "b2"):
        state.batches.keep(batch(name))
        chunk = state.ledger.claim(SENDING, NOON, name)
        assert chunk
        state.ledger.close(chunk, {chunk.deliveries[0].id: accepted()}, NOON)
    assert state.batches.recall("b1", DeliveryState.WAITING, LATER) == 2
    assert state.book.equation(SENDING) == Equation(5, excluded=1, waiting=2, accepted=1, unknown=1)
    assert state.batches.of(SENDING)[0].state is BatchState.CANCELLED
    assert state.ledger.claim(SENDING, LATER, "b1") is None
    again = state.ledger.claim(SENDING, LATER, "b2")
    assert again
    assert {one.attempt for one in again.deliveries} == {2}
    assert state.batches.recall("b1", DeliveryState.WAITING, LATER) == 0


def test_recall_opens_what_was_done(state: State) -> None:
    """A sending that was done goes on where its letters were let go of, and ends where they are cancelled."""
    planned(state, 2)
    state.batches.keep(batch())
    chunk = state.ledger.claim(SENDING, NOON, "batch-1")
    assert chunk
    state.ledger.close(chunk, {one.id: accepted() for one in chunk.deliveries}, NOON)
    assert sending_state(state) is SendingState.DONE
    state.batches.recall("batch-1", DeliveryState.WAITING, LATER)
    assert sending_state(state) is SendingState.SENDING
    assert claimed(state).number == 0


def test_recall_of_a_cancelled_sending(state: State) -> None:
    """What is let go of after the sending was cancelled is cancelled with it."""
    planned(state)
    state.batches.keep(batch())
    chunk = state.ledger.claim(SENDING, NOON, "batch-1")
    assert chunk
    state.ledger.close(chunk, {}, NOON)
    state.steering.cancel(SENDING, LATER)
    assert state.batches.recall("batch-1", DeliveryState.WAITING, LATER) == 2
    assert state.book.equation(SENDING) == Equation(5, excluded=1, cancelled=4)


def test_marked_batch_is_closed(state: State) -> None:
    """Nothing is handed out under a batch once it is marked, and it never opens again."""
    planned(state)
    state.batches.keep(batch())
    state.batches.mark("batch-1", BatchState.CANCELLING)
    assert state.ledger.claim(SENDING, NOON, "batch-1") is None
    state.batches.mark("batch-1", BatchState.OPEN)
    assert state.batches.of(SENDING)[0].state is BatchState.CANCELLING


def test_batch_in_doubt_while_it_is_taken_back(state: State) -> None:
    """From when we begin to take a batch back until it is confirmed, what it was handed is unknown."""
    planned(state, 2)
    state.batches.keep(batch())
    chunk = state.ledger.claim(SENDING, NOON, "batch-1")
    assert chunk
    state.ledger.close(chunk, {one.id: accepted() for one in chunk.deliveries}, NOON)
    state.batches.mark("batch-1", BatchState.CANCELLING)
    assert state.book.equation(SENDING) == Equation(3, excluded=1, unknown=2)
    assert sending_state(state) is SendingState.SENDING
    state.batches.recall("batch-1", DeliveryState.CANCELLED, LATER)
    assert state.book.equation(SENDING) == Equation(3, excluded=1, cancelled=2)
    assert sending_state(state) is SendingState.CANCELLED


# --- reading


def test_in_doubt(state: State) -> None:
    """Chunks in doubt come with their unknown rows alone, and when they were handed out."""
    planned(state)
    chunk = claimed(state)
    first, second = chunk.deliveries
    state.ledger.close(chunk, {first.id: accepted()}, LATER)
    (found,) = state.book.in_doubt(SENDING)
    assert (found.number, found.claimed_at) == (0, NOON)
    assert [(one.id, one.state) for one in found.deliveries] == [(second.id, DeliveryState.UNKNOWN)]


def test_deliveries_by_state(state: State) -> None:
    """Rows come by chunk and id, those in the named states, all where none is named."""
    planned(state)
    claimed(state)
    waiting = [one.id for one in state.book.deliveries(SENDING, DeliveryState.WAITING)]
    assert waiting == [builders.delivery(2).id, builders.delivery(3).id]
    both = state.book.deliveries(SENDING, DeliveryState.WAITING, DeliveryState.EXCLUDED)
    assert [one.chunk for one in both] == [-1, 1, 1]
    assert len(list(state.book.deliveries(SENDING))) == 5


def test_deliveries_stay_one_moment(state: State) -> None:
    """Writing while one reads is allowed; what is read is the state when reading began."""
    planned(state)
    rows = state.book.deliveries(SENDING, DeliveryState.WAITING)
    first = next(rows)
    claimed(state)
    assert [first, *rows] == builders.deliveries(4)
