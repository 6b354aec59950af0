"""``people``: take in a list, show who is on it, and count segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter import people as stage
from newsletter.errors import UsageError
from newsletter.model.people import Recipient, Segment
from newsletter.model.settings import Settings
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.pipeline import issues
from newsletter.pipeline.calendar import calendar
from newsletter.ports import People, Workspace


def listed(
    segment: str | None, *, workspace: Workspace, people: People, settings: Settings, now: datetime
) -> Iterator[tuple[Recipient, tuple[str, ...]]]:
    """Each person with the ids of the segments that he is in; those of one segment where one is named.

    Raises UsageError where no segment has the name.
    """
    segments, members = issues.segments(workspace), issues.members(workspace)
    if segment is not None:
        _refuse_unknown(segment, segments)
    sorting = stage.Sorting(segments, members, calendar(settings, now))
    return _listed(segment, sorting, people)


@dataclass(frozen=True, slots=True)
class SegmentCounts:
    """How many are in each segment, in both of two, in none, and in all."""

    segments: tuple[Segment, ...]
    counts: Mapping[tuple[str, str], int]  # (s, s): those in s; (s, t): those in both, s before t in the file
    outside: int  # in no segment
    everyone: int

    def count(self, segment: str) -> int:
        """How many are in the segment."""
        return self.counts.get((segment, segment), 0)


def segments(*, workspace: Workspace, people: People, settings: Settings, now: datetime) -> SegmentCounts:
    """Every segment with its count and its overlaps."""
    known, members = issues.segments(workspace), issues.members(workspace)
    tally = people.tally([one.where for one in known], members, calendar(settings, now))
    counts: Counter[tuple[str, str]] = Counter()
    for places, number in tally.items():
        counts.update(dict.fromkeys(stage.overlaps([[known[at].id for at in places]]), number))
    return SegmentCounts(known, counts, tally.get((), 0), sum(tally.values()))


def _listed(
    segment: str | None, sorting: stage.Sorting, people: People
) -> Iterator[tuple[Recipient, tuple[str, ...]]]:
    for one in people.everyone():
        ids = sorting.of(one)
        if segment is None or segment in ids:
            yield one, ids


def _refuse_unknown(segment: str, segments: Sequence[Segment]) -> None:
    known = [one.id for one in segments]
    if segment not in known:
        raise UsageError(
            f"Segmentet ”{segment}” finns inte.",
            where=Where(issues.SEGMENTS),
            why=nearest(segment, known),
            do="Se alla med `newsletter people segments`.",
        )
