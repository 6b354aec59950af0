"""A body as it was before it was packed: gzip and deflate alone, and never more than the cap.

Brotli and zstd are not asked for. A body is unpacked piece by piece, and zlib is told each time how much room
is left, so that a bomb costs no more memory than an honest page of the largest size.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_GZIP = zlib.MAX_WBITS | 16
_FRAMED = zlib.MAX_WBITS
_BARE = -zlib.MAX_WBITS
_MEMBERS = 100  # a gzip file may be several in a row; honest ones are a few
_OURS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_OTHERS = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz"})


class TooLarge(Exception):
    """The body is larger than it may be, packed or unpacked."""


class Unreadable(Exception):
    """The body is packed in a way that is not read, or is broken."""


def coding(header: str) -> str:
    """How a body is packed, from its Content-Encoding: gzip, deflate or "" for not at all.

    Words that name no packing (``identity``, a charset by mistake) say nothing. Raises Unreadable for
    packings that are not read, and for one inside another.
    """
    said = [word.strip().lower() for word in header.split(",")]
    packings = [word for word in said if word in _OURS or word in _OTHERS]
    if len(packings) > 1 or any(word in _OTHERS for word in packings):
        raise Unreadable(f"Content-Encoding: {header[:60]}")
    return _OURS[packings[0]] if packings else ""


def unpacked(pieces: Iterable[bytes], packing: str, most: int) -> bytes:
    """The whole body, at most `most` bytes of it both before and after. Raises TooLarge, Unreadable."""
    body = bytearray()
    unpack = _Unpacking(packing) if packing else None
    received = 0
    for piece in pieces:
        received += len(piece)
        body += unpack.more(piece, most - len(body)) if unpack else piece
        if received > most or len(body) > most:
            raise TooLarge(f"more than {most} bytes")
    if unpack and received and not unpack.is_whole:
        raise Unreadable("the packed body ends too early")
    return bytes(body)


class _Unpacking:
    """One body's way through zlib; gzip may be several members, one after another."""

    def __init__(self, packing: str) -> None:
        self._bits = _GZIP if packing == "gzip" else 0  # deflate: known when two bytes are
        self._zlib = zlib.decompressobj(_GZIP)
        self._held = b""
        self._members = 0

    @property
    def is_whole(self) -> bool:
        """Whether the end of the packed data was seen."""
        return self._members > 0 and self._zlib.eof

    def more(self, piece: bytes, room: int) -> bytes:
        """What this piece unpacks to, of which at most one byte more than there is room for."""
        data, self._held = self._held + piece, b""
        found = bytearray()
        while data and len(found) <= room:
            is_between = not self._members or self._zlib.eof
            if is_between and len(data) < 2:
                self._held = data
                break
            if is_between and not self._begins(data):
                break
            found += self._inflated(data, room + 1 - len(found))
            data = self._zlib.unused_data
        return bytes(found)

    def _begins(self, data: bytes) -> bool:
        """Start on the data; False where it is only what some servers leave after the end."""
        if self._members and (self._bits != _GZIP or not data.startswith(b"\x1f\x8b")):
            return False
        if self._members == _MEMBERS:
            raise Unreadable(f"more than {_MEMBERS} gzip members")
        self._bits = self._bits or (_FRAMED if _has_zlib_header(data) else _BARE)
        self._zlib = zlib.decompressobj(self._bits)
        self._members += 1
        return True

    def _inflated(self, data: bytes, most: int) -> bytes:
        try:
            return self._zlib.decompress(data, most)
        except zlib.error as error:
            raise Unreadable(str(error)) from error


def _has_zlib_header(data: bytes) -> bool:
    """Whether deflate came as the standard says, in zlib's frame; some servers leave it out."""
    return data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
