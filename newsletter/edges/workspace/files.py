"""Files below one folder, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from newsletter.errors import InputError, MissingFile, StateError, Where


class Folder:
    """The Workspace port over a real folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def names(self, folder: str) -> Sequence[str]:
        """Paths of all files below the folder, sorted."""
        top = self._inside(folder)
        found = (path for path in top.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises MissingFile."""
        file = self._inside(path)
        try:
            return file.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise MissingFile(
                f"Filen {path} finns inte.", where=Where(path), do="Kontrollera namnet, eller lägg filen där."
            ) from error
        except OSError as error:
            raise StateError(f"Filen {path} går inte att läsa.", where=Where(path), why=str(error)) from error

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write the files, each whole or not at all."""
        for path, data in files.items():
            self._write(self._inside(path), data)

    def replace(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Let the folder hold just these files; the old go when the new are whole."""
        top = self._inside(folder)
        _parent(top)
        fresh = Path(tempfile.mkdtemp(prefix=f".{top.name}-", dir=top.parent))
        try:
            for path, data in files.items():
                self._write(self._inside((fresh / path).relative_to(self.root).as_posix()), data)
            fresh.chmod(0o755)
            _swap(fresh, top)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _inside(self, path: str) -> Path:
        file = (self.root / path).resolve()
        if not file.is_relative_to(self.root):
            raise InputError(
                f"{path} ligger utanför arbetsytan.",
                why=f"Programmet rör bara filer under {self.root}.",
                do="Flytta filen dit, och ange den med en sökväg därifrån.",
            )
        return file

    def _write(self, file: Path, data: bytes) -> None:
        _parent(file)
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        except OSError as error:
            Path(name).unlink(missing_ok=True)
            raise StateError(f"{file} går inte att skriva.", why=str(error)) from error


def _parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(f"Mappen {path.parent} går inte att skapa.", why=str(error)) from error


def _swap(fresh: Path, top: Path) -> None:
    if not top.exists():
        fresh.rename(top)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{top.name}-", dir=top.parent))
    top.rename(old / top.name)
    fresh.rename(top)
    shutil.rmtree(old, ignore_errors=True)
