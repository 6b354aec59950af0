"""Every exchange ends: a request and its answer each have a deadline, and the next exchange has its own."""

from __future__ import annotations

from typing import Any

import httpcore2
import pytest

from newsletter.edges.sendgrid.wire import Stream


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Line(httpcore2.NetworkStream):
    """A connection on which each byte and each piece takes its time."""

    def __init__(self, clock: Clock, cost: float) -> None:
        self.clock, self.cost = clock, cost
        self.waits: list[float | None] = []
        self.written = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.waits.append(timeout)
        self.clock.now += self.cost
        return b"x"

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.waits.append(timeout)
        self.clock.now += self.cost
        self.written += buffer

    def close(self) -> None:
        self.written = b""

    def get_extra_info(self, info: str) -> Any:
        return info


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("newsletter.edges.sendgrid.wire.time.monotonic", clock)
    return clock


def test_answer_that_drips(clock: Clock) -> None:
    """An answer that comes a byte a second is waited for as long as one wait may last, and no longer."""
    line = Line(clock, 1.0)
    stream = Stream(line, 3.0)
    stream.write(b"q")
    for _ in range(3):
        stream.read(10)
    with pytest.raises(httpcore2.ReadTimeout):
        stream.read(10)
    assert line.waits[1:] == [3.0, 2.0, 1.0]


def test_next_exchange_has_its_own_time(clock: Clock) -> None:
    """However long a connection was idle, the next request and its answer have their whole time."""
    stream = Stream(Line(clock, 1.0), 3.0)
    for _ in range(3):
        stream.write(b"q")
        assert stream.read(10) == b"x"
        clock.now += 1000.0


def test_request_that_goes_slowly(clock: Clock) -> None:
    """A request may take some times as long as one wait, and no longer."""
    line = Line(clock, 1.0)
    stream = Stream(line, 1.0)
    with pytest.raises(httpcore2.WriteTimeout):
        stream.write(b"x" * 10_000_000)
    assert 3 <= len(line.waits) <= 5
    assert max(wait for wait in line.waits if wait is not None) <= 1.0


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 1_000_000])
def test_all_is_written(clock: Clock, size: int) -> None:
    """Whatever its size, the request goes whole and in order."""
    data = bytes(range(251)) * (size // 251 + 1)
    line = Line(clock, 0.0)
    Stream(line, 1.0).write(data[:size])
    assert line.written == data[:size]
