"""A mail server that takes every letter and throws it away, as fast as Python can: the same for all who send.

    python bench/sink.py

Prints its port, and ends when its input does. One process, one thread. It offers PIPELINING, SIZE, 8BITMIME
and DSN. A letter's end is looked for only near the end of what has come, since nobody may begin the next
letter's content before this one is answered. `XCOUNT` (no SMTP: for whoever measures) tells how many letters
came since it was asked last, and to how many different recipients.
"""

from __future__ import annotations

import re
import selectors
import socket
import sys
from dataclasses import dataclass, field

_END = b"\r\n.\r\n"
_NEAR = 2000  # octets: an end, and the commands that may follow it
_EHLO = b"250-sink\r\n250-PIPELINING\r\n250-SIZE 35000000\r\n250-8BITMIME\r\n250 DSN\r\n"
_RECIPIENT = re.compile(rb"<([^>]*)>")


@dataclass
class Counted:
    """What came since it was asked last."""

    letters: int = 0
    recipients: set[bytes] = field(default_factory=set)


class Client:
    """One connection."""

    def __init__(self, connection: socket.socket, counted: Counted) -> None:
        self.connection = connection
        self.counted = counted
        self.read = b""
        self.in_letter = False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"220 sink ESMTP\r\n")

    def hear(self, window: bytearray) -> bool:
        """Read what has come and answer it; whether the client is still there."""
        try:
            count = self.connection.recv_into(window)
        except OSError:
            return False
        if not count:
            return False
        if self.in_letter:
            self.read = self.read[-4:] + bytes(window[max(0, count - _NEAR) : count])
            if (end := self.read.find(_END)) < 0:
                return True
            self.counted.letters += 1
            self.in_letter = False
            self.read = self.read[end + len(_END) :]
            return self.answer(b"250 2.0.0 Ok\r\n")
        self.read += bytes(window[:count])
        return self.answer(b"")

    def answer(self, replies: bytes) -> bool:
        """Answer all the commands that are at hand, in one piece."""
        *lines, self.read = self.read.split(b"\r\n")
        for line in lines:
            replies += self.reply(line)
        if replies:
            self.connection.sendall(replies)
        return not replies.endswith(b"221 Bye\r\n")

    def reply(self, line: bytes) -> bytes:
        """The reply to one command."""
        match line[:4].upper():
            case b"RCPT":
                if found := _RECIPIENT.search(line):
                    self.counted.recipients.add(found[1])
            case b"DATA":
                self.in_letter = True
                return b"354 Go\r\n"
            case b"EHLO":
                return _EHLO
            case b"QUIT":
                return b"221 Bye\r\n"
            case b"XCOU":
                told = f"250 {self.counted.letters} {len(self.counted.recipients)}\r\n".encode()
                self.counted.letters = 0
                self.counted.recipients.clear()
                return told
        return b"250 2.0.0 Ok\r\n"


def main() -> None:
    """Serve until the input ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    waiting, window, counted = selectors.DefaultSelector(), bytearray(1 << 18), Counted()
    waiting.register(listener, selectors.EVENT_READ)
    waiting.register(sys.stdin, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                return
            if key.fileobj is listener:
                connection, _ = listener.accept()
                waiting.register(connection, selectors.EVENT_READ, Client(connection, counted))
            elif not key.data.hear(window):
                waiting.unregister(key.fileobj)
                key.data.connection.close()


if __name__ == "__main__":
    main()
