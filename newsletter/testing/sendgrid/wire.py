"""HTTP/1.1 as far as the local SendGrid needs it (RFC 9112): requests in, answers out, one after another."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

_HEAD_END = b"\r\n\r\n"
_MOST_HEAD = 65_536  # bytes
_MOST_BODY = 128 * 1024 * 1024  # bytes; more is not even read


class Garbled(OSError):
    """What came is no HTTP; the connection ends."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request up to its body."""

    method: str
    path: str  # unquoted, without the query
    query: Mapping[str, str]
    headers: Mapping[str, str]  # by lower-case name


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Wire:
    """One connection. Reading gives up with an OSError when the caller does."""

    connection: socket.socket
    _read: bytearray = field(default_factory=bytearray)

    def head(self) -> Head | None:
        """The next request's head; None when the caller has hung up between requests."""
        while (end := self._read.find(_HEAD_END)) < 0:
            if len(self._read) > _MOST_HEAD:
                raise Garbled("a head without end")
            if not self._more():
                return None
        lines = bytes(self._read[:end]).decode("latin-1").split("\r\n")
        del self._read[: end + len(_HEAD_END)]
        return _head(lines)

    def body(self, head: Head) -> bytes:
        """The body that belongs to the head, whole."""
        if head.headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if head.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = head.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _MOST_BODY:
            raise Garbled("a body of no fit length")
        return self._exactly(int(length))

    def send(self, reply: Reply) -> None:
        """Send an answer."""
        self.connection.sendall(encoded(reply))

    @cached_property
    def _window(self) -> memoryview:
        return memoryview(bytearray(65_536))

    def _more(self) -> bool:
        count = self.connection.recv_into(self._window)
        self._read += self._window[:count]
        return count > 0

    def _exactly(self, length: int) -> bytes:
        body = bytearray(length)
        got = min(length, len(self._read))
        body[:got] = self._read[:got]
        del self._read[:got]
        view = memoryview(body)
        while got < length:
            count = self.connection.recv_into(view[got:])
            if not count:
                raise Garbled("the caller hung up in the midst of a body")
            got += count
        return bytes(body)

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := self._chunk_size():
            body += self._exactly(size)
            self._line()
        while self._line():
            pass  # trailers
        return bytes(body)

    def _chunk_size(self) -> int:
        try:
            size = int(self._line().split(b";")[0], 16)
        except ValueError as error:
            raise Garbled("a chunk of no fit length") from error
        if not 0 <= size <= _MOST_BODY:
            raise Garbled("a chunk of no fit length")
        return size

    def _line(self) -> bytes:
        while (end := self._read.find(b"\r\n")) < 0:
            if not self._more():
                raise Garbled("the caller hung up in the midst of a body")
        line = bytes(self._read[:end])
        del self._read[: end + 2]
        return line


def _head(lines: list[str]) -> Head:
    parts = lines[0].split(" ")
    if len(parts) != 3:
        raise Garbled(f"no request line: {lines[0]!r}")
    path, _, query = parts[1].partition("?")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Head(parts[0], unquote(path), dict(parse_qsl(query, keep_blank_values=True)), headers)


def encoded(reply: Reply) -> bytes:
    """The answer as it goes over the wire; 1xx, 204 and 304 have no body and no length (RFC 9110, 8.6)."""
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if reply.status not in (204, 304):
        lines.append(f"Content-Length: {len(reply.body)}")
    return "\r\n".join(lines).encode("latin-1") + _HEAD_END + reply.body
