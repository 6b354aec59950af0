"""A claimed chunk, made ready to leave: without those who have left meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from newsletter import send as stage
from newsletter.model.delivery import Chunk, Delivery
from newsletter.model.letter import Letter, Mark
from newsletter.model.people import Member, Suppression
from newsletter.model.transport import Answer, Batch, Carries, Outcome, Outgoing, Parcel
from newsletter.ports import Clock, Suppressed
from newsletter.send import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels:
    """The editions of one sending, each encoded once."""

    letters: Mapping[str, Letter]  # by edition
    templates: Mapping[str, Template]  # by edition
    members: Mapping[str, Member]
    mailbox: str  # where those who leave write to
    carries: Carries
    bounces: stage.Bounces  # where letters come back to that could not be delivered
    suppressions: Suppressed
    clock: Clock

    def left_meanwhile(self, chunk: Chunk) -> Mapping[str, Answer]:
        """The answers for those who left the lists after the plan was made: their letters are taken back."""
        known = self.suppressions.among([row.address for row in chunk.deliveries if row.address])
        whys = {row.id: _why(row, known) for row in chunk.deliveries}
        return {id_: Answer(Outcome.CANCELLED, why.value) for id_, why in whys.items() if why}

    def parcel(self, chunk: Chunk, batch: Batch | None = None) -> Parcel:
        """The chunk ready to leave; its rows are of one edition."""
        edition = chunk.deliveries[0].edition
        if self.carries is Carries.CONTENT:
            personal = {row.id: self.marks(row) for row in chunk.deliveries}
            return Parcel(chunk, self.letters[edition], personal=personal, batch=batch)
        letters = tuple(self.outgoing(row) for row in chunk.deliveries)
        return Parcel(chunk, self.letters[edition], letters, batch=batch)

    def marks(self, row: Delivery) -> Mapping[Mark, str]:
        """What is personal in one letter."""
        return stage.marks(row, self.members, self.mailbox)

    def outgoing(self, row: Delivery) -> Outgoing:
        """The letter of one row, as bytes."""
        template, now = self.templates[row.edition], self.clock.now()
        return stage.outgoing(template, row, self.marks(row), now, self.bounces)


def without(chunk: Chunk, gone: Mapping[str, Answer]) -> Chunk:
    """The chunk's other rows."""
    return replace(chunk, deliveries=tuple(row for row in chunk.deliveries if row.id not in gone))


def _why(row: Delivery, known: Mapping[str, Suppression]) -> Suppression | None:
    if not row.address:  # erased while it was not known whether the letter had left
        return Suppression.ERASED
    return known.get(row.address)
