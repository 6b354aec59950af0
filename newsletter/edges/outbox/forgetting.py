"""Letters to one person, taken out of every folder below the outbox: what was sent, and copies for trial."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from newsletter.errors import StateError
from newsletter.model.people import address_key

_HEAD_BYTES = 16_384  # the header fields stand first; To is among them
_TO = re.compile(rb"^To:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"[^\s<>,;:]+@[^\s<>,;:]+")


class LetterFolders:
    """The LetterFiles port over the outbox's folders."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def forget(self, deliveries: Collection[str], addresses: Collection[str]) -> int:
        """Delete the files of these letters, and any other letter to one of the addresses; how many."""
        ids, keys = set(deliveries), {address_key(address) for address in addresses}
        try:
            found = [file for file in self._letters() if _id(file) in ids or _to(file) & keys]
            for file in found:
                file.unlink(missing_ok=True)
        except OSError as error:
            raise StateError(
                f"Breven i {self._outbox} gick inte att radera.",
                why=str(error.strerror or error),
                do="Ge rätt att skriva i mappen och kör samma kommando igen.",
            ) from error
        return len(found)

    def _letters(self) -> list[Path]:
        return [*self._outbox.rglob("*.eml"), *self._outbox.rglob(".*.eml.part")]


def _id(file: Path) -> str:
    return file.name.removeprefix(".").partition(".eml")[0]


def _to(file: Path) -> set[str]:
    """The addresses that the letter is to, as they are compared."""
    with file.open("rb") as letter:
        field = _TO.search(letter.read(_HEAD_BYTES))
    found = _ADDRESS.findall(field[0]) if field else []
    return {address_key(one.decode("utf-8", "replace")) for one in found}
