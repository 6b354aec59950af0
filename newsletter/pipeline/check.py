"""``check``: what would embarrass, break or harm, in any edition of an issue."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter import check as stage
from newsletter import compose
from newsletter.errors import OutsideError
from newsletter.model.finding import Finding, Probe, Probes, Severity, SpamVerdict
from newsletter.model.issue import Issue
from newsletter.model.letter import Edition, Letter
from newsletter.model.settings import Settings
from newsletter.pipeline import filtering, issues, probing, referring
from newsletter.pipeline.calendar import calendar
from newsletter.pipeline.letters import letters
from newsletter.pipeline.readership import Readership, readership
from newsletter.ports import Fetcher, People, SpamFilter, Workspace

_NOT_ASKED = Probes()
_NO_LINKS = "om länkarna fungerar: lägg till --probe, så frågas varje adress"
_NO_NETWORK = "om länkarna fungerar: ingen adress gick att nå, så det är nog nätet som saknas"
_NO_SPAM = "skräppostpoäng: SpamAssassin är inte installerat, eller skulle inte frågas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What making an issue's letters needs from outside, to look at them or to lay them on disk."""

    workspace: Workspace
    people: People | None  # None where there are no lists yet
    settings: Settings
    shipped: Mapping[str, bytes]  # the program's own templates
    now: datetime
    support: bytes = b""  # what mail programs understand


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue's letters, in the editions' steady order, and who on the lists would get each."""

    issue: Issue
    letters: tuple[Letter, ...]
    readers: Mapping[str, Readership]  # by edition
    reference: stage.Reference = field(default_factory=stage.Reference)
    editions: tuple[Edition, ...] = ()  # what each letter was made from


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in an issue's letters; a finding of every edition stands once, with no edition named."""

    issue: str
    editions: tuple[str, ...]
    findings: tuple[Finding, ...]
    allowed: tuple[stage.Allowed, ...] = ()  # what the issue lets stand, with its reasons
    unlooked: tuple[str, ...] = ()  # what could not be looked into, and why; in words
    spam: Mapping[str, SpamVerdict] = field(default_factory=dict)  # by edition, where a filter was asked

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those that must be mended before anything is sent."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


def check(
    issue_id: str, ports: Ports, *, fetcher: Fetcher | None = None, spam: SpamFilter | None = None
) -> Checked:
    """Render every edition and look at each; nothing is written. Raises what rendering raises.

    With a `fetcher` every address is asked for, with a `spam` filter every letter is judged; what they could
    not tell, or nobody asked, stands in the result.
    """
    made = rendered(issue_id, ports)
    links, unlooked = _asked(made.letters, fetcher, ports.settings)
    verdicts, unjudged = _judged(made.letters, spam, ports.settings, ports.now)
    found = checked(made, settings=ports.settings, now=ports.now, probes=Probes(links, verdicts))
    return replace(found, unlooked=(*unlooked, *unjudged), spam=verdicts)


def _asked(
    letters: Sequence[Letter], fetcher: Fetcher | None, settings: Settings
) -> tuple[Mapping[str, Probe], tuple[str, ...]]:
    """What asking for the addresses gave, and what is to be said where it gave nothing."""
    if fetcher is None:
        return {}, (_NO_LINKS,)
    asked = probing.probed(letters, fetcher, reachable=settings.gather.trial_hosts)
    return ({}, (_NO_NETWORK,)) if asked.is_offline else (asked.found, ())


def _judged(
    letters: Sequence[Letter], spam: SpamFilter | None, settings: Settings, now: datetime
) -> tuple[Mapping[str, SpamVerdict], tuple[str, ...]]:
    if spam is None:
        return {}, (_NO_SPAM,)
    try:
        return filtering.verdicts(letters, spam, settings=settings, now=now), ()
    except OutsideError as error:
        return {}, (f"skräppostpoäng: {error}",)


def rendered(issue_id: str, ports: Ports) -> Rendered:
    """The editions that occur among the readers, rendered, with what they are held against.

    Where nobody is on the lists yet, there is one for each segment that the issue's blocks name, and one for
    all others, by place where that matters. Raises MissingFile, InputError or Problems, with file and line.
    """
    workspace, settings, shipped = ports.workspace, ports.settings, ports.shipped
    loaded = issues.load(workspace, issue_id, settings=settings)
    members, segments = issues.members(workspace), issues.segments(workspace)
    editions = compose.Editions(loaded.issue, loaded.picks, members)
    everyone = ports.people.everyone() if ports.people else ()
    today = calendar(settings, ports.now)
    counted, of_segment = readership(loaded.issue, editions, everyone, segments, members, today)
    keys = editions.in_order(counted or _imagined(loaded.issue, editions, members))
    made = letters(loaded, keys, workspace=workspace, settings=settings, shipped=shipped)
    reference = referring.reference(
        loaded,
        keys,
        made,
        workspace=workspace,
        settings=settings,
        shipped=shipped,
        support=ports.support,
        readers=of_segment,
    )
    readers = {letter.edition: counted.get(key, Readership()) for letter, key in zip(made, keys, strict=True)}
    composed = tuple(editions.edition(key) for key in keys)
    return Rendered(loaded.issue, made, readers, reference, composed)


def _imagined(
    issue: Issue, editions: compose.Editions, members: Collection[str]
) -> Iterator[tuple[str, ...]]:
    yield editions.key(())
    yield from (editions.key((segment,)) for block in issue.blocks for segment in block.segments)
    yield from (editions.key((), member) for member in members)


def checked(made: Rendered, *, settings: Settings, now: datetime, probes: Probes = _NOT_ASKED) -> Checked:
    """What is found in letters that were made already, less what their issue lets stand."""
    local = now.astimezone(ZoneInfo(settings.association.timezone))
    found = [
        stage.findings(letter, made.issue, settings, probes, local, made.reference) for letter in made.letters
    ]
    judged = stage.judged(_merged(found), made.issue)
    editions = tuple(letter.edition for letter in made.letters)
    return Checked(made.issue.id, editions, judged.findings, judged.allowed)


def _merged(found: Sequence[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """The same finding of several editions once, naming them; of all editions, naming none."""
    editions: dict[Finding, list[str]] = {}
    for finding in (finding for of_letter in found for finding in of_letter):
        editions.setdefault(replace(finding, edition=""), []).append(finding.edition)
    merged = [
        replace(finding, edition="" if len(named) == len(found) else ", ".join(named))
        for finding, named in editions.items()
    ]
    return tuple(sorted(merged, key=lambda finding: finding.severity is not Severity.ERROR))
