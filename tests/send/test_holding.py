"""Sending by a provider that holds letters, over the faithful server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from newsletter.edges.sendgrid import SendGrid
from newsletter.errors import TransportFailed
from newsletter.model.settings import SendGridSettings
from newsletter.pipeline.send import SendReport, send
from newsletter.testing.sendgrid import Fault, Kind, SendGridServer
from tests.send.world import ISSUE, World, lay_out

BATCHES = "/v3/mail/batch"


@dataclass
class Held:
    """A world whose letters go to the server, by one clock."""

    world: World
    server: SendGridServer
    mailer: SendGrid

    def send(self) -> SendReport:
        """Send, or finish what was begun."""
        return send(ISSUE, replace(self.world.ports(), holding=self.mailer), confirm=ISSUE)

    def left(self) -> list[int]:
        """How many letters have left for each reader, when all are due."""
        self.server.advance(3 * 3600)
        return list(Counter(letter.address for letter in self.server.left()).values())


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """Five letters, two a request."""
    world = World(lay_out(tmp_path))
    with SendGridServer(clock=lambda: world.clock.now().timestamp()) as server:
        settings = SendGridSettings(url=server.url, api_key=server.key, chunk=2, workers=1)
        world.mailer = mailer = SendGrid(settings, now=world.clock.now)
        yield Held(world, server, mailer)
        mailer.close()


@pytest.mark.parametrize("kind", [Kind.TOO_MANY, Kind.SERVER_ERROR, Kind.RESET_BEFORE])
def test_no_batch_just_now(held: Held, kind: Kind) -> None:
    """Where the provider opens no batch just now, the sending waits, and everyone gets the letter."""
    held.server.faults.add(Fault(kind, path=BATCHES, times=2))
    begun = held.world.clock.now()
    held.send()
    assert held.world.clock.now() > begun
    assert held.left() == [1] * 5


def test_no_batch_again_and_again(held: Held) -> None:
    """Where it opens none at all, the sending pauses and says why; nothing has left."""
    held.server.faults.add(Fault(Kind.SERVER_ERROR, path=BATCHES, times=0))
    with pytest.raises(TransportFailed, match="pausat"):
        held.send()
    assert held.left() == []
