"""The wire: connections that are kept and shared, and no wait without an end.

The library bounds each wait on the socket, so a server that drips its answer a byte at a time would be waited
for without end. Here the whole answer must come within the same bound, and the whole request within a few.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

_PIECE = 256 * 1024  # bytes that are handed to the system between two looks at the clock
_WRITING = 4.0  # how many times the bound a whole request may take to go: a slow line, and pictures


class Backend(httpcore2.NetworkBackend):
    """Connects, and sees to it that every exchange ends."""

    def __init__(self, seconds: float) -> None:
        """`seconds` bounds each wait, and each answer as a whole."""
        self._seconds = seconds
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection."""
        stream = self._sockets.connect_tcp(host, port, timeout, local_address, socket_options)
        return Stream(stream, self._seconds)


class Stream(httpcore2.NetworkStream):
    """A connection on which a request goes, and then an answer comes, each before its deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds
        self._written_by: float | None = None  # the deadline of the request that is going
        self._read_by: float | None = None  # the deadline of the answer that is coming

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come. Raises ReadTimeout."""
        self._written_by = None
        if self._read_by is None:
            self._read_by = time.monotonic() + self._seconds
        left = self._read_by - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the answer took too long")
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Let the bytes go. Raises WriteTimeout."""
        self._read_by = None
        if self._written_by is None:
            self._written_by = time.monotonic() + _WRITING * self._seconds
        for start in range(0, len(buffer), _PIECE):
            left = self._written_by - time.monotonic()
            if left <= 0:
                raise httpcore2.WriteTimeout("the request took too long to go")
            piece = buffer if len(buffer) <= _PIECE else buffer[start : start + _PIECE]
            self._stream.write(piece, min(left, self._seconds))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same connection under TLS."""
        return Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._seconds)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (the library's own signature)
        """What the library asks about the socket."""
        return self._stream.get_extra_info(info)
