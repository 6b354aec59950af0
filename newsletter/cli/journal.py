"""A rotated log of what was run and how it ended, without addresses, in the state folder.

Only a command's own words are kept: option values and file names may hold somebody's address.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import monotonic

from newsletter.cli import COMMANDS

_FOLDER = ".newsletter"
_BYTES = 200_000
_OLD_FILES = 3
_SUBCOMMANDS = {
    *("approve", "discover", "test"),
    *(
        "audit",
        "erase",
        "explain",
        "export",
        "import",
        "list",
        "log",
        "mandates",
        "segments",
        "suppress",
        "tidy",
    ),
}


@dataclass(slots=True)
class Entry:
    """One command's line in the log."""

    status: int = 1


@contextlib.contextmanager
def journal(arguments: Sequence[str]) -> Iterator[Entry]:
    """Note how a command ended, where a workspace with a state folder is at hand."""
    entry, began = Entry(), monotonic()
    try:
        yield entry
    finally:
        with contextlib.suppress(OSError):
            _note(f"{_words(arguments)} status={entry.status} seconds={monotonic() - began:.1f}")


def _words(arguments: Sequence[str]) -> str:
    known = [word for word in arguments if word in COMMANDS or word in _SUBCOMMANDS]
    options = [word.partition("=")[0] for word in arguments if word.startswith("--")]
    return " ".join(["newsletter", *known[:2], *options])


def _note(line: str) -> None:
    folder = Path.cwd() / _FOLDER
    if not folder.is_dir():
        return
    handler = RotatingFileHandler(folder / "log", maxBytes=_BYTES, backupCount=_OLD_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    try:
        handler.emit(logging.LogRecord("newsletter", logging.INFO, "", 0, line, None, None))
    finally:
        handler.close()
