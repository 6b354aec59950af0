"""The wire: connect to the addresses that were checked, and never wait beyond the deadline.

httpx2 takes any transport; this one makes one connection a request, so nothing is shared between hosts.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from newsletter.edges.fetch.reach import Door

_CONNECT_SECONDS = 10.0  # for each address


class Deadline:
    """Seconds for one whole fetch. They run while it is entered, so that a pause for manners costs none."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._at = 0.0
        self.heard = False  # whether the server has said anything since it was entered

    def __enter__(self) -> Deadline:
        self._at = self._now() + self._seconds
        self.heard = False
        return self

    def __exit__(self, *error: object) -> None:
        self._seconds = self._at - self._now()

    def left(self, most: float | None = None) -> float:
        """Seconds left, at most `most`. Raises httpcore2.ReadTimeout when none are."""
        left = self._at - self._now()
        if left <= 0:
            raise httpcore2.ReadTimeout("the total deadline has passed")
        return left if most is None else min(left, most)

    def affords(self, seconds: float) -> bool:
        """Whether a wait of so long fits in, outside of calls; if so it is taken from what is left."""
        if seconds > self._seconds:
            return False
        self._seconds -= seconds
        return True


class Wire(httpx2.BaseTransport):
    """A request's extensions name its `door` and its `deadline`; its URL stays the public one."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls or httpx2.create_ssl_context(trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body still to be read."""
        door: Door = request.extensions["door"]
        deadline: Deadline = request.extensions["deadline"]
        pool = httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=_Backend(door, deadline))
        try:
            answer = pool.handle_request(_plain(request, door))
        except BaseException:
            pool.close()
            raise
        stream = answer.stream
        assert isinstance(stream, Iterable)
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(stream, pool))


def _plain(request: httpx2.Request, door: Door) -> httpcore2.Request:
    """The request for the wire: the door's scheme, the public host (TLS checks the certificate by it)."""
    url = request.url
    return httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=door.scheme.encode(), host=url.raw_host, port=door.port, target=url.raw_path),
        headers=request.headers.raw,
    )


class _Body(httpx2.SyncByteStream):
    """The body's bytes as they come; closing it closes the connection."""

    def __init__(self, stream: Iterable[bytes], pool: httpcore2.ConnectionPool) -> None:
        self._stream = stream
        self._pool = pool

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close:
            close()
        self._pool.close()


class _Backend(httpcore2.NetworkBackend):
    """Connects to the door, whatever host is asked for: the name was resolved and checked before."""

    def __init__(self, door: Door, deadline: Deadline) -> None:
        self._door = door
        self._deadline = deadline
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("the host has no address")
        for address in self._door.addresses:
            seconds = self._deadline.left(_CONNECT_SECONDS)
            try:
                stream = self._sockets.connect_tcp(address, self._door.port, seconds, None, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure


class _Stream(httpcore2.NetworkStream):
    """A connection on which every wait ends at the deadline, so that a slow drip does too."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._deadline.left(timeout))
        self._deadline.heard = self._deadline.heard or bool(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (the library's own signature)
        return self._stream.get_extra_info(info)
