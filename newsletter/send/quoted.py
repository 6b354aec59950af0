"""Quoted-printable, in pieces that can be joined: RFC 2045, section 6.7."""

from __future__ import annotations

import re
from collections.abc import Iterator

SOFT_BREAK = b"=\r\n"

_WIDTH = 75  # one less than a line may have: room for the soft break's =
_UNSAFE = re.compile(rb"[^\t -~]+")


def quoted(text: str) -> bytes:
    """The text, its lines ended by CRLF and none longer than 76; a soft break may follow it anywhere."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode().split(b"\n")
    return b"\r\n".join(_line(line) for line in lines)


def _line(raw: bytes) -> bytes:
    whole = _UNSAFE.sub(_code, raw.replace(b"=", b"=3D"))
    if whole.endswith((b" ", b"\t")):  # white space at a line's end does not survive the way
        whole = whole[:-1] + b"=%02X" % whole[-1]
    return whole if len(whole) <= _WIDTH else SOFT_BREAK.join(_pieces(whole))


def _code(found: re.Match[bytes]) -> bytes:
    return b"=" + found[0].hex("=").upper().encode()


def _pieces(whole: bytes) -> Iterator[bytes]:
    """Cut so that no =XX is in two parts: a letter is long, so a step is a line, not a byte."""
    at, end = 0, len(whole)
    while end - at > _WIDTH:
        cut = at + _WIDTH
        split = whole.find(b"=", cut - 2, cut)
        yield whole[at : (at := cut if split < 0 else split)]
    yield whole[at:]
