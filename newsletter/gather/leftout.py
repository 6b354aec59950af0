"""Members that never get in: whose news was in none of the last issues, and what could mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.model.news import Candidate, Pick


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member that none of the issues had news from."""

    member: str
    issues: int  # how many issues in a row it has been missing from
    best: Candidate | None  # the best that it tells now, with a topic and no service notice
    told: int = 0  # how many candidates it tells, service notices among them


def left_out(
    members: Iterable[str], past: Sequence[Sequence[Pick]], candidates: Sequence[Candidate]
) -> tuple[LeftOut, ...]:
    """The members that none of the `past` issues' picks name, those with something good to tell now first.

    `past` holds the picks of each issue, the one being made now among them; `candidates` are best first, as
    `ranked` gives them. A member whose link stands beside another's pick has got in. Nobody is left out where
    no issue had picks.
    """
    issues = [picks for picks in past if picks]
    got_in = {member for picks in issues for pick in picks for member in _members(pick)}
    missing = [member for member in dict.fromkeys(members) if member not in got_in] if issues else []
    found = [_left_out(member, len(issues), candidates) for member in missing]
    return tuple(sorted(found, key=lambda one: (one.best is None, one.told == 0, one.member)))


def _members(pick: Pick) -> tuple[str, ...]:
    return pick.member, *(link.member for link in pick.also)


def _left_out(member: str, issues: int, candidates: Sequence[Candidate]) -> LeftOut:
    own = [candidate for candidate in candidates if member in _tellers(candidate)]
    good = (candidate for candidate in own if candidate.topics and not candidate.service)
    return LeftOut(member, issues, next(good, None), len(own))


def _tellers(candidate: Candidate) -> set[str]:
    return {item.member for item in (candidate.item, *candidate.also)}
