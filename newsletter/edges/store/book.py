"""Reading the ledger, and calling unknown what a dead sender left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select, update

from newsletter.edges.store import rows
from newsletter.edges.store.database import Database
from newsletter.edges.store.schema import chunk, delivery
from newsletter.edges.store.schema import sending as sending_table
from newsletter.errors import StateError
from newsletter.model.delivery import Delivery, DeliveryState, Equation, Sending
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
        query = (
            select(sending_table.c.candidates, delivery.c.state, func.count(delivery.c.id).label("rows"))
            .outerjoin(delivery, delivery.c.sending == sending_table.c.id)
            .where(sending_table.c.id == sending)
            .group_by(sending_table.c.candidates, delivery.c.state)
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

    def interrupted(self, sending: str, at: datetime) -> int:
        """Call unknown every attempting row of a sender that is gone; how many.

        Hold the sender's lock first: a sender that lives can tell better.
        """
        lost = update(delivery).where(
            delivery.c.sending == sending, delivery.c.state == DeliveryState.ATTEMPTING.value
        )
        left = update(chunk).where(chunk.c.sending == sending, chunk.c.state == "claimed")
        with self._database.writing() as connection:
            count = connection.execute(lost.values(state=DeliveryState.UNKNOWN.value)).rowcount
            connection.execute(left.values(state="closed", closed_at=at))
        return count
