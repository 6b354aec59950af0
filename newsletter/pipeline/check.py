"""``check``: what would embarrass, break or harm, in any edition of an issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter import check as stage
from newsletter import compose
from newsletter import people as lists
from newsletter.model.finding import Finding, Probes, Severity
from newsletter.model.issue import Issue
from newsletter.model.letter import Letter
from newsletter.model.people import Member, Recipient, Segment
from newsletter.model.settings import Settings
from newsletter.pipeline import issues
from newsletter.pipeline.letters import letters
from newsletter.ports import People, Workspace


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue's letters, in the editions' steady order, and how many on the lists would get each."""

    issue: Issue
    letters: tuple[Letter, ...]
    readers: Mapping[str, int]  # by edition


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in an issue's letters; a finding of every edition stands once, with no edition named."""

    issue: str
    editions: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those that must be mended before anything is sent."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


def check(
    issue_id: str,
    *,
    workspace: Workspace,
    people: People | None,
    settings: Settings,
    shipped: Mapping[str, bytes],
    now: datetime,
) -> Checked:
    """Render every edition and look at each; nothing is written. Raises what rendering raises."""
    made = rendered(issue_id, workspace=workspace, people=people, settings=settings, shipped=shipped)
    return checked(made, settings=settings, now=now)


def rendered(
    issue_id: str,
    *,
    workspace: Workspace,
    people: People | None,
    settings: Settings,
    shipped: Mapping[str, bytes],
) -> Rendered:
    """The editions that occur among the readers, rendered.

    Where nobody is on the lists yet, there is one for each segment that the issue's blocks name, and one for
    all others. Raises MissingFile, InputError or Problems, with file and line.
    """
    loaded = issues.load(workspace, issue_id, settings=settings)
    members, segments = issues.members(workspace), issues.segments(workspace)
    counted = counts(loaded.issue, people.everyone() if people else (), segments, members)
    keys = compose.keys(loaded.issue, counted or _imagined(loaded.issue))
    made = letters(loaded, keys, workspace=workspace, settings=settings, shipped=shipped)
    readers = {letter.edition: counted.get(key, 0) for letter, key in zip(made, keys, strict=True)}
    return Rendered(loaded.issue, made, readers)


def counts(
    issue: Issue, everyone: Iterable[Recipient], segments: Sequence[Segment], members: Mapping[str, Member]
) -> Mapping[tuple[str, ...], int]:
    """How many of the issue's audiences get which edition, by its key; nobody is kept in memory."""
    counted: Counter[tuple[str, ...]] = Counter()
    for recipient in everyone:
        of_reader = lists.segments_of(recipient, segments, members)
        if set(of_reader) & set(issue.audiences):
            counted[compose.key(issue, of_reader)] += 1
    return counted


def _imagined(issue: Issue) -> Iterator[tuple[str, ...]]:
    yield ()
    for segment in dict.fromkeys(segment for block in issue.blocks for segment in block.segments):
        yield (segment,)


def checked(made: Rendered, *, settings: Settings, now: datetime) -> Checked:
    """What is found in letters that were made already."""
    local = now.astimezone(ZoneInfo(settings.association.timezone))
    found = [stage.findings(letter, made.issue, settings, Probes(), local) for letter in made.letters]
    return Checked(made.issue.id, tuple(letter.edition for letter in made.letters), _merged(found))


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
