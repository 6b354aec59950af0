"""A correction: an issue of its own, that goes to those who got the letter it corrects and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from newsletter.errors import UsageError
from newsletter.model.delivery import Delivery, DeliveryState, Sending
from newsletter.model.mandates import Calendar
from newsletter.model.people import Expression, Member, Recipient, address_key
from newsletter.pipeline import issues
from newsletter.ports import LedgerBook, People

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Reached:
    """The Within port over those who got an issue, whatever the lists say of them now."""

    issue: str
    book: LedgerBook
    people: People

    def within(
        self, expression: Expression, members: Mapping[str, Member], calendar: Calendar
    ) -> Iterator[Recipient]:
        """Those whose letter was accepted, one at a time; the expression is of no matter."""
        sending = self.book.sending(self.issue)
        rows = self.book.deliveries(sending.id, DeliveryState.ACCEPTED) if sending else iter(())
        while some := list(islice(rows, _BATCH)):
            batch = [row for row in some if row.address]  # an erased person has none
            known = self.people.holding([address_key(row.address) for row in batch])
            yield from (_recipient(row, known.get(address_key(row.address))) for row in batch)


def issue_of(path: str) -> str:
    """The issue that a correction's file is the text of. Raises UsageError for another file."""
    parts = path.replace("\\", "/").split("/")
    if len(parts) < 3 or parts[-1] != "issue.md" or parts[-3] != "issues":
        raise UsageError(
            f"{path} är ingen rättelse.",
            why="En rättelse är ett eget nummer, så att den kan byggas, granskas och följas som alla andra.",
            do="Börja med `newsletter new 2026-2-rattelse`, skriv i content/issues/2026-2-rattelse/issue.md "
            "och ange den filen.",
        )
    return parts[-2]


def refuse(corrects: str, issue_id: str, known: Sending | None, book: LedgerBook) -> None:
    """Raise UsageError where a correction corrects nothing, or was begun as something else."""
    if known and known.corrects != corrects and corrects:
        what = f"en rättelse av {known.corrects}" if known.corrects else "ett eget nummer"
        raise UsageError(
            f"{issue_id} planerades som {what}.", do=f"Fortsätt med `newsletter send {issue_id}`."
        )
    if corrects and (corrects == issue_id or book.sending(corrects) is None):
        raise UsageError(
            f"{corrects} har inte skickats, så det finns inget att rätta.",
            do=f"Ändra i {issues.FOLDER}/{corrects}/issue.md i stället.",
        )


def _recipient(row: Delivery, known: Recipient | None) -> Recipient:
    """The person as the lists have him now or, where they have him no more, as the letter had him."""
    if known and known.id == row.recipient:
        return known
    return Recipient(row.recipient, row.address, row.name, (), basis="", source="")
