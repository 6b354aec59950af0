"""The server: one provider behind a port, what came to it, and the faults on order."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from newsletter.testing.faults import Faults
from newsletter.testing.loopback import Loopback, reset, wait_for_end
from newsletter.testing.sendgrid.account import Account, Letter, LetterState
from newsletter.testing.sendgrid.api import SCOPES, SEND, Api, refusal
from newsletter.testing.sendgrid.suppression import Entry
from newsletter.testing.sendgrid.wire import Head, Reply, Wire, encoded


class Kind(Enum):
    """What may go wrong with a call."""

    TOO_MANY = "too-many"  # 429, with Retry-After; nothing was done
    SERVER_ERROR = "server-error"  # a 5xx of the provider's, in JSON; nothing was done
    ACCEPT_THEN_ERROR = "accept-then-error"  # the same answer, but it was done
    HTML_ERROR = "html-error"  # a proxy's page, status 502; nothing was done
    ACCEPT_THEN_HTML = "accept-then-html"  # the same page, but it was done
    RESET_BEFORE = "reset-before"  # RST before the body was read; nothing was done
    HANG_BEFORE = "hang-before"  # read, and then silence; nothing was done
    ACCEPT_THEN_RESET = "accept-then-reset"  # done, then RST in place of an answer
    ACCEPT_THEN_HANG = "accept-then-hang"  # done, then silence until the caller hangs up
    REDIRECT = "redirect"  # 307 to elsewhere; nothing was done
    SLOW = "slow"  # done, and the answer drips byte by byte


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault on order."""

    kind: Kind
    path: str = SEND  # calls whose path begins so
    method: str = "POST"  # "" is any
    times: int = 1  # how often it strikes; 0 is without end
    skip: int = 0  # how many such calls pass first
    status: int = 503  # of SERVER_ERROR and ACCEPT_THEN_ERROR
    seconds: float = 1.0  # Retry-After of TOO_MANY; between the bytes of SLOW
    location: str = "http://127.0.0.1:9/elsewhere"  # of REDIRECT

    def fits(self, head: Head) -> bool:
        """Whether this is such a call."""
        return head.path.startswith(self.path) and self.method in ("", head.method)


@dataclass(frozen=True, slots=True)
class Request:
    """A call that came, noted before it was answered."""

    method: str
    path: str
    headers: Mapping[str, str]  # by lower-case name
    size: int  # bytes of the body
    body: bytes  # b"" unless the server keeps bodies
    connection: int  # which of the server's connections it came by, from 1


