"""Who on the lists would get which edition, in numbers; nobody is kept in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from newsletter import people as lists
from newsletter.compose import Editions, Key
from newsletter.model.issue import Issue
from newsletter.model.mandates import Calendar
from newsletter.model.people import Member, Recipient, Segment


@dataclass(slots=True)
class Readership:
    """The readers of one edition; somebody may be in several segments, and has one county or none (empty)."""

    readers: int = 0
    segments: Counter[str] = field(default_factory=Counter)  # those of the issue's audiences
    counties: Counter[str] = field(default_factory=Counter)


def home_of(recipient: Recipient) -> str:
    """The member that a person is counted by; empty for somebody without a mandate."""
    return recipient.mandates[0].member if recipient.mandates else ""


def readership(
    issue: Issue,
    editions: Editions,
    everyone: Iterable[Recipient],
    segments: Sequence[Segment],
    members: Mapping[str, Member],
    calendar: Calendar,
) -> tuple[Mapping[Key, Readership], Mapping[str, int]]:
    """The issue's audiences by the key of their edition, and how many on the lists each segment has."""
    by_key: dict[Key, Readership] = {}
    people: Counter[str] = Counter({segment.id: 0 for segment in segments})
    sorting = lists.Sorting(segments, members, calendar)
    for recipient in map(calendar.current, everyone):
        of_reader = sorting.of(recipient)
        people.update(of_reader)
        wanted = [each for each in issue.audiences if each in of_reader]
        if wanted:
            member = home_of(recipient)
            found = by_key.setdefault(editions.key(of_reader, member), Readership())
            found.readers += 1
            found.segments.update(wanted)
            found.counties.update([members[member].county if member in members else ""])
    return by_key, people
