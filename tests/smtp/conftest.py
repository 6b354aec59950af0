"""The SMTP edge, closed when a test is done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from newsletter.edges.smtp import Smtp
from newsletter.testing.smtp import SmtpServer
from tests.smtp.builders import settings


class EdgeTo(Protocol):
    """Makes the edge towards a local server, trusting its certificate."""

    def __call__(self, server: SmtpServer, patience: float = 1.0, **changes: Any) -> Smtp:
        """The edge; `changes` are of its settings."""
        ...


@pytest.fixture
def edge_to() -> Iterator[EdgeTo]:
    """A maker of edges; whatever it made is closed in the end."""
    made: list[Smtp] = []

    def edge(server: SmtpServer, patience: float = 1.0, **changes: Any) -> Smtp:
        made.append(Smtp(settings(server.port, **changes), server.certificate.client(), patience))
        return made[-1]

    yield edge
    for one in made:
        one.close()
