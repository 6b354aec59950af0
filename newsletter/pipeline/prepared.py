"""What a sending would be: the letters of its audience, checked, and the plan that is shown.

load ─ compose ─ render ─ check ─ digest        a sending that is not planned yet
load ─ compose ─ render ─ the same digest?      one that an earlier run began
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter import compose
from newsletter import send as stage
from newsletter.errors import ChecksFailed, InputError, StateError, UsageError
from newsletter.model.delivery import Delivery, DeliveryState, Sending
from newsletter.model.finding import Finding, Probe, Probes
from newsletter.model.letter import Letter
from newsletter.model.mandates import Calendar
from newsletter.model.people import Recipient
from newsletter.model.settings import Settings
from newsletter.model.transport import Carries
from newsletter.model.where import Where
from newsletter.people import is_reserved
from newsletter.pipeline import correcting, issues, probing, referring
from newsletter.pipeline.audience import Audience, Tally, audience, refuse_nobody
from newsletter.pipeline.calendar import calendar
from newsletter.pipeline.check import Rendered, checked
from newsletter.pipeline.issues import LoadedIssue
from newsletter.pipeline.letters import letters
from newsletter.pipeline.screening import Screening
from newsletter.ports import (
    Batches,
    Fetcher,
    History,
    Holding,
    Ledger,
    LedgerBook,
    Mailer,
    People,
    RestoreMark,
    SenderLock,
    Steering,
    Suppressions,
    Timer,
    Workspace,
)

_SAMPLES = 2  # of each edition
_OPEN = (DeliveryState.WAITING, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What sending needs from outside."""

    workspace: Workspace
    people: People
    suppressions: Suppressions
    ledger: Ledger
    book: LedgerBook
    steering: Steering
    batches: Batches
    mailer: Mailer
    lock: SenderLock
    clock: Timer
    settings: Settings
    shipped: Mapping[str, bytes]  # the program's own templates
    key: bytes  # that delivery ids are made with
    new_id: Callable[[], str]
    support: bytes = b""  # what mail programs understand
    back_up: Callable[[], object] = lambda: None  # before anything leaves
    restored: RestoreMark | None = None  # whether a backup was put back
    fetcher: Callable[[], Fetcher] | None = None  # asks whether hosted pictures lie where they should
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
    samples: Mapping[str, tuple[Delivery, ...]]  # edition → its first few rows
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
    letters: tuple[Letter, ...]
    loaded: LoadedIssue
    audience: Audience
    sending: Sending


def fresh(issue_id: str, ports: Ports, *, leaves_at: datetime | None = None, corrects: str = "") -> Prepared:
    """A sending that is not planned yet. Raises InputError, Problems or ChecksFailed.

    With `corrects` it goes to those who got that issue's letter, and to nobody else.
    """
    _refuse_undecided_measuring(ports.settings)
    loaded = issues.load(ports.workspace, issue_id, settings=ports.settings)
    readers = _readers(loaded, ports, corrects)
    tally = readers.tally(ports.suppressions)
    refuse_nobody(tally, loaded.issue.audiences)
    made = _rendered(loaded, tally.keys, ports)
    warnings = _checked(loaded, tally, made, ports)
    sending = _sending(ports.new_id(), loaded, made, readers, ports)
    sending = replace(sending, leaves_at=leaves_at, corrects=corrects)
    rows = _rows(sending, readers, ports)
    plan = _plan(sending, rows, loaded, readers, ports, tally, warnings)
    return Prepared(plan, made, loaded, readers, sending)


def resumed(known: Sending, ports: Ports) -> Prepared:
    """The letters anew, proved to be those that were planned. They were checked then."""
    refuse_other_transport(known, ports.mailer)
    loaded = issues.load(ports.workspace, known.issue, settings=ports.settings)
    readers = _readers(loaded, ports, known.corrects)
    rows = Counter(row.edition for row in ports.book.deliveries(known.id))
    made = _rendered(loaded, [compose.key_of(edition) for edition in sorted(rows)], ports)
    recipients = (row.recipient for row in ports.book.deliveries(known.id))
    refuse_changed(known, _digest(made, recipients, readers, ports))
    waiting = ports.book.deliveries(known.id, *_OPEN, DeliveryState.EXCLUDED)
    return Prepared(_plan(known, waiting, loaded, readers, ports), made, loaded, readers, known)


def _readers(loaded: LoadedIssue, ports: Ports, corrects: str) -> Audience:
    people = correcting.Reached(corrects, ports.book, ports.people) if corrects else ports.people
    return audience(loaded, ports.workspace, people, _today(ports), corrects)


def _today(ports: Ports) -> Calendar:
    return calendar(ports.settings, ports.clock.now())


def _rendered(loaded: LoadedIssue, keys: Iterable[tuple[str, ...]], ports: Ports) -> tuple[Letter, ...]:
    return letters(loaded, keys, workspace=ports.workspace, settings=ports.settings, shipped=ports.shipped)


