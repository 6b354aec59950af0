"""A bound on letters a minute, whatever the clock does and however many threads share it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.pipeline.pacing import Pace
from newsletter.testing.builders import NOON
from newsletter.testing.store import StandingClock


class Frozen(StandingClock):
    """A clock that notes what it is asked to wait, and does not move."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._lock = Lock()

    def wait(self, seconds: float) -> None:
        """Note it."""
        with self._lock:
            self.waits.append(seconds)


def moments(pace: Pace, clock: StandingClock, chunks: list[int]) -> list[datetime]:
    """When each chunk may leave."""
    left = []
    for letters in chunks:
        pace.take(letters)
        left.append(clock.now())
    return left


def assert_bounded(left: list[datetime], chunks: list[int], per_minute: float) -> None:
    """Between any two of them no more leaves than the rate allows for the time between."""
    for first in range(len(left)):
        for last in range(first + 1, len(left)):
            minutes = (left[last] - left[first]).total_seconds() / 60
            assert sum(chunks[first:last]) <= per_minute * minutes + 1e-3


@given(st.floats(0.5, 6000), st.lists(st.integers(1, 500), min_size=1, max_size=12))
def test_never_above_the_rate(per_minute: float, chunks: list[int]) -> None:
    """The first chunk leaves at once, and no stretch of time has more letters than the rate allows."""
    clock = StandingClock()
    left = moments(Pace(per_minute, clock), clock, chunks)
    assert left[0] == NOON
    assert_bounded(left, chunks, per_minute)


def test_no_bound() -> None:
    """Zero is no bound: nobody waits."""
    clock = Frozen()
    assert moments(Pace(0.0, clock), clock, [500] * 9) == [NOON] * 9
    assert clock.waits == []


def test_idle_time_is_not_saved_up() -> None:
    """Who has been idle for an hour may not send an hour's letters at once."""
    clock = StandingClock()
    pace = Pace(30.0, clock)
    pace.take(1)
    clock.advance(3600)
    left = moments(pace, clock, [1] * 5)
    assert_bounded(left, [1] * 5, 30.0)


def test_threads_share_one_pace() -> None:
    """Eight threads that ask at the same moment get moments of their own, each a turn after another."""
    clock = Frozen()
    pace = Pace(60.0, clock)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pace.take, [1] * 8))
    assert sorted(clock.waits) == pytest.approx(list(range(8)))


@pytest.mark.parametrize("back", [3600, 86_400, 365 * 86_400])
def test_clock_set_back(back: int) -> None:
    """Where the clock is set back nobody waits longer than two turns, and the rate holds from then on."""
    clock = StandingClock()
    pace = Pace(30.0, clock)
    moments(pace, clock, [1] * 10)
    clock.advance(-back)
    set_back = clock.now()
    left = moments(pace, clock, [1] * 10)
    assert (left[0] - set_back).total_seconds() <= 2 * 2.0
    assert_bounded(left, [1] * 10, 30.0)
