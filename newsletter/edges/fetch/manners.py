"""Manners: what robots.txt asks for, and a pause between two calls to one host."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from protego import Protego

_LONGEST_PAUSE = 30.0  # a robots.txt may ask for more; then it does not want to be asked often


class Resting(Exception):
    """The host asked to be left alone, and `seconds` of that remain."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    next_at: float = 0.0
    pause: float = 0.0


class Turns:
    """One call at a time to a host, and `seconds` from the end of one to the start of the next."""

    def __init__(
        self,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._now = now
        self._wait = wait
        self._hosts: dict[str, _Host] = {}

    def ask_for(self, host: str, seconds: float) -> None:
        """Keep a longer pause, as the host asked; never a shorter one."""
        known = self._of(host)
        known.pause = min(max(known.pause, seconds), _LONGEST_PAUSE)

    def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone for so long, whatever its usual pause is."""
        known = self._of(host)
        known.next_at = max(known.next_at, self._now() + seconds)

    def pause(self, host: str) -> float:
        """Seconds between two calls to the host."""
        return max(self._seconds, self._of(host).pause)

    @contextmanager
    def turn(self, host: str, most: float = math.inf) -> Iterator[None]:
        """Wait for the host's turn, and hold it. Raises Resting where that is more than `most` seconds away.

        The usual pause is waited for however long it is.
        """
        known = self._of(host)
        with known.turn:
            early = known.next_at - self._now()
            if early > max(most, self.pause(host)):
                raise Resting(early)
            if early > 0:
                self._wait(early)
            try:
                yield
            finally:
                self.rest(host, self.pause(host))

    def _of(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())  # one step, so that two threads get the same


@dataclass(slots=True)
class _Site:
    reading: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None


class Robots:
    """The robots.txt of each origin, read once, also where several threads ask at the same moment."""

    def __init__(self, read: Callable[[str], str], agent: str) -> None:
        """`read` gives an origin's robots.txt, "" where it has none, and may raise FetchFailed."""
        self._read = read
        self._agent = agent
        self._known: dict[str, _Site] = {}

    def allows(self, url: str, origin: str) -> bool:
        """Whether the site lets us read this address."""
        return bool(self._of(origin).can_fetch(url, self._agent))

    def delay(self, origin: str) -> float:
        """The pause that the site asks for; 0 where it asks for none."""
        return float(self._of(origin).crawl_delay(self._agent) or 0.0)

    def _of(self, origin: str) -> Protego:
        site = self._known.setdefault(origin, _Site())
        with site.reading:
            if site.rules is None:
                site.rules = Protego.parse(self._read(origin))
            return site.rules
