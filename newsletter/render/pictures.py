"""Pictures: what they are, how large, and the name they travel under.

Only the first bytes of PNG and JPEG are read, by the formats' own specifications (PNG 11.2.2 IHDR; JPEG
ITU-T T.81 B.2.2 SOF), so that no decoder is let near a file for four numbers.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata

from newsletter.errors import InputError, MissingFile
from newsletter.model.letter import Picture
from newsletter.model.where import Where

PNG, JPEG = "image/png", "image/jpeg"
SUFFIX = {PNG: ".png", JPEG: ".jpg"}
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF markers; the three are DHT, JPG and DAC
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length


def picture(path: str, data: bytes | None, where: Where | None, host: str, folder: str = "") -> Picture:
    """A picture ready to travel, or to lie in `folder`, a web address. Raises MissingFile or InputError."""
    if data is None:
        raise MissingFile(
            f"Bilden {path} finns inte.",
            where=where,
            why="Raden pekar på en fil som inte ligger där.",
            do="Lägg bilden där, eller rätta namnet; stora och små bokstäver räknas som olika.",
        )
    mime, width, height = _measured(path, data, where)
    stem = file_stem(path, data)
    url = f"{folder}/{stem}{SUFFIX[mime]}" if folder else ""
    return Picture(path, f"{stem}@{host}", mime, data, width, height, url)


def file_name(picture: Picture) -> str:
    """The name that a picture has as a file beside the letter, and at the end of its url."""
    return picture.cid.partition("@")[0] + SUFFIX[picture.mime]


def file_stem(path: str, data: bytes) -> str:
    """A name made of the file's own and of its content: the same picture always has the same."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-") or "bild"
    return f"{slug[:40]}-{hashlib.sha256(data).hexdigest()[:12]}"


def _measured(path: str, data: bytes, where: Where | None) -> tuple[str, int, int]:
    size = _png(data) or _jpeg(data)
    if size is None or 0 in size[1:]:
        raise InputError(
            f"{path} är inte en hel PNG- eller JPEG-bild.",
            where=where,
            why="Andra format visas inte i alla e-postprogram.",
            do="Spara om bilden som PNG (teckningar) eller JPEG (fotografier).",
        )
    return size


def _png(data: bytes) -> tuple[str, int, int] | None:
    if not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return PNG, width, height


def _jpeg(data: bytes) -> tuple[str, int, int] | None:
    if not data.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return JPEG, width, height
        at += _step(data, at, marker)
    return None


def _step(data: bytes, at: int, marker: int) -> int:
    """How far it is to the next marker; fill bytes (0xFF) are passed one at a time."""
    if marker == 0xFF:
        return 1
    return 2 if marker in _ALONE else 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
