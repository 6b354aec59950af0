"""``people``: take in a list, show who is on it, and count segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter import people as stage
from newsletter.errors import InputError, UsageError
from newsletter.model.people import Change, ImportPlan, Member, Recipient, Segment, address_key
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.pipeline import issues, suppressing
from newsletter.ports import Clock, People, Suppressions, Workspace

COMMAND = "people import"


def imported(
    data: bytes,
    path: str,
    *,
    list_: str,
    basis: str,
    in_git: bool,
    confirm: bool,
    leave_out_bad_rows: bool,
    workspace: Workspace,
    people: People,
    suppressions: Suppressions,
    clock: Clock,
    new_id: Callable[[], str],
    back_up: Callable[[], object] = lambda: None,
) -> ImportPlan:
    """What the list would change; with `confirm` it is changed, all of it or nothing.

    Raises InputError or Problems where the file is wrong, and where it is a real list that git would carry
    along; UsageError where it is to be taken in without a legal basis.
    """
    existing = {address_key(one.address): one for one in people.everyone()}
    plan = stage.import_plan(
        data,
        path,
        list=list_,
        basis=basis,
        source=path.rpartition("/")[2],
        existing=existing,
        members=issues.members(workspace),
        new_id=new_id,
        why=suppressions.why,
        leave_out_bad_rows=leave_out_bad_rows,
    )
    if in_git:
        _refuse_real_list(plan, path)
    if confirm:
        _refuse_without_basis(basis, path)
        fresh = [one for change, one in plan.changes if change is not Change.UNCHANGED]
        if fresh:
            back_up()
        people.put(fresh, at=clock.now(), command=COMMAND)
        suppressing.retry_bounced(
            plan,
            lambda one: existing.get(address_key(one.address)),
            suppressions=suppressions,
            clock=clock,
            command=COMMAND,
        )
    return plan


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


def _refuse_real_list(plan: ImportPlan, path: str) -> None:
    addresses = [one.address for _, one in plan.changes] + [row.address for row in plan.left_out]
    real = sum(1 for address in addresses if "@" in address and not stage.is_reserved(address))
    if real:
        raise InputError(
            f"{path} ligger där git tar med den.",
            where=Where(path),
            why=f"{real} adresser kan vara verkliga, och personuppgifter i git går aldrig att ta tillbaka.",
            do="Flytta filen till subscribers/private/, som git hoppar över, och importera den därifrån.",
        )


def _refuse_without_basis(basis: str, path: str) -> None:
    if not basis.strip():
        raise UsageError(
            "Den rättsliga grunden saknas.",
            why="För var och en sparas varför föreningen får skriva (artikel 6 i dataskyddsförordningen).",
            do=f'Till exempel: newsletter people import {path} --basis "berättigat intresse" --confirm',
        )
