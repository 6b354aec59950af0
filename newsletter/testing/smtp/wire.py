"""The two streams of an SMTP connection: lines and letters in, replies out.

Replies wait until nothing more is at hand, so that a group of commands is answered in one piece (RFC 2920,
3.2). The letter is read in large pieces and its end found in them, so that a long run of letters measures
the sender and not this.
"""

from __future__ import annotations

import socket

_END = b"\r\n.\r\n"
_MOST_LINE = 4096  # octets; RFC 5321 asks for 512, the extensions for some more


class Ended(OSError):
    """The talk is over."""


class LineTooLong(Exception):
    """A command line has no end in sight."""


class Wire:
    """One connection, in the clear or over TLS."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._read = bytearray()
        self._window = memoryview(bytearray(1 << 18))
        self._replies = bytearray()

    @property
    def has_more(self) -> bool:
        """Whether something has come that was not read yet."""
        return bool(self._read)

    def forget(self) -> None:
        """Drop what has come and was not read."""
        self._read.clear()

    def say(self, line: str) -> None:
        """Let a line go out with the next flush."""
        self._replies += line.encode() + b"\r\n"

    def flush(self) -> None:
        """Send what was said."""
        if self._replies:
            self.connection.sendall(self._replies)
            self._replies.clear()

    def line(self) -> str | None:
        """The next line without its end; None when the client has hung up. Raises LineTooLong."""
        while (end := self._read.find(b"\r\n")) < 0 or end > _MOST_LINE:
            if len(self._read) > _MOST_LINE:
                raise LineTooLong
            self.flush()
            if not self.more():
                return None
        line = self._read[:end].decode("utf-8", "replace")  # U+FFFD is in no command, and no address
        del self._read[: end + 2]
        return line

    def letter(self) -> bytes:
        """A letter as it came, its dots still doubled. Raises Ended when the client hangs up in it."""
        read, start = self._read, 0
        while not read.startswith(b".\r\n"):
            end = read.find(_END, start)
            if end >= 0:
                content = bytes(read[: end + 2])
                del read[: end + 5]
                return content
            start = max(0, len(read) - 4)
            if not self.more():
                raise Ended
        del read[:3]
        return b""

    def more(self) -> bool:
        """Read what comes next; whether anything did."""
        count = self.connection.recv_into(self._window)
        self._read += self._window[:count]
        return count > 0
