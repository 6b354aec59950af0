"""The sandbox over real child processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.edges.sandbox import Processes
from newsletter.errors import ParseFailed
from newsletter.ports import Isolated, SandboxLimits
from newsletter.testing.fetch import InProcess
from tests.sandbox import hostile

LIMITS = SandboxLimits(cpu_seconds=2, memory_mb=300, wall_seconds=10)
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows limits wall time alone")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its own size")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Processes]:
    with Processes(1) as processes:
        yield processes


@pytest.fixture(params=["fake", "real"])
def isolated(request: pytest.FixtureRequest, sandbox: Processes) -> Isolated:
    """Everything that keeps the port's contract."""
    return InProcess() if request.param == "fake" else sandbox


def test_result_comes_back(isolated: Isolated) -> None:
    """What the function gives for the bytes and further arguments is what run gives."""
    assert isolated.run(hostile.upper, "åäö".encode(), "!", limits=LIMITS) == "ÅÄÖ!"


def test_failure_is_told(isolated: Isolated) -> None:
    """Whatever the function raises is a ParseFailed with its words."""
    with pytest.raises(ParseFailed, match="odd bytes"):
        isolated.run(hostile.fail, b"", limits=LIMITS)


def test_child_is_another_process_and_reused(sandbox: Processes) -> None:
    """Two runs share one child, and it is not this process."""
    first = sandbox.run(hostile.own_id, b"", limits=LIMITS)
    assert first == sandbox.run(hostile.own_id, b"", limits=LIMITS) != os.getpid()


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows knows no such block")
def test_child_is_deaf_to_interrupts_from_its_start(sandbox: Processes) -> None:
    """Ctrl-C is blocked before a child's first line runs, and not in the one that started it."""
    assert sandbox.run(hostile.is_deaf, b"", limits=LIMITS)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_failure_keeps_the_child(sandbox: Processes) -> None:
    """An exception becomes ParseFailed with its words, and the child goes on."""
    before = sandbox.run(hostile.own_id, b"", limits=LIMITS)
    with pytest.raises(ParseFailed, match="odd bytes"):
        sandbox.run(hostile.fail, b"", limits=LIMITS)
    assert sandbox.run(hostile.own_id, b"", limits=LIMITS) == before


def test_dead_child_is_replaced(sandbox: Processes) -> None:
    """A child that dies is a ParseFailed, and the next run has a new child."""
    before = sandbox.run(hostile.own_id, b"", limits=LIMITS)
    with pytest.raises(ParseFailed, match="slutkod 3"):
        sandbox.run(hostile.die, b"", limits=LIMITS)
    assert sandbox.run(hostile.own_id, b"", limits=LIMITS) != before


@posix
def test_cpu_is_limited(sandbox: Processes) -> None:
    """A function that never ends is stopped by its CPU time."""
    with pytest.raises(ParseFailed, match="beräkning"):
        sandbox.run(hostile.spin, b"", limits=SandboxLimits(cpu_seconds=0.1))


def test_wall_time_is_limited(sandbox: Processes) -> None:
    """A function that waits for ever is stopped by the clock."""
    with pytest.raises(ParseFailed, match="sekunder"):
        sandbox.run(hostile.hang, b"", limits=SandboxLimits(wall_seconds=0.1))


@linux
def test_memory_is_limited(sandbox: Processes) -> None:
    """A function that takes more memory than it may fails, and the next one is fine."""
    with pytest.raises(ParseFailed, match="Minnet"):
        sandbox.run(hostile.hoard, b"", limits=LIMITS)
    assert sandbox.run(hostile.upper, b"a", limits=LIMITS) == "A"


@linux
def test_what_a_task_leaves_behind_is_not_the_next_ones(sandbox: Processes) -> None:
    """A child that still holds much after its task gives place to a fresh one."""
    swollen = {sandbox.run(hostile.keep, b"", limits=LIMITS) for _ in range(3)}
    assert len(swollen) == 3
    assert sandbox.run(hostile.own_id, b"", limits=LIMITS) not in swollen


@pytest.mark.parametrize("function", [hostile.read_file, hostile.write_file])
def test_files_are_refused(sandbox: Processes, function: Callable[[bytes], object], tmp_path: Path) -> None:
    """Files other than the program's own code can be neither read nor written."""
    secret = tmp_path / "secret"
    secret.write_text("s")
    with pytest.raises(ParseFailed, match="refused"):
        sandbox.run(function, str(secret).encode(), limits=LIMITS)


@pytest.mark.parametrize("function", [hostile.connect, hostile.start_process])
def test_reaching_out_is_refused(sandbox: Processes, function: Callable[[bytes], object]) -> None:
    """Neither the network nor another process can be reached."""
    with pytest.raises(ParseFailed, match="refused"):
        sandbox.run(function, b"9", limits=LIMITS)