def _checked(
    loaded: LoadedIssue, tally: Tally, made: tuple[Letter, ...], ports: Ports
) -> tuple[Finding, ...]:
    """The warnings. Raises ChecksFailed where a letter has an error."""
    reference = referring.reference(
        loaded,
        tuple(tally.keys),
        made,
        workspace=ports.workspace,
        settings=ports.settings,
        shipped=ports.shipped,
        support=ports.support,
        readers=tally.segments,
    )
    found = checked(
        Rendered(loaded.issue, made, {}, reference),
        settings=ports.settings,
        now=ports.clock.now(),
        probes=Probes(_hosted(made, ports)),
    )
    if found.errors:
        first = found.errors[0]
        raise ChecksFailed(
            f"Granskningen fann {len(found.errors)} fel, så brevet skickas inte.",
            where=first.where,
            why=f"{first.what} {first.why}",
            do=f"Se alla med `newsletter check {loaded.issue.id}`, rätta dem och försök igen.",
        )
    return found.findings


def _hosted(made: tuple[Letter, ...], ports: Ports) -> Mapping[str, Probe]:
    """Whether the pictures that readers will fetch lie where they should; where all travel, nothing."""
    if ports.fetcher is None or not any(letter.hosted for letter in made):
        return {}
    bare = [replace(letter, links=()) for letter in made]
    return probing.probed(bare, ports.fetcher(), reachable=ports.settings.gather.trial_hosts).found


def _sending(
    id_: str, loaded: LoadedIssue, made: tuple[Letter, ...], readers: Audience, ports: Ports
) -> Sending:
    return stage.sending(
        loaded.issue,
        loaded.picks,
        made,
        id=id_,
        digest=_digest(made, (one.id for one in readers.candidates()), readers, ports),
        transport=ports.mailer.features.name,
        mode=ports.settings.measuring.mode,
        planned_at=ports.clock.now(),
    )


def _digest(made: tuple[Letter, ...], recipients: Iterable[str], readers: Audience, ports: Ports) -> str:
    features, mode = ports.mailer.features, ports.settings.measuring.mode
    transport = f"{features.name}\n{features.settings}"
    words = stage.wording(ports.settings.lists, readers.issue.language)
    return stage.digest(made, recipients, rule=f"{readers.rule}\n{words}", mode=mode, transport=transport)


def rows_of(prepared: Prepared, ports: Ports) -> Iterator[Delivery]:
    """A row for each candidate, streamed; at last, proved to be the audience that the digest was made of.

    Raises StateError after the last row where the lists have changed since, so that no row is kept.
    """
    recipients: list[str] = []
    for row in _rows(prepared.sending, prepared.audience, ports):
        recipients.append(row.recipient)
        yield row
    if _digest(prepared.letters, recipients, prepared.audience, ports) != prepared.sending.digest:
        raise StateError(
            "Listorna ändrades medan planen gjordes.",
            why="Någon tog in en lista just nu, så planen som visades stämmer inte. Inget har skickats.",
            do="Kör samma kommando igen.",
        )


def _rows(sending: Sending, readers: Audience, ports: Ports) -> Iterator[Delivery]:
    def edition_of(recipient: Recipient) -> str:
        return compose.id_of(readers.key_of(recipient))

    screening = Screening(ports.suppressions, readers.calendar)
    return stage.plan(
        sending,
        screening.each(readers.candidates()),
        key=ports.key,
        edition_of=edition_of,
        why=screening.why_of_reached if readers.corrects else screening.why,
        members=readers.members,
        chunk=ports.mailer.features.chunk,
        notice=lambda one: stage.notice(one, ports.settings.lists, readers.issue.language),
    )


def _plan(
    sending: Sending,
    rows: Iterable[Delivery],
    loaded: LoadedIssue,
    readers: Audience,
    ports: Ports,
    tally: Tally | None = None,
    warnings: tuple[Finding, ...] = (),
) -> SendPlan:
    """The plan in numbers, counted from the rows themselves."""
    editions: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    members: Counter[str] = Counter()
    samples: dict[str, list[Delivery]] = defaultdict(list)
    chunks: set[int] = set()
    examples = 0
    for row in rows:
        if row.state is DeliveryState.EXCLUDED:
            excluded[row.reason] += 1
            continue
        editions[row.edition] += 1
        members[row.member] += 1
        chunks.add(row.chunk)
        examples += is_reserved(row.address)
        if len(samples[row.edition]) < _SAMPLES:
            samples[row.edition].append(row)
    features = ports.mailer.features
    leaves_at = _leaving(sending, ports)
    return SendPlan(
        issue=sending.issue,
        subject=loaded.issue.subject,
        transport=sending.transport,
        mode=sending.mode,
        digest=sending.digest,
        candidates=editions.total() + excluded.total(),
        excluded=excluded,
        editions=editions,
        requests=len(chunks) if features.carries is Carries.CONTENT else editions.total(),
        segments=tally.segments if tally else {},
        groups=tally.groups if tally else {},
        members={readers.name_of(member): number for member, number in members.items()},
        samples={edition: tuple(rows) for edition, rows in samples.items()},
        leaves_at=leaves_at,
        stoppable_until=leaves_at - stage.LAST_CALL if features.holds and leaves_at else None,
        resumed=tally is None,
        reserved=examples,
        per_minute=features.per_minute,
        warnings=warnings,
    )


def _leaving(sending: Sending, ports: Ports) -> datetime | None:
    """When letters that are handed over now would leave."""
    if not ports.mailer.features.holds:
        return sending.leaves_at
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
