"""``people import``: what a list would change, and the change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from newsletter import people as stage
from newsletter.errors import InputError, Problems, UsageError
from newsletter.model.people import Change, ImportPlan, Recipient, Suppression, address_key
from newsletter.model.where import Where
from newsletter.pipeline import issues, suppressing
from newsletter.ports import Clock, Isolated, People, SandboxLimits, Suppressions, Workspace

COMMAND = "people import"
_MOST_BYTES = 60_000_000
_LIMITS = SandboxLimits(cpu_seconds=90.0, memory_mb=700, wall_seconds=180.0)
_BATCH = 1000  # people whose suppressions are looked up at a time


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be taken in, and how."""

    path: str
    list: str
    basis: str
    in_git: bool = False  # git would carry the file along
    confirm: bool = False
    leave_out_bad_rows: bool = False
    sheet: str = ""  # of a workbook
    member: str = ""  # where the whole file is of one member
    role: str = ""  # where the whole file is of one role

    @property
    def given(self) -> Mapping[stage.Column, str]:
        """The columns that the file need not have."""
        columns = {stage.Column.MEMBER: self.member, stage.Column.ROLE: self.role}
        return {column: value for column, value in columns.items() if value}


def imported(
    data: bytes,
    asked: ImportRequest,
    *,
    workspace: Workspace,
    people: People,
    suppressions: Suppressions,
    isolated: Isolated,
    clock: Clock,
    new_id: Callable[[], str],
    back_up: Callable[[], object] = lambda: None,
) -> ImportPlan:
    """What the list would change; with `confirm` it is changed, all of it or nothing.

    Raises InputError or Problems where the file is wrong, and where it is a real list that git would carry
    along; ParseFailed where it cannot be read within the limits; UsageError where it is to be taken in
    without a legal basis.
    """
    _refuse_huge(data, asked.path)
    now = clock.now()
    plan = stage.import_plan(
        _listing(data, asked, isolated),
        list=asked.list,
        basis=asked.basis.strip(),
        source=asked.path.rpartition("/")[2],
        known=people.holding,
        members=issues.members(workspace),
        new_id=new_id,
        suppressed=suppressions.among,
        given=asked.given,
        today=now.date(),
        leave_out_bad_rows=asked.leave_out_bad_rows,
    )
    if asked.in_git:
        _refuse_real_list(plan, asked.path)
    if asked.confirm:
        _refuse_without_basis(plan, asked.path)
        _take_in(plan, people, suppressions, clock, back_up)
    return plan


def _take_in(
    plan: ImportPlan, people: People, suppressions: Suppressions, clock: Clock, back_up: Callable[[], object]
) -> None:
    if plan.count(Change.UNCHANGED) < len(plan.changes):
        back_up()
    bounced = replace(plan, changes=tuple(_bounced(plan, suppressions)))
    before = people.holding([address_key(one.address) for _, one in bounced.changes])
    # Those whom nothing changes are put too: that the list says so once more is worth knowing.
    people.put((one for _, one in plan.changes), at=clock.now(), command=COMMAND)
    suppressing.retry_bounced(
        bounced,
        lambda one: before.get(address_key(one.address)),
        suppressions=suppressions,
        clock=clock,
        command=COMMAND,
    )


def _bounced(plan: ImportPlan, suppressions: Suppressions) -> Iterator[tuple[Change, Recipient]]:
    changed = (pair for pair in plan.changes if pair[0] is Change.CHANGED)
    while some := [*islice(changed, _BATCH)]:
        reasons = suppressions.among([one.address for _, one in some])
        yield from (pair for pair in some if reasons.get(pair[1].address) is Suppression.BOUNCED)


def _listing(data: bytes, asked: ImportRequest, isolated: Isolated) -> stage.Listing:
    read = isolated.run(stage.read, data, asked.path, asked.sheet, tuple(asked.given), limits=_LIMITS)
    if isinstance(read, stage.Listing):
        return read
    raise Problems(read)


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


def _refuse_huge(data: bytes, path: str) -> None:
    if len(data) > _MOST_BYTES:
        raise InputError(
            f"{path} är för stor.",
            where=Where(path),
            why=f"Den är {len(data) // 1_000_000} MB, och högst {_MOST_BYTES // 1_000_000} MB läses.",
            do="Dela filen. En lista med 100 000 personer brukar vara under 10 MB.",
        )


def _refuse_without_basis(plan: ImportPlan, path: str) -> None:
    if any(not one.basis.strip() for change, one in plan.changes if change is not Change.UNCHANGED):
        raise UsageError(
            "Den rättsliga grunden saknas.",
            why="För var och en sparas varför föreningen får skriva (artikel 6 i dataskyddsförordningen).",
            do=f'Till exempel: newsletter people import {path} --basis "berättigat intresse" --confirm',
        )
