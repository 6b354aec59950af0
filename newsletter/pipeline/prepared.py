"""What a sending would be: the letters of its audience, checked, and the plan that is shown.

proof ─ check ─ digest               a sending that is not planned yet
proof ─ the same digest?             one that an earlier run began
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter import compose
from newsletter import send as stage
from newsletter.errors import InputError, StateError, UsageError
from newsletter.model import digest as numbers
from newsletter.model.delivery import Delivery, DeliveryState, Sending
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter
from newsletter.model.people import Recipient
from newsletter.model.settings import Settings
from newsletter.model.transport import Carries
from newsletter.model.where import Where
from newsletter.pipeline import issues, proof
from newsletter.pipeline.audience import Audience, Tally, refuse_nobody
from newsletter.pipeline.counting import Counting
from newsletter.pipeline.proof import Proof
from newsletter.ports import (
    Batches,
    History,
    Holding,
    Ledger,
    Mailer,
    RestoreMark,
    SenderLock,
    Steering,
    Timer,
)

_OPEN = (DeliveryState.WAITING, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports(proof.Ports):
    """What sending needs from outside, beside what making its letters does."""

    ledger: Ledger
    steering: Steering
    batches: Batches
    mailer: Mailer
    lock: SenderLock
    clock: Timer
    key: bytes  # that delivery ids are made with
    new_id: Callable[[], str]
    back_up: Callable[[], object] = lambda: None  # before anything leaves
    restored: RestoreMark | None = None  # whether a backup was put back
    holding: Holding | None = None  # for a transport that holds letters
    history: History | None = None  # git, where the workspace is in it


@dataclass(frozen=True, slots=True)
class SendPlan:
    """What would be done, shown before anything is."""

    issue: str
    subject: str
    transport: str
    mode: str
    digest: str
    candidates: int
    excluded: Mapping[str, int]  # reason → people
    editions: Mapping[str, int]  # edition → letters that wait
    requests: int  # to the transport: one a chunk where it carries content, else one a letter
    segments: Mapping[str, int]  # empty where an earlier run is taken up again
    groups: Mapping[str, int]
    members: Mapping[str, int]  # member's name → letters that wait
    samples: Mapping[str, Sequence[str]]  # edition → the names of a few who get it
    leaves_at: datetime | None  # not before; None: at once
    stoppable_until: datetime | None  # where the transport holds letters: until when they can be taken back
    resumed: bool
    reserved: int = 0  # letters that wait to addresses that are examples
    per_minute: float = 0.0  # letters at most; 0: no bound
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The letters of one sending, rendered, and the rows that they are for."""

    plan: SendPlan
    proof: Proof
    sending: Sending

    @property
    def letters(self) -> tuple[Letter, ...]:
        """The editions."""
        return self.proof.letters

    @property
    def audience(self) -> Audience:
        """The people."""
        return self.proof.audience


def fresh(issue_id: str, ports: Ports, *, leaves_at: datetime | None = None, corrects: str = "") -> Prepared:
    """A sending that is not planned yet. Raises InputError, Problems or ChecksFailed.

    With `corrects` it goes to those who got that issue's letter, and to nobody else.
    """
    _refuse_undecided_measuring(ports.settings)
    found, tally = proof.fresh(issue_id, ports.mailer.features, ports, corrects)
    refuse_nobody(tally, found.loaded.issue.audiences)
    warnings = proof.looked_through(found, tally, ports).findings
    sending = _sending(ports.new_id(), found, tally, ports)
    screened = ports.suppressions.changes()  # the rows are screened later, as they are written
    sending = replace(sending, leaves_at=leaves_at, corrects=corrects, screened=screened)
    return Prepared(_plan(sending, tally.counted, found, ports, tally, warnings), found, sending)


def resumed(known: Sending, ports: Ports) -> Prepared:
    """The letters anew, proved to be those that were planned. They were checked then."""
    refuse_other_transport(known, ports.mailer)
    loaded = issues.load(ports.workspace, known.issue, settings=ports.settings)
    readers = proof.readers_of(loaded, ports, known.corrects)
    editions: set[str] = set()
    recipients = numbers.audience(_noting(ports.book.deliveries(known.id), editions))
    made = proof.rendered(loaded, [compose.key_of(edition) for edition in sorted(editions)], ports)
    features = ports.mailer.features
    found = proof.proof(loaded, made, readers, settings=ports.settings, transport=features)
    refuse_changed(known, numbers.digest(found.parts, recipients))
    return Prepared(_plan(known, _counted(known, ports), found, ports), found, known)


def _counted(known: Sending, ports: Ports) -> Counting:
    """What is left to do of a sending that an earlier run began."""
    counted = Counting()
    for row in ports.book.deliveries(known.id, *_OPEN, DeliveryState.EXCLUDED):
        if row.state is DeliveryState.EXCLUDED:
            counted.leave_out(row.reason)
        else:
            counted.add(row.edition, row.member, row.name, row.address)
    return counted


