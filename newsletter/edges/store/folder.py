"""Where the database file may lie."""

from __future__ import annotations

import os
import re
from pathlib import Path

from newsletter.errors import StateError
from newsletter.model.where import Where

# The folders' names on Windows, macOS and Linux, also "OneDrive - Kommunen" and "Dropbox (Privat)".
_SYNCED = re.compile(
    r"(onedrive|dropbox|icloud ?drive|mobile documents|com~apple~clouddocs|cloudstorage|google ?drive"
    r"|nextcloud)\b",
    re.I,
)
_DO = "Sätt state_dir i newsletter.toml till en mapp på den egna disken som inte synkas."


def prepared(path: Path) -> Path:
    """The file's whole path, its folder made, the file readable by its owner alone.

    Raises StateError where a sync service or a network share would tear the database apart.
    """
    whole = path.expanduser().resolve()
    _refuse_shared(whole)
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


def _refuse_shared(path: Path) -> None:
    synced = next((part for part in path.parent.parts if _SYNCED.match(part)), None)
    if synced:
        raise StateError(
            f"Databasen får inte ligga i ”{synced}”, som synkas till andra datorer.",
            where=Where(str(path)),
            why="Synkningen kan byta ut filen mitt i ett utskick, så att någon får brevet två gånger.",
            do=_DO,
        )
    if path.drive.startswith("\\\\"):
        raise StateError(
            "Databasen får inte ligga på en nätverksdisk.",
            where=Where(str(path)),
            why="Filens lås fungerar inte säkert över nätet.",
            do=_DO,
        )
