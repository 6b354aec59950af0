"""Files as people send them: each is read right, or refused by row and column."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from random import Random

import pytest

from newsletter import people
from newsletter.edges.sandbox import Processes
from newsletter.errors import Problem, Problems
from newsletter.model.people import ImportPlan
from newsletter.people import Column
from newsletter.ports import SandboxLimits
from tests.people import files
from tests.people.excel import shared
from tests.people.files import SENT, Sent
from tests.people.test_expression import MEMBERS

LIMITS = SandboxLimits(cpu_seconds=60, memory_mb=500, wall_seconds=120)


def taken(sent: Sent, read: people.Listing | tuple[Problem, ...] | None = None) -> ImportPlan:
    """The plan of taking the file in. Raises Problems."""
    given = {Column.MEMBER: sent.member, Column.ROLE: sent.role}
    given = {column: value for column, value in given.items() if value}
    read = read or people.read(sent.data, sent.name, sent.sheet, tuple(given))
    if not isinstance(read, people.Listing):
        raise Problems(read)
    numbers = count(1)
    return people.import_plan(
        read,
        list="val",
        basis="uppdrag",
        source=sent.name,
        known=lambda keys: {},
        members=MEMBERS,
        new_id=lambda: f"r{next(numbers)}",
        given=given,
    )


@pytest.mark.parametrize("sent", [one for one in SENT if one.people], ids=lambda one: one.id)
def test_read_right(sent: Sent) -> None:
    """The file gives just these people, and tells what it does not read."""
    plan = taken(sent)
    read = [
        (one.name, one.address, one.mandates[0].member, one.mandates[0].role.value) for _, one in plan.changes
    ]
    assert tuple(read) == sent.people
    assert len(plan.unread) == sent.unread
    assert tuple(row.row for row in plan.left_out) == sent.left_out


@pytest.mark.parametrize("sent", [one for one in SENT if one.refused], ids=lambda one: one.id)
def test_refused(sent: Sent) -> None:
    """The file is refused with the row, the column, the reason and what to do."""
    with pytest.raises(Problems) as caught:
        taken(sent)
    told = [(f"{one.what} {one.why} {one.do}", one.where, one.do) for one in caught.value.problems]
    assert any(
        sent.refused in words and where and where.line == sent.row and do for words, where, do in told
    ), told


def test_no_identity_number_is_repeated() -> None:
    """What is said of a column of personal identity numbers holds none of them."""
    for sent in SENT:
        if "identity-numbers" in sent.id:
            with pytest.raises(Problems) as caught:
                taken(sent)
            told = " ".join(f"{one.what} {one.why} {one.do}" for one in caught.value.problems)
            assert not any(number in told for number in files.NUMBERS)


def test_twenty_megabytes() -> None:
    """A list of 20 MB is read."""
    ((_, anna),) = taken(Sent("big", files.big())).changes
    assert anna.address == "anna@example.org"


def test_a_workbook_of_twenty_megabytes() -> None:
    """A workbook of 20 MB, packed, is read too."""
    remark = Random(1).randbytes(40_000).hex()
    rows = (("Anna Ek", "anna@example.org", "Hofors", "chef", f"{at} {remark[at:]}") for at in range(550))
    data = shared([(*files.HEAD, "Anmärkning"), *rows])
    assert len(data) > 20_000_000
    ((_, anna),) = taken(Sent("big", data, name="lista.xlsx")).changes
    assert anna.address == "anna@example.org"


def test_days_of_a_workbook() -> None:
    """Days are read from cells that show a day, from numbers, and from text."""
    days = (date(2026, 10, 15), datetime(2026, 10, 15, 0, 0), 46310, "2026-10-15", "20261015")
    rows = [(f"P{at}", f"p{at}@example.org", "Hofors", "chef", day) for at, day in enumerate(days)]
    plan = taken(Sent("days", files.book((*files.HEAD, "Fr.o.m."), *rows), name="lista.xlsx"))
    assert [one.mandates[0].since for _, one in plan.changes] == [date(2026, 10, 15)] * len(days)


def test_through_the_sandbox() -> None:
    """What is read where it can do no harm is the same, for text and for a workbook."""
    with Processes(1) as isolated:
        for id_ in ("semicolons", "workbook", "bomb"):
            (sent,) = [one for one in SENT if one.id == id_]
            read = isolated.run(people.read, sent.data, sent.name, "", (), limits=LIMITS)
            assert read == people.read(sent.data, sent.name)
