"""The database's file: its folder made, its content its owner's alone."""

from __future__ import annotations

import os
from pathlib import Path

from newsletter.errors import StateError
from newsletter.model.where import Where


def prepared(path: Path) -> Path:
    """The file's whole path, its folder made, the file readable by its owner alone.

    Raises StateError where it cannot be made or opened.
    """
    whole = path.expanduser().resolve()
    try:
        whole.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite gives its -wal and -shm files the mode of the database file, so this covers them too.
        os.close(os.open(whole, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StateError(
            "Databasfilen kan inte skapas eller öppnas.",
            where=Where(str(whole)),
            why=f"({error.strerror})",
            do="Se efter att mappen finns och att du får skriva i den.",
        ) from error
    return whole
