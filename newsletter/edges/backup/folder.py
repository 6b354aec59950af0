"""The folder of backups: each is written beside its place, opened and proved, and only then has its name."""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from newsletter.edges.backup.keys import Keyring
from newsletter.edges.backup.sealing import SealedReader, SealedWriter, damaged, header_of
from newsletter.errors import MissingFile, StateError
from newsletter.model.where import Where
from newsletter.ports import BackupMade, Unpacked

ENDING = ".nlbackup"
_DATABASE, _KEY, _SETTINGS = "state.db", "suppression.key", "newsletter.toml"
_MEMBERS = (_DATABASE, _KEY, _SETTINGS)
_COPY = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """The Backups port. Holds what a lost laptop would take along."""

    folder: Path
    state: Path  # the state folder: the database, the key of the suppressed, work in progress
    settings: Path  # newsletter.toml
    name: str  # the workspace's, for the files' names
    association: str
    keyring: Keyring
    keep: int
    carried: Callable[[Path], bool]  # whether git would carry a file

    def make(self, at: datetime, file: Path | None = None, *, prune: bool = True) -> BackupMade:
        """Write a backup and prove it; with `prune` the oldest beyond those kept go. Raises StateError."""
        place = file or self._free(at)
        with _told(place):
            self._prepare(place)
            with self._scratch() as scratch:
                snapshot = scratch / _DATABASE
                _copy_database(self.state / _DATABASE, snapshot)
                fresh = place.with_name(f".{place.name}.part")
                try:
                    self._write(fresh, snapshot, at)
                    self._prove(fresh, scratch)
                    fresh.replace(place)
                finally:
                    fresh.unlink(missing_ok=True)
            removed = self._prune() if prune and not file else ()
        return BackupMade(
            place, place.stat().st_size, removed, bool(self.keyring.passphrase), self.keyring.file
        )

    def unpack(self, file: Path, into: Path) -> Unpacked:
        """The backup's files in a folder, proved to be whole. Raises MissingFile or StateError."""
        found = self._unsealed(file, into)
        _refuse_damaged(found.database, str(file))
        return found

    def _unsealed(self, file: Path, into: Path) -> Unpacked:
        """The backup's files in a folder, as they were sealed."""
        if not file.is_file():
            raise MissingFile(f"Säkerhetskopian {file} finns inte.", do=f"Se vilka som finns i {self.folder}")
        with _told(file), file.open("rb") as source:
            header, bound = header_of(source, str(file))
            key = self.keyring.key(header, str(file))
            _extract(SealedReader(source, key, bound, str(file)), into, str(file))
        secret = (into / _KEY).read_bytes()
        made_at = datetime.fromisoformat(str(header["made_at"]))
        return Unpacked(into / _DATABASE, secret, made_at, str(header["association"]))

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """A folder on this machine alone, where plain bytes may lie for a moment."""
        folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=self.state))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _free(self, at: datetime) -> Path:
        stem = f"{self.name}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        taken = sorted(self.folder.glob(f"{stem}-*{ENDING}"))
        last = int(taken[-1].stem.rpartition("-")[2]) if taken else 0
        return self.folder / f"{stem}-{last + 1:03}{ENDING}"

    def _prepare(self, place: Path) -> None:
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True)
            (place.parent / ".gitignore").write_text("*\n", "utf-8")
        if self.carried(place):
            raise StateError(
                f"{place.parent} ligger där git tar med den.",
                why="En säkerhetskopia innehåller personuppgifter och hör aldrig hemma i git.",
                do="Lägg mappen i .gitignore, eller välj en annan med folder under [backup].",
            )

    def _write(self, fresh: Path, snapshot: Path, at: datetime) -> None:
        key, told = self.keyring.fresh()
        header = {"schema": 1, "made_at": at.isoformat(), "association": self.association, **told}
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            sealed = SealedWriter(out, key, header)
            with tarfile.open(fileobj=cast(IO[bytes], sealed), mode="w|") as archive:
                for name, path in zip(_MEMBERS, (snapshot, self.state / _KEY, self.settings), strict=True):
                    archive.add(path, name, filter=_anonymous)
            sealed.close()
            out.flush()
            os.fsync(out.fileno())

    def _prove(self, fresh: Path, scratch: Path) -> None:
        """Read it as a restore would; the database was found sound before it was sealed."""
        proof = scratch / "proof"
        proof.mkdir()
        found = self._unsealed(fresh, proof)
        if not hmac.compare_digest(_digest(found.database), _digest(scratch / _DATABASE)):
            raise damaged(str(fresh))

    def _prune(self) -> tuple[Path, ...]:
        """Remove all but the newest; names sort by time."""
        ours = sorted(self.folder.glob(f"{self.name}-*{ENDING}"))
        old = tuple(ours[: -self.keep])
        for path in old:
            path.unlink(missing_ok=True)
        return old


def _copy_database(source: Path, target: Path) -> None:
    """The database as it is at one moment, by SQLite's own backup: others may go on writing."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
    _refuse_damaged(target, str(source))


def _refuse_damaged(database: Path, place: str) -> None:
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
            found = opened.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise damaged(place) from error
    if found != ("ok",):
        raise damaged(place)


def _extract(source: SealedReader, into: Path, place: str) -> None:
    """Write the members that a backup has, whatever else is in it."""
    try:
        with tarfile.open(fileobj=cast(IO[bytes], source), mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if member.name in _MEMBERS and content is not None:
                    _write_private(into / member.name, cast(BinaryIO, content))
    except tarfile.TarError as error:
        raise damaged(place) from error
    source.read()  # to the end: the last piece says that nothing is missing
    if not all((into / name).is_file() for name in _MEMBERS):
        raise damaged(place)


def _write_private(path: Path, content: BinaryIO) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        shutil.copyfileobj(content, out, _COPY)
        out.flush()
        os.fsync(out.fileno())


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise StateError(
            f"Säkerhetskopian {place.name} gick inte att skriva eller läsa.",
            where=Where(str(place)),
            why=str(error),
            do="Se efter att mappen finns, att disken har plats och att databasen är hel.",
        ) from error
