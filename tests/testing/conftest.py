"""The local servers, each for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsletter.testing.sendgrid import SendGridServer
from newsletter.testing.smtp import SmtpServer
from tests.testing.calling import NOON, Caller
from tests.testing.talking import Talk


@pytest.fixture
def sendgrid() -> Iterator[SendGridServer]:
    """One whose clock stands still until the test advances it."""
    with SendGridServer(keep_bodies=True, clock=lambda: NOON) as server:
        yield server


@pytest.fixture
def call(sendgrid: SendGridServer) -> Iterator[Caller]:
    caller = Caller(sendgrid)
    yield caller
    caller.connection.close()


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer(notes_lines=True) as server:
        yield server


@pytest.fixture
def talk(smtp: SmtpServer) -> Iterator[Talk]:
    """A client that has said EHLO."""
    talk = Talk(smtp)
    talk.greet()
    yield talk
    talk.close()
