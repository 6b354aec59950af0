"""What runs inside the child: wait for a task, do it within its limits, answer."""

from __future__ import annotations

import contextlib
import ctypes  # noqa: F401  (readers import it too; its own first look at itself is refused later)
import gc
import mimetypes
import os
import signal
import sys
import warnings
import zoneinfo
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

from newsletter.errors import ParseFailed
from newsletter.ports import SandboxLimits

try:
    import resource
except ImportError:  # Windows knows no such limits; wall time alone is left
    resource = None  # type: ignore[assignment]

Task = tuple[Callable[..., object], bytes, tuple[object, ...], SandboxLimits]
OUT_OF_MEMORY = "Minnet tog slut."
_MB = 1024 * 1024
READY = "ready"  # the task was understood; the clock of the task starts here

_REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "ctypes.dlopen",
    "shutil.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def work(pipe: Connection[Any, Any]) -> None:
    """Answer tasks until the pipe closes: READY, then the result or the error."""
    _ignore_interrupts()
    status = _own_size()
    sys.dont_write_bytecode = True
    gc.set_threshold(50_000, 20, 20)  # a task makes much that it keeps until it is done
    warnings.simplefilter("ignore")  # what a reader thinks of others' bytes is nothing for the terminal
    mimetypes.init()  # the workbook reader asks for it, and its files are outside what may be opened
    sys.addaudithook(_Guard())
    while True:
        try:
            function, data, args, limits = pipe.recv()
        except EOFError:
            return
        pipe.send(READY)
        given = _done(function, data, args, limits, status)
        pipe.send((given, _is_swollen(limits, status)))


def _is_swollen(limits: SandboxLimits, status: int | None) -> bool:
    """Whether what has been held here would leave too little for the next task."""
    return status is not None and _sizes(status)[1] > limits.memory_mb * _MB // 2


def _done(
    function: Callable[..., object],
    data: bytes,
    args: tuple[object, ...],
    limits: SandboxLimits,
    status: int | None,
) -> object:
    """The result, or a ParseFailed."""
    try:
        with _limited(limits, status):
            return function(data, *args)
    except ParseFailed as error:
        return error
    except MemoryError:
        return ParseFailed("Innehållet gick inte att läsa.", why=OUT_OF_MEMORY)
    except Exception as error:  # whatever a parser raises on strange bytes, the bytes are to blame
        return ParseFailed("Innehållet gick inte att läsa.", why=f"{type(error).__name__}: {error}"[:300])


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the parent, which closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _own_size() -> int | None:
    """A handle by which the process reads its own size, opened before files are refused; Linux only."""
    try:
        return os.open("/proc/self/status", os.O_RDONLY)
    except OSError:
        return None


@contextlib.contextmanager
def _limited(limits: SandboxLimits, status: int | None) -> Iterator[None]:
    """CPU by a timer whose signal ends the process, memory by a cap on all that it may hold."""
    has_timer = hasattr(signal, "setitimer")
    if has_timer:
        signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
    _cap_memory(limits.memory_mb, status)
    try:
        yield
    finally:
        if has_timer:
            signal.setitimer(signal.ITIMER_PROF, 0)
        _cap_memory(None, status)


def _cap_memory(megabytes: int | None, status: int | None) -> None:
    """Let the process grow until it holds so much; None takes the cap away.

    The system caps addresses, not memory held. What was held once keeps its addresses and may be held
    again without asking for more, so the cap is the addresses now, and what the peak so far leaves over.
    """
    if resource is None or status is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard
    if megabytes is not None:
        addresses, peak = _sizes(status)
        soft = addresses + max(megabytes * _MB - peak, 0)
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _sizes(status: int) -> tuple[int, int]:
    """Bytes of addresses, and the most memory ever held (proc(5): VmSize and VmHWM).

    getrusage cannot tell: its peak includes that of the process which started this one.
    """
    lines = dict(line.split(b":", 1) for line in os.pread(status, 8192, 0).splitlines() if b":" in line)
    return int(lines[b"VmSize"].split()[0]) * 1024, int(lines[b"VmHWM"].split()[0]) * 1024


class _Guard:
    """An audit hook: no network, no process, no file but the interpreter's and the program's own, to read."""

    def __init__(self) -> None:
        roots = [sys.prefix, sys.base_prefix, *sys.path, *zoneinfo.TZPATH]
        self._roots = tuple({os.path.realpath(root) + os.sep for root in roots if root})

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            self._check(*args)
        elif event.startswith(_REFUSED):
            raise PermissionError(f"{event} is refused in the sandbox")

    def _check(self, path: object, mode: object, flags: int) -> None:
        if isinstance(path, int):
            return
        real = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes) else ""
        if flags & _WRITING or not real.startswith(self._roots):
            raise PermissionError(f"opening {real} is refused in the sandbox")
