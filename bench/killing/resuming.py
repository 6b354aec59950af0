"""How soon after a kill a letter leaves again: from the start of `newsletter resume` to the first letter."""

from __future__ import annotations

import os
import random
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from bench.killing import workspace
from bench.killing.provider import PROVIDERS, Provider
from bench.killing.sender import Sender
from bench.killing.trap import Draw, Moment
from bench.killing.workspace import ISSUE

_PAUSE = 0.002  # seconds between two looks
_SENT_BYTES = 5_000_000  # that the server has read when the sender is killed for the first time


@dataclass(frozen=True, slots=True)
class Resumed:
    """One `newsletter resume`, up to its first letter."""

    seconds: float
    cpu_seconds: float  # of the sender's process alone; 0 where the system does not tell


def measured(folder: Path, via: str, recipients: int, rounds: int = 3) -> Resumed:
    """The medians, for a sending of so many that was killed under way."""
    template = workspace.prepared(
        folder / f"{via}-{recipients}", recipients, chunk=500, workers=4, timeout=30.0
    )
    with PROVIDERS[via](random.Random(0), faulty=False) as provider:
        root = workspace.copied(template, folder / f"{via}-{recipients}-killed", provider.port)
        sender = Sender(root, provider.environment, folder / "journal.txt", folder / "bytecode")
        most = min(_SENT_BYTES, recipients * 150)
        sender.run("send", ISSUE, "--via", via, "--confirm", ISSUE,
                   trap=provider.trap, draw=Draw(Moment.BYTES, most))  # fmt: skip
        found = [_resumed(sender, provider) for _ in range(rounds)]
    return Resumed(
        statistics.median(one.seconds for one in found), statistics.median(one.cpu_seconds for one in found)
    )


def _resumed(sender: Sender, provider: Provider) -> Resumed:
    """Start it, wait for its first letter, and kill it."""
    before, begun = provider.handed_over(), time.monotonic()
    with sender.started("resume", ISSUE) as process:
        while provider.handed_over() == before and process.poll() is None:
            time.sleep(_PAUSE)
        took = Resumed(time.monotonic() - begun, _cpu_seconds(process.pid))
        ended = process.poll()
        process.kill()
    if ended is not None:
        raise SystemExit(f"The sender ended with {ended} before its first letter; see {sender.journal}")
    return took


def _cpu_seconds(process: int) -> float:
    """What the process has used; proc(5): fields 14 and 15 of stat, after the name in brackets."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
