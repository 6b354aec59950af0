"""Asked of the child itself; importable by name, as the sandbox asks."""

from __future__ import annotations

import resource


def peak_mb(data: bytes) -> float:
    """The most memory that this process has held, in megabytes (Linux counts in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
