"""Putting another database in the place of the present one: the old whole, or the new whole, at any moment.

    the new files are whole, in a folder of their own
    restoring.json is written         before this the old state stands, from here on the new one does
    the files are renamed into place  each step may be done again
    restoring.json is removed

Whoever opens the state folder finishes first what another process began.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

_MARK = "restoring.json"
_STAGED = ".restore-"
_FILES = ("state.db", "suppression.key")
_LOGS = ("state.db-wal", "state.db-shm")


def staging(state: Path) -> Path:
    """A new folder for the files to come; what earlier, dead runs left behind is removed."""
    sweep(state)
    folder = state / f"{_STAGED}{os.getpid()}"
    folder.mkdir(mode=0o700)
    return folder


def sweep(state: Path) -> None:
    """Remove the plain copies that dead restores and backups left; the caller holds the sender's lock."""
    for pattern in (f"{_STAGED}*", ".backup-*"):
        for left in state.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


def take_over(state: Path, staged: Path) -> None:
    """Let the staged files take the place of the present ones."""
    for name in _FILES:
        _force(staged / name)
    fresh = state / f".{_MARK}"
    fresh.write_text(json.dumps({"staged": staged.name}), "utf-8")
    _force(fresh)
    fresh.replace(state / _MARK)
    _force_folder(state)
    finish(state)


def finish(state: Path) -> None:
    """Carry out what was begun, if anything was."""
    mark = state / _MARK
    if not mark.exists():
        return
    staged = state / str(json.loads(mark.read_text("utf-8"))["staged"])
    for name in _LOGS:  # of the old database; against the new one they would be played back
        (state / name).unlink(missing_ok=True)
    for name in _FILES:
        if (staged / name).exists():
            (staged / name).replace(state / name)
    _force_folder(state)
    mark.unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)


def keep_aside(state: Path, label: str) -> Path:
    """Copies of the present files as they are, where they cannot be read well enough for a backup."""
    aside = state / f"replaced-{label}"
    aside.mkdir(mode=0o700, exist_ok=True)
    for name in (*_FILES, *_LOGS):
        if (state / name).exists():
            shutil.copy2(state / name, aside / name)
    return aside


def _force(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def _force_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
