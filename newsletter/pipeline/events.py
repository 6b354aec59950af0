"""``events import``: take in what happened to the letters, and never write again to whom it forbids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter import track
from newsletter.model.delivery import Delivery, DeliveryState
from newsletter.model.event import Event, EventKind
from newsletter.model.people import Suppression
from newsletter.model.transport import Answer, Outcome
from newsletter.pipeline import issues
from newsletter.ports import Clock, Events, Intake, Ledger, LedgerBook, RestoreMark, Suppressions, Workspace

COMMAND = "events import"
_NEWS = "Händelser visar att det gick."
_LEFT = frozenset(  # not a block: it may be of an attempt that was taken back
    {
        EventKind.DELIVERED,
        EventKind.DEFERRED,
        EventKind.BOUNCED_HARD,
        EventKind.BOUNCED_SOFT,
        EventKind.CLICKED,
        EventKind.LEFT,
        EventKind.COMPLAINED,
    }
)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a file of events gave."""

    intake: Intake
    settled: int  # letters that were unknown, and of which this file tells that they left
    suppressed: Mapping[Suppression, int]  # addresses that this file forbids, known before or not


def imported(
    data: bytes,
    path: str,
    *,
    workspace: Workspace,
    events: Events,
    book: LedgerBook,
    ledger: Ledger,
    suppressions: Suppressions,
    clock: Clock,
    restored: RestoreMark | None = None,
) -> TakenIn:
    """Take in a file, all of it or nothing, and suppress at once those who left, complained or are gone.

    A letter that it was not known whether it left, and of which there is news, did. Taking in the same file
    again changes nothing. Raises Problems with file:line.
    """
    found = track.events(data, path)
    intake = events.take_in(found)
    done: Counter[Suppression] = Counter()
    for delivery, event, why in _forbidden(found, workspace, book):
        if delivery.address:  # one who was erased is suppressed already
            source = f"events {event.id}"
            suppressions.suppress(delivery.address, why, at=event.at, source=source, command=COMMAND)
            done[why] += 1
    settled = _settled(found, workspace, book, ledger, clock)
    if restored:
        restored.settle(f"{COMMAND}: {intake.new + intake.repeated}", clock.now())
    return TakenIn(intake, settled, dict(done))


def _settled(
    found: Iterable[Event], workspace: Workspace, book: LedgerBook, ledger: Ledger, clock: Clock
) -> int:
    """Call accepted the unknown letters that there is news of which only one that left can give; how many."""
    told = {event.delivery for event in found if event.kind in _LEFT}
    count = 0
    for issue in issues.ids(workspace) if told else ():
        if sending := book.sending(issue):
            rows = book.deliveries(sending.id, DeliveryState.UNKNOWN)
            known = {row.id: Answer(Outcome.ACCEPTED, _NEWS) for row in rows if row.id in told}
            if known:
                ledger.settle(sending.id, known, clock.now())
            count += len(known)
    return count


def _forbidden(
    found: Iterable[Event], workspace: Workspace, book: LedgerBook
) -> Iterator[tuple[Delivery, Event, Suppression]]:
    """The letters whose address must not be written to again, each with the first news that says so."""
    first: dict[str, tuple[Event, Suppression]] = {}
    for event in sorted(found, key=lambda event: (event.at, event.id)):
        why = track.suppression(event)
        if why and event.delivery:
            first.setdefault(event.delivery, (event, why))
    for delivery in _accepted(first, issues.ids(workspace), book):
        yield delivery, *first[delivery.id]


def _accepted(wanted: Mapping[str, object], known: Sequence[str], book: LedgerBook) -> Iterator[Delivery]:
    """The wanted letters, the newest issue first; a sending is read only while some are missing."""
    missing = set(wanted)
    for issue in reversed(known):
        sending = book.sending(issue) if missing else None
        if sending:
            here = [
                each for each in book.deliveries(sending.id, DeliveryState.ACCEPTED) if each.id in missing
            ]
            missing -= {each.id for each in here}
            yield from here
