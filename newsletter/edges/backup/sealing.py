"""Bytes sealed as they stream: AES-256-GCM by the piece, so that a big file never stands in memory.

    magic | length of header | header (JSON, readable, sealed against change) | pieces

Every piece is numbered and the last one says so: a file that is cut, mixed or changed cannot be opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from newsletter.errors import StateError
from newsletter.model.where import Where

MAGIC = b"newsletter backup 1\n"

_PIECE = 1 << 20
_TAG = 16
_PREFIX = 7
_HEADER_MAX = 10_000
_DO = "Ta en annan säkerhetskopia. Ingenting är ändrat."


class SealedWriter:
    """A file that is written through; :meth:`close` writes the last piece."""

    def __init__(self, out: BinaryIO, key: bytes, header: Mapping[str, Any]) -> None:
        self._out = out
        self._cipher = AESGCM(key)
        self._prefix = os.urandom(_PREFIX)
        self._bound = json.dumps({**header, "prefix": self._prefix.hex()}, ensure_ascii=False).encode()
        self._number = 0
        self._waiting = bytearray()
        out.write(MAGIC + len(self._bound).to_bytes(4) + self._bound)

    def write(self, data: bytes) -> int:
        """Take in more."""
        self._waiting += data
        while len(self._waiting) > _PIECE:
            self._seal(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(data)

    def close(self) -> None:
        """Write what is left, as the last piece."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last)
        self._out.write(self._cipher.encrypt(nonce, piece, self._bound))
        self._number += 1


def header_of(source: BinaryIO, place: str) -> tuple[Mapping[str, Any], bytes]:
    """The header, and its bytes as they are bound to the pieces. Raises StateError where there is none."""
    if source.read(len(MAGIC)) != MAGIC:
        raise StateError(
            "Filen är ingen säkerhetskopia från det här programmet.",
            where=Where(place),
            why="Den börjar inte som en, eller är gjord av en nyare version.",
            do=_DO,
        )
    length = int.from_bytes(source.read(4))
    bound = source.read(length) if length <= _HEADER_MAX else b""
    try:
        header = json.loads(bound)
        bytes.fromhex(header["prefix"])
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(place) from error
    return header, bound


class SealedReader:
    """What :class:`SealedWriter` wrote, read from after the header on."""

    def __init__(self, source: BinaryIO, key: bytes, bound: bytes, place: str) -> None:
        self._source, self._cipher, self._bound, self._place = source, AESGCM(key), bound, place
        self._prefix = bytes.fromhex(json.loads(bound)["prefix"])
        self._number = 0
        self._open = bytearray()
        self._next = source.read(_PIECE + _TAG)
        self._done = False

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end. Raises StateError where the file is not whole."""
        while not self._done and (size < 0 or len(self._open) < size):
            self._unseal()
        wanted = len(self._open) if size < 0 else size
        given = bytes(self._open[:wanted])
        del self._open[:wanted]
        return given

    def _unseal(self) -> None:
        piece, self._next = self._next, self._source.read(_PIECE + _TAG)
        last = not self._next
        try:
            self._open += self._cipher.decrypt(_nonce(self._prefix, self._number, last), piece, self._bound)
        except (InvalidTag, ValueError) as error:
            raise damaged(self._place) from error
        self._number += 1
        self._done = last


def damaged(place: str) -> StateError:
    """The file is not what was written."""
    return StateError(
        "Säkerhetskopian är skadad eller avhuggen.",
        where=Where(place),
        why="Dess kontrollsumma stämmer inte.",
        do=_DO,
    )


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4) + (b"\x01" if last else b"\x00")
