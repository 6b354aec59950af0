"""What is sent, as numbers: named parts, the set of people, and one digest of it all.

    letters, mode, transport, rule, wording ─► parts ─┐
    ids of recipients ───────────────────────► set ───┴─► digest

The one way of doing it, so that what was approved, what was planned and what ``sending.json`` says can be
held against each other. Date, Message-ID and MIME boundaries are not in it, nor is the order of people or
editions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator

from newsletter.model.letter import Letter, Picture
from newsletter.model.review import AudienceDigest, Parts
from newsletter.model.rights import counted_as

WHOLE = ("mode", "transport", "transport/settings", "rule", "wording")
"""The parts that are of the whole sending; every other name begins with an edition's id."""

_BYTES = 32
_ROOM = 1 << (8 * _BYTES)


def parts(letters: Iterable[Letter], *, rule: str, mode: str, transport: str, wording: str = "") -> Parts:
    """Each thing that a reader or the law could tell apart, by name: ``politiker/subject``, ``mode``.

    In the order of the names. `transport` is its name and, on the lines below, its settings. `wording` is
    what first letters say of where the address came from.
    """
    name, _, settings = transport.partition("\n")
    texts = (mode, name, settings, rule, wording)
    found = {part: _hex([text.encode()]) for part, text in zip(WHOLE, texts, strict=True)}
    for letter in letters:
        found |= letter_parts(letter)
    return dict(sorted(found.items()))


def letter_parts(letter: Letter) -> Parts:
    """The parts of one edition before personal marks, each name beginning with the edition's id."""
    sender = letter.sender
    texts = {
        "issue": letter.issue,
        "language": letter.language,
        "subject": letter.subject,
        "preheader": letter.preheader,
        "html": letter.html,
        "text": letter.text,
        "from/name": sender.name,
        "from/address": sender.address,
        "reply-to": sender.reply_to,
    } | {f"headers/{name}": value for name, value in letter.headers.items()}
    found = {name: _hex([text.encode()]) for name, text in texts.items()}
    found |= _pictures("pictures", letter.pictures)
    found |= _pictures("hosted", letter.hosted)
    return {f"{letter.edition}/{name}": found[name] for name in sorted(found)}


class Tally:
    """Ids counted as they come by, each once, in any order; nobody stands in memory."""

    def __init__(self) -> None:
        self._count = self._total = 0

    def add(self, recipient: str) -> None:
        """Count one."""
        self._count += 1
        self._total += int(counted_as(recipient), 16)

    def audience(self) -> AudienceDigest:
        """The set of those that came by: a sum of hashes has no order."""
        return AudienceDigest(self._count, f"{self._total % _ROOM:0{2 * _BYTES}x}")


def audience(recipients: Iterable[str]) -> AudienceDigest:
    """The set of these ids, each given once, in any order."""
    tally = Tally()
    for id_ in recipients:
        tally.add(id_)
    return tally.audience()


def passing(recipients: Iterable[str]) -> Generator[str, None, AudienceDigest]:
    """The same ids on their way to somebody else; when the last has passed, the set that they were."""
    tally = Tally()
    for id_ in recipients:
        tally.add(id_)
        yield id_
    return tally.audience()


def digest(found: Parts, of: AudienceDigest) -> str:
    """The hex digest of a whole sending."""
    return _hex(_told(found, str(of.count), of.digest))


def letter_digest(letter: Letter) -> str:
    """The hex digest of one edition before personal marks: all that its readers could tell apart."""
    return _hex(_told(letter_parts(letter)))


def _told(found: Parts, *more: str) -> Iterator[bytes]:
    for name in sorted(found):
        yield from (name.encode(), found[name].encode())
    yield from (each.encode() for each in more)


def _pictures(kind: str, pictures: Iterable[Picture]) -> Parts:
    """By path; one that the letter holds twice is counted as it stands, both times."""
    by_path: dict[str, list[bytes]] = {}
    for picture in pictures:
        told = picture.cid.encode(), picture.mime.encode(), picture.url.encode(), picture.data
        by_path.setdefault(f"{kind}/{picture.path}", []).extend(told)
    return {name: _hex(told) for name, told in by_path.items()}


def _hex(texts: Iterable[bytes]) -> str:
    """Each text with its length before it, so that no two rows of texts are alike."""
    hasher = hashlib.blake2b(digest_size=_BYTES)
    for text in texts:
        hasher.update(len(text).to_bytes(8))
        hasher.update(text)
    return hasher.hexdigest()
