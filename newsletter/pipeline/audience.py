"""An issue's audience: who is in it now, or who was when it was planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter import compose
from newsletter import people as stage
from newsletter.errors import InputError
from newsletter.model import digest as numbers
from newsletter.model.issue import Issue
from newsletter.model.mandates import Calendar
from newsletter.model.people import AnyOf, Member, Recipient, Segment
from newsletter.model.review import AudienceDigest
from newsletter.model.where import Where
from newsletter.pipeline import issues
from newsletter.pipeline.counting import Counting
from newsletter.pipeline.issues import LoadedIssue
from newsletter.pipeline.readership import home_of
from newsletter.pipeline.screening import Screening
from newsletter.ports import Suppressed, Within, Workspace


@dataclass(frozen=True, slots=True)
class Tally:
    """The audience in numbers."""

    counted: Counting  # letters and those left out
    listed: AudienceDigest  # the set of them all
    keys: tuple[tuple[str, ...], ...]  # the editions' keys, in steady order
    segments: Mapping[str, int]  # segment of the audience → people; somebody may be in several
    groups: Mapping[str, int]  # group → people


@dataclass(frozen=True, slots=True)
class Audience:
    """The people that an issue is for: those in any of the segments that it names."""

    issue: Issue
    segments: tuple[Segment, ...]
    members: Mapping[str, Member]
    people: Within
    editions: compose.Editions
    calendar: Calendar
    sorting: stage.Sorting
    corrects: str = ""  # the issue whose readers these are, where this is a correction

    @property
    def rule(self) -> str:
        """The rule as text, for the digest."""
        if self.corrects:
            return f"those who got {self.corrects}"
        return stage.audience_rule(self.issue.audiences, self.segments)

    def candidates(self) -> Iterator[Recipient]:
        """The people, one at a time, each with the mandates that count."""
        wanted = AnyOf(tuple(one.where for one in self.segments if one.id in self.issue.audiences))
        for one in self.people.within(wanted, self.members, self.calendar):
            yield self.calendar.current(one)

    def name_of(self, member: str) -> str:
        """What a member is called."""
        return self.members[member].name if member in self.members else member or "utan medlem"

    def key_of(self, recipient: Recipient) -> tuple[str, ...]:
        """The key of the edition that a person gets."""
        return self.editions.key(self.sorting.of(recipient), home_of(recipient))

    def tally(self, suppressions: Suppressed) -> Tally:
        """Count them, in one pass."""
        counted, listed = Counting(), numbers.Tally()
        groups: Counter[str] = Counter()
        sets: Counter[tuple[str, ...]] = Counter()
        keys: dict[compose.Key, str] = {}  # and the edition's id
        screening = self.screening(suppressions)
        for one in screening.each(self.candidates()):
            ids, home = self.sorting.of(one), home_of(one)
            sets[ids] += 1
            key = self.editions.key(ids, home)
            edition = keys.get(key) or keys.setdefault(key, compose.id_of(key))
            listed.add(one.id)
            if why := screening.why(one):
                counted.leave_out(why.value)
            else:
                counted.add(edition, home, one.name, one.address)
            if one.mandates:
                groups[one.mandates[0].role.group.value] += 1
        return Tally(
            counted=counted,
            listed=listed.audience(),
            keys=self.editions.in_order(keys),
            segments=self._by_segment(sets),
            groups=groups,
        )

    def screening(self, suppressions: Suppressed) -> Screening:
        """Who of them is not written to; of those who got a letter, only whoever said no since."""
        return Screening(suppressions, self.calendar, mandates_count=not self.corrects)

    def _by_segment(self, sets: Mapping[tuple[str, ...], int]) -> Mapping[str, int]:
        names = self.issue.audiences
        return {name: sum(number for ids, number in sets.items() if name in ids) for name in names}


def audience(
    loaded: LoadedIssue, workspace: Workspace, people: Within, calendar: Calendar, corrects: str = ""
) -> Audience:
    """The issue's audience on this day. Raises InputError where the issue names nobody."""
    issue, members = loaded.issue, issues.members(workspace)
    editions = compose.Editions(issue, loaded.picks, members)
    segments = issues.segments(workspace)
    sorting = stage.Sorting(segments, members, calendar)
    found = Audience(issue, segments, members, people, editions, calendar, sorting, corrects)
    if not issue.audiences:
        raise InputError(
            "Brevet är inte riktat till någon.",
            where=Where(issue.where.file, issue.lines.get("audiences", 1)),
            why="Raden audiences är tom.",
            do="Skriv vilka segment som ska få brevet, till exempel audiences: [politiker]",
        )
    return found


def refuse_nobody(tally: Tally, segments: Sequence[str]) -> None:
    """Raise InputError where nobody is in the audience."""
    if not tally.counted.candidates:
        raise InputError(
            "Ingen står på listan för det här brevet.",
            where=Where(issues.SEGMENTS),
            why=f"Inga mottagare hör till {', '.join(segments)}.",
            do="Ta in en lista med `newsletter people import`, och räkna med `newsletter people segments`.",
        )
