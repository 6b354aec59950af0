"""All or nothing: imports cut off at each statement, and killed half way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from newsletter.edges import store
from newsletter.edges.store import Store
from newsletter.model.people import Recipient
from newsletter.testing import builders
from newsletter.testing.builders import NOON

KEY = b"0123456789abcdef0123456789abcdef"
COMMAND = "people import"


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
