"""``people explain``: why one person gets an issue, or does not, condition by condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsletter import compose
from newsletter import people as stage
from newsletter.errors import UsageError
from newsletter.model.delivery import Exclusion
from newsletter.model.mandates import Calendar
from newsletter.model.people import Mandate, Recipient, address_key
from newsletter.model.settings import Settings
from newsletter.people import Reason
from newsletter.pipeline import issues
from newsletter.pipeline.audience import audience
from newsletter.pipeline.calendar import calendar
from newsletter.pipeline.screening import Screening
from newsletter.ports import People, Suppressed, Workspace


@dataclass(frozen=True, slots=True)
class Placing:
    """One segment, and why the person is or is not in it."""

    segment: str
    name: str
    is_audience: bool  # the issue is for this segment
    reason: Reason


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that decides whether one person gets an issue; without an issue, which segments he is in."""

    recipient: Recipient
    standings: tuple[tuple[Mandate, tuple[str, ...]], ...]  # every mandate, and where it stands
    placings: tuple[Placing, ...]
    excluded: Exclusion | None
    issue: str = ""
    edition: str = ""  # the edition that the person gets; empty where he gets none

    @property
    def is_candidate(self) -> bool:
        """Whether the person is in any of the issue's audiences."""
        return any(one.is_audience and one.reason.holds for one in self.placings)

    @property
    def gets_it(self) -> bool:
        """Whether a letter is sent."""
        return self.is_candidate and self.excluded is None


def explain(
    address: str,
    issue: str = "",
    *,
    workspace: Workspace,
    people: People,
    suppressions: Suppressed,
    settings: Settings,
    now: datetime,
) -> Explanation:
    """The explanation. Raises UsageError where nobody on the lists has the address."""
    one = _found(address, people)
    today = calendar(settings, now)
    excluded = _excluded(one, suppressions, today)
    audiences = issues.load(workspace, issue, settings=settings).issue.audiences if issue else ()
    members = issues.members(workspace)
    placings = tuple(
        Placing(each.id, each.name, each.id in audiences, stage.explained(each.where, one, members, today))
        for each in issues.segments(workspace)
    )
    told = Explanation(one, _standings(one, today), placings, excluded, issue)
    if not (issue and told.gets_it):
        return told
    readers = audience(issues.load(workspace, issue, settings=settings), workspace, people, today)
    edition = compose.id_of(readers.key_of(today.current(one)))
    return Explanation(one, told.standings, placings, excluded, issue, edition)


def _found(address: str, people: People) -> Recipient:
    key = address_key(address)
    for one in people.everyone():
        if address_key(one.address) == key:
            return one
    raise UsageError(
        f"Ingen på listorna har adressen {address}.",
        why="Den som har tagits bort, eller aldrig tagits in, får inget brev.",
        do="Sök med `newsletter people list`, eller ta in en lista med `newsletter people import`.",
    )


def _excluded(one: Recipient, suppressions: Suppressed, today: Calendar) -> Exclusion | None:
    screening = Screening(suppressions, today)
    return next(screening.why(each) for each in screening.each([one]))


def _standings(one: Recipient, today: Calendar) -> tuple[tuple[Mandate, tuple[str, ...]], ...]:
    return tuple((held, today.states(held)) for held in one.mandates)
