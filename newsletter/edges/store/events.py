"""News of letters that left, each piece once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from newsletter.edges.store.database import Database, Values, batches, insert_new
from newsletter.edges.store.schema import delivery, event
from newsletter.model.event import Event, EventKind
from newsletter.ports import Intake


class StoredEvents:
    """The Events port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_in(self, events: Iterable[Event]) -> Intake:
        """Keep events by id, in one transaction; one that is known already changes nothing.

        Strangers are counted among the new.
        """
        total = new = strangers = 0
        with self._database.writing() as connection:
            for batch in batches(iter(events)):
                sendings = _sendings(connection, batch)
                rows = [_values(one, sendings.get(one.delivery)) for one in batch]
                ours = insert_new(connection, event, [row for row in rows if row["sending"] is not None])
                others = insert_new(connection, event, [row for row in rows if row["sending"] is None])
                total, new, strangers = total + len(batch), new + ours + others, strangers + others
        return Intake(new=new, repeated=total - new, strangers=strangers)

    def of(self, sending: str) -> Iterator[Event]:
        """A sending's events by delivery, then time, then id, one at a time."""
        query = select(event).where(event.c.sending == sending)
        ordered = query.order_by(event.c.delivery, event.c.at, event.c.id)
        return (_event(row) for row in self._database.stream(ordered))


def _sendings(connection: Connection, batch: Sequence[Event]) -> Mapping[str, str]:
    """Delivery → sending, for those that the ledger knows."""
    query = select(delivery.c.id, delivery.c.sending).where(
        delivery.c.id.in_({one.delivery for one in batch})
    )
    return {row.id: row.sending for row in connection.execute(query)}


def _values(one: Event, sending: str | None) -> Values:
    return {
        "id": one.id,
        "sending": sending,
        "delivery": one.delivery,
        "kind": one.kind.value,
        "at": one.at,
        "url": one.url,
        "agent": one.agent,
        "words": one.words,
        "raw": one.raw,
    }


def _event(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        delivery=row.delivery,
        kind=EventKind(row.kind),
        at=row.at,
        url=row.url,
        agent=row.agent,
        words=row.words,
        raw=row.raw,
    )
