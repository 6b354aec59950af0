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
from datetime import datetime, timedelta
from typing import Any

from newsletter import send as stage
from newsletter.errors import ConfirmationNeeded, InputError, PartlySent, UsageError
from newsletter.model.delivery import Equation, Sending, SendingState
from newsletter.model.settings import Settings
from newsletter.model.where import Where
from newsletter.pipeline import correcting, issues, proof, reserved, review, sent_mark
from newsletter.pipeline.batching import Batching
from newsletter.pipeline.delivering import Delivering, OnProgress
from newsletter.pipeline.parcels import Parcels
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
from newsletter.pipeline.settling import Settling

__all__ = ["Ports", "SendPlan", "SendReport", "resume", "send"]

_ENDED = (SendingState.DONE, SendingState.CANCELLED)


@dataclass(frozen=True, slots=True)
class SendReport:
    """What was done: the sending and its whole equation."""

    issue: str
    sending: Sending | None  # None after a dry run
    equation: Equation | None
    already: bool = False  # an earlier run had sent it all
    stoppable_until: datetime | None = None  # where the provider still holds it

    def raise_if_partly(self) -> None:
        """Raise PartlySent where letters were refused, wait, or it is not known whether they left."""
        counts = self.equation
        if counts and (counts.rejected or counts.unknown or counts.waiting):
            parts = {"avvisades": counts.rejected, "är oklara": counts.unknown, "väntar": counts.waiting}
            told = "".join(f", {number} {what}" for what, number in parts.items() if number)
            raise PartlySent(
                f"Inte alla brev kom iväg: {counts.accepted} gick{told}.",
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
    at: datetime | None = None,
    corrects: str = "",
    on_plan: Callable[[SendPlan], None] = _quiet,
    on_progress: OnProgress = _quiet,
) -> SendReport:
    """Show the plan, and with `confirm` equal to the issue's name send it, or finish what was begun.

    The letters leave at `at` or later; with `corrects` they go to those who got that issue. An issue that is
    sent already is left alone. Raises InputError or Problems for a text that is wrong, ChecksFailed,
    NotApproved, ConfirmationNeeded after the plan was shown, StateError where the letter has changed since it
    was planned or another machine's ledger has it, Busy, and TransportFailed.
    """
    issues.existing(ports.workspace, issue_id)
    known = ports.book.sending(issue_id)
    sent_mark.refuse_other_ledger(ports.workspace, issue_id, known)
    if known and known.state in _ENDED:
        return SendReport(issue_id, known, ports.book.equation(known.id), already=True)
    _refuse_odd_hour(at, known, ports)
    correcting.refuse(corrects, issue_id, known, ports.book)
    prepared = resumed(known, ports) if known else fresh(issue_id, ports, leaves_at=at, corrects=corrects)
    on_plan(prepared.plan)
    if dry_run:
        _fill_all(prepared, ports)
        return SendReport(issue_id, known, ports.book.equation(known.id) if known else None)
    _refuse_unconfirmed(prepared.plan, confirm)
    if not known:
        proof.refuse_warnings(issue_id, prepared.plan.warnings)
        review.refuse_unapproved(prepared.proof, ports)
    return _carried_out(prepared, ports, on_progress)


def resume(
    issue_id: str,
    ports: Ports,
    *,
    on_plan: Callable[[SendPlan], None] = _quiet,
    on_progress: OnProgress = _quiet,
) -> SendReport:
    """Go on with a sending that was paused or interrupted; it was confirmed when it began.

    Raises UsageError where there is nothing to go on with, and what :func:`send` raises.
    """
    known = ports.book.sending(issue_id)
    sent_mark.refuse_other_ledger(ports.workspace, issue_id, known)
    if known is None or known.state in _ENDED:
        raise UsageError(
            f"{issue_id} har inget utskick att fortsätta med.",
            do=f"Se läget med `newsletter status {issue_id}`.",
        )
    prepared = resumed(known, ports)
    on_plan(prepared.plan)
    return _carried_out(prepared, ports, on_progress, lift_pause=True)


def _carried_out(
    prepared: Prepared, ports: Ports, on_progress: OnProgress, *, lift_pause: bool = False
) -> SendReport:
    _refuse_unfit_transport(ports)
    refuse_unsettled(ports.restored)
    reserved.refuse(prepared, ports)
    with ports.lock:
        ports.back_up()
        if lift_pause:  # only now: a run that is refused leaves the pause and its reason as they were
            ports.steering.resume(prepared.sending.id)
        return _send(prepared, ports, on_progress)


def _send(prepared: Prepared, ports: Ports, on_progress: OnProgress) -> SendReport:
    """Plan, mark and deliver; the caller holds the lock, so that no other process is between two of these."""
    sending = ports.ledger.plan(prepared.sending, rows_of(prepared, ports))
    refuse_changed(sending, prepared.sending.digest)  # another process was quicker, with another letter
    sent_mark.write(ports.workspace, ports.history, sending, ports.book.equation(sending.id))
    _refuse_paused(sending)
    delivering(sending, prepared, ports).run(on_progress)
    done = ports.book.sending(sending.issue) or sending
    return SendReport(
        sending.issue, done, ports.book.equation(sending.id), stoppable_until=_stoppable(sending, ports)
    )


