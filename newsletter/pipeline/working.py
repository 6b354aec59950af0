"""A small pool of threads that take one step after another until there is none left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

Step = Callable[[], bool]  # whether there may be more to do


def until_done(step: Step, workers: int, stop: threading.Event | None = None) -> None:
    """Repeat the step, side by side, until each worker has found nothing to do.

    The first error, or Ctrl-C, stops the others at their next step and is raised when they have come to rest;
    `stop` is set then, so that a step that only waits can end at once.
    """
    if workers <= 1:
        while step():
            pass
        return
    stop = stop or threading.Event()
    errors: list[BaseException] = []  # in the order of time, which that of the threads does not tell

    def work() -> None:
        try:
            while not stop.is_set() and step():
                pass
        except BaseException as error:
            errors.append(error)
            stop.set()

    with ThreadPoolExecutor(workers, thread_name_prefix="sender") as pool:
        running = [pool.submit(work) for _ in range(workers)]
        try:
            wait(running)
        finally:
            stop.set()
    if errors:
        raise errors[0]
