"""Quoted-printable, in pieces that can be joined: RFC 2045, section 6.7.

No line begins with a dot, so that a letter goes by SMTP as it is (RFC 5321, 4.5.2 doubles such a dot).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SOFT_BREAK = b"=\r\n"

_WIDTH = 75  # one less than a line may have: room for the soft break's =
_DOT = b"=2E"
_UNSAFE = re.compile(rb"[^\t -~]+")


def quoted(text: str) -> bytes:
    """The text from a line's start on, lines ended by CRLF, none longer than 76; a soft break may follow."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode().split(b"\n")
    return b"\r\n".join(_line(line) for line in lines)


def _line(raw: bytes) -> bytes:
    whole = _UNSAFE.sub(_code, raw.replace(b"=", b"=3D"))
    if whole.endswith((b" ", b"\t")):  # white space at a line's end does not survive the way
        whole = whole[:-1] + b"=%02X" % whole[-1]
    if len(whole) <= _WIDTH and not whole.startswith(b"."):
        return whole
    return SOFT_BREAK.join(_pieces(whole))


def _code(found: re.Match[bytes]) -> bytes:
    return b"=" + found[0].hex("=").upper().encode()


def _pieces(whole: bytes) -> Iterator[bytes]:
    """Cut so that no =XX is in two parts: a letter is long, so a step is a line, not a byte."""
    at, end = 0, len(whole)
    while at < end:
        start = _DOT if whole.startswith(b".", at) else b""
        at += 1 if start else 0
        cut = at + _WIDTH - len(start)
        split = whole.find(b"=", cut - 2, cut) if cut < end else end
        yield start + whole[at : (at := cut if split < 0 else split)]
