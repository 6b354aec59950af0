"""When a sender dies: at a byte that the server reads, at an answer that it gives, or after a time.

The first two strike in the server's own thread, between its reading and its answering, so that the kill falls
where the draw says and not where a busy machine happens to be.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from dataclasses import dataclass
from enum import Enum


class Moment(Enum):
    """What is counted until the kill."""

    BYTES = "bytes"  # that the server has read
    ANSWER = "answer"  # before the server gives it
    ANSWERED = "answered"  # after it has
    SECONDS = "seconds"  # since the sender was started


@dataclass(frozen=True, slots=True)
class Draw:
    """One kill, as it was drawn."""

    moment: Moment
    after: float  # so many of what is counted
    delay: float = 0.0  # seconds more


class Trap:
    """Counts what a server reads and answers, and kills one process when its moment has come."""

    def __init__(self) -> None:
        self.counted = {Moment.BYTES: 0, Moment.ANSWER: 0, Moment.ANSWERED: 0}
        self.sprung = False
        self._lock = threading.Lock()
        self._draw: Draw | None = None
        self._at = 0.0
        self._process = 0

    def arm(self, draw: Draw, process: int) -> threading.Timer | None:
        """Kill the process at that moment from now; the timer, where time decides."""
        with self._lock:
            self.sprung, self._process = False, process
            if draw.moment is not Moment.SECONDS:
                self._draw, self._at = draw, self.counted[draw.moment] + draw.after
                return None
        timer = threading.Timer(draw.after, self._kill)
        timer.start()
        return timer

    def disarm(self) -> None:
        """Kill nothing any more."""
        with self._lock:
            self._draw, self._process = None, 0

    def count(self, moment: Moment, number: int) -> None:
        """Note what came or went; the kill is in here."""
        with self._lock:
            self.counted[moment] += number
            draw = self._draw
            if draw is None or draw.moment is not moment or self.counted[moment] < self._at:
                return
            self._draw = None
        if draw.delay:
            threading.Timer(draw.delay, self._kill).start()
        else:
            self._kill()

    def _kill(self) -> None:
        with self._lock:  # the process is not waited for before it is disarmed: its id is its own still
            if self._process:
                os.kill(self._process, signal.SIGKILL)
                self.sprung = True


class Watched(socket.socket):
    """A server's side of a connection, counted; it takes the given socket's place."""

    def __init__(self, connection: socket.socket, trap: Trap) -> None:
        family, kind, protocol = connection.family, connection.type, connection.proto
        super().__init__(family, kind, protocol, fileno=connection.detach())
        self._trap = trap

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Read, and count."""
        data = super().recv(size, flags)
        self._trap.count(Moment.BYTES, len(data))
        return data

    def recv_into(self, buffer: bytearray | memoryview, nbytes: int = 0, flags: int = 0) -> int:
        """Read, and count."""
        count = super().recv_into(buffer, nbytes, flags)
        self._trap.count(Moment.BYTES, count)
        return count

    def sendall(self, data: bytes | bytearray, flags: int = 0, /) -> None:
        """Answer, and count before and after."""
        self._trap.count(Moment.ANSWER, 1)
        super().sendall(data, flags)
        self._trap.count(Moment.ANSWERED, 1)
