"""What the ledger says: by `newsletter status --json`, and row by row."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.killing.workspace import ISSUE
from newsletter import wiring
from newsletter.cli import boundary, cli
from newsletter.model.delivery import DeliveryState


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the ledger."""

    state: str = ""  # of the sending; "" where none is planned
    counts: Mapping[str, int] = field(default_factory=dict)  # of each part of the equation
    holds: bool = True

    def number(self, part: str) -> int:
        """How many there are of one part; 0 before there is a plan."""
        return self.counts.get(part, 0)


def look(workspace: Path) -> Look:
    """The equation, as `newsletter status --json` tells it."""
    told = _told(workspace, "status", ISSUE, "--json")
    counts = told["equation"]
    if not isinstance(counts, dict):
        return Look()
    return Look(str(told["state"]), {k: v for k, v in counts.items() if k != "holds"}, counts["holds"])


def rows(workspace: Path) -> Mapping[str, DeliveryState]:
    """Where the letter to each address stands."""
    with wiring.application(workspace) as app:
        sending = app.store.book.sending(ISSUE)
        return {row.address: row.state for row in app.store.book.deliveries(sending.id)} if sending else {}


def in_flight_at_most(workspace: Path, via: str) -> int:
    """Letters that a kill can leave in doubt: a chunk for each that works through chunks."""
    settings = wiring.application(workspace).settings
    if via == "sendgrid":
        return settings.sendgrid.chunk * settings.sendgrid.workers
    from newsletter.edges.smtp.mailer import features

    return features(settings.smtp).chunk * settings.smtp.connections


def _told(workspace: Path, *words: str) -> Mapping[str, object]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = boundary.run(cli, ["--workspace", str(workspace), *words])
    if status:
        raise AssertionError(f"newsletter {' '.join(words)} ended with {status}")
    told: Mapping[str, object] = json.loads(out.getvalue())
    return told
