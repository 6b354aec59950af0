"""A SendGrid on loopback whose clock stands at noon, and the edge before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsletter.edges.sendgrid import SendGrid
from newsletter.testing.builders import NOON
from newsletter.testing.sendgrid import SendGridServer
from tests.sendgrid.sending import mailer_of


@pytest.fixture
def server() -> Iterator[SendGridServer]:
    with SendGridServer(keep_bodies=True, clock=NOON.timestamp) as server:
        yield server


@pytest.fixture
def mailer(server: SendGridServer) -> Iterator[SendGrid]:
    mailer = mailer_of(server)
    yield mailer
    mailer.close()
