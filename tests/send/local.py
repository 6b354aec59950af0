"""A world over real edges: the database in a file, and a mail server or a SendGrid on loopback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from newsletter.edges import store
from newsletter.edges.sendgrid import SendGrid
from newsletter.edges.smtp import Smtp
from newsletter.edges.workspace import FileLock
from newsletter.model.delivery import Equation, Sending
from newsletter.pipeline import steering
from newsletter.pipeline.send import Ports, SendReport, resume, send
from newsletter.testing.sendgrid import SendGridServer
from newsletter.testing.smtp import SmtpServer
from newsletter.testing.store import StandingClock
from tests.send.world import ISSUE, World, lay_out, steering_of
from tests.sendgrid.sending import settings_of
from tests.smtp.builders import settings as smtp_settings


@dataclass
class Real:
    """One workspace and one transport, and what sends and steers over them."""

    world: World
    clock: StandingClock
    holding: Any = None
    changes: dict[str, Any] = field(default_factory=dict)  # of the ports of sending

    def ports(self) -> Ports:
        """What sending gets."""
        made = self.world.ports()
        return replace(made, holding=self.holding, **self.changes)

    def set(self, **rules: Any) -> None:
        """Change what ``[sending]`` says."""
        settings = self.changes.get("settings", self.world.ports().settings)
        self.changes["settings"] = replace(settings, sending=replace(settings.sending, **rules))

    def steer(self) -> steering.Ports:
        """What steering gets."""
        return steering_of(self.ports())

    def send(self, **options: Any) -> SendReport:
        """Send, confirmed."""
        return send(ISSUE, self.ports(), confirm=ISSUE, **options)

    def resume(self) -> SendReport:
        """Go on."""
        return resume(ISSUE, self.ports())

    @property
    def sending(self) -> Sending:
        """The sending, as the ledger has it."""
        found = self.world.store.book.sending(ISSUE)
        assert found
        return found

    @property
    def equation(self) -> Equation:
        """Its equation, which holds."""
        counts = self.world.store.book.equation(self.sending.id)
        assert counts.holds
        return counts


@contextmanager
def database(tmp_path: Path, mailer: Any, clock: StandingClock) -> Iterator[World]:
    """A workspace with a database on disk and the real lock."""
    opened = store.open(tmp_path / "state.db", suppression_key=b"k" * 32)
    lock = FileLock(tmp_path / "send.lock")
    try:
        yield World(lay_out(tmp_path / "ws"), cast(Any, opened), mailer, clock, cast(Any, lock))
    finally:
        opened.close()


@contextmanager
def by_smtp(tmp_path: Path, server: SmtpServer, **changes: Any) -> Iterator[Real]:
    """Sending to the mail server, on one connection unless more are asked for."""
    clock = StandingClock()
    with ExitStack() as stack:
        mailer = Smtp(smtp_settings(server.port, **({"connections": 1} | changes)))
        stack.callback(mailer.close)
        yield Real(stack.enter_context(database(tmp_path, mailer, clock)), clock)


@contextmanager
def by_sendgrid(tmp_path: Path, **changes: Any) -> Iterator[tuple[Real, SendGridServer]]:
    """Sending to a SendGrid whose clock is the sender's."""
    clock = StandingClock()
    with ExitStack() as stack:
        server = stack.enter_context(SendGridServer(keep_bodies=True, clock=lambda: clock.now().timestamp()))
        mailer = SendGrid(settings_of(server, **({"chunk": 2} | changes)), "none", now=clock.now)
        stack.callback(mailer.close)
        yield Real(stack.enter_context(database(tmp_path, mailer, clock)), clock, mailer), server


def got(server: SmtpServer) -> Counter[str]:
    """How often each address got a letter, by the server's own record."""
    return Counter(address for letter in server.letters for address in letter.rcpt)
