"""The program as it is, by a clock that runs fast: `python -m bench.killing.hurried SINCE RATE words …`.

A letter that a server puts off is tried again after a minute or more. So that a run does not take that long,
time goes RATE times as fast from the moment SINCE (seconds since 1970) on, in every process of the run alike.
Nothing else is changed.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from newsletter.edges.clock import SystemClock


def hurry(since: float, rate: float) -> None:
    """Let the program's clock run fast."""

    def now(_: SystemClock) -> datetime:
        return datetime.fromtimestamp(since + (time.time() - since) * rate, UTC)

    def wait(_: SystemClock, seconds: float) -> None:
        time.sleep(max(0.0, seconds / rate))

    SystemClock.now = now  # type: ignore[method-assign]
    SystemClock.wait = wait  # type: ignore[method-assign]


if __name__ == "__main__":
    from newsletter.cli import main

    hurry(float(sys.argv[1]), float(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    main()
