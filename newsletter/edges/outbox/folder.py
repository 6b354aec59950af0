"""The Mailer port over a folder.

A letter is written beside its place, forced to disk, and renamed into place: a file that is there is whole,
and a letter without a file never left. So the outbox can always say what became of a letter, and a repeat
writes the same file.

Where a disk is full or a folder is closed, nothing of that letter has left. As the first of a run it stops
the run (TransportFailed); later it ends the run, and the letters after it have no answer until asked for.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from newsletter.errors import TransportFailed
from newsletter.model.delivery import Delivery
from newsletter.model.transport import Answer, Features, Outcome, Outgoing, Parcel

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_ENDING = ".eml"
_UNFINISHED = ".part"
_ACCEPTED = Answer(Outcome.ACCEPTED)
_BAD_ID = Answer(Outcome.REJECTED, "Brevets id duger inte som filnamn.")


class Outbox:
    """The folder of one issue's letters. One process writes to it at a time: the sender holds the lock."""

    def __init__(self, folder: Path, chunk: int = 50) -> None:
        self._folder = folder
        self.features = Features("outbox", answers=True, chunk=chunk, local=True)

    def attempt(self, parcel: Parcel) -> Mapping[str, Answer]:
        """Write each letter once. Raises TransportFailed when not one could be written."""
        answers: dict[str, Answer] = {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for letter in parcel.letters:
                answers[letter.delivery] = self._write(letter)
            _force(self._folder)
        except OSError as error:
            written = [answer for answer in answers.values() if answer is _ACCEPTED]
            if not written:
                raise self._failure(error) from error
            return self._found(answers)
        return answers

    def ask(self, deliveries: Sequence[Delivery], since: datetime) -> Mapping[str, Answer | None]:
        """Accepted where the file is there, else it never left. What a killed writer left is removed."""
        try:
            self._clean()
            return {one.id: _ACCEPTED if self._is_there(one.id) else None for one in deliveries}
        except OSError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """Nothing is held open."""

    def _write(self, letter: Outgoing) -> Answer:
        if not _ID.fullmatch(letter.delivery):
            return _BAD_ID
        place = self._place(letter.delivery)
        beside = place.with_name(f".{place.name}{_UNFINISHED}")
        try:
            with beside.open("wb") as file:
                file.write(letter.data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        return _ACCEPTED

    def _found(self, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
        """The answers that hold however the run ended; a file that is not there gives none."""
        return {id_: answer for id_, answer in answers.items() if answer is _BAD_ID or self._is_there(id_)}

    def _is_there(self, delivery: str) -> bool:
        return bool(_ID.fullmatch(delivery)) and self._place(delivery).is_file()

    def _place(self, delivery: str) -> Path:
        return self._folder / f"{delivery}{_ENDING}"

    def _clean(self) -> None:
        if self._folder.is_dir():
            for leftover in self._folder.glob(f".*{_ENDING}{_UNFINISHED}"):
                leftover.unlink(missing_ok=True)

    def _failure(self, error: OSError) -> TransportFailed:
        return TransportFailed(
            f"Utkorgen {self._folder} går inte att skriva i.",
            why=f"{error.strerror or error}. Inget av de brev som skulle skrivas just nu har lagts där.",
            do="Ge plats eller rätt att skriva, och kör samma kommando igen: det fortsätter där det slutade.",
        )


def _force(folder: Path) -> None:
    """Let the folder's list of names reach the disk; Windows has no such call."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
