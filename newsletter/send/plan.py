"""A row for each candidate, streamed: a million of them never stand in memory as people."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from newsletter.model.delivery import Delivery, DeliveryState, Exclusion, Sending
from newsletter.model.issue import Issue
from newsletter.model.letter import Letter
from newsletter.model.news import Pick
from newsletter.model.people import Member, Recipient, address_key
from newsletter.model.wire import wire_address

_ID_BYTES = 12  # 24 characters: `bounces+ID` stays far under the 64 of a local part
_EXCLUDED = -1


def sending(
    issue: Issue,
    picks: Iterable[Pick],
    letters: Iterable[Letter],
    *,
    id: str,
    digest: str,
    transport: str,
    mode: str,
    planned_at: datetime,
) -> Sending:
    """The sending, with what the report needs to know of the letter's blocks, their topics and links."""
    known, given = list(picks), list(letters)
    return Sending(
        id=id,
        issue=issue.id,
        digest=digest,
        transport=transport,
        mode=mode,
        planned_at=planned_at,
        titles={block.id: block.title or block.id for block in issue.blocks}
        | {pick.id: pick.title for pick in known},
        topics={block.id: block.topic for block in issue.blocks if block.topic}
        | {pick.id: pick.topic for pick in known if pick.topic},
        links=_links(given),
        editions={letter.edition: _blocks(letter) for letter in given},
    )


def plan(
    sending: Sending,
    candidates: Iterable[Recipient],
    *,
    key: bytes,
    edition_of: Callable[[Recipient], str],
    why: Callable[[Recipient], Exclusion | None],
    members: Mapping[str, Member],
    chunk: int,
    notice: Callable[[Recipient], str] = lambda recipient: "",
) -> Iterator[Delivery]:
    """A row for each candidate, an address once however often it is listed, the excluded with the reason.

    `notice` is what a first letter says of where the address came from.
    A chunk holds at most `chunk` letters of one edition, since some transports carry one content a request.
    Raises InputError for an address that no letter can be written to.
    """
    chunks = _Chunks(chunk)
    seen: set[bytes] = set()
    for recipient in candidates:
        mark = hashlib.blake2b(address_key(recipient.address).encode(), digest_size=16).digest()
        if mark not in seen:
            seen.add(mark)
            row = _delivery(sending, recipient, key, edition_of(recipient), why, members, chunks)
            yield row if row.state is DeliveryState.EXCLUDED else row._replace(notice=notice(recipient))


def delivery_id(sending: str, recipient: str, key: bytes) -> str:
    """The same id each time for one recipient of one sending; without the key none can be guessed."""
    text = f"{sending}/{recipient}".encode()
    return hashlib.blake2b(text, digest_size=_ID_BYTES, key=key[:64], person=b"delivery").hexdigest()


class _Chunks:
    """Hands out chunk numbers: an edition's chunk is filled before it gets the next."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._next = 0
        self._open: dict[str, tuple[int, int]] = {}  # edition → number, letters in it

    def number(self, edition: str) -> int:
        number, filled = self._open.get(edition, (0, self._size))
        if filled >= self._size:
            number, filled = self._next, 0
            self._next += 1
        self._open[edition] = number, filled + 1
        return number


def _delivery(
    sending: Sending,
    recipient: Recipient,
    key: bytes,
    edition: str,
    why: Callable[[Recipient], Exclusion | None],
    members: Mapping[str, Member],
    chunks: _Chunks,
) -> Delivery:
    wire_address(recipient.address)  # refused now, before anything leaves
    excluded = why(recipient)
    first = recipient.mandates[0] if recipient.mandates else None
    member = members.get(first.member) if first else None
    return Delivery(
        id=delivery_id(sending.id, recipient.id, key),
        sending=sending.id,
        recipient=recipient.id,
        address=recipient.address,
        name=recipient.name,
        edition=edition,
        member=member.id if member else "",
        county=member.county if member else "",
        group=first.role.group.value if first else "",
        chunk=_EXCLUDED if excluded else chunks.number(edition),
        state=DeliveryState.EXCLUDED if excluded else DeliveryState.WAITING,
        reason=excluded.value if excluded else "",
    )


def _blocks(letter: Letter) -> tuple[str, ...]:
    """The blocks that a letter holds: those with content, and those that its links stand in."""
    linked = (link.block for link in letter.links if link.block)
    return tuple(dict.fromkeys([*letter.block_bytes, *linked]))


def _links(letters: Iterable[Letter]) -> Mapping[str, str]:
    links: dict[str, str] = {}
    for letter in letters:
        for link in letter.links:
            links.setdefault(link.href, link.block)
    return links
