"""A client of the local SMTP server that says exactly what it is told."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import BinaryIO

from newsletter.testing.smtp import SmtpServer

LETTER = b"Message-ID: <1@example.org>\r\nSubject: Hej\r\n\r\nHej.\r\n"


@dataclass
class Talk:
    """One connection, greeted."""

    server: SmtpServer
    connection: socket.socket = field(init=False)
    replies: BinaryIO = field(init=False)

    def __post_init__(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=5)
        self.replies = self.connection.makefile("rb")
        self.greeting = self.reply()

    def close(self) -> None:
        self.replies.close()
        self.connection.close()

    def reply(self) -> str:
        """The next reply, its last line; "" once the server has hung up."""
        while True:
            line = self.replies.readline().decode()
            if line[3:4] != "-":
                return line.rstrip("\r\n")

    def say(self, *commands: str | bytes) -> list[str]:
        """The replies to these commands, each sent when the one before was answered."""
        answers = []
        for command in commands:
            data = command if isinstance(command, bytes) else command.encode()
            self.connection.sendall(data + b"\r\n")
            answers.append(self.reply())
        return answers

    def greet(self) -> list[str]:
        """What is offered in reply to EHLO."""
        self.connection.sendall(b"EHLO client.example.org\r\n")
        lines = []
        while True:
            line = self.replies.readline().decode().rstrip("\r\n")
            lines.append(line[4:])
            if line[3:4] != "-":
                return lines[1:]

    def letter(
        self, data: bytes = LETTER, sender: str = "<a@example.org>", reader: str = "<r@example.org>"
    ) -> str:
        """The last reply to a letter, or the first that is no success."""
        for command in (f"MAIL FROM:{sender}", f"RCPT TO:{reader}", "DATA"):
            [answer] = self.say(command)
            if answer[:1] not in ("2", "3"):
                return answer
        return self.say(data + b".")[0]
