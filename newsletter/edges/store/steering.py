"""Stopping a sending that is under way, and letting it go on.

Each is one committed change of the sending's own row, which every claim looks at: a sender obeys at its next.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from newsletter.edges.store import book, ledger
from newsletter.edges.store.database import Database
from newsletter.edges.store.schema import chunk, delivery, sending
from newsletter.model.delivery import DeliveryState, SendingState


class StoredSteering:
    """The Steering port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pause(self, sending_id: str, why: str) -> bool:
        """Claim nothing more; whether there was something to pause."""
        going = update(sending).where(sending.c.id == sending_id, sending.c.state.in_(ledger.GOING))
        with self._database.writing() as connection:
            done = connection.execute(going.values(state=SendingState.PAUSED.value, paused=why))
            return done.rowcount == 1

    def resume(self, sending_id: str) -> bool:
        """Let it go on; whether it was paused."""
        paused = update(sending).where(
            sending.c.id == sending_id, sending.c.state == SendingState.PAUSED.value
        )
        with self._database.writing() as connection:
            done = connection.execute(paused.values(state=SendingState.SENDING.value, paused=""))
            if done.rowcount:
                ledger.finish(connection, sending_id)
            return done.rowcount == 1

    def cancel(self, sending_id: str, at: datetime) -> int:
        """Take back every row that waits, and claim nothing more; how many."""
        open_ones = (*ledger.GOING, SendingState.PAUSED.value, SendingState.CANCELLED.value)
        going = update(sending).where(sending.c.id == sending_id, sending.c.state.in_(open_ones))
        with self._database.writing() as connection:
            done = connection.execute(going.values(state=SendingState.CANCELLED.value, paused=""))
            return ledger.take_back(connection, sending_id, at) if done.rowcount else 0

    def interrupted(self, sending_id: str, at: datetime) -> int:
        """Call unknown every attempting row of a sender that is gone; how many.

        Hold the sender's lock first: a sender that lives can tell better.
        """
        lost = update(delivery).where(
            delivery.c.sending == sending_id,
            delivery.c.chunk.in_(book.ever_claimed(sending_id)),
            delivery.c.state == DeliveryState.ATTEMPTING.value,
        )
        left = update(chunk).where(chunk.c.sending == sending_id, chunk.c.state == "claimed")
        with self._database.writing() as connection:
            count = connection.execute(lost.values(state=DeliveryState.UNKNOWN.value)).rowcount
            connection.execute(left.values(state="closed", closed_at=at))
        return count
