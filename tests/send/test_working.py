"""A few threads take step after step; whatever stops one stops them all, and is told."""

from __future__ import annotations

import sys
import threading

import pytest

from newsletter.pipeline.working import until_done


class Steps:
    """So many steps, taken by any thread, each once."""

    def __init__(self, count: int) -> None:
        self._left = iter(range(count))
        self._lock = threading.Lock()
        self.taken: list[int] = []
        self.threads: set[str] = set()

    def __call__(self) -> bool:
        """Take one; whether there was one."""
        with self._lock:
            number = next(self._left, None)
            if number is None:
                return False
            self.taken.append(number)
            self.threads.add(threading.current_thread().name)
            return True


@pytest.mark.parametrize("workers", [0, 1, 2, 8])
def test_all_steps_once(workers: int) -> None:
    """However many threads there are, each step is taken once, and there is an end."""
    steps = Steps(100)
    until_done(steps, workers)
    assert sorted(steps.taken) == list(range(100))


def test_one_worker_is_no_thread() -> None:
    """With one worker the steps are taken by the thread that asked."""
    steps = Steps(3)
    until_done(steps, 1)
    assert steps.threads == {threading.current_thread().name}


def test_side_by_side() -> None:
    """Steps are taken side by side: as many at once as there are workers."""
    meeting = threading.Barrier(4, timeout=10)

    def step() -> bool:
        meeting.wait()
        return False

    until_done(step, 4)
    assert meeting.n_waiting == 0


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3)])
@pytest.mark.parametrize("workers", [1, 4])
def test_an_error_stops_the_others(error: BaseException, workers: int) -> None:
    """An error in one thread, Ctrl-C among them, ends all at their next step and is raised."""
    failed = threading.Event()
    after = Steps(10**9)

    def step() -> bool:
        if not failed.is_set():
            failed.set()
            raise error
        return after()

    with pytest.raises(type(error)):
        until_done(step, workers)
    assert len(after.taken) < 10**9


def test_the_first_error_is_raised() -> None:
    """Where a second thread fails as well, what is told is what came first: the cause, not what it caused."""
    arrived: dict[str, int] = {}
    both = threading.Barrier(2, timeout=10)

    def step() -> bool:
        arrived[threading.current_thread().name] = threading.get_ident()
        both.wait()
        if threading.current_thread().name == max(arrived):
            raise ValueError("the cause")
        while _is_at_work(arrived[max(arrived)]):
            pass
        raise RuntimeError("what it caused")

    with pytest.raises(ValueError, match="the cause"):
        until_done(step, 2)


def _is_at_work(thread: int) -> bool:
    """Whether the thread has not come out of its last step yet."""
    frame = sys._current_frames().get(thread)
    while frame and not (frame.f_code.co_name == "work" and "working" in frame.f_code.co_filename):
        frame = frame.f_back
    return frame is not None


def test_who_only_waits_is_told() -> None:
    """Where one step fails, a step that waits sees it by the event and need not wait on."""
    stop, turns = threading.Event(), iter(range(2))

    def step() -> bool:
        if next(turns):
            raise KeyError("gone")
        assert stop.wait(30)
        return True

    with pytest.raises(KeyError, match="gone"):
        until_done(step, 2, stop)
