"""Ctrl-C while letters are under way: the first waits for their answers, the second does not."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.killing import workspace
from newsletter.testing.sendgrid import Fault, Kind, SendGridServer
from newsletter.testing.sendgrid.server import Request

LETTERS, CHUNK = 20, 10
PATIENCE = 120.0  # seconds for a process that should have ended: then it is ended, and the test fails


class Noted(list[Request]):
    """What a server was asked for; says when the first letters came."""

    def __init__(self) -> None:
        super().__init__()
        self.letters_came = threading.Event()

    def append(self, request: Request) -> None:
        """Note it."""
        super().append(request)
        if request.path.endswith("/mail/send"):
            self.letters_came.set()


@pytest.fixture
def server() -> Iterator[SendGridServer]:
    """One that takes the first letters and never says so."""
    with SendGridServer() as made:
        made.faults.add(Fault(Kind.ACCEPT_THEN_HANG))
        made.faults.add(Fault(Kind.ACCEPT_THEN_HANG))
        yield made


def started(root: Path, server: SendGridServer, *words: str) -> subprocess.Popen[bytes]:
    told = {"NEWSLETTER_SENDGRID_URL": server.url, "SENDGRID_API_KEY": server.key}
    return subprocess.Popen(
        [*workspace.NEWSLETTER, "--workspace", str(root), *words],
        env=os.environ | told,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_twice(server: SendGridServer, tmp_path: Path) -> None:
    """The first says what it waits for; after the second the process is gone, and the next run settles it."""
    root = workspace.prepared(tmp_path / "w", LETTERS, chunk=CHUNK, workers=2, timeout=600)
    server.requests = noted = Noted()
    words = ("send", workspace.ISSUE, "--via", "sendgrid", "--confirm", workspace.ISSUE)
    with started(root, server, *words) as sender:
        assert sender.stderr
        too_long = threading.Timer(PATIENCE, sender.kill)
        too_long.start()
        assert noted.letters_came.wait(PATIENCE)
        sender.send_signal(signal.SIGINT)
        said = b""
        while "på väg".encode() not in said and (line := sender.stderr.readline()):
            said += line
        assert sender.poll() is None
        sender.send_signal(signal.SIGINT)
        rest = sender.stderr.read().decode()
        assert sender.wait() == 130
        too_long.cancel()
    assert "Kör samma kommando igen" in rest
    server.faults.clear()
    with started(root, server, *words) as again:
        assert again.stderr
        assert again.wait() == 0, again.stderr.read().decode()
    server.advance(2 * 3600)
    assert len({letter.address for letter in server.left()}) == len(server.left()) == LETTERS
