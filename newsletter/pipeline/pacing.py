"""A bound on how many letters leave in a minute, shared by all who send."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.ports import Timer


@dataclass
class Pace:
    """Hands out moments: `per_minute` letters a minute at most; 0 is no bound. Threads may share it."""

    per_minute: float
    clock: Timer
    _next: datetime | None = None  # the first moment that is not taken
    _seen: datetime | None = None  # the clock, when it was last looked at
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, letters: int) -> None:
        """Wait until so many letters may leave. Nothing is claimed before: a wait is no attempt."""
        if self.per_minute > 0:
            self.clock.wait(self._until(letters))

    def _until(self, letters: int) -> float:
        with self._lock:
            now = self.clock.now()
            if self._next and self._seen and now < self._seen:
                self._next -= self._seen - now  # the clock was set back: what was left to wait still is
            self._seen = now
            begin = max(now, self._next or now)
            self._next = begin + timedelta(minutes=letters / self.per_minute)
            return (begin - now).total_seconds()
