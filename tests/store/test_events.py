"""Events' contract, over the fake and the database."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.edges.store import Store
from newsletter.model.event import Event, EventKind
from newsletter.ports import Events, Intake
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore

SENDING = "sending-2026-2"
NUMBERS = itertools.count()
FIRST, SECOND = builders.delivery(0).id, builders.delivery(1).id


def take_in(state: State, *events: Event) -> Intake:
    port: Events = state.events
    return port.take_in(events)


def planned(state: State) -> State:
    state.ledger.plan(builders.sending(), builders.deliveries(2))
    return state


def test_taken_in_once(state: State) -> None:
    """An event is taken in once, also when it comes twice in a batch, and the first one stays."""
    planned(state)
    first = builders.event(1, FIRST)
    again = replace(first, kind=EventKind.BOUNCED_HARD)
    assert take_in(state, first, again, builders.event(2, FIRST)) == Intake(new=2, repeated=1, strangers=0)
    assert take_in(state, again) == Intake(new=0, repeated=1, strangers=0)
    assert [one.kind for one in state.events.of(SENDING)] == [EventKind.DELIVERED] * 2


def test_event_comes_back_whole(state: State) -> None:
    """Every field is kept, the time to the microsecond."""
    planned(state)
    at = NOON + timedelta(microseconds=123456)
    clicked = Event(
        "e",
        FIRST,
        EventKind.CLICKED,
        at,
        url="https://x.example/å",
        agent="Mozilla",
        words="ok",
        raw='{"a": 1}',
    )
    take_in(state, clicked)
    assert list(state.events.of(SENDING)) == [clicked]


def test_order(state: State) -> None:
    """A sending's events come by delivery, then time, then id, in whatever order they were taken in."""
    planned(state)
    events = [
        builders.event(2, FIRST),
        builders.event(3, FIRST),
        builders.event(1, FIRST, at=NOON + timedelta(microseconds=1)),
        builders.event(0, SECOND, at=NOON - timedelta(days=1)),
    ]
    take_in(state, *reversed(events))
    assert list(state.events.of(SENDING)) == events


def test_strangers(state: State) -> None:
    """News of a letter that the ledger does not know is kept once and counted, and is no sending's."""
    planned(state)
    stranger = builders.event(1, "nobody")
    assert take_in(state, stranger, stranger, builders.event(2, FIRST)) == Intake(2, 1, 1)
    assert take_in(state, stranger) == Intake(new=0, repeated=1, strangers=0)
    assert [one.delivery for one in state.events.of(SENDING)] == [FIRST]


def test_sendings_apart(state: State) -> None:
    """A sending's events are its own."""
    planned(state)
    state.ledger.plan(builders.sending("2026-1"), builders.deliveries(1, sending="sending-2026-1"))
    other = builders.delivery(0, sending="sending-2026-1").id
    take_in(state, builders.event(1, FIRST), builders.event(2, other))
    assert [one.id for one in state.events.of("sending-2026-1")] == ["event-000002"]


def test_all_or_none(state: State) -> None:
    """A batch that is interrupted leaves nothing behind, so that it can be taken in again."""
    planned(state)

    def interrupted() -> Iterator[Event]:
        yield from (builders.event(number, FIRST) for number in range(1500))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        state.events.take_in(interrupted())
    assert list(state.events.of(SENDING)) == []


def test_take_in_refuses_naive_time(state: State) -> None:
    """A time without a zone is refused with the whole batch."""
    planned(state)
    with pytest.raises(ValueError, match="zone"):
        take_in(state, builders.event(1, FIRST), builders.event(2, FIRST, at=datetime(2026, 11, 17)))
    assert list(state.events.of(SENDING)) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=4))
def test_counts_agree(opened: Store, batches: list[list[int]]) -> None:
    """The database and the fake count the same, however batches overlap."""
    fake = MemoryStore()
    issue = str(next(NUMBERS))
    sending = f"sending-{issue}"
    for each in (opened, fake):
        each.ledger.plan(builders.sending(issue), builders.deliveries(2, sending=sending))
    for batch in batches:
        events = [
            Event(f"{issue}-{n}", f"{sending}-delivery-{n % 3:06}", EventKind.DELIVERED, NOON) for n in batch
        ]
        assert opened.events.take_in(events) == fake.events.take_in(events)
    assert list(opened.events.of(sending)) == list(fake.events.of(sending))
