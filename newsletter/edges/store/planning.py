"""Writing a sending's rows: every candidate's, before anything leaves."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from newsletter.edges.store import rows
from newsletter.edges.store.database import Database, batches, insert_new
from newsletter.edges.store.schema import chunk, delivery, sending
from newsletter.model.delivery import Delivery, DeliveryState, Sending


def plan(database: Database, planned: Sending, deliveries: Iterable[Delivery]) -> Sending:
    """Write the sending, its deliveries and its chunks, all or none; the one that is there wins."""
    with database.writing() as connection:
        if insert_new(connection, sending, [rows.sending_values(planned)], key=["issue"]):
            candidates = _write(connection, planned, deliveries)
            _leave_out_notices(connection, planned)
            count = update(sending).where(sending.c.id == planned.id).values(candidates=candidates)
            connection.execute(count)
        query = select(sending).where(sending.c.issue == planned.issue)
        return rows.sending(connection.execute(query).one())


def _write(connection: Connection, planned: Sending, deliveries: Iterable[Delivery]) -> int:
    """Write the rows; how many candidates there were, counted as they came and not from the rows."""
    candidates = 0
    numbers: set[int] = set()
    for batch in batches(iter(deliveries)):
        for one in batch:
            _refuse_misplaced(one, planned)
        connection.execute(insert(delivery), [rows.delivery_values(one) for one in batch])
        candidates += len(batch)
        numbers.update(one.chunk for one in batch if one.state is DeliveryState.WAITING)
    for some in batches(iter(sorted(numbers))):
        new = [{"sending": planned.id, "number": number, "state": "waiting"} for number in some]
        connection.execute(insert(chunk), new)
    return candidates


def _leave_out_notices(connection: Connection, planned: Sending) -> None:
    """Where an address came from is said once: not to those who have had a letter before."""
    reached = select(delivery.c.recipient).where(
        delivery.c.state == DeliveryState.ACCEPTED.value, delivery.c.sending != planned.id
    )
    known = update(delivery).where(delivery.c.sending == planned.id, delivery.c.recipient.in_(reached))
    connection.execute(known.values(notice=""))


def _refuse_misplaced(one: Delivery, planned: Sending) -> None:
    """Raises ValueError for a row that no equation could count: the stage's mistake, not the data's."""
    excluded = one.state is DeliveryState.EXCLUDED
    if one.sending != planned.id:
        raise ValueError(f"delivery {one.id} belongs to sending {one.sending}, not {planned.id}")
    if not excluded and one.state is not DeliveryState.WAITING:
        raise ValueError(f"delivery {one.id} is planned as {one.state.value}; a plan has not sent anything")
    if excluded != (one.chunk < 0):
        raise ValueError(f"delivery {one.id} is {one.state.value} in chunk {one.chunk}")
