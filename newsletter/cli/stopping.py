"""Ctrl-C while letters are under way: at first with patience, then at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from newsletter.cli.boundary import INTERRUPTED

_WAITING = (
    "Avbryter när det är känt vad som hände med de brev som just är på väg. "
    "Ctrl-C en gång till avbryter genast; då är det oklart för dem."
)
_AT_ONCE = "\nAvbrutet genast. Kör samma kommando igen, så reds det ut som är oklart.\n"


@contextmanager
def patiently(is_sending: Callable[[], bool], say: Callable[[str], object]) -> Iterator[None]:
    """Let the first Ctrl-C stop as always, and tell what is waited for; let a second one end the process.

    Before anything is sent, each is as always. Then the threads that send are waited for, because an answer
    that is not heard leaves letters that a person may have to decide about. To end without them is what a
    crash does, and as safe.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Only there are signals heard.
        return

    def first(number: int, frame: FrameType | None) -> None:
        if is_sending():
            signal.signal(signal.SIGINT, second)
            say(_WAITING)
        raise KeyboardInterrupt

    def second(number: int, frame: FrameType | None) -> None:
        os.write(2, _AT_ONCE.encode())
        os._exit(INTERRUPTED)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