def delivering(sending: Sending, prepared: Prepared, ports: Ports) -> Delivering:
    """The sending, ready to be carried out."""
    batching = batching_of(sending, ports)
    return Delivering(
        sending=sending,
        parcels=parcels_of(sending, prepared, ports),
        ledger=ports.ledger,
        book=ports.book,
        steering=ports.steering,
        mailer=ports.mailer,
        clock=ports.clock,
        settling=Settling(sending, ports.ledger, ports.book, ports.mailer, ports.clock, batching),
        batching=batching,
        give_up_after=ports.settings.sending.give_up_after,
        tries=ports.settings.sending.tries,
    )


def parcels_of(sending: Sending, prepared: Prepared, ports: Ports) -> Parcels:
    """The editions, each encoded once."""
    return Parcels(
        letters={letter.edition: letter for letter in prepared.letters},
        templates={letter.edition: stage.template(letter) for letter in prepared.letters},
        members=prepared.audience.members,
        mailbox=ports.settings.unsubscribe_mailbox,
        carries=ports.mailer.features.carries,
        bounces=bounces_of(ports.settings),
        suppressions=ports.suppressions,
        screened=sending.screened,
        clock=ports.clock,
    )


def bounces_of(settings: Settings) -> stage.Bounces:
    """Where letters come back to that could not be delivered, as the settings have it."""
    return stage.Bounces(settings.smtp.bounces, settings.smtp.verp)


def batching_of(sending: Sending, ports: Ports) -> Batching | None:
    """The sending's batches, where the transport holds letters."""
    if ports.holding is None:
        return None
    window = timedelta(minutes=ports.settings.sendgrid.window_minutes)
    return Batching(sending, ports.holding, ports.batches, ports.clock, window)


def _fill_all(prepared: Prepared, ports: Ports) -> None:
    """Fill in every letter of a dry run, as sending would, and let go of it."""
    parcels = parcels_of(prepared.sending, prepared, ports)
    if not prepared.plan.resumed:
        for row in rows_of(prepared, ports):
            parcels.outgoing(row)


def _stoppable(sending: Sending, ports: Ports) -> datetime | None:
    """Until when some of what the provider was handed can be taken back."""
    held = [one.leaves_at for one in ports.batches.of(sending.id) if one.letters]
    return max(held) - stage.LAST_CALL if held and ports.holding else None


def _refuse_unconfirmed(plan: SendPlan, confirm: str) -> None:
    if confirm == plan.issue:
        return
    raise ConfirmationNeeded(
        f"”{confirm}” är inte numrets namn. Inget har skickats." if confirm else "Inget har skickats.",
        why="Det som har kommit fram går inte att ta tillbaka, så numrets namn måste anges.",
        do=f"Stämmer planen? Lägg till --confirm {plan.issue} i samma kommando.",
    )


def _refuse_unfit_transport(ports: Ports) -> None:
    """Raise InputError where the transport cannot do what the settings ask for."""
    settings, name = ports.settings, ports.mailer.features.name
    if name == "sendgrid" and settings.sendgrid.sandbox:
        raise InputError(
            "SendGrid står i provläge, så inget har skickats.",
            where=Where("newsletter.toml"),
            why="I provläge granskas breven och kastas, men liggaren skulle räkna dem som skickade.",
            do="Prova med --test, och ta bort sandbox = true under [sendgrid] före utskicket.",
        )
    if name == "smtp" and settings.measuring.mode == "provider":
        raise InputError(
            "En e-postserver kan inte mäta vad som läses.",
            where=Where("newsletter.toml"),
            why='mode = "provider" under [measuring] räknar på SendGrids händelser.',
            do='Skicka med --via sendgrid, eller skriv mode = "none".',
        )


def _refuse_paused(sending: Sending) -> None:
    if sending.state is SendingState.PAUSED:
        raise UsageError(
            f"Utskicket {sending.issue} är pausat.",
            why=sending.paused,
            do=f"Fortsätt med `newsletter resume {sending.issue}`.",
        )


def _refuse_odd_hour(at: datetime | None, known: Sending | None, ports: Ports) -> None:
    """Raise UsageError for an hour that cannot be kept."""
    if at is None:
        return
    if known:
        raise UsageError(
            f"Utskicket {known.issue} är redan planerat, så tiden går inte att ändra.",
            do=f"Fortsätt utan --at, eller ta tillbaka det med `newsletter cancel {known.issue}`.",
        )
    now = ports.clock.now()
    if at < now:
        raise UsageError("Tiden har redan passerat.", do="Ange en tid som kommer, eller utelämna --at.")
    if ports.mailer.features.holds and at - now > stage.LONGEST_AHEAD:
        raise UsageError(
            "Tiden ligger för långt fram.",
            why="Leverantören håller brev i högst 72 timmar.",
            do="Vänta tills det är mindre än tre dygn kvar, och kör kommandot då.",
        )
