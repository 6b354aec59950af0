"""What an approval binds to, as one number.

Each edition before personal marks, the measuring mode, the transport, the audience's rule and the set of its
recipients. Date, Message-ID and MIME boundaries are not in it, nor is the order of the recipients.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from newsletter.model.letter import Letter, Picture
from newsletter.model.rights import counted_as

_BYTES = 32
_ROOM = 1 << (8 * _BYTES)


def digest(
    letters: Iterable[Letter], recipients: Iterable[str], *, rule: str, mode: str, transport: str
) -> str:
    """The hex digest of a whole sending; `recipients` are ids, each once, in any order."""
    editions = sorted(letter_digest(letter) for letter in letters)
    count, total = _set_of(recipients)
    return _hex(part.encode() for part in (*editions, rule, mode, transport, str(count), str(total)))


def letter_digest(letter: Letter) -> str:
    """The hex digest of one edition before personal marks: all that its readers could tell apart."""
    return _hex(_parts(letter))


def _parts(letter: Letter) -> Iterator[bytes]:
    sender = letter.sender
    texts = (letter.issue, letter.edition, letter.language, letter.subject, letter.preheader, letter.html)
    yield from (text.encode() for text in (*texts, letter.text, sender.name, sender.address, sender.reply_to))
    for name, value in sorted(letter.headers.items()):
        yield f"{name}: {value}".encode()
    for picture in (*letter.pictures, *letter.hosted):
        yield from _picture(picture)


def _picture(picture: Picture) -> tuple[bytes, ...]:
    return picture.cid.encode(), picture.mime.encode(), picture.data


def _set_of(ids: Iterable[str]) -> tuple[int, int]:
    """The size of a set and the sum of its members' hashes: no order, and nobody stands in memory."""
    count = total = 0
    for id_ in ids:
        count += 1
        total += int(counted_as(id_), 16)
    return count, total % _ROOM


def _hex(parts: Iterable[bytes]) -> str:
    """Each part with its length before it, so that no two rows of parts are alike."""
    hasher = hashlib.blake2b(digest_size=_BYTES)
    for part in parts:
        hasher.update(len(part).to_bytes(8))
        hasher.update(part)
    return hasher.hexdigest()
