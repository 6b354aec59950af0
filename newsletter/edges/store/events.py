"""News of letters that left, each piece once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from newsletter.edges.store.database import Database, Values, batches, insert_new
from newsletter.edges.store.schema import delivery, event, meta
from newsletter.model.event import Event, EventKind
from newsletter.ports import Intake

TIDIED = "clicks tidied: "  # and the sending, as a name in meta

_STRANGER: tuple[None, bool] = (None, False)
_SIMULATED = '{"simulated":true}'


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
                known = _known(connection, batch)
                rows = [_values(one, *known.get(one.delivery, _STRANGER)) for one in batch]
                ours = insert_new(connection, event, [row for row in rows if row["sending"] is not None])
                others = insert_new(connection, event, [row for row in rows if row["sending"] is None])
                total, new, strangers = total + len(batch), new + ours + others, strangers + others
        return Intake(new=new, repeated=total - new, strangers=strangers)

    def of(self, sending: str) -> Iterator[Event]:
        """A sending's events by delivery, then time, then id, one at a time."""
        query = select(event).where(event.c.sending == sending)
        ordered = query.order_by(event.c.delivery, event.c.at, event.c.id)
        return (event_of(row) for row in self._database.stream(ordered))

    def are_tidied(self, sending: str) -> bool:
        """Whether clicks of this sending were deleted, so that it can not be counted anew."""
        query = select(meta.c.name).where(meta.c.name == f"{TIDIED}{sending}")
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None


def _known(connection: Connection, batch: Sequence[Event]) -> Mapping[str, tuple[str | None, bool]]:
    """Delivery → its sending, and whether its reader was erased; for those that the ledger knows."""
    query = select(delivery.c.id, delivery.c.sending, delivery.c.address).where(
        delivery.c.id.in_({one.delivery for one in batch})
    )
    return {row.id: (row.sending, not row.address) for row in connection.execute(query)}


def _values(one: Event, sending: str | None, erased: bool) -> Values:
    if erased:
        one = without_person(one)  # news that comes late must not bring back who was erased
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


def without_person(one: Event) -> Event:
    """The news with what is counted alone: nothing that a provider wrote of the reader."""
    words = one.words.partition(" ")[0]
    raw = _SIMULATED if _SIMULATED[1:-1] in one.raw else ""
    return replace(one, words="" if "@" in words else words, raw=raw)


def event_of(row: Row[Any]) -> Event:
    """A piece of news from its row."""
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
