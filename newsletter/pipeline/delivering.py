"""Carrying out what is planned: claim, attempt, close; and settling what was lost by asking.

    book.interrupted ─ mailer.ask ─ ledger.settle     what an earlier run left in doubt
    ledger.claim ─ mailer.attempt ─ ledger.close      until no chunk waits
    mailer.ask ─ ledger.settle                        what this run left in doubt

The intent is committed by claim before attempt, and nothing is attempted that claim did not hand out. A crash
between any two of these steps leaves rows that are attempting, and the next run begins by asking for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from newsletter import send as stage
from newsletter.errors import TransportFailed
from newsletter.model.delivery import Chunk, Delivery, DeliveryState, Sending
from newsletter.model.people import Member, Suppression
from newsletter.model.transport import Answer, Outcome, Outgoing
from newsletter.ports import Clock, Ledger, LedgerBook, Mailer, Suppressions
from newsletter.send import Template

OnProgress = Callable[[int, int], None]  # letters done, letters in all

_ROUNDS = 3  # a transport that keeps saying "it never left" is not asked for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering:
    """One sending under way; its caller holds the sender's lock."""

    sending: Sending
    templates: Mapping[str, Template]  # by edition
    members: Mapping[str, Member]
    mailbox: str  # where those who leave write to
    suppressions: Suppressions
    ledger: Ledger
    book: LedgerBook
    mailer: Mailer
    clock: Clock

    def run(self, on_progress: OnProgress) -> None:
        """Let every waiting letter leave once. Raises TransportFailed; what was not tried then waits."""
        self.book.interrupted(self.sending.id, self.clock.now())
        for _ in range(_ROUNDS):
            self._ask()
            if not self._attempt_all(on_progress):
                return
        self._ask()

    def _ask(self) -> None:
        lost = [row.id for row in self.book.deliveries(self.sending.id, DeliveryState.UNKNOWN)]
        if lost:
            self.ledger.settle(self.sending.id, self.mailer.ask(lost), self.clock.now())

    def _attempt_all(self, on_progress: OnProgress) -> bool:
        """Work through the chunks that wait; whether some letter ended in doubt."""
        counts = self.book.equation(self.sending.id)
        total = counts.candidates - counts.excluded
        done = total - counts.waiting
        on_progress(done, total)
        in_doubt = False
        while chunk := self.ledger.claim(self.sending.id, self.clock.now()):
            in_doubt |= self._attempt(chunk)
            done += len(chunk.deliveries)
            on_progress(min(done, total), total)
        return in_doubt

    def _attempt(self, chunk: Chunk) -> bool:
        """Try one chunk and write what came of it; whether some letter ended in doubt."""
        gone = {row.id: answer for row in chunk.deliveries if (answer := self._left_meanwhile(row))}
        letters = [self.letter(row) for row in chunk.deliveries if row.id not in gone]
        try:
            answers = {**gone, **self.mailer.attempt(letters)}
        except TransportFailed:  # on its word: none of them can have left
            self.ledger.close(chunk, gone, self.clock.now())
            never_left = {letter.delivery: None for letter in letters}
            self.ledger.settle(self.sending.id, never_left, self.clock.now())
            raise
        self.ledger.close(chunk, answers, self.clock.now())
        return any(_is_lost(answers.get(row.id)) for row in chunk.deliveries)

    def _left_meanwhile(self, row: Delivery) -> Answer | None:
        """The answer for somebody who left the list after the plan was made: the letter is taken back."""
        if not row.address:  # erased while it was not known whether the letter had left
            return Answer(Outcome.CANCELLED, Suppression.ERASED.value)
        why = self.suppressions.why(row.address)
        return Answer(Outcome.CANCELLED, why.value) if why else None

    def letter(self, row: Delivery) -> Outgoing:
        """The letter of one row, ready to leave."""
        marks = stage.marks(row, self.members, self.mailbox)
        return stage.outgoing(self.templates[row.edition], row, marks, self.clock.now())


def _is_lost(answer: Answer | None) -> bool:
    return answer is None or answer.outcome is Outcome.UNKNOWN
