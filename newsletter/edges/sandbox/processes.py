"""The parent's side: children that are kept, watched and replaced."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from queue import LifoQueue
from types import TracebackType
from typing import TypeVar, cast

from newsletter.edges.sandbox.child import OUT_OF_MEMORY, READY, work
from newsletter.errors import ParseFailed
from newsletter.ports import SandboxLimits

T = TypeVar("T")

_START_SECONDS = 60.0  # to start the interpreter and import the function, on the slowest of machines
_SPAWN = multiprocessing.get_context(
    "spawn"
)  # a fresh interpreter: nothing of ours is in it, on every system


class Processes:
    """`Isolated` over at most `count` child processes, started when first needed; safe to share by threads.

    Use it as a context manager, or call :meth:`close`: the children end.
    """

    def __init__(self, count: int = 2) -> None:
        self._slots: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(count):
            self._slots.put(None)
        self._count = count

    def run(self, function: Callable[..., T], data: bytes, *args: object, limits: SandboxLimits) -> T:
        """The function's result. Raises ParseFailed when it fails, dies or takes too much."""
        child = self._slots.get()
        kept: _Child | None = None
        try:
            child = child if child is not None and child.is_alive() else _Child()
            answer = child.run(function, data, args, limits)
            kept = None if answer.swollen else child
            if isinstance(answer.given, ParseFailed):
                if answer.given.why == OUT_OF_MEMORY:  # its heap may be in pieces
                    kept = None
                raise answer.given
            return cast(T, answer.given)
        finally:
            if kept is None and child is not None:
                child.end()
            self._slots.put(kept)

    def close(self) -> None:
        """End all children; the next run starts new ones."""
        for child in [self._slots.get() for _ in range(self._count)]:
            if child is not None:
                child.end()
            self._slots.put(None)

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """What is started here is deaf to Ctrl-C from its first moment.

    The terminal tells every process of it, and a child that has not yet come to ignore it would die with
    its traceback on the screen. Windows knows no such block.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # else the start would start it, and that lifts the block again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a task gave, and whether its child holds so much now that another should take its place."""

    given: object  # the function's result, or a ParseFailed
    swollen: bool


class _Child:
    """One child process and our end of its pipe."""

    def __init__(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=work, args=(theirs,), daemon=True, name="newsletter-sandbox")
        with _interrupts_blocked():
            self._process.start()
        theirs.close()  # so that a child's death is seen as the end of the pipe

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def run(
        self, function: Callable[..., object], data: bytes, args: tuple[object, ...], limits: SandboxLimits
    ) -> _Answer:
        try:
            self._pipe.send((function, data, args, limits))
            self._await(_START_SECONDS)
            if self._pipe.recv() != READY:
                raise ParseFailed("Sandlådan svarade något annat än väntat.")
            self._await(limits.wall_seconds)
            given, swollen = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise ParseFailed("Innehållet gick inte att läsa.", why=self._cause_of_death(limits)) from error
        return _Answer(given, swollen)

    def _await(self, seconds: float) -> None:
        if not self._pipe.poll(seconds):
            raise ParseFailed("Innehållet gick inte att läsa.", why=f"Det tog mer än {seconds:g} sekunder.")

    def _cause_of_death(self, limits: SandboxLimits) -> str:
        self._process.join(5)
        code = self._process.exitcode or 0
        if code == -getattr(signal, "SIGPROF", 0):
            return f"Det krävde mer än {limits.cpu_seconds:g} sekunders beräkning."
        return f"Läsaren dog (slutkod {code})."

    def end(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join(5)
        self._process.close()
