"""How much a sandboxed child holds, measured in a small process of its own.

`python -m tests.hostile.measured FEED_OR_PAGE FILE` prints megabytes. A process's peak, as getrusage has it,
includes that of the one which started it; started by a test runner it would be the runner's.
"""

from __future__ import annotations

import contextlib
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from newsletter import gather
from newsletter.edges.sandbox import Processes
from newsletter.ports import SandboxLimits

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
READERS: dict[str, Callable[..., object]] = {"feed": gather.feed, "page": gather.article}


def peak_mb(data: bytes, reader: Callable[..., object], *args: object) -> float:
    """The most memory that this process has held once the reader is done (Linux counts in kilobytes)."""
    with contextlib.suppress(Exception):
        reader(data, *args)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read one file in one child, after another that had read it already, and print the child's peak."""
    kind, file = sys.argv[1:]
    task = (Path(file).read_bytes(), READERS[kind], "https://www.example.se/nyheter", "member", NOW, "")
    with Processes(1) as sandbox:
        print(max(sandbox.run(peak_mb, *task, limits=SandboxLimits()) for _ in range(2)))


if __name__ == "__main__":
    main()
