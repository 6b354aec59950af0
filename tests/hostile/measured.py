"""Asked of the child itself; importable by name, as the sandbox asks."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Callable


def peak_mb(data: bytes, reader: Callable[..., object], *args: object) -> float:
    """The most memory that this process has held, in megabytes, once the reader is done with the bytes.

    Linux counts in kilobytes.
    """
    with contextlib.suppress(Exception):
        reader(data, *args)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
