"""``people``: take in a list, show who is on it, and count segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter import people as stage
from newsletter.errors import UsageError
from newsletter.model.people import Member, Recipient, Segment
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.pipeline import issues
from newsletter.ports import People, Workspace


def listed(
    segment: str | None, *, workspace: Workspace, people: People
) -> Iterator[tuple[Recipient, tuple[str, ...]]]:
    """Each person with the ids of the segments that he is in; those of one segment where one is named.

    Raises UsageError where no segment has the name.
    """
    segments, members = issues.segments(workspace), issues.members(workspace)
    if segment is not None:
        _refuse_unknown(segment, segments)
    return _listed(segment, segments, members, people)


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


def segments(*, workspace: Workspace, people: People) -> SegmentCounts:
    """Every segment with its count and its overlaps."""
    known, members = issues.segments(workspace), issues.members(workspace)
    groups = Counter(stage.segments_of(one, known, members) for one in people.everyone())
    counts: Counter[tuple[str, str]] = Counter()
    for ids, number in groups.items():
        counts.update(dict.fromkeys(stage.overlaps([ids]), number))
    return SegmentCounts(known, counts, groups[()], groups.total())


def _listed(
    segment: str | None, segments: Sequence[Segment], members: Mapping[str, Member], people: People
) -> Iterator[tuple[Recipient, tuple[str, ...]]]:
    for one in people.everyone():
        ids = stage.segments_of(one, segments, members)
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
