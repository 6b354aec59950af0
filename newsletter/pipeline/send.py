"""``send``: plan, show, and let each letter leave once.

    prepared         the letters of this audience, checked; the plan is shown
    ledger.plan      a row for each candidate
    sending.json     so that another clone of the folder knows
    delivering       claim, attempt, close

Nothing leaves before the issue's name was given, and what was planned is what is sent: where the letter has
changed since, sending stops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from newsletter import send as stage
from newsletter.errors import ConfirmationNeeded, PartlySent
from newsletter.model.delivery import Equation, Sending, SendingState
from newsletter.pipeline import issues, sent_mark
from newsletter.pipeline.delivering import Delivering, OnProgress
from newsletter.pipeline.prepared import (
    Ports,
    Prepared,
    SendPlan,
    fresh,
    refuse_changed,
    resumed,
    rows_of,
)
from newsletter.pipeline.restoring import refuse_unsettled

__all__ = ["Ports", "SendPlan", "SendReport", "send"]


@dataclass(frozen=True, slots=True)
class SendReport:
    """What was done: the sending and its whole equation."""

    issue: str
    sending: Sending | None  # None after a dry run
    equation: Equation | None
    already: bool = False  # an earlier run had sent it all

    def raise_if_partly(self) -> None:
        """Raise PartlySent where letters were refused, or it is not known whether they left."""
        counts = self.equation
        if counts and (counts.rejected or counts.unknown):
            raise PartlySent(
                f"Alla brev kom inte iväg: {counts.accepted} gick, {counts.rejected} avvisades, "
                f"{counts.unknown} är oklara.",
                why="Liggaren vet vilka, och skickar inget två gånger.",
                do=f"Se varför med `newsletter status {self.issue}`.",
            )


def _quiet(*_: Any) -> None:  # noqa: ANN401
    """Nobody listens."""


def send(
    issue_id: str,
    ports: Ports,
    *,
    confirm: str = "",
    dry_run: bool = False,
    on_plan: Callable[[SendPlan], None] = _quiet,
    on_progress: OnProgress = _quiet,
) -> SendReport:
    """Show the plan, and with `confirm` equal to the issue's name send it, or finish what was begun.

    An issue that is sent already is left alone. Raises InputError or Problems for a text that is wrong,
    ChecksFailed, ConfirmationNeeded after the plan was shown, StateError where the letter has changed since
    it was planned or another machine's ledger has it, Busy, and TransportFailed.
    """
    issues.existing(ports.workspace, issue_id)
    known = ports.book.sending(issue_id)
    sent_mark.refuse_other_ledger(ports.workspace, issue_id, known)
    if known and known.state is SendingState.DONE:
        return SendReport(issue_id, known, ports.book.equation(known.id), already=True)
    prepared = resumed(known, ports) if known else fresh(issue_id, ports)
    on_plan(prepared.plan)
    if dry_run:
        _fill_all(prepared, ports)
        return SendReport(issue_id, known, ports.book.equation(known.id) if known else None)
    _refuse_unconfirmed(issue_id, confirm)
    refuse_unsettled(ports.restored)
    with ports.lock:
        ports.back_up()
        return _send(prepared, ports, on_progress)


def _send(prepared: Prepared, ports: Ports, on_progress: OnProgress) -> SendReport:
    """Plan, mark and deliver; the caller holds the lock, so that no other process is between two of these."""
    sending = ports.ledger.plan(prepared.sending, rows_of(prepared, ports))
    refuse_changed(sending, prepared.sending.digest)  # another process was quicker, with another letter
    sent_mark.write(ports.workspace, sending, ports.book.equation(sending.id))
    _delivering(sending, prepared, ports).run(on_progress)
    done = ports.book.sending(sending.issue) or sending
    return SendReport(sending.issue, done, ports.book.equation(sending.id))


def _delivering(sending: Sending, prepared: Prepared, ports: Ports) -> Delivering:
    return Delivering(
        sending=sending,
        templates={letter.edition: stage.template(letter) for letter in prepared.letters},
        members=prepared.audience.members,
        mailbox=ports.settings.unsubscribe_mailbox,
        suppressions=ports.suppressions,
        ledger=ports.ledger,
        book=ports.book,
        mailer=ports.mailer,
        clock=ports.clock,
    )


def _fill_all(prepared: Prepared, ports: Ports) -> None:
    """Fill in every letter of a dry run, as sending would, and let go of it."""
    delivering = _delivering(prepared.sending, prepared, ports)
    if not prepared.plan.resumed:
        for row in rows_of(prepared, ports):
            delivering.letter(row)


def _refuse_unconfirmed(issue_id: str, confirm: str) -> None:
    if confirm == issue_id:
        return
    raise ConfirmationNeeded(
        f"”{confirm}” är inte numrets namn. Inget har skickats." if confirm else "Inget har skickats.",
        why="Det som gått iväg går inte att ta tillbaka, så numrets namn måste anges.",
        do=f"Stämmer planen? Kör newsletter send {issue_id} --confirm {issue_id}",
    )
