"""The batches of a provider that holds letters, and taking back what it has confirmed that it lets go of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from newsletter.edges.store import ledger
from newsletter.edges.store.database import Database
from newsletter.edges.store.schema import batch, delivery
from newsletter.model.delivery import DeliveryState, SendingState
from newsletter.model.transport import Batch, BatchState

_HELD = tuple(
    state.value for state in (DeliveryState.ACCEPTED, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)
)


class StoredBatches:
    """The Batches port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, kept: Batch) -> None:
        """Remember a batch before anything is handed over under it."""
        place = select(func.count(batch.c.id)).where(batch.c.sending == kept.sending)
        with self._database.writing() as connection:
            values: dict[str, object] = {
                "id": kept.id,
                "sending": kept.sending,
                "place": connection.execute(place).scalar(),
                "leaves_at": kept.leaves_at,
                "state": kept.state.value,
            }
            connection.execute(insert(batch), [values])

    def of(self, sending: str) -> Sequence[Batch]:
        """The sending's batches, the first first, each with the letters that it was handed."""
        held = delivery.c.sending == sending, delivery.c.batch != "", delivery.c.state.in_(_HELD)
        counted = select(delivery.c.batch, func.count().label("letters")).where(*held)
        handed = counted.group_by(delivery.c.batch).subquery()  # once over the rows, not once for each batch
        query = (
            select(batch, func.coalesce(handed.c.letters, 0).label("letters"))
            .outerjoin(handed, handed.c.batch == batch.c.id)
            .where(batch.c.sending == sending)
            .order_by(batch.c.place)
        )
        with self._database.reading() as connection:
            return [_batch(row) for row in connection.execute(query)]

    def mark(self, name: str, state: BatchState) -> None:
        """Note where a batch stands; it never goes back to open.

        Once we begin to take it back, nobody knows of its letters before the provider has confirmed it: they
        become unknown, and a sending that was done goes on.
        """
        if state is BatchState.OPEN:
            return
        with self._database.writing() as connection:
            connection.execute(update(batch).where(batch.c.id == name).values(state=state.value))
            if state is BatchState.CANCELLING:
                _doubt(connection, name)

    def recall(self, name: str, to: DeliveryState, at: datetime) -> int:
        """The provider was told to let none of it leave: its accepted, attempting and unknown rows move.

        To WAITING, or to CANCELLED, as they do where the sending itself is cancelled; to UNKNOWN where it may
        have come too late. How many. The batch is cancelled.
        """
        with self._database.writing() as connection:
            id = connection.execute(select(batch.c.sending).where(batch.c.id == name)).scalar_one()
            held = update(delivery).where(
                delivery.c.sending == id, delivery.c.batch == name, delivery.c.state.in_(_HELD)
            )
            ends = at if to is DeliveryState.CANCELLED else None
            count = connection.execute(held.values(state=to.value, reason="", settled_at=ends)).rowcount
            cancelled = update(batch).where(batch.c.id == name)
            connection.execute(cancelled.values(state=BatchState.CANCELLED.value))
            if count:
                ledger.move(connection, id, SendingState.DONE, SendingState.SENDING)
            ledger.close_left(connection, id, at)
            ledger.reopen(connection, id, at)
            ended = count and to is DeliveryState.CANCELLED
            ledger.finish(connection, id, SendingState.CANCELLED if ended else SendingState.DONE)
            return count


def _doubt(connection: Connection, name: str) -> None:
    id = connection.execute(select(batch.c.sending).where(batch.c.id == name)).scalar_one()
    held = update(delivery).where(
        delivery.c.sending == id, delivery.c.batch == name, delivery.c.state.in_(_HELD)
    )
    doubtful = {"state": DeliveryState.UNKNOWN.value, "settled_at": None}
    if connection.execute(held.values(doubtful)).rowcount:
        ledger.move(connection, id, SendingState.DONE, SendingState.SENDING)


def _batch(row: Row[tuple[object, ...]]) -> Batch:
    return Batch(row.id, row.sending, row.leaves_at, BatchState(row.state), row.letters)
