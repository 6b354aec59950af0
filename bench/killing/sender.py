"""The sender: a process of its own, as a user starts it, and how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.killing.trap import Draw, Trap
from bench.killing.workspace import NEWSLETTER

ROOT = Path(__file__).parents[2]
RATE = 60.0  # how fast time goes where servers put letters off
_PATIENCE = 300.0  # seconds for one process; a busy machine is slow, a sender that hangs is wrong


class Stuck(Exception):
    """A sender did not come to an end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one process ended."""

    status: int  # its exit status; negative: the signal
    killed: bool  # by the trap
    words: str  # on stderr
    seconds: float


@dataclass(frozen=True, slots=True)
class Sender:
    """Starts the program over one workspace. All its processes' words are kept in `journal`."""

    workspace: Path
    environment: Mapping[str, str]
    journal: Path
    bytecode: Path  # where compiled modules lie, for all runs
    hurried_since: float = 0.0  # seconds since 1970; 0: by the machine's own clock

    def run(self, *words: str, trap: Trap | None = None, draw: Draw | None = None) -> Ended:
        """Start it, and kill it at the moment that was drawn. Raises Stuck."""
        begun = time.monotonic()
        with self.journal.open("a+b") as out:
            start = out.seek(0, os.SEEK_END)
            process = self._started(words, out.fileno())
            timer = trap.arm(draw, process.pid) if trap and draw else None
            hurry_up = threading.Timer(_PATIENCE, process.kill)
            hurry_up.start()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, its id still its own
            hurry_up.cancel()
            if timer:
                timer.cancel()
            if trap:
                trap.disarm()
            status = process.wait()
            out.seek(start)
            told = out.read().decode("utf-8", "replace")
        killed = status == -signal.SIGKILL and trap is not None and trap.sprung
        if status == -signal.SIGKILL and not killed:
            raise Stuck(f"{' '.join(words)} did not end within {_PATIENCE:g} s:\n{told}")
        return Ended(status, killed, told, time.monotonic() - begun)

    def started(self, *words: str) -> subprocess.Popen[bytes]:
        """Start it, and leave it to the caller."""
        with self.journal.open("ab") as out:
            return self._started(words, out.fileno())

    def _started(self, words: tuple[str, ...], out: int) -> subprocess.Popen[bytes]:
        named = ("--workspace", str(self.workspace), *words)
        return subprocess.Popen(
            [*self._program(), *named],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )

    def _environment(self) -> Mapping[str, str]:
        """As an installed program has it: its modules are compiled once, and not at each start."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        compiled = {"PYTHONPYCACHEPREFIX": str(self.bytecode), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        return {**kept, **compiled, **self.environment}

    def _program(self) -> tuple[str, ...]:
        if not self.hurried_since:
            return NEWSLETTER
        return (sys.executable, "-m", "bench.killing.hurried", str(self.hurried_since), str(RATE))
