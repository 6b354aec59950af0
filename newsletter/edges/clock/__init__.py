"""The machine's clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The Clock port over the system's time."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(max(0.0, seconds))