def _noting(rows: Iterable[Delivery], editions: set[str]) -> Iterator[str]:
    """The recipients, while their editions are noted."""
    for row in rows:
        editions.add(row.edition)
        yield row.recipient


def _sending(id_: str, found: Proof, tally: Tally, ports: Ports) -> Sending:
    return stage.sending(
        found.loaded.issue,
        found.loaded.picks,
        found.letters,
        id=id_,
        digest=numbers.digest(found.parts, tally.listed),
        transport=found.transport,
        mode=ports.settings.measuring.mode,
        planned_at=ports.clock.now(),
    )


def rows_of(prepared: Prepared, ports: Ports) -> Iterator[Delivery]:
    """A row for each candidate, streamed; at last, proved to be the audience that the digest was made of.

    Raises StateError after the last row where the lists have changed since, so that no row is kept.
    """
    tally = numbers.Tally()
    for row in _rows(prepared.sending, prepared.proof, ports):
        tally.add(row.recipient)
        yield row
    if numbers.digest(prepared.proof.parts, tally.audience()) != prepared.sending.digest:
        raise StateError(
            "Listorna ändrades medan planen gjordes.",
            why="Någon tog in en lista just nu, så planen som visades stämmer inte. Inget har skickats.",
            do="Kör samma kommando igen.",
        )


def _rows(sending: Sending, found: Proof, ports: Ports) -> Iterator[Delivery]:
    readers = found.audience

    def edition_of(recipient: Recipient) -> str:
        return compose.id_of(readers.key_of(recipient))

    screening = readers.screening(ports.suppressions)
    return stage.plan(
        sending,
        screening.each(readers.candidates()),
        key=ports.key,
        edition_of=edition_of,
        why=screening.why,
        members=readers.members,
        chunk=ports.mailer.features.chunk,
        notice=lambda one: stage.notice(one, ports.settings.lists, readers.issue.language),
    )


def _plan(
    sending: Sending,
    counted: Counting,
    found: Proof,
    ports: Ports,
    tally: Tally | None = None,
    warnings: tuple[Finding, ...] = (),
) -> SendPlan:
    """The plan in numbers."""
    features = ports.mailer.features
    content = features.carries is Carries.CONTENT
    leaves_at = _leaving(sending, ports)
    return SendPlan(
        issue=sending.issue,
        subject=found.loaded.issue.subject,
        transport=sending.transport,
        mode=sending.mode,
        digest=sending.digest,
        candidates=counted.candidates,
        excluded=counted.excluded,
        editions=counted.editions,
        requests=counted.chunks(features.chunk) if content else counted.editions.total(),
        segments=tally.segments if tally else {},
        groups=tally.groups if tally else {},
        members={found.audience.name_of(one): number for one, number in counted.members.items()},
        samples=counted.samples,
        leaves_at=leaves_at,
        stoppable_until=leaves_at - stage.LAST_CALL if features.holds and leaves_at else None,
        resumed=tally is None,
        reserved=counted.reserved,
        per_minute=features.per_minute,
        warnings=warnings,
    )


def _leaving(sending: Sending, ports: Ports) -> datetime | None:
    """When letters that are handed over now would leave."""
    if not ports.mailer.features.holds:
        at = sending.leaves_at
        return at if at and at > ports.clock.now() else None
    window = timedelta(minutes=ports.settings.sendgrid.window_minutes)
    return stage.leaving(ports.clock.now(), window, sending.leaves_at)


def _refuse_undecided_measuring(settings: Settings) -> None:
    if settings.measuring.mode != "none" and not settings.measuring.decision.strip():
        raise InputError(
            "Mätningen saknar beslut.",
            where=Where("newsletter.toml"),
            why="Att mäta vad enskilda läser är behandling av personuppgifter, och den ska vara beslutad.",
            do='Skriv under [measuring]: decision = "Styrelsen 2027-01-19 § 7 …", eller mode = "none".',
        )


def refuse_other_transport(known: Sending, mailer: Mailer) -> None:
    """Raise UsageError where an earlier run began by another transport: it alone knows what has left."""
    if known.transport != mailer.features.name:
        raise UsageError(
            f"Utskicket {known.issue} påbörjades med {known.transport}.",
            why="Bara den transporten vet vad som har gått iväg, så den måste göra färdigt.",
            do=f"Kör newsletter send {known.issue} --via {known.transport}",
        )


def refuse_changed(planned: Sending, digest: str) -> None:
    """Raise StateError where the letters are not those that were planned."""
    if planned.digest != digest:
        raise StateError(
            f"Brevet {planned.issue} är inte längre det som planerades den {planned.planned_at:%Y-%m-%d}.",
            why="Några kan redan ha fått det, och alla ska få samma brev. Text, bilder, mall, avsändare, "
            "segment, mätning och transport räknas.",
            do="Lägg tillbaka det som ändrats (git visar vad) och kör samma kommando igen. "
            "En rättelse skickas som ett nytt nummer.",
        )
