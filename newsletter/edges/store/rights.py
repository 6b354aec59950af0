"""What is held about one person, forgetting it, and letting go of what has been kept long enough."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, insert, select

from newsletter.edges.store import approved, erasing, hashes, rows, suppressions
from newsletter.edges.store.database import Database, batches, insert_new
from newsletter.edges.store.events import TIDIED, event_of
from newsletter.edges.store.people import recipients_of
from newsletter.edges.store.schema import (
    cube,
    delivery,
    event,
    mandate,
    meta,
    person,
    person_log,
    sending,
    suppression_log,
)
from newsletter.model.delivery import SendingState
from newsletter.model.event import EventKind
from newsletter.model.people import Recipient, address_key
from newsletter.model.rights import Erased, Held, HeldLetter, LogEntry, Retention

_WHY_TIDIED = "gallring enligt [privacy]"


class StoredRights:
    """The Rights port."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def held(self, address: str) -> Held:
        """All that is held about whoever has the address, or had it in a letter."""
        hashed = hashes.of_address(self._key, address)
        with self._database.reading() as connection:
            found = erasing.traces(connection, address)
            return Held(
                address,
                _recipient(connection, address),
                _letters(connection, found.letters),
                suppressions.found(connection, hashed),
                _log(connection, found, hashed),
            )

    def erase(self, address: str, *, at: datetime, command: str) -> Erased:
        """Forget the person, all or nothing, and leave no byte of what was deleted in the file."""
        with self._database.writing() as connection:
            found = erasing.traces(connection, address)
            done = erasing.erase(connection, self._key, found, at, command)
        self._database.sweep()
        return done

    def due(
        self, *, events_before: datetime, letters_before: datetime, unlisted_before: datetime
    ) -> Retention:
        """What has been kept as long as it may."""
        with self._database.reading() as connection:
            return Retention(
                _count(connection, select(event.c.id).where(_old_clicks(events_before))),
                _count(connection, _old_letters(letters_before)),
                _count(connection, _unlisted(unlisted_before)),
            )

    def tidy(
        self,
        *,
        events_before: datetime,
        letters_before: datetime,
        unlisted_before: datetime,
        at: datetime,
        command: str,
    ) -> Retention:
        """Remove it, all or nothing. Who said no stays suppressed."""
        with self._database.writing() as connection:
            clicks = _forget_clicks(connection, events_before)
            letters = list(connection.scalars(_old_letters(letters_before)))
            erasing.scrub(connection, erasing.Traces(frozenset(), frozenset(), tuple(letters)))
            erasing.pseudonymise(connection, letters)
            approved.tidy(connection, letters_before)
            unlisted = list(connection.scalars(_unlisted(unlisted_before)))
            for some in batches(iter(unlisted)):
                _let_go(connection, some, at, command)
        self._database.sweep()
        return Retention(clicks, len(letters), len(unlisted))


def _recipient(connection: Connection, address: str) -> Recipient | None:
    return next(iter(recipients_of(connection, person.c.address_key == address_key(address))), None)


def _letters(connection: Connection, ids: tuple[str, ...]) -> tuple[HeldLetter, ...]:
    query = (
        select(delivery, sending.c.issue)
        .join(sending, sending.c.id == delivery.c.sending)
        .where(delivery.c.id.in_(ids))
        .order_by(sending.c.planned_at, sending.c.issue)
    )
    found = connection.execute(query).all()
    news = select(event).where(event.c.delivery.in_(ids)).order_by(event.c.at, event.c.id)
    events = [event_of(row) for row in connection.execute(news)]
    return tuple(
        HeldLetter(row.issue, rows.delivery(row), tuple(one for one in events if one.delivery == row.id))
        for row in found
    )


def _log(connection: Connection, found: erasing.Traces, hashed: str) -> tuple[LogEntry, ...]:
    """The person's changes and the address's suppressions, by time."""
    ids = [*found.ids, hashes.pseudonym(hashed)]
    queries: tuple[Select[Any], ...] = (
        select(person_log.c.at, person_log.c.what, person_log.c.why, person_log.c.command)
        .where(person_log.c.person.in_(ids))
        .order_by(person_log.c.number),
        select(suppression_log.c.at, suppression_log.c.what, suppression_log.c.why, suppression_log.c.command)
        .where(suppression_log.c.address_hmac == hashed)
        .order_by(suppression_log.c.number),
    )
    entries = [
        LogEntry(row.at, row.what, row.why, row.command)
        for query in queries
        for row in connection.execute(query)
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _old_clicks(before: datetime) -> ColumnElement[bool]:
    """Who clicked what, where the sending's numbers are published and will not be counted again."""
    published = select(cube.c.sending)
    known = event.c.sending.in_(published) | event.c.sending.is_(None)
    return (event.c.kind == EventKind.CLICKED.value) & (event.c.at < before) & known


def _forget_clicks(connection: Connection, before: datetime) -> int:
    """Delete them, and remember that these sendings can not be counted anew."""
    query = select(event.c.sending).where(_old_clicks(before), event.c.sending.is_not(None)).distinct()
    marks = [{"name": f"{TIDIED}{id}", "value": ""} for id in connection.scalars(query)]
    insert_new(connection, meta, marks)
    return connection.execute(delete(event).where(_old_clicks(before))).rowcount


def _old_letters(before: datetime) -> Select[Any]:
    return (
        select(delivery.c.id)
        .join(sending, sending.c.id == delivery.c.sending)
        .where(
            sending.c.state == SendingState.DONE.value,
            sending.c.planned_at < before,
            delivery.c.address != "",
        )
    )


def _unlisted(before: datetime) -> Select[Any]:
    """People without a mandate, about whom nothing has changed since."""
    changed = exists().where(person_log.c.person == person.c.id, person_log.c.at >= before)
    listed = exists().where(mandate.c.place == person.c.place)
    return select(person.c.id).where(~listed, ~changed)


def _let_go(connection: Connection, ids: list[str], at: datetime, command: str) -> None:
    connection.execute(delete(person).where(person.c.id.in_(ids)))
    notes = [
        {"person": id, "what": "removed", "why": _WHY_TIDIED, "command": command, "at": at} for id in ids
    ]
    connection.execute(insert(person_log), notes)


def _count(connection: Connection, query: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
