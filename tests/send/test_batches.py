"""Which of a provider's batches a chunk goes with, and until when one can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.transport import Batch, BatchState
from newsletter.send import batches as stage
from newsletter.testing.builders import NOON

SECOND = timedelta(seconds=1)
CARE = timedelta(minutes=20)
MOMENTS = st.integers(-90_000_000, 400_000_000_000).map(lambda us: NOON + timedelta(microseconds=us))
WINDOWS = st.integers(30, 4000).map(lambda minutes: timedelta(minutes=minutes))
BATCHES = st.builds(
    Batch,
    id=st.text("abc", min_size=1),
    sending=st.just("s1"),
    leaves_at=MOMENTS,
    state=st.sampled_from(BatchState),
    letters=st.integers(0, 9),
)


def batch(minutes: float, state: BatchState = BatchState.OPEN, letters: int = 0) -> Batch:
    """A batch that leaves so long after noon."""
    return Batch(f"b{minutes}", "s1", NOON + timedelta(minutes=minutes), state, letters)


@given(st.lists(BATCHES, max_size=14), MOMENTS)
def test_no_chunk_in_a_batch_that_is_about_to_leave(known: list[Batch], now: datetime) -> None:
    """A chunk is handed only a batch that is open and leaves in twenty minutes or later."""
    found = stage.batch_for_next(known, now)
    if isinstance(found, Batch):
        assert found in known
        assert found.state is BatchState.OPEN
        assert found.leaves_at - now >= CARE


@given(st.lists(BATCHES, max_size=14), MOMENTS)
def test_the_lightest_batch_is_next(known: list[Batch], now: datetime) -> None:
    """Where no new one is opened, the chunk goes with the batch that has the fewest letters."""
    found = stage.batch_for_next(known, now)
    if isinstance(found, Batch):
        fitting = [one for one in known if one.state is BatchState.OPEN and one.leaves_at - now >= CARE]
        assert found.letters == min(one.letters for one in fitting)


@given(st.lists(BATCHES, max_size=14), MOMENTS)
def test_when_a_batch_is_opened(known: list[Batch], now: datetime) -> None:
    """A new batch is opened below eight and ten; nothing can be handed over only where ten are reserved."""
    found = stage.batch_for_next(known, now)
    fitting = [one for one in known if one.state is BatchState.OPEN and one.leaves_at - now >= CARE]
    if found is stage.Room.OPEN_ONE:
        assert len(fitting) < stage.MOST_OPEN
        assert _reserved(known, now) < stage.MOST_RESERVED
    if found is stage.Room.NONE:
        assert not fitting
        assert _reserved(known, now) >= stage.MOST_RESERVED


@dataclass
class _Run:
    """A sending that opens batches, loses answers and takes batches back, as time goes by."""

    window: timedelta
    not_before: datetime | None = None
    now: datetime = NOON
    known: list[Batch] = field(default_factory=list)

    def step(self, wait: int, word: str) -> None:
        """Wait so many seconds and do what the word says."""
        self.now += timedelta(seconds=wait)
        if word == "chunk":
            self._chunk()
        elif word == "lose":
            self._move(BatchState.OPEN, BatchState.CANCELLED, recallable=True)
        else:
            gone = stage.to_release(self.known, self.now)
            self.known = [
                replace(one, state=BatchState.RELEASED) if one in gone else one for one in self.known
            ]

    def _chunk(self) -> None:
        found = stage.batch_for_next(self.known, self.now)
        if found is stage.Room.NONE:
            assert stage.room_again_at(self.known) > self.now - timedelta(hours=2)
            return
        if not isinstance(found, Batch):
            leaves_at = stage.leaving(self.now, self.window, self.not_before)
            found = Batch(f"b{len(self.known)}", "s1", leaves_at)
            self.known.append(found)
        at = next(place for place, one in enumerate(self.known) if one.id == found.id)
        self.known[at] = replace(found, letters=found.letters + 500)

    def _move(self, old: BatchState, new: BatchState, *, recallable: bool) -> None:
        for at, one in enumerate(self.known):
            if one.state is old and stage.can_be_recalled(one, self.now) is recallable:
                self.known[at] = replace(one, state=new)
                return


STEPS = st.lists(
    st.tuples(st.integers(0, 900), st.sampled_from(["chunk", "chunk", "chunk", "lose", "release"])),
    max_size=60,
)


@given(WINDOWS, st.none() | MOMENTS, STEPS)
def test_never_more_than_the_provider_allows(
    window: timedelta, not_before: datetime | None, steps: list[tuple[int, str]]
) -> None:
    """However a sending goes, eight batches at most take letters, and ten at most count as taken back."""
    run = _Run(window, not_before)
    for wait, word in steps:
        run.step(wait, word)
        fitting = [
            one for one in run.known if one.state is BatchState.OPEN and one.leaves_at - run.now >= CARE
        ]
        assert len(fitting) <= stage.MOST_OPEN
        assert _reserved(run.known, run.now) <= stage.MOST_RESERVED


@given(MOMENTS, WINDOWS, st.none() | MOMENTS)
def test_when_a_batch_leaves(now: datetime, window: timedelta, not_before: datetime | None) -> None:
    """A batch leaves at a whole second: the first after both the window and the hour that was asked for."""
    at = stage.leaving(now, window, not_before)
    earliest = max(now + window, not_before or now)
    assert at.microsecond == 0
    assert earliest <= at < earliest + SECOND


@given(BATCHES, MOMENTS)
def test_last_call(known: Batch, now: datetime) -> None:
    """What is asked back in time is vouched for, though its confirmation takes a minute."""
    if stage.can_be_recalled(known, now):
        assert stage.was_recalled(known, now)
        assert stage.was_recalled(known, now + timedelta(minutes=1))
    assert stage.was_recalled(known, now) == (now <= known.leaves_at - stage.LAST_CALL)


@pytest.mark.parametrize(
    ("minutes", "may", "did"), [(12, True, True), (11, False, True), (10, False, True), (9.9, False, False)]
)
def test_edges_of_the_last_call(minutes: float, may: bool, did: bool) -> None:
    """A minute is kept for the call itself; the provider vouches for ten minutes before and not for less."""
    assert stage.can_be_recalled(batch(minutes), NOON) is may
    assert stage.was_recalled(batch(minutes), NOON) is did


@given(st.lists(BATCHES, max_size=14), MOMENTS)
def test_names_are_given_back_late(known: list[Batch], now: datetime) -> None:
    """The name of a batch is given back when it is cancelled and was due more than an hour ago, else kept."""
    hour = timedelta(hours=1)
    assert stage.to_release(known, now) == [
        one for one in known if one.state is BatchState.CANCELLED and now - one.leaves_at > hour
    ]


def test_room_again() -> None:
    """There is room again an hour after the first of those that were taken back was due."""
    known = [batch(5), batch(90, BatchState.CANCELLED), batch(60, BatchState.CANCELLING)]
    assert stage.room_again_at(known) == NOON + timedelta(minutes=120)


def test_ten_taken_back_leave_no_room() -> None:
    """Where ten are taken back nothing more can be handed over, and a released one makes room."""
    known = [batch(60 + number, BatchState.CANCELLED) for number in range(10)]
    assert stage.batch_for_next(known, NOON) is stage.Room.NONE
    known[0] = replace(known[0], state=BatchState.RELEASED)
    assert stage.batch_for_next(known, NOON) is stage.Room.OPEN_ONE


def _reserved(known: list[Batch], now: datetime) -> int:
    """Cancelled and not given back, or open and still to be had back: the provider's own way of counting."""
    held = (BatchState.CANCELLING, BatchState.CANCELLED)
    open_ones = [
        one for one in known if one.state is BatchState.OPEN and now < one.leaves_at - stage.LAST_CALL
    ]
    return len(open_ones) + sum(one.state in held for one in known)
