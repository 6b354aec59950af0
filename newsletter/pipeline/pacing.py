"""A bound on how many letters leave in a minute, shared by all who send."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.ports import Timer

_MOST_TURNS = 64  # more than there are ever threads waiting for theirs


@dataclass
class Pace:
    """Hands out moments: `per_minute` letters a minute at most; 0 is no bound. Threads may share it."""

    per_minute: float
    clock: Timer
    _next: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, letters: int) -> None:
        """Wait until so many letters may leave. Nothing is claimed before: a wait is no attempt."""
        if self.per_minute > 0:
            self.clock.wait(self._until(letters))

    def _until(self, letters: int) -> float:
        with self._lock:
            now, turn = self.clock.now(), timedelta(minutes=letters / self.per_minute)
            begin = max(now, self._next or now)
            if begin - now > _MOST_TURNS * turn:  # the clock was set back: no moment of before holds
                begin = now
            self._next = begin + turn
            return (begin - now).total_seconds()
