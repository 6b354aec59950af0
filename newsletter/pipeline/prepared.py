"""What a sending would be: the letters of its audience, checked, and the plan that is shown.

load ─ compose ─ render ─ check ─ digest        a sending that is not planned yet
load ─ compose ─ render ─ the same digest?      one that an earlier run began
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from newsletter import compose
from newsletter import send as stage
from newsletter.errors import ChecksFailed, InputError, StateError
from newsletter.model.delivery import Delivery, DeliveryState, Sending
from newsletter.model.finding import Finding, Probe, Probes
from newsletter.model.letter import Letter
from newsletter.model.mandates import Calendar
from newsletter.model.people import Recipient
from newsletter.model.settings import Settings
from newsletter.model.where import Where
from newsletter.pipeline import issues, probing, referring
from newsletter.pipeline.audience import Audience, Tally, audience, refuse_nobody
from newsletter.pipeline.calendar import calendar
from newsletter.pipeline.check import Rendered, checked
from newsletter.pipeline.issues import LoadedIssue
from newsletter.pipeline.letters import letters
from newsletter.pipeline.screening import Screening
from newsletter.ports import (
    Clock,
    Fetcher,
    Ledger,
    LedgerBook,
    Mailer,
    People,
    RestoreMark,
    SenderLock,
    Suppressions,
    Workspace,
)

_OPEN = (DeliveryState.WAITING, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What sending needs from outside."""

    workspace: Workspace
    people: People
    suppressions: Suppressions
    ledger: Ledger
    book: LedgerBook
    mailer: Mailer
    lock: SenderLock
    clock: Clock
    settings: Settings
    shipped: Mapping[str, bytes]  # the program's own templates
    key: bytes  # that delivery ids are made with
    new_id: Callable[[], str]
    support: bytes = b""  # what mail programs understand
    back_up: Callable[[], object] = lambda: None  # before anything leaves
    restored: RestoreMark | None = None  # whether a backup was put back
    fetcher: Callable[[], Fetcher] | None = None  # asks whether hosted pictures lie where they should


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
    chunks: int
    segments: Mapping[str, int]  # empty where an earlier run is taken up again
    groups: Mapping[str, int]
    resumed: bool
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The letters of one sending, rendered, and the rows that they are for."""

    plan: SendPlan
    letters: tuple[Letter, ...]
    loaded: LoadedIssue
    audience: Audience
    sending: Sending


def fresh(issue_id: str, ports: Ports) -> Prepared:
    """A sending that is not planned yet. Raises InputError, Problems or ChecksFailed."""
    _refuse_undecided_measuring(ports.settings)
    loaded = issues.load(ports.workspace, issue_id, settings=ports.settings)
    readers = audience(loaded, ports.workspace, ports.people, _today(ports))
    tally = readers.tally(ports.suppressions)
    refuse_nobody(tally, loaded.issue.audiences)
    made = _rendered(loaded, tally.keys, ports)
    warnings = _checked(loaded, tally, made, ports)
    sending = _sending(ports.new_id(), loaded, made, readers, ports)
    rows = _rows(sending, readers, ports)
    return Prepared(_plan(sending, rows, loaded, tally, warnings), made, loaded, readers, sending)


def resumed(known: Sending, ports: Ports) -> Prepared:
    """The letters anew, proved to be those that were planned. They were checked then."""
    loaded = issues.load(ports.workspace, known.issue, settings=ports.settings)
    readers = audience(loaded, ports.workspace, ports.people, _today(ports))
    rows = Counter(row.edition for row in ports.book.deliveries(known.id))
    made = _rendered(loaded, [compose.key_of(edition) for edition in sorted(rows)], ports)
    recipients = (row.recipient for row in ports.book.deliveries(known.id))
    refuse_changed(known, _digest(made, recipients, readers, ports))
    waiting = ports.book.deliveries(known.id, *_OPEN, DeliveryState.EXCLUDED)
    return Prepared(_plan(known, waiting, loaded, None), made, loaded, readers, known)


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
        transport=ports.mailer.name,
        mode=ports.settings.measuring.mode,
        planned_at=ports.clock.now(),
    )


def _digest(made: tuple[Letter, ...], recipients: Iterable[str], readers: Audience, ports: Ports) -> str:
    mode, transport = ports.settings.measuring.mode, ports.mailer.name
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
        why=screening.why,
        members=readers.members,
        chunk=ports.settings.limits.chunk,
        notice=lambda one: stage.notice(one, ports.settings.lists, readers.issue.language),
    )


def _plan(
    sending: Sending,
    rows: Iterable[Delivery],
    loaded: LoadedIssue,
    tally: Tally | None,
    warnings: tuple[Finding, ...] = (),
) -> SendPlan:
    """The plan in numbers, counted from the rows themselves."""
    editions: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    chunks: set[int] = set()
    for row in rows:
        if row.state is DeliveryState.EXCLUDED:
            excluded[row.reason] += 1
        else:
            editions[row.edition] += 1
            chunks.add(row.chunk)
    return SendPlan(
        issue=sending.issue,
        subject=loaded.issue.subject,
        transport=sending.transport,
        mode=sending.mode,
        digest=sending.digest,
        candidates=editions.total() + excluded.total(),
        excluded=excluded,
        editions=editions,
        chunks=len(chunks),
        segments=tally.segments if tally else {},
        groups=tally.groups if tally else {},
        resumed=tally is None,
        warnings=warnings,
    )


def _refuse_undecided_measuring(settings: Settings) -> None:
    if settings.measuring.mode != "none" and not settings.measuring.decision.strip():
        raise InputError(
            "Mätningen saknar beslut.",
            where=Where("newsletter.toml"),
            why="Att mäta vad enskilda läser är behandling av personuppgifter, och den ska vara beslutad.",
            do='Skriv under [measuring]: decision = "Styrelsen 2027-01-19 § 7 …", eller mode = "none".',
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
