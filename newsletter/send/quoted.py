"""Quoted-printable, in pieces that can be joined: RFC 2045, section 6.7."""

from __future__ import annotations

SOFT_BREAK = b"=\r\n"

_WIDTH = 75  # one less than a line may have: room for the soft break's =
_CODES = [bytes((byte,)) if 32 <= byte <= 126 and byte != 61 else b"=%02X" % byte for byte in range(256)]
_CODES[9] = b"\t"


def quoted(text: str) -> bytes:
    """The text, its lines ended by CRLF and none longer than 76; a soft break may follow it anywhere."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"\r\n".join(_line(line.encode()) for line in lines)


def _line(raw: bytes) -> bytes:
    codes = [_CODES[byte] for byte in raw]
    if raw[-1:] in (b" ", b"\t"):
        codes[-1] = b"=%02X" % raw[-1]  # white space at the end of a line does not survive the way
    whole = b"".join(codes)
    return whole if len(whole) <= _WIDTH else _wrapped(codes)


def _wrapped(codes: list[bytes]) -> bytes:
    lines: list[bytes] = []
    line: list[bytes] = []
    width = 0
    for code in codes:
        if width + len(code) > _WIDTH:
            lines.append(b"".join(line))
            line, width = [], 0
        line.append(code)
        width += len(code)
    return SOFT_BREAK.join([*lines, b"".join(line)])
