"""A small pool of threads that take one step after another until there is none left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

Step = Callable[[], bool]  # whether there may be more to do


def until_done(step: Step, workers: int) -> None:
    """Repeat the step, side by side, until each worker has found nothing to do.

    The first error, or Ctrl-C, stops the others at their next step and is raised when they have come to rest.
    """
    if workers <= 1:
        while step():
            pass
        return
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set() and step():
            pass

    with ThreadPoolExecutor(workers, thread_name_prefix="sender") as pool:
        running: list[Future[None]] = [pool.submit(work) for _ in range(workers)]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    for one in running:
        one.result()
