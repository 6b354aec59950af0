"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Select, func, select, true

from newsletter.edges.store import rows
from newsletter.edges.store.database import Database
from newsletter.edges.store.schema import chunk, delivery
from newsletter.edges.store.schema import sending as sending_table
from newsletter.errors import StateError
from newsletter.model.delivery import Chunk, Delivery, DeliveryState, Equation, Sending
from newsletter.model.where import Where


class StoredLedgerBook:
    """The LedgerBook port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sending(self, issue: str) -> Sending | None:
        """The issue's sending, with its state."""
        query = select(sending_table).where(sending_table.c.issue == issue)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else rows.sending(row)

    def equation(self, sending: str) -> Equation:
        """Counted from the rows, in one read; the candidates are those counted at planning.

        Raises StateError for a sending that is not there.
        """
        # The rows are counted from the index alone, which has the state of each.
        counted = select(delivery.c.state, func.count().label("rows")).where(delivery.c.sending == sending)
        found_in = counted.group_by(delivery.c.state).subquery()
        query = (
            select(sending_table.c.candidates, found_in.c.state, found_in.c.rows)
            .outerjoin(found_in, true())
            .where(sending_table.c.id == sending)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).all()
        if not found:
            raise StateError(
                f"Utskicket {sending} finns inte i databasen.", where=Where(self._database.place)
            )
        counts = {row.state: row.rows for row in found if row.state is not None}
        return Equation(found[0].candidates, **counts)

    def deliveries(self, sending: str, *states: DeliveryState) -> Iterator[Delivery]:
        """The rows in these states (all where none is named), by chunk and id, one at a time."""
        query = select(delivery).where(delivery.c.sending == sending)
        if states:
            query = query.where(delivery.c.state.in_([state.value for state in states]))
        ordered = query.order_by(delivery.c.chunk, delivery.c.id)
        return (rows.delivery(row) for row in self._database.stream(ordered))

    def next_due(self, sending: str) -> datetime | None:
        """When the next deferred chunk may be claimed; None where none is put off."""
        waiting = (chunk.c.sending == sending) & (chunk.c.state == "waiting")
        with self._database.reading() as connection:
            return connection.execute(select(func.min(chunk.c.due)).where(waiting)).scalar()

    def in_doubt(self, sending: str) -> Sequence[Chunk]:
        """The chunks with unknown rows, each with those rows alone."""
        unknown = select(delivery).where(
            delivery.c.sending == sending,
            delivery.c.chunk.in_(ever_claimed(sending)),
            delivery.c.state == DeliveryState.UNKNOWN.value,
        )
        claimed_at = select(chunk.c.number, chunk.c.claimed_at).where(chunk.c.sending == sending)
        with self._database.reading() as connection:
            found = connection.execute(unknown.order_by(delivery.c.chunk, delivery.c.id)).all()
            known = {row.number: row.claimed_at for row in connection.execute(claimed_at)} if found else {}
        return [
            Chunk(sending, number, tuple(map(rows.delivery, of_it)), known[number])
            for number, of_it in groupby(found, attrgetter("chunk"))
        ]


def ever_claimed(sending: str) -> Select[tuple[int]]:
    """The numbers of the chunks that were handed out: of the others no row is attempting or unknown."""
    return select(chunk.c.number).where(chunk.c.sending == sending, chunk.c.claimed_at.is_not(None))
