"""All or nothing, and nobody back: imports cut off, repeated, turned round, and fed their own export."""

from __future__ import annotations

import csv
import io
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from newsletter import people
from newsletter.edges import store
from newsletter.edges.store import Store
from newsletter.model.people import Change, ImportPlan, Mandate, Recipient, Role, Suppression
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore
from tests.people.test_expression import MEMBERS

KEY = b"0123456789abcdef0123456789abcdef"
COMMAND = "people import"
_NUMBERS = count(1)


def planned(text: str, state: Store | MemoryStore, list_: str = "val", basis: str = "uppdrag") -> ImportPlan:
    """What the list would change there."""
    read = people.read(text.encode(), "lista.csv")
    assert isinstance(read, people.Listing), read
    return people.import_plan(
        read,
        list=list_,
        basis=basis,
        source="lista.csv",
        known=state.people.holding,
        members=MEMBERS,
        new_id=lambda: f"r{next(_NUMBERS)}",
        suppressed=state.suppressions.among,
    )


def take_in(text: str, state: Store | MemoryStore, list_: str = "val") -> ImportPlan:
    """Take the list in."""
    plan = planned(text, state, list_)
    state.people.put((one for _, one in plan.changes), at=NOON, command=COMMAND)
    return plan


def content(path: Path) -> list[str]:
    """All that the database holds."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return list(connection.iterdump())


def lists(first: int, many: int) -> Iterator[Recipient]:
    """People to put."""
    return (builders.recipient(number) for number in range(first, first + many))


class Cut(BaseException):
    """The program died here."""


def test_cut_off_at_each_step(tmp_path: Path) -> None:
    """Whichever statement an import dies at, the database is as it was; the next import is whole."""
    path = tmp_path / "state.db"
    with store.open(path, suppression_key=KEY) as state:
        state.people.put(lists(1, 3), at=NOON, command=COMMAND)
        before = content(path)
        fresh = [builders.recipient(1, name="Nytt namn"), *lists(3, 1500)]
        for step in range(1, 100):
            if _put_until(state, fresh, step):
                break
            assert content(path) == before, step
        assert step > 5
        assert len(list(state.people.everyone())) == 1502


def _put_until(state: Store, fresh: Sequence[Recipient], step: int) -> bool:
    """Whether the import came to its end before its statement of that number."""
    engine = state.people._database.engine
    done = count(1)

    def cut(*_: Any) -> None:
        if next(done) == step:
            raise Cut

    event.listen(engine, "before_cursor_execute", cut)
    event.listen(engine, "commit", cut)
    try:
        state.people.put(iter(fresh), at=NOON, command=COMMAND)
    except Cut:
        return False
    finally:
        event.remove(engine, "before_cursor_execute", cut)
        event.remove(engine, "commit", cut)
    return True


_DYING = """
import sys
from pathlib import Path
from tests.people.test_whole import KEY, NOON, COMMAND, lists, store

def waiting():
    yield from lists(1, 2500)
    print("half", flush=True)
    sys.stdin.read()

with store.open(Path(sys.argv[1]), suppression_key=KEY) as state:
    state.people.put(waiting(), at=NOON, command=COMMAND)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_killed_half_way(tmp_path: Path) -> None:
    """A process that is killed with thousands of rows written leaves nobody; the next one takes in all."""
    path = tmp_path / "state.db"
    with store.open(path, suppression_key=KEY) as state:
        state.people.put(lists(9000, 1), at=NOON, command=COMMAND)
    before = content(path)
    words = [sys.executable, "-c", _DYING, str(path)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, cwd=Path(__file__).parents[2], **pipes) as dying:
        assert dying.stdout
        assert dying.stdout.readline().strip() == b"half"
        os.kill(dying.pid, signal.SIGKILL)
    assert content(path) == before
    with store.open(path, suppression_key=KEY) as state:
        state.people.put(lists(1, 2500), at=NOON, command=COMMAND)
        assert len(list(state.people.everyone())) == 2501


NAMES = st.text(max_size=12) | st.sampled_from(["=1+1", "'=x", "+46", "-", "@a", "Anna; Ek", '"', "O'Hara"])
WORDS = st.sampled_from(["val", "styrelsen", "=lista", "å ä ö"])
HELD = st.lists(
    st.builds(Mandate, st.sampled_from(list(Role)[:9]), st.sampled_from(list(MEMBERS)), WORDS),
    min_size=1,
    max_size=3,
    unique_by=lambda held: (held.role, held.member, held.list),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(NAMES, HELD), min_size=1, max_size=4))
def test_import_of_an_export_changes_nothing(listed: list[tuple[str, list[Mandate]]]) -> None:
    """Whatever stands in names and lists, the exported file finds everybody unchanged."""
    state = MemoryStore()
    made = [builders.recipient(number, *held, name=_kept(name)) for number, (name, held) in enumerate(listed)]
    state.people.put(made, at=NOON, command=COMMAND)
    text = "".join(people.csv_lines(made))
    plan = planned(text, state, list_="annan", basis="annan")
    assert [change for change, _ in plan.changes] == [Change.UNCHANGED] * len(made)
    assert [one for _, one in plan.changes] == made


def _kept(name: str) -> str:
    """The name as an import would have kept it."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in name).split())
    return "" if plain in ("-", "?", ".", "–", "—") else plain


@settings(max_examples=200)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=5))
def test_no_exported_cell_is_live(cells: list[str]) -> None:
    """No cell of an export begins as a formula does."""
    made = [builders.recipient(at, name=cell, source=cell) for at, cell in enumerate(cells)]
    _, *rows = csv.reader(io.StringIO("".join(people.csv_lines(made)), newline=""), delimiter=";")
    assert len(rows) == len(cells)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


ADDRESSES = [f"{letter}@example.org" for letter in "abcd"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["import", "suppress"]),
        st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=3, unique=True),
        st.sampled_from(list(Suppression)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_nobody_comes_back(steps: list[tuple[str, list[str], Suppression]]) -> None:
    """In whatever order lists come, and however often, who is suppressed stays so, and nobody is twice."""
    assert not came_back(steps)


def came_back(steps: Iterable[tuple[str, Sequence[str], Suppression]]) -> list[str]:
    """Those who could be written to again, or stand twice, after these steps."""
    state, stopped = MemoryStore(), set[str]()
    erased = set[str]()
    for what, addresses, why in steps:
        if what == "suppress":
            for one in addresses:
                state.suppressions.suppress(one, why, at=NOON, source="prov")
                stopped.add(one)
                present = any(each.address.lower() == one for each in state.people.everyone())
                if state.suppressions.why(one) is Suppression.ERASED and not present:
                    erased.add(one)
        else:
            rows = "".join(f"{one.upper()};hofors;chef\n" for one in addresses)
            take_in("E-post;Medlem;Roll\n" + rows + "x@example.org;hofors;chef\n", state)
    listed = [one.address.lower() for one in state.people.everyone()]
    back = [one for one in stopped if state.suppressions.why(one.upper()) is None]
    return back + [one for one in erased if one in listed] + [one for one in listed if listed.count(one) > 1]
