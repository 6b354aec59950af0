"""Names in an issue and its picks that nothing answers to: segments, topics, senders, members."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches

from newsletter.errors import Problem
from newsletter.model.issue import BlockKind, Issue
from newsletter.model.news import Pick
from newsletter.model.people import Member
from newsletter.model.where import Where


def unknown_segments(issue: Issue, known: Collection[str]) -> tuple[Problem, ...]:
    """The audiences and the segments of för blocks that are not among the known segments' ids."""
    return tuple(
        _problem(f"Målgruppen ”{segment}” finns inte.", segment, known, where, "subscribers/segments.toml")
        for segment, where in dict.fromkeys(_segments(issue))
        if segment not in known
    )


def unknown_topics(issue: Issue, known: Collection[str]) -> tuple[Problem, ...]:
    """The topics of blocks that are not among the known topics' ids."""
    return tuple(
        _problem(f"Ämnet ”{block.topic}” finns inte.", block.topic, known, block.where, "newsletter.toml")
        for block in issue.blocks
        if block.topic and block.topic not in known
    )


def unknown_places(issue: Issue, members: Mapping[str, Member]) -> tuple[Problem, ...]:
    """The members and counties that blocks are about and that the members' list does not have."""
    counties = {member.county for member in members.values() if member.county}
    folded = {county.casefold() for county in counties}
    found: list[Problem] = []
    for block in issue.blocks:
        if block.member and block.member not in members:
            what = f"Medlemmen ”{block.member}” finns inte."
            found.append(_problem(what, block.member, members, block.where, "subscribers/members.csv"))
        if block.county and block.county.casefold() not in folded:
            what, known = f"Länet ”{block.county}” finns inte.", sorted(counties)
            found.append(_problem(what, block.county, known, block.where, "subscribers/members.csv"))
    return tuple(found)


def unknown_sender(issue: Issue, known: Collection[str]) -> tuple[Problem, ...]:
    """The sender, where it is not a key under [senders]."""
    if issue.sender in known:
        return ()
    where = Where(issue.where.file, issue.lines.get("sender", 1))
    return (
        _problem(f"Avsändaren ”{issue.sender}” finns inte.", issue.sender, known, where, "newsletter.toml"),
    )


def unknown_in_picks(
    picks: Sequence[Pick], path: str, *, topics: Collection[str], members: Collection[str]
) -> tuple[Problem, ...]:
    """The topics and members of picks that are not among the known ones; a pick may have neither."""
    found: list[Problem] = []
    for pick in picks:
        where = Where(path, pick.line)
        if pick.topic and pick.topic not in topics:
            what = f"Ämnet ”{pick.topic}” finns inte."
            found.append(_problem(what, pick.topic, topics, where, "newsletter.toml"))
        for member in dict.fromkeys((pick.member, *(link.member for link in pick.also))):
            if member and member not in members:
                what = f"Medlemmen ”{member}” finns inte."
                found.append(_problem(what, member, members, where, "subscribers/members.csv"))
    return tuple(found)


def unplaced_picks(issue: Issue, picks: Sequence[Pick]) -> tuple[Problem, ...]:
    """Picks that no letter would show, since the issue has no place for member news."""
    if not picks or any(block.kind is BlockKind.MEMBER_NEWS for block in issue.blocks):
        return ()
    counted = "1 vald nyhet" if len(picks) == 1 else f"{len(picks)} valda nyheter"
    return (
        Problem(
            f"{counted} har ingen plats i brevet.",
            Where(issue.where.file, 1),
            "Brevet har inget block för medlemsnytt.",
            "Skriv ::: medlemsnytt och ::: på var sin rad där nyheterna ska stå.",
        ),
    )


def _segments(issue: Issue) -> Iterator[tuple[str, Where]]:
    """Each segment named, and where."""
    file = issue.where.file
    for audience in issue.audiences:
        line = issue.lines.get(f"audiences.{audience}", issue.lines.get("audiences", 1))
        yield audience, Where(file, line)
    seen: set[str] = set()
    for block in issue.blocks:
        for segment in block.segments:
            if segment not in seen:
                seen.add(segment)
                yield segment, block.where


def _alike(word: str, known: Collection[str]) -> str:
    """The known word that begins like this one, or is spelled most like it; empty where none is."""
    begins = [one for one in known if one.startswith(word)]
    return next(iter(begins or get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def _problem(what: str, word: str, known: Collection[str], where: Where, home: str) -> Problem:
    """A name that nothing answers to, with the nearest that something does."""
    close = _alike(word.casefold()[:60], known)
    listed = ", ".join(known) or "inget ännu"
    do = f"Menade du ”{close}”?" if close else f"I {home} finns {listed}."
    return Problem(what, where, f"Namnet slås upp i {home}.", do)
