"""Settling what is not known, by asking and by taking back; never by guessing.

    a provider that holds letters     cancel the batch, confirm, and let its letters wait again
    one that can be asked             its answer for each letter
    one that can say nothing          unknown stays unknown, until news of the letter or a person settles it

No chunk may be under way: the caller holds the sender's lock, and its own threads have come to rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.model.delivery import DeliveryState, Sending
from newsletter.model.transport import BatchState
from newsletter.pipeline.batching import Batching
from newsletter.ports import Clock, Ledger, LedgerBook, Mailer


@dataclass(frozen=True, slots=True)
class Settling:
    """One sending's unknown letters."""

    sending: Sending
    ledger: Ledger
    book: LedgerBook
    mailer: Mailer
    clock: Clock
    batching: Batching | None = None

    def settle(self) -> None:
        """Settle what can be settled. Raises OutsideError where the other side does not answer."""
        if self.batching:
            self._recall(self.batching)
        for chunk in self.book.in_doubt(self.sending.id):
            answers = self.mailer.ask(chunk.deliveries, chunk.claimed_at or self.sending.planned_at)
            if answers:
                self.ledger.settle(self.sending.id, answers, self.clock.now())

    def _recall(self, batching: Batching) -> None:
        """Take back each batch with a letter in doubt, and each that an earlier run had begun to."""
        doubtful = {row.batch for chunk in self.book.in_doubt(self.sending.id) for row in chunk.deliveries}
        for batch in batching.batches.of(self.sending.id):
            if batch.id in doubtful or batch.state is BatchState.CANCELLING:
                batching.recall(batch, DeliveryState.WAITING)
