"""The state folder: where the ledger, the lock and the keys lie, on this machine alone."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from types import TracebackType

import filelock

from newsletter.edges.workspace import takeover
from newsletter.errors import Busy, StateError, Where

# The folders' names on Windows, macOS and Linux, also "OneDrive - Kommunen" and "Dropbox (Privat)".
_SYNCED = re.compile(
    r"(onedrive|dropbox|icloud ?drive|mobile documents|com~apple~clouddocs|cloudstorage|google ?drive"
    r"|nextcloud)\b",
    re.I,
)
_DO = "Sätt state_dir i newsletter.toml till en mapp på den egna disken som inte synkas."
_KEY_BYTES = 32


class StateFolder:
    """A folder that no cloud service may copy: two copies of a ledger would send every letter twice."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        _refuse_shared(self.path)
        takeover.finish(self.path)

    def staging(self) -> Path:
        """A new folder for the files to come; what earlier, dead runs left behind is removed."""
        return takeover.staging(self._made())

    def take_over(self, staged: Path) -> None:
        """Put the staged files in the present ones' place: the old whole or the new whole, at any moment."""
        takeover.take_over(self.path, staged)

    def keep_aside(self, label: str) -> Path:
        """Copies of the present files, as they are."""
        return takeover.keep_aside(self._made(), label)

    def sweep(self) -> None:
        """Remove the plain copies that dead restores and backups left behind."""
        takeover.sweep(self.path)

    def kept_key(self) -> bytes | None:
        """The suppression key where there is one; looking makes none."""
        file = self.path / "suppression.key"
        return file.read_bytes() if file.is_file() else None

    def exists(self) -> bool:
        """Whether anything was ever kept here."""
        return (self.path / "state.db").is_file()

    def database(self) -> Path:
        """The path of the ledger's file; its folder is made."""
        return self._made() / "state.db"

    def suppression_key(self) -> bytes:
        """The key that suppressed addresses are hashed under: made once, its owner's alone, never rotated."""
        file = self._made() / "suppression.key"
        if not file.exists():
            _write_secret(file, secrets.token_bytes(_KEY_BYTES))
        key = file.read_bytes()
        if len(key) != _KEY_BYTES:
            raise StateError(
                "Nyckeln för spärrade adresser är skadad.",
                why=f"{file} ska vara {_KEY_BYTES} byte men är {len(key)}. Utan den känns ingen spärr igen.",
                do="Lägg tillbaka filen från en säkerhetskopia. Ta inte bort den.",
            )
        return key

    def _made(self) -> Path:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(f"Mappen {self.path} går inte att skapa.", why=str(error)) from error
        return self.path


def _refuse_shared(path: Path) -> None:
    synced = next((part for part in path.parts if _SYNCED.match(part)), None)
    if synced:
        raise StateError(
            f"Programmets minne kan inte ligga i ”{synced}”, som synkas till andra datorer.",
            where=Where(str(path)),
            why="Två kopior av liggaren kan skicka samma brev två gånger.",
            do=_DO,
        )
    if path.drive.startswith("\\\\"):
        raise StateError(
            "Programmets minne kan inte ligga på en nätverksdisk.",
            where=Where(str(path)),
            why="Lås på filer håller inte säkert över nätet.",
            do=_DO,
        )


def _write_secret(file: Path, data: bytes) -> None:
    """Whole and readable by its owner alone, or not there; the first of two writers wins."""
    fresh = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if not file.exists():
            fresh.rename(file)
    finally:
        fresh.unlink(missing_ok=True)


class FileLock:
    """The SenderLock port: one process sends at a time; the system gives it back when a process dies."""

    def __init__(self, path: Path) -> None:
        self._lock = filelock.FileLock(path)

    def __enter__(self) -> FileLock:
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise Busy(
                "Ett utskick pågår redan.",
                why="En annan process skickar från samma arbetsyta.",
                do="Vänta tills den är klar och följ den med `newsletter status NUMMER`.",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
