"""Forgetting people: what was theirs goes, what is counted stays, and that they were forgotten is noted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, or_, select, update

from newsletter.edges.store import approved, hashes, suppressions
from newsletter.edges.store.database import BATCH, Values, batches, insert_new
from newsletter.edges.store.events import event_of, without_person
from newsletter.edges.store.schema import (
    delivery,
    erasure,
    event,
    person,
    person_log,
    sending,
    suppression_log,
)
from newsletter.model.delivery import DeliveryState, SendingState
from newsletter.model.event import Event
from newsletter.model.people import Suppression, address_key
from newsletter.model.rights import PSEUDONYM, Erased, SuppressionEntry, counted_as

WHY = "artikel 17: personen begärde det"
_UNSENT = (DeliveryState.WAITING.value,)


@dataclass(frozen=True, slots=True)
class Traces:
    """Where a person stands: by which ids, in which letters, under which addresses."""

    ids: frozenset[str]
    addresses: frozenset[str]  # as they are spelt
    letters: tuple[str, ...]  # ids of deliveries


def traces(connection: Connection, address: str) -> Traces:
    """Whoever has the address now or, where nobody has, those who had it in a letter."""
    key = address_key(address)
    holder = connection.execute(select(person.c.id).where(person.c.address_key == key)).scalars().all()
    spelt = [one for one in _spellings(connection) if address_key(one) == key]
    gone = select(delivery.c.recipient).where(
        delivery.c.address.in_(spelt), delivery.c.recipient.not_in(select(person.c.id))
    )
    ids = frozenset([*holder, *connection.execute(gone).scalars()])
    return of_ids(connection, ids, [address, *spelt])


def of_ids(connection: Connection, ids: Collection[str], addresses: Iterable[str] = ()) -> Traces:
    """The letters of these people, and those to these addresses."""
    spelt = set(addresses)
    rows = [
        row
        for some in batches(iter(sorted({*ids, *spelt})), BATCH)
        for row in connection.execute(
            select(delivery.c.id, delivery.c.address).where(
                or_(delivery.c.recipient.in_(some), delivery.c.address.in_(some)), delivery.c.address != ""
            )
        )
    ]
    now = select(person.c.address).where(person.c.id.in_(ids))
    spelt |= {row.address for row in rows} | set(connection.execute(now).scalars())
    return Traces(frozenset(ids), frozenset(spelt), tuple({row.id: None for row in rows}))


def erase(connection: Connection, key: bytes, found: Traces, at: datetime, command: str) -> Erased:
    """Forget these people, in the caller's transaction."""
    events = scrub(connection, found)
    _letters(connection, found.letters)
    for id in sorted(found.ids):
        _logs(connection, key, id, at, command)
        insert_new(connection, erasure, [{"person_hmac": hashes.of_person(key, id), "at": at}])
    approved.forget(connection, [hashes.of_person(key, id) for id in sorted(found.ids)])
    gone = connection.execute(delete(person).where(person.c.id.in_(found.ids))).rowcount
    for address in sorted(found.addresses):
        _suppress(connection, key, address, at, command)
    return Erased(gone, len(found.letters), events)


def pseudonymise(connection: Connection, letters: Iterable[str], reason: str = "") -> None:
    """Let letters lose name, address and id; what they are counted by stays.

    While a sending is open, its rows must still give the digest that was approved, so that they keep the
    hash of the id that the digest counts; afterwards not even that.
    """
    query = (
        select(delivery.c.id, delivery.c.recipient, delivery.c.state, delivery.c.reason, sending.c.state)
        .join(sending, sending.c.id == delivery.c.sending)
        .where(delivery.c.address != "")
    )
    for some in batches(iter(letters), BATCH):
        rows = connection.execute(query.where(delivery.c.id.in_(some))).all()
        if rows:
            connection.execute(_LOSE, [_lost(*row, reason=reason) for row in rows])


_LOSE = (
    update(delivery)
    .where(delivery.c.id == bindparam("known"))
    .values(
        recipient=bindparam("as"),
        address="",
        name="",
        notice="",
        state=bindparam("to"),
        reason=bindparam("words"),
    )
)


def _lost(id: str, recipient: str, state: str, words: str, of: str, *, reason: str) -> Values:
    unsent = state in _UNSENT
    done = of == SendingState.DONE.value
    kept = words if state in (DeliveryState.EXCLUDED.value, DeliveryState.CANCELLED.value) else ""
    return {
        "known": id,
        "as": PSEUDONYM + (id if done else counted_as(recipient)),
        "to": DeliveryState.CANCELLED.value if unsent else state,
        "words": reason if unsent else kept,
    }


def _letters(connection: Connection, letters: Iterable[str]) -> None:
    pseudonymise(connection, letters, Suppression.ERASED.value)


def scrub(connection: Connection, found: Traces) -> int:
    """Scrub the news of these letters, and any other that names one of the addresses; how many."""
    named = [_names(address.casefold()) for address in sorted(found.addresses)]
    wanted = [event.c.delivery.in_(some) for some in batches(iter(found.letters), BATCH)]
    rows = {
        row.id: row
        for condition in (*wanted, *named)
        for row in connection.execute(select(event).where(condition))
    }
    scrubbed = [without_person(event_of(row)) for row in rows.values()]
    if scrubbed:
        scrub = update(event).where(event.c.id == bindparam("known"))
        values = [
            {"known": one.id, "words": one.words, "raw": one.raw, "agent": one.agent, "url": one.url}
            for one in (_unnamed(one, found.addresses) for one in scrubbed)
        ]
        connection.execute(
            scrub.values({name: bindparam(name) for name in ("words", "raw", "agent", "url")}), values
        )
    return len(scrubbed)


def _names(address: str) -> ColumnElement[bool]:
    columns = (event.c.raw, event.c.words, event.c.agent, event.c.url)
    spellings = {address, address_key(address)}
    return or_(*(func.instr(func.lower(column), each) > 0 for column in columns for each in spellings))


def _unnamed(one: Event, addresses: Iterable[str]) -> Event:
    """The news without an address or a browser in which one of the addresses stands."""
    folded = [address.casefold() for address in addresses]
    url, agent = (
        "" if any(each in text.casefold() for each in folded) else text for text in (one.url, one.agent)
    )
    return replace(one, url=url, agent=agent)


def _logs(connection: Connection, key: bytes, id: str, at: datetime, command: str) -> None:
    """The log of changes loses the id and whatever somebody wrote as a reason, and says what was done."""
    address = connection.execute(select(person.c.address).where(person.c.id == id)).scalar()
    hashed = hashes.of_address(key, address) if address else hashes.of_person(key, id)
    alias = hashes.pseudonym(hashed)
    connection.execute(update(person_log).where(person_log.c.person == id).values(person=alias, why=""))
    row = {"person": alias, "what": "erased", "why": WHY, "command": command, "at": at}
    connection.execute(insert(person_log), [row])


def _suppress(connection: Connection, key: bytes, address: str, at: datetime, command: str) -> None:
    """Never write there again, unless it has become another person's."""
    held = select(person.c.id).where(person.c.address_key == address_key(address))
    if connection.execute(held).first():
        return
    hashed = hashes.of_address(key, address)
    log = update(suppression_log).where(suppression_log.c.address_hmac == hashed)
    connection.execute(log.values(why=""))
    entry = SuppressionEntry(Suppression.ERASED, WHY, at)
    suppressions.place(connection, hashed, entry, command)


def _spellings(connection: Connection) -> Iterable[str]:
    return connection.execute(select(delivery.c.address).distinct()).scalars()
