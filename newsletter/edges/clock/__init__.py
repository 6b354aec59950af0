"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The Clock port over the system's time."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)
