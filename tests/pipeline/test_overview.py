"""Where each issue stands, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.pipeline.overview import Stage, overview
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.ledger import MemoryLedger
from tests.send.world import ISSUE, lay_out

SENDING = f"sending-{ISSUE}"


def lost(ledger: MemoryLedger) -> None:
    """Every letter left, and nobody heard."""
    while chunk := ledger.claim(SENDING, NOON):
        ledger.close(chunk, {}, NOON)


@pytest.mark.parametrize(
    ("happened", "stage", "step"),
    [
        (lambda ledger: ledger.claim(SENDING, NOON), Stage.SENDING, "resume"),
        (lambda ledger: ledger.pause(SENDING, "fel datum"), Stage.PAUSED, "resume"),
        (lambda ledger: ledger.cancel(SENDING, NOON), Stage.CANCELLED, "status"),
        (lost, Stage.SENDING, "resolve"),
    ],
)
def test_of_a_sending_that_is_not_done(
    happened: Callable[[MemoryLedger], object], stage: Stage, step: str, tmp_path: Path
) -> None:
    """A sending that was interrupted, paused, taken back or is in doubt has the command that fits."""
    ledger = MemoryLedger()
    ledger.plan(builders.sending(ISSUE), builders.deliveries(4))
    happened(ledger)
    (standing,) = overview(workspace=lay_out(tmp_path), book=ledger)
    assert (standing.stage, standing.next) == (stage, f"newsletter {step} {ISSUE}")
