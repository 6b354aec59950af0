"""Functions that misbehave; importable by name, as the sandbox asks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def upper(data: bytes, suffix: str = "") -> str:
    return data.decode().upper() + suffix


def is_deaf(data: bytes) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def own_id(data: bytes) -> int:
    return os.getpid()


def fail(data: bytes) -> None:
    raise ValueError("odd bytes")


def die(data: bytes) -> None:
    os._exit(3)


def spin(data: bytes) -> None:
    while True:
        pass


def hang(data: bytes) -> None:
    time.sleep(30)


def hoard(data: bytes) -> int:
    return len(b"x" * (2000 * 1024 * 1024))


_KEPT: list[bytearray] = []


def keep(data: bytes) -> int:
    """Hold 180 MB for good, and tell who does."""
    _KEPT.append(bytearray(b"x") * (180 * 1024 * 1024))
    return os.getpid()


def read_file(data: bytes) -> str:
    return Path(data.decode()).read_text()


def write_file(data: bytes) -> None:
    Path(data.decode()).write_text("x")


def connect(data: bytes) -> None:
    socket.create_connection(("127.0.0.1", int(data)), timeout=1)


def start_process(data: bytes) -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)
