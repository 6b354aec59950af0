"""The batches of a provider that holds letters: opening them, and taking them back.

mark CANCELLING ─ holding.cancel ─ recall      nothing more is handed over under a batch once it is marked, so
that whatever the provider confirms is all there ever was
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from newsletter import send as stage
from newsletter.errors import TransportFailed
from newsletter.model.delivery import DeliveryState, Sending
from newsletter.model.transport import Batch, BatchState
from newsletter.ports import Batches, Clock, Holding


@dataclass
class Batching:
    """The batches of one sending. Threads may share it while they hand over chunks."""

    sending: Sending
    holding: Holding
    batches: Batches
    clock: Clock
    window: timedelta  # how long letters are held, so that they can be taken back
    _known: dict[str, Batch] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def for_next(self, letters: int) -> Batch:
        """The batch for the next chunk, opened where there is room. Raises TransportFailed.

        The provider's clock is asked each time: ours may be set, or stand still with a laptop that sleeps,
        between two chunks, and what is handed over under a batch that is due leaves at once.
        """
        now = self.holding.clock()
        with self._lock:
            if not self._known:
                self._load()
            found = stage.batch_for_next(tuple(self._known.values()), now)
            if found is stage.Room.NONE:
                raise _no_room(stage.room_again_at(tuple(self._known.values())))
            batch = found if isinstance(found, Batch) else self._opened(now)
            self._known[batch.id] = replace(batch, letters=batch.letters + letters)
            return batch

    def give_back(self, batch: Batch, letters: int) -> None:
        """There was no chunk for the batch after all: it is the next one's."""
        with self._lock:
            if known := self._known.get(batch.id):
                self._known[batch.id] = replace(known, letters=known.letters - letters)

    def recall(self, batch: Batch, to: DeliveryState) -> bool:
        """Take the batch back, if there is time; whether that was done. No chunk may be under way with it.

        Raises TransportFailed where the provider does not confirm it: then it is not known, and tried again.
        """
        if batch.state in (BatchState.CANCELLED, BatchState.RELEASED):
            return False
        if not stage.can_be_recalled(batch, self.holding.clock()):
            self._give_up(batch)
            return False
        self.batches.mark(batch.id, BatchState.CANCELLING)
        confirmed = self.holding.cancel(batch.id)
        vouched = stage.was_recalled(batch, confirmed)
        self.batches.recall(batch.id, to if vouched else DeliveryState.UNKNOWN, self.clock.now())
        self._known.clear()
        return True

    def release(self) -> None:
        """Give back the names of cancelled batches whose letters are thrown away."""
        for batch in stage.to_release(self.batches.of(self.sending.id), self.holding.clock()):
            self.holding.release(batch.id)
            self.batches.mark(batch.id, BatchState.RELEASED)
        self._known.clear()

    def _give_up(self, batch: Batch) -> None:
        """Where an earlier run began to take it back, and now it is too late, what it held is unknown."""
        if batch.state is BatchState.CANCELLING:
            self.batches.recall(batch.id, DeliveryState.UNKNOWN, self.clock.now())
            self._known.clear()

    def _load(self) -> None:
        self._known = {one.id: one for one in self.batches.of(self.sending.id)}

    def _opened(self, now: datetime) -> Batch:
        leaves_at = stage.leaving(now, self.window, self.sending.leaves_at)
        batch = Batch(self.holding.open_batch(), self.sending.id, leaves_at)
        self.batches.keep(batch)
        return batch


def _no_room(again_at: datetime) -> TransportFailed:
    return TransportFailed(
        "Inget mer kan lämnas över just nu.",
        why="Leverantören tillåter tio återtag åt gången, och alla är upptagna av omgångar vars svar gick "
        f"förlorade. Nästa plats blir ledig {again_at:%Y-%m-%d kl. %H.%M} (UTC).",
        do="Vänta till dess. Ingen har fått brevet två gånger, och alla väntande finns kvar.",
        retryable=False,
    )
