"""Bait that no parser may take, and the sandbox that parsers run in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server

import pytest

from newsletter.edges.sandbox import Processes
from tests.hostile.inputs import FILE, HTTP, Make

SECRET = "hemligheten i filen"


@dataclass
class Bait:
    """A file that holds a secret, and a server that counts who calls."""

    file: Path
    origin: str
    calls: list[object] = field(default_factory=list)

    def laid(self, make: Make) -> bytes:
        """A hostile text with the bait in it."""
        text = make()
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        return data.replace(FILE.encode(), self.file.as_uri().encode()).replace(
            HTTP.encode(), self.origin.encode()
        )


@pytest.fixture(scope="session")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    file = tmp_path_factory.mktemp("bait") / "secret"
    file.write_text(SECRET, encoding="utf-8")
    listener = create_server(("127.0.0.1", 0))
    bait = Bait(file, f"http://127.0.0.1:{listener.getsockname()[1]}")

    def count() -> None:
        while True:
            try:
                peer, whence = listener.accept()
            except OSError:
                return
            bait.calls.append(whence)
            peer.close()

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    yield bait
    listener.close()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Processes]:
    with Processes(1) as processes:
        yield processes
