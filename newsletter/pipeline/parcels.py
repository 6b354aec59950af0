"""A claimed chunk, made ready to leave: without those who have left meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from newsletter import send as stage
from newsletter.model.delivery import Chunk, Delivery
from newsletter.model.letter import Letter
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
    screened: int | None  # the changes of these that the rows reflect
    clock: Clock

    def left_meanwhile(self, chunk: Chunk) -> Mapping[str, Answer]:
        """The answers for those who left the lists after the plan was made: their letters are taken back."""
        known = dict(self.suppressions.among([row.address for row in chunk.deliveries], self.screened))
        known[""] = Suppression.ERASED  # erased while it was not known whether the letter had left
        return {
            row.id: Answer(Outcome.CANCELLED, known[row.address].value)
            for row in chunk.deliveries
            if row.address in known
        }

    def parcel(self, chunk: Chunk, batch: Batch | None = None) -> Parcel:
        """The chunk ready to leave; its rows are of one edition."""
        edition = chunk.deliveries[0].edition
        if self.carries is Carries.CONTENT:
            members, mailbox = self.members, self.mailbox
            personal = {row.id: stage.marks(row, members, mailbox) for row in chunk.deliveries}
            return Parcel(chunk, self.letters[edition], personal=personal, batch=batch)
        letters = tuple(self.outgoing(row) for row in chunk.deliveries)
        return Parcel(chunk, self.letters[edition], letters, batch=batch)

    def outgoing(self, row: Delivery) -> Outgoing:
        """The letter of one row, as bytes."""
        template, now = self.templates[row.edition], self.clock.now()
        marks = stage.marks(row, self.members, self.mailbox)
        return stage.outgoing(template, row, marks, now, self.bounces)


def without(chunk: Chunk, gone: Mapping[str, Answer]) -> Chunk:
    """The chunk's other rows."""
    if not gone:
        return chunk
    return replace(chunk, deliveries=tuple(row for row in chunk.deliveries if row.id not in gone))