_ACCEPTS = {
    Kind.ACCEPT_THEN_ERROR,
    Kind.ACCEPT_THEN_HTML,
    Kind.ACCEPT_THEN_RESET,
    Kind.ACCEPT_THEN_HANG,
    Kind.SLOW,
}
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class SendGridServer(Loopback):
    """A SendGrid on 127.0.0.1: `with SendGridServer() as server: ... server.url, server.key ...`."""

    def __init__(
        self,
        *,
        keep_bodies: bool = False,
        checked: bool = True,
        clock: Callable[[], float] = time.time,
        logs_lag: float = 0.0,
        rate_limit: int = 10_000,
        rate_seconds: float = 1.0,
    ) -> None:
        """`checked=False` takes any mail/send that can be read at all: a sink for measuring, not a SendGrid.

        `clock` gives the time, in seconds since 1970, that `advance` adds to; `rate_limit` calls of one
        path are answered in each `rate_seconds` (the provider publishes no figures).
        """
        super().__init__()
        self.key = "SG.local." + secrets.token_urlsafe(16)
        self.account = Account(clock)
        self.api = Api(self.account, {self.key: SCOPES}, checked, logs_lag, rate_limit, rate_seconds)
        self.faults: Faults[Fault] = Faults()
        self.requests: list[Request] = []
        self.keep_bodies = keep_bodies

    @property
    def url(self) -> str:
        """Where the API is, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def now(self) -> float:
        """The provider's time, seconds since 1970."""
        return self.account.now

    @property
    def logs_lag(self) -> float:
        """How many seconds go by before a letter shows in the logs."""
        return self.api.logs_lag

    @logs_lag.setter
    def logs_lag(self, seconds: float) -> None:
        """Let so many seconds go by."""
        self.api.logs_lag = seconds

    def advance(self, seconds: float) -> None:
        """Let time pass for the provider: scheduled letters leave, cancelled ones go."""
        self.account.advance(seconds)

    @property
    def accepted(self) -> tuple[Letter, ...]:
        """Every letter that was accepted, in that order, as it stands by now."""
        return tuple(letter for mail in self.account.mails() for letter in mail.letters)

    def left(self) -> tuple[Letter, ...]:
        """The letters that went to a reader: what counts for "nobody twice, nobody lost"."""
        return tuple(letter for letter in self.accepted if letter.state is LetterState.LEFT)

    def bounce(
        self, address: str, reason: str = "550 5.1.1 The email account does not exist", status: str = "5.1.1"
    ) -> None:
        """The address bounces: what left for it came back, and it is suppressed from now on."""
        self._suppress("bounces", address, reason, status)
        self.account.bounced(address, "bounced", reason)

    def block(self, address: str, reason: str = "421 4.7.0 Try again later", status: str = "4.7.0") -> None:
        """The reader's server turned away what left for the address; later letters go all the same."""
        self._suppress("blocks", address, reason, status)
        self.account.bounced(address, "blocked", reason)

    def spam_report(self, address: str) -> None:
        """The reader called it spam; the address is suppressed from now on."""
        self._suppress("spam_reports", address)

    def invalid(
        self, address: str, reason: str = "Mail domain mentioned in email address is unknown"
    ) -> None:
        """The address cannot be right; it is suppressed from now on."""
        self._suppress("invalid_emails", address, reason)

    def unsubscribe(self, address: str) -> None:
        """The reader left all letters; the address is suppressed from now on."""
        self._suppress("unsubscribes", address)

    def authenticate(self, domain: str, *, valid: bool = True) -> None:
        """Note a domain as authenticated, its DNS records found or not (tsg_domain_authentication_v3)."""
        number = len(self.api.domains) + 1
        dns = {
            name: {
                "valid": valid,
                "type": "cname",
                "host": f"{host}.{domain}",
                "data": f"{data}.wl.sendgrid.net",
            }
            for name, host, data in (
                ("mail_cname", f"em{number}", f"u{number}"),
                ("dkim1", "s1._domainkey", f"s1.domainkey.u{number}"),
                ("dkim2", "s2._domainkey", f"s2.domainkey.u{number}"),
            )
        }
        self.api.domains.append(
            {
                "id": number,
                "user_id": 1,
                "subdomain": f"em{number}",
                "domain": domain,
                "username": "local",
                "ips": [],
                "custom_spf": False,
                "default": number == 1,
                "legacy": False,
                "automatic_security": True,
                "valid": valid,
                "dns": dns,
            }
        )

    def talk(self, connection: socket.socket, number: int) -> None:
        """Answer one caller's calls, one after another."""
        wire = Wire(connection)
        while (head := wire.head()) is not None:
            if not self._exchange(wire, head, number):
                return

    def _suppress(self, name: str, address: str, reason: str = "", status: str = "") -> None:
        self.account.suppress(name, Entry(address, int(self.now), reason, status))

    def _exchange(self, wire: Wire, head: Head, number: int) -> bool:
        """One call; whether another may follow on the connection."""
        fault = self.faults.due(lambda fault: fault.fits(head))
        if fault is not None and fault.kind is Kind.RESET_BEFORE:
            self._note(head, b"", number)
            reset(wire.connection)
            return False
        body = wire.body(head)
        self._note(head, body, number)
        if fault is not None:
            return self._go_wrong(fault, wire, head, body)
        wire.send(self.api.answer(head, body))
        return head.headers.get("connection", "").lower() != "close"

    def _note(self, head: Head, body: bytes, number: int) -> None:
        kept = body if self.keep_bodies else b""
        self.requests.append(Request(head.method, head.path, head.headers, len(body), kept, number))

    def _go_wrong(self, fault: Fault, wire: Wire, head: Head, body: bytes) -> bool:
        reply = self.api.answer(head, body) if fault.kind in _ACCEPTS else Reply(500)
        match fault.kind:
            case Kind.ACCEPT_THEN_RESET:
                reset(wire.connection)
                return False
            case Kind.ACCEPT_THEN_HANG | Kind.HANG_BEFORE:
                wait_for_end(wire.connection)
                return False
            case Kind.SLOW:
                return self._drip(wire, encoded(reply), fault.seconds)
            case Kind.TOO_MANY:
                wire.send(self.api.too_many(fault.seconds))
            case Kind.HTML_ERROR | Kind.ACCEPT_THEN_HTML:
                wire.send(Reply(502, _PAGE, {"Content-Type": "text/html", "Server": "nginx"}))
            case Kind.REDIRECT:
                wire.send(Reply(307, b"", {"Location": fault.location}))
            case _:
                wire.send(refusal(fault.status, "internal server error"))
        return True

    def _drip(self, wire: Wire, answer: bytes, seconds: float) -> bool:
        for byte in answer:
            wire.connection.sendall(bytes([byte]))
            if not self.wait(seconds):
                return False
        return True
