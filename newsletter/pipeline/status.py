"""``status``: the ledger's equation, and what will be done about what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter import send as stage
from newsletter.model.delivery import DeliveryState, Equation, Sending, SendingState
from newsletter.model.transport import Batch
from newsletter.pipeline import issues, sent_mark
from newsletter.ports import Batches, LedgerBook, Workspace


@dataclass(frozen=True, slots=True)
class Status:
    """Where an issue's sending stands; no `sending` where none is planned."""

    issue: str
    sending: Sending | None
    equation: Equation | None
    excluded: Mapping[str, int]  # reason → people
    rejected: Mapping[str, int]  # the transport's words → letters
    elsewhere: bool  # planned in another machine's ledger
    held_until: datetime | None = None  # when the last of what a provider holds leaves
    stoppable: bool = False  # whether some of it can be taken back now

    @property
    def next_step(self) -> str:
        """What will be done, or what there is to do."""
        counts = self.equation
        if self.elsewhere:
            return "Numret skickas från en annan dator. Se läget där."
        if counts is None:
            return f"Inget är planerat. Visa planen med `newsletter send {self.issue}`."
        if counts.attempting:
            return (
                f"{counts.attempting} brev är på väg. Pågår utskicket i ett annat fönster behövs inget; "
                f"har det avbrutits, fortsätt med `newsletter resume {self.issue}`."
            )
        if counts.unknown:
            return self._in_doubt(counts.unknown)
        if self.sending and self.sending.state is SendingState.PAUSED:
            why = self.sending.paused.strip().rstrip(".")
            return f"Utskicket är pausat: {why}. Fortsätt med `newsletter resume {self.issue}`."
        if counts.waiting:
            return f"{counts.waiting} brev väntar. Fortsätt med `newsletter resume {self.issue}`."
        if self.stoppable:
            return f"Leverantören håller breven. De kan tas tillbaka med `newsletter cancel {self.issue}`."
        if self.sending and self.sending.state is SendingState.CANCELLED:
            return "Utskicket är återtaget. Det som hann gå står som skickat."
        return f"Allt är avklarat. Rapporten: `newsletter report {self.issue}`."

    def _in_doubt(self, letters: int) -> str:
        """What is done about letters whose answer was lost, by what the transport can tell."""
        number, they = ("ett", "det") if letters == 1 else (f"{letters}", "de")
        said = f"Det är oklart om {number} brev gick. Inget gissas: "
        if self.sending and self.sending.transport == "smtp":
            return (
                f"{said}en e-postserver kan inte svara på det efteråt, så {they} ligger kvar "
                f"tills en studs, ett svar eller du avgör det med `newsletter resolve {self.issue}`."
            )
        ended = self.sending and self.sending.state is SendingState.CANCELLED
        never = "tas tillbaka" if ended else "skickas när utskicket fortsätter"
        return (
            f"{said}`newsletter resolve {self.issue}` frågar transporten om vart och ett. Det som gick "
            f"räknas som skickat, det som aldrig gick {never}."
        )


def status(
    issue_id: str,
    *,
    workspace: Workspace,
    book: LedgerBook,
    batches: Batches | None = None,
    now: datetime | None = None,
) -> Status:
    """Where the issue's sending stands. Raises MissingFile where there is no such issue."""
    sending = book.sending(issue_id)
    if sending is None:
        issues.existing(workspace, issue_id)
        return Status(issue_id, None, None, {}, {}, sent_mark.is_there(workspace, issue_id))
    held = _held(batches, sending, now)
    return Status(
        issue=issue_id,
        sending=sending,
        equation=book.equation(sending.id),
        excluded=_reasons(book, sending, DeliveryState.EXCLUDED),
        rejected=_reasons(book, sending, DeliveryState.REJECTED),
        elsewhere=False,
        held_until=max((one.leaves_at for one in held), default=None),
        stoppable=any(stage.can_be_recalled(one, now) for one in held) if now else False,
    )


def _held(batches: Batches | None, sending: Sending, now: datetime | None) -> Sequence[Batch]:
    """The batches that a provider holds letters of."""
    if batches is None or now is None:
        return ()
    return [one for one in batches.of(sending.id) if one.letters and one.leaves_at > now]


def _reasons(book: LedgerBook, sending: Sending, state: DeliveryState) -> Mapping[str, int]:
    return Counter(row.reason for row in book.deliveries(sending.id, state))
