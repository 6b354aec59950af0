"""The server: what it offers, what it keeps, and the faults on order."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from newsletter.testing.certificate import Certificate, loopback_certificate
from newsletter.testing.faults import Faults
from newsletter.testing.loopback import Loopback
from newsletter.testing.smtp.auth import Accounts
from newsletter.testing.smtp.envelope import Recipient, Sender
from newsletter.testing.smtp.faults import Fault
from newsletter.testing.smtp.session import Session

EXTENSIONS = frozenset({
    "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS",
})  # fmt: skip
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^<>]*>)", re.IGNORECASE | re.MULTILINE)


class Keep(Enum):
    """How much of each letter is kept besides its envelope and Message-ID."""

    DATA = "data"  # all of it
    DIGEST = "digest"  # its SHA-256
    ID = "id"  # nothing more: for long runs


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was taken over: from now on this server would answer for it."""

    number: int  # from 1, in the order they were taken
    connection: int  # which of the server's connections it came by, from 1
    envelope: Sender
    recipients: tuple[Recipient, ...]
    message_id: str  # with its brackets; "" where it has none
    size: int  # octets as they came
    data: bytes  # dots undone; b"" unless everything is kept
    digest: str  # of data, in hexadecimal; "" unless it is kept
    user: str  # who proved to be the sender; "" where nobody had to

    @property
    def envelope_from(self) -> str:
        """The address of MAIL FROM."""
        return self.envelope.address

    @property
    def envid(self) -> str:
        """The envelope id that a delivery notice would carry (RFC 3461)."""
        return self.envelope.envid

    @property
    def rcpt(self) -> tuple[str, ...]:
        """The addresses of RCPT TO."""
        return tuple(recipient.address for recipient in self.recipients)


class SmtpServer(Loopback):
    """An SMTP server on 127.0.0.1: `with SmtpServer() as server: ... server.port ...`."""

    name = "mail.example.org"

    def __init__(
        self,
        *,
        keep: Keep = Keep.DATA,
        without: Collection[str] = (),
        tls: bool = False,
        passwords: Mapping[str, str] | None = None,
        tokens: Mapping[str, str] | None = None,
        auth_in_clear: bool = True,
        letters_per_connection: int = 0,
        max_recipients: int = 100,
        max_bytes: int = 35_000_000,
        greylisting: bool = False,
        checks_lines: bool = True,
        notes_lines: bool = False,
    ) -> None:
        """`without` names extensions not to offer; `tls` speaks TLS from the first byte (RFC 8314).

        Users with `passwords` or access `tokens` must prove who they are, over TLS alone unless
        `auth_in_clear`. `letters_per_connection` (0: any number) is met with 421. `greylisting` defers each
        pair of sender and recipient once. `checks_lines` refuses lines that are too long or end in CR or LF
        alone. `notes_lines` keeps each command in `lines`.
        """
        super().__init__()
        self.extensions = EXTENSIONS - set(without)
        self.credentials = Accounts(passwords or {}, tokens or {})
        self.keep, self.tls, self.auth_in_clear = keep, tls, auth_in_clear
        self.letters_per_connection = letters_per_connection
        self.max_recipients, self.max_bytes = max_recipients, max_bytes
        self.greylisting, self.checks_lines, self.notes_lines = greylisting, checks_lines, notes_lines
        self.faults: Faults[Fault] = Faults()
        self.letters: list[Letter] = []
        self.lines: list[tuple[int, str]] = []  # connection and command, where they are noted
        self._seen: set[tuple[str, str]] = set()

    @property
    def certificate(self) -> Certificate:
        """What the server proves itself with; `certificate.client()` gives the settings that trust it."""
        return loopback_certificate()

    @cached_property
    def tls_context(self) -> ssl.SSLContext:
        """The server's own TLS settings."""
        return self.certificate.server()

    def talk(self, connection: socket.socket, number: int) -> None:
        """Talk with one client."""
        Session(self, connection, number).run()

    def note(self, connection: int, line: str) -> None:
        """Note a command, where they are noted."""
        if self.notes_lines:
            self.lines.append((connection, line))

    def is_greylisted(self, sender: str, recipient: str) -> bool:
        """Whether the pair is met for the first time, where that matters."""
        if not self.greylisting:
            return False
        with self._lock:
            new = (sender, recipient) not in self._seen
            self._seen.add((sender, recipient))
        return new

    def keep_letter(
        self, connection: int, sender: Sender, recipients: tuple[Recipient, ...], content: bytes, user: str
    ) -> int:
        """Take a letter over, with its dots still doubled; its number."""
        end = content.find(b"\r\n\r\n")
        found = _MESSAGE_ID.search(content, 0, end if end >= 0 else len(content))
        message_id = found[1].decode("utf-8", "replace") if found else ""
        data, digest = b"", ""
        if self.keep is not Keep.ID:
            undone = _undotted(content)
            data = undone if self.keep is Keep.DATA else b""
            digest = hashlib.sha256(undone).hexdigest() if self.keep is Keep.DIGEST else ""
        with self._lock:
            number = len(self.letters) + 1
            self.letters.append(
                Letter(number, connection, sender, recipients, message_id, len(content), data, digest, user)
            )
        return number


def _undotted(content: bytes) -> bytes:
    """The letter as its writer meant it (RFC 5321, 4.5.2)."""
    content = content.replace(b"\r\n..", b"\r\n.")
    return content[1:] if content.startswith(b"..") else content
