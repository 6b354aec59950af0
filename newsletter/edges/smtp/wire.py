"""The wire: bytes out, replies in (RFC 5321, 4.2). What the server says is bounded in length and in time."""

from __future__ import annotations

import re
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field

_MOST_LINE = 4096  # octets; RFC 5321, 4.5.3.1.5 says 512, and servers write more
_MOST_REPLY = 65_536  # octets of one reply, all its lines together
_MOST_WORDS = 300  # characters that are worth keeping of what a server says
_WINDOW = 8192
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]+")


class Cut(Exception):
    """The connection is of no more use; the message says why, in Swedish, to follow the server's name."""

    def __init__(self, why: str, *, lasting: bool = False, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.lasting = lasting  # trying again will not help
        self.retry_after = retry_after  # seconds, where the server said so


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered to one command. Mostly the code will do; the rest is worked out when asked."""

    code: int
    said: tuple[bytes, ...]  # the text, line by line, as it came
    hidden: tuple[str, ...] = field(default=(), repr=False)  # what must not stand in the words

    @property
    def kind(self) -> int:
        """2: done; 3: go on; 4: not now; 5: no."""
        return self.code // 100

    @property
    def lines(self) -> tuple[str, ...]:
        """The text, line by line, without what cannot be printed."""
        return tuple(_UNPRINTABLE.sub(" ", line.decode("utf-8", "replace")).strip() for line in self.said)

    @property
    def status(self) -> str:
        """The enhanced status code (RFC 3463); empty where there is none."""
        found = _STATUS.match(self.lines[0])
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """Code and text on one line of bounded length, without secrets."""
        words = f"{self.code} {' '.join(self.lines)}".strip()
        for hidden in self.hidden:
            words = words.replace(hidden, "…")
        return words[:_MOST_WORDS]


class Wire:
    """A socket to the server, in the clear or over TLS. One thread at a time."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._seconds = seconds  # for each step, as long as nothing else is said
        self._read = b""
        self.encrypted = False
        self.hidden: tuple[str, ...] = ()  # what is never to stand in a reply's words

    @property
    def own_address(self) -> str:
        """This machine's end, as an address literal (RFC 5321, 4.1.3)."""
        host = str(self._socket.getsockname()[0])
        return f"[IPv6:{host.partition('%')[0]}]" if ":" in host else f"[{host}]"

    @property
    def is_ahead(self) -> bool:
        """Whether the server has said more than was read: after the last reply that is due, it must not."""
        return bool(self._read)

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from now on, with a server that proves to be `host`. Raises Cut."""
        if self._read:  # what came in the clear must not count as said under TLS (RFC 3207, 5)
            raise Cut("skickade mer än den fick innan förbindelsen var krypterad", lasting=True)
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            why = f"har ett certifikat som inte går att lita på ({error.verify_message})"
            raise Cut(why, lasting=True) from error
        except OSError as error:
            raise Cut(f"kom inte överens med oss om kryptering ({_said(error)})") from error
        self.encrypted = True

    def write(self, data: bytes) -> None:
        """Hand over all of it. Raises Cut: then nobody knows how much of it arrived."""
        try:
            self._socket.settimeout(self._seconds)
            self._socket.sendall(data)
        except OSError as error:
            raise self._cut(error, self._seconds) from error

    def reply(self, seconds: float | None = None) -> Reply:
        """The next reply, whole within so many seconds. Raises Cut."""
        patience = self._seconds if seconds is None else seconds
        deadline = time.monotonic() + patience
        lines: list[bytes] = []
        most = _MOST_REPLY
        while most > 0:
            line = self._line(deadline, patience)
            found = _LINE.fullmatch(line)
            if found is None:
                raise Cut("svarade något som inte är SMTP")
            lines.append(found[3] or b"")
            if found[2] != b"-":
                return Reply(int(found[1]), tuple(lines), self.hidden)
            most -= len(line)
        raise Cut("svarade utan att sluta")

    def close(self) -> None:
        """Give the socket back."""
        with suppress(OSError):
            self._socket.close()

    def _line(self, deadline: float, patience: float) -> bytes:
        while (end := self._read.find(b"\n")) < 0:
            if len(self._read) > _MOST_LINE:
                raise Cut("svarade med en rad utan slut")
            self._more(deadline, patience)
        line, self._read = self._read[:end], self._read[end + 1 :]
        return line.removesuffix(b"\r")

    def _more(self, deadline: float, patience: float) -> None:
        left = deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            more = self._socket.recv(_WINDOW)
        except OSError as error:
            raise self._cut(error, patience) from error
        if not more:
            raise Cut("stängde förbindelsen")
        self._read += more

    @staticmethod
    def _cut(error: OSError, seconds: float) -> Cut:
        if isinstance(error, TimeoutError):
            return Cut(f"svarade inte inom {seconds:g} sekunder")
        return Cut(f"bröt förbindelsen ({_said(error)})")


def _said(error: OSError) -> str:
    return str(getattr(error, "reason", "") or error.strerror or type(error).__name__)
