"""The floor under the local servers: a free port on 127.0.0.1, a thread for each caller, and a clean end.

A server is a :class:`Loopback` that says how it talks with one caller. When its block ends, every connection
is shut, so that a caller that hangs, or a fault that lets it hang, holds nothing up.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

_NO_LINGERING = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_JOIN_SECONDS = 5.0


class Loopback:
    """A listener that gives each caller a thread. Use it as a context manager."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0  # how many have called
        self.peak = 0  # how many were connected at once, at most
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[int, socket.socket] = {}
        self._threads: dict[int, threading.Thread] = {}

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        with socket.socket() as caller:  # the one way to wake accept() that every system knows
            caller.connect_ex(("127.0.0.1", self.port))
        self._accepting.join(_JOIN_SECONDS)
        self._listener.close()
        with self._lock:
            open_, threads = list(self._open.values()), list(self._threads.values())
        for connection in open_:
            shut(connection)
        for thread in threads:
            thread.join(_JOIN_SECONDS)

    def talk(self, connection: socket.socket, number: int) -> None:
        """Talk with one caller, the `number`th, until there is no more to say; an OSError ends it too."""
        raise NotImplementedError

    def wait(self, seconds: float) -> bool:
        """Let time pass; whether the server is still there."""
        return not self._closing.wait(seconds)

    def exchanged(self, number: int, connection: socket.socket) -> None:
        """From now on, this socket (over TLS, say) is how the caller is reached."""
        with self._lock:
            self._open[number] = connection

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self._closing.is_set():
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._begin(connection)

    def _begin(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            number = self.connections
            self._open[number] = connection
            self.peak = max(self.peak, len(self._open))
            thread = threading.Thread(target=self._run, args=(connection, number), daemon=True)
            self._threads[number] = thread
        thread.start()

    def _run(self, connection: socket.socket, number: int) -> None:
        try:
            self.talk(connection, number)
        except OSError:
            pass  # a caller that hangs up is what many tests are about
        finally:
            with self._lock:
                last = self._open.pop(number, connection)
                self._threads.pop(number, None)
            last.close()


def shut(connection: socket.socket) -> None:
    """End a connection both ways, whatever its state; also for a thread that waits in it."""
    with suppress(OSError):  # it may have ended already
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    """Cut a connection with RST: the caller's next read or write fails, and what it had not read is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
    connection.close()


def wait_for_end(connection: socket.socket) -> None:
    """Say nothing until the caller, or the server's end, closes the connection."""
    while connection.recv(65536):
        pass
