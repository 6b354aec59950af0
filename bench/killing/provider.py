"""Whom the sender hands letters to: the faithful servers, in this process, and what they have on record."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from bench.killing.trap import Trap, Watched
from newsletter.testing.sendgrid import Fault, Kind, SendGridServer
from newsletter.testing.smtp import Fault as SmtpFault
from newsletter.testing.smtp import Keep, SmtpServer, Step
from newsletter.testing.smtp import Kind as SmtpKind

_QUIET_SECONDS = 30.0  # at most, for a server to read what a killed sender had written
_ABSENCE = 2.5 * 3600  # seconds: longer than a batch is held and its name is kept

_SENDGRID_FAULTS = {
    Fault(Kind.TOO_MANY, seconds=1.0): 0.03,
    Fault(Kind.SERVER_ERROR): 0.02,
    Fault(Kind.ACCEPT_THEN_ERROR): 0.02,
    Fault(Kind.ACCEPT_THEN_HTML): 0.01,
    Fault(Kind.ACCEPT_THEN_RESET): 0.02,
    Fault(Kind.ACCEPT_THEN_HANG): 0.005,
    Fault(Kind.RESET_BEFORE): 0.02,
    Fault(Kind.SERVER_ERROR, path="/v3/", method=""): 0.01,
}
_SMTP_FAULTS = {
    SmtpFault(SmtpKind.REJECT, Step.CONNECT, code=421): 0.03,
    SmtpFault(SmtpKind.REJECT, Step.RCPT): 0.01,
    SmtpFault(SmtpKind.DROP, Step.MAIL): 0.005,
    SmtpFault(SmtpKind.RESET, Step.MIDST): 0.01,
    SmtpFault(SmtpKind.REJECT, Step.DOT): 0.01,
    SmtpFault(SmtpKind.DROP, Step.DOT): 0.005,
    SmtpFault(SmtpKind.DROP, Step.ANSWER): 0.01,
    SmtpFault(SmtpKind.RESET, Step.ANSWER): 0.005,
}


class _Talks:
    """How many callers a server talks with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0

    def run(self, talk: Callable[[], None]) -> None:
        """Count one talk while it lasts."""
        with self._lock:
            self._number += 1
        try:
            talk()
        finally:
            with self._lock:
                self._number -= 1

    def wait_for_end(self) -> None:
        """Wait until all callers have hung up. Raises TimeoutError."""
        end = time.monotonic() + _QUIET_SECONDS
        while self._number:
            if time.monotonic() > end:
                raise TimeoutError("the server still talks with somebody")
            time.sleep(0.002)


class Smtp(SmtpServer):
    """A mail server. It cannot be asked."""

    can_be_asked = False

    def __init__(self, draw: random.Random, *, faulty: bool) -> None:
        super().__init__(keep=Keep.ID, greylisting=faulty and draw.random() < 0.3)
        self.trap = Trap()
        self._talks = _Talks()

    @property
    def environment(self) -> Mapping[str, str]:
        """What the sender has to be told beside its settings: nothing."""
        return {}

    def talk(self, connection: socket.socket, number: int) -> None:
        """Talk with one client, and count."""
        watched = Watched(connection, self.trap)
        self.exchanged(number, watched)
        self._talks.run(lambda: super(Smtp, self).talk(watched, number))

    def trouble(self, seed: int) -> None:
        """From now on let things go wrong, now and then."""
        self.faults.seeded(seed, _SMTP_FAULTS)

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self.faults.clear()
        self.greylisting = False

    def later(self) -> None:
        """A mail server holds nothing."""

    def handed_over(self) -> int:
        """How many letters it has taken."""
        return len(self.letters)

    def record(self) -> Counter[str]:
        """The letters that it has taken, by address."""
        self._talks.wait_for_end()
        return Counter(address for letter in list(self.letters) for address in letter.rcpt)


class SendGrid(SendGridServer):
    """A SendGrid. Letters leave when its clock says so; until then they can be taken back."""

    can_be_asked = True

    def __init__(self, draw: random.Random, *, faulty: bool) -> None:
        super().__init__(logs_lag=draw.choice((0.0, 0.0, 180.0)))
        self.trap = Trap()
        self._talks = _Talks()

    @property
    def environment(self) -> Mapping[str, str]:
        """What the sender has to be told beside its settings: where it is, and its key."""
        return {"NEWSLETTER_SENDGRID_URL": self.url, "SENDGRID_API_KEY": self.key}

    def talk(self, connection: socket.socket, number: int) -> None:
        """Answer one caller, and count."""
        watched = Watched(connection, self.trap)
        self.exchanged(number, watched)
        self._talks.run(lambda: super(SendGrid, self).talk(watched, number))

    def trouble(self, seed: int) -> None:
        """From now on let things go wrong, now and then."""
        self.faults.seeded(seed, _SENDGRID_FAULTS)

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self.faults.clear()

    def later(self) -> None:
        """Let so much time pass that every batch has left or is thrown away."""
        self.advance(_ABSENCE)

    def handed_over(self) -> int:
        """How many letters it has accepted."""
        return len(self.accepted)

    def record(self) -> Counter[str]:
        """The letters that have left, by address."""
        self._talks.wait_for_end()
        return Counter(letter.address for letter in self.left())


Provider = Smtp | SendGrid
PROVIDERS: Mapping[str, type[Provider]] = {"smtp": Smtp, "sendgrid": SendGrid}
