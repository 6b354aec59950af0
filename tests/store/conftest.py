"""One state per test, in memory and in a real file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.edges import store
from newsletter.testing.store import MemoryStore

State = store.Store | MemoryStore

KEY = b"invented-key-for-the-tests-alone"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a database would lie; nothing is there yet."""
    return tmp_path / "state" / "state.db"


@pytest.fixture
def opened(file: Path) -> Iterator[store.Store]:
    """A new database in a file."""
    with store.open(file, suppression_key=KEY) as state:
        yield state


@pytest.fixture(params=["memory", "sqlite"])
def state(request: pytest.FixtureRequest, file: Path) -> Iterator[State]:
    """The fake and the real edge, one after the other: both keep the same contract."""
    if request.param == "memory":
        yield MemoryStore()
        return
    with store.open(file, suppression_key=KEY) as real:
        yield real
