"""``status``: the ledger's equation, and what will be done about what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.model.delivery import DeliveryState, Equation, Sending
from newsletter.pipeline import issues, sent_mark
from newsletter.ports import LedgerBook, Workspace


@dataclass(frozen=True, slots=True)
class Status:
    """Where an issue's sending stands; no `sending` where none is planned."""

    issue: str
    sending: Sending | None
    equation: Equation | None
    excluded: Mapping[str, int]  # reason → people
    rejected: Mapping[str, int]  # the transport's words → letters
    elsewhere: bool  # planned in another machine's ledger

    @property
    def next_step(self) -> str:
        """What will be done, or what there is to do."""
        again = f"newsletter send {self.issue} --confirm {self.issue}"
        counts = self.equation
        if self.elsewhere:
            return "Numret skickas från en annan dator. Se läget där."
        if counts is None:
            return f"Inget är planerat. Visa planen med `newsletter send {self.issue}`."
        if counts.unknown or counts.attempting:
            return (
                f"Det är oklart om {counts.unknown + counts.attempting} brev gick. `{again}` frågar "
                "transporten om vart och ett: det som gick räknas som skickat, det som aldrig gick skickas. "
                "Inget gissas."
            )
        if counts.waiting:
            return f"{counts.waiting} brev väntar. Fortsätt med `{again}`."
        return f"Allt är avklarat. Rapporten: `newsletter report {self.issue}`."


def status(issue_id: str, *, workspace: Workspace, book: LedgerBook) -> Status:
    """Where the issue's sending stands. Raises MissingFile where there is no such issue."""
    sending = book.sending(issue_id)
    if sending is None:
        issues.existing(workspace, issue_id)
        return Status(issue_id, None, None, {}, {}, sent_mark.is_there(workspace, issue_id))
    return Status(
        issue=issue_id,
        sending=sending,
        equation=book.equation(sending.id),
        excluded=_reasons(book, sending, DeliveryState.EXCLUDED),
        rejected=_reasons(book, sending, DeliveryState.REJECTED),
        elsewhere=False,
    )


def _reasons(book: LedgerBook, sending: Sending, state: DeliveryState) -> Mapping[str, int]:
    return Counter(row.reason for row in book.deliveries(sending.id, state))
