"""An issue as it would leave now: what people approve, and what is planned.

load ─ audience ─ letters ─ check ─► proof
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter import check, compose, review
from newsletter import send as sending
from newsletter.errors import ChecksFailed
from newsletter.model import digest as numbers
from newsletter.model.finding import Finding, Probe, Probes
from newsletter.model.letter import Letter
from newsletter.model.people import Recipient
from newsletter.model.review import AudienceDigest, Parts
from newsletter.model.settings import Settings
from newsletter.model.transport import Features
from newsletter.pipeline import correcting, issues, probing, referring
from newsletter.pipeline.audience import Audience, Tally, audience
from newsletter.pipeline.calendar import calendar
from newsletter.pipeline.check import Checked, Rendered, checked
from newsletter.pipeline.issues import LoadedIssue
from newsletter.pipeline.letters import letters
from newsletter.ports import ApprovedAudiences, Clock, Fetcher, LedgerBook, People, Suppressed, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What making and checking an issue's letters for its audience needs from outside."""

    workspace: Workspace
    people: People
    book: LedgerBook  # who got the issue that a correction corrects
    suppressions: Suppressed
    approved: ApprovedAudiences
    clock: Clock
    settings: Settings
    shipped: Mapping[str, bytes]  # the program's own templates
    support: bytes = b""  # what mail programs understand
    fetcher: Callable[[], Fetcher] | None = None  # asks whether hosted pictures lie where they should


@dataclass(frozen=True, slots=True)
class Proof:
    """One issue's letters with all that an approval of them covers."""

    loaded: LoadedIssue
    letters: tuple[Letter, ...]
    audience: Audience
    transport: str  # its name
    parts: Parts

    @property
    def issue(self) -> str:
        """The issue's name."""
        return self.loaded.issue.id

    def listed(self) -> AudienceDigest:
        """All whom the rule names."""
        return numbers.audience(one.id for one in self.audience.candidates())

    def readers(self, suppressions: Suppressed) -> Iterator[Recipient]:
        """Those of them who get the letter, one at a time."""
        screening = self.audience.screening(suppressions)
        return (one for one in screening.each(self.audience.candidates()) if screening.why(one) is None)


def proof(
    loaded: LoadedIssue,
    made: tuple[Letter, ...],
    readers: Audience,
    *,
    settings: Settings,
    transport: Features,
) -> Proof:
    """The proof of letters that were made for this audience and would leave by this transport."""
    found = parts(made, readers, settings=settings, transport=transport)
    return Proof(loaded, made, readers, transport.name, found)


def parts(made: Iterable[Letter], readers: Audience, *, settings: Settings, transport: Features) -> Parts:
    """All that an approval, a plan and ``sending.json`` bind to, but for who the readers are."""
    return review.parts(
        made,
        rule=readers.rule,
        mode=settings.measuring.mode,
        transport=f"{transport.name}\n{transport.settings}",
        wording=sending.wording(settings.lists, readers.issue.language),
    )


def fresh(issue_id: str, transport: Features, ports: Ports, corrects: str = "") -> tuple[Proof, Tally]:
    """The proof of an issue as it is now; with `corrects`, for those who got that issue.

    Raises MissingFile, InputError or Problems, with file and line.
    """
    loaded = issues.load(ports.workspace, issue_id, settings=ports.settings)
    readers = readers_of(loaded, ports, corrects)
    tally = readers.tally(ports.suppressions)
    made = rendered(loaded, tally.keys, ports)
    return proof(loaded, made, readers, settings=ports.settings, transport=transport), tally


def readers_of(loaded: LoadedIssue, ports: Ports, corrects: str = "") -> Audience:
    """The issue's audience today; with `corrects`, those who got that issue."""
    people = correcting.Reached(corrects, ports.book, ports.people) if corrects else ports.people
    return audience(loaded, ports.workspace, people, calendar(ports.settings, ports.clock.now()), corrects)


def unread(found: Proof, editions: Iterable[str], ports: Ports) -> Parts:
    """The parts of editions that nobody gets now, as they would be."""
    made = rendered(found.loaded, [compose.key_of(edition) for edition in editions], ports)
    return {name: value for letter in made for name, value in numbers.letter_parts(letter).items()}


def looked_through(found: Proof, tally: Tally, ports: Ports) -> Checked:
    """What is to be said of the letters. Raises ChecksFailed where one has an error."""
    reference = referring.reference(
        found.loaded,
        tally.keys,
        found.letters,
        workspace=ports.workspace,
        settings=ports.settings,
        shipped=ports.shipped,
        support=ports.support,
        readers=tally.segments,
    )
    told = checked(
        Rendered(found.loaded.issue, found.letters, {}, reference),
        settings=ports.settings,
        now=ports.clock.now(),
        probes=Probes(_hosted(found.letters, ports)),
    )
    if told.errors:
        first = told.errors[0]
        raise ChecksFailed(
            f"Granskningen fann {len(told.errors)} fel, så brevet kan inte gå.",
            where=first.where,
            why=f"{first.what} {first.why}",
            do=f"Se alla med `newsletter check {found.issue}`, rätta dem och försök igen.",
        )
    return told


def refuse_warnings(issue_id: str, warnings: Sequence[Finding]) -> None:
    """Raise ChecksFailed while a warning stands that the issue gives no reason for; the first is told.

    Called when the name was given: until then the warnings are shown with the rest.
    """
    if not warnings:
        return
    first = warnings[0]
    count = "en varning" if len(warnings) == 1 else f"{len(warnings)} varningar"
    raise ChecksFailed(
        f"Granskningen har {count} utan skäl, så brevet kan inte gå.",
        where=first.where,
        why=f"{first.what} {first.why}".strip(),
        do=f"{first.do} {_let_stand(issue_id, first.rule)}Se alla med `newsletter check {issue_id}`.".strip(),
    )


def _let_stand(issue_id: str, rule: str) -> str:
    """How a warning of the rule is given a reason, where it may have one."""
    if rule not in check.RULES or not check.RULES[rule].may_stand:
        return ""
    return (
        f"Ska det vara så? Skriv i huvudet av {issues.folder_of(issue_id)}/issue.md: "
        f"# newsletter: allow {rule} because … med ditt skäl sist. "
    )


def rendered(loaded: LoadedIssue, keys: Iterable[compose.Key], ports: Ports) -> tuple[Letter, ...]:
    """The letters of these editions."""
    return letters(loaded, keys, workspace=ports.workspace, settings=ports.settings, shipped=ports.shipped)


def _hosted(made: tuple[Letter, ...], ports: Ports) -> Mapping[str, Probe]:
    """Whether the pictures that readers will fetch lie where they should; where all travel, nothing."""
    if ports.fetcher is None or not any(letter.hosted for letter in made):
        return {}
    bare = [replace(letter, links=()) for letter in made]
    return probing.probed(bare, ports.fetcher(), reachable=ports.settings.gather.trial_hosts).found
