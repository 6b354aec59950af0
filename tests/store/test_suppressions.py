"""Suppression's contract, over the fake and the database."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsletter.edges import store
from newsletter.edges.store import Store
from newsletter.errors import StateError
from newsletter.model.people import Suppression
from newsletter.ports import Suppressions
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore


def suppress(state: State, address: str, why: Suppression = Suppression.LEFT) -> None:
    port: Suppressions = state.suppressions
    port.suppress(address, why, at=NOON, source="a reply")


def test_why(state: State) -> None:
    """A suppressed address has its reason, any other none."""
    suppress(state, "anna@example.org", Suppression.COMPLAINED)
    assert state.suppressions.why("anna@example.org") is Suppression.COMPLAINED
    assert state.suppressions.why("bo@example.org") is None


def test_changes(state: State) -> None:
    """Each suppression and each lifting is a change; saying again what is known is none."""
    counts = [state.suppressions.changes()]
    suppress(state, "anna@example.org")
    counts.append(state.suppressions.changes())
    suppress(state, "anna@example.org")
    counts.append(state.suppressions.changes())
    state.suppressions.lift("anna@example.org", at=NOON, why="a call", command="test")
    counts.append(state.suppressions.changes())
    assert counts == [0, 1, 1, 2]


def test_among_since(state: State) -> None:
    """Asked what holds since a change, all suppressed are told of where anything changed after it."""
    suppress(state, "anna@example.org")
    before, asked = state.suppressions.changes(), ["anna@example.org", "bo@example.org", ""]
    assert state.suppressions.among(asked, before) == {}
    suppress(state, "bo@example.org", Suppression.COMPLAINED)
    told = {"anna@example.org": Suppression.LEFT, "bo@example.org": Suppression.COMPLAINED}
    assert state.suppressions.among(asked, before) == told
    assert state.suppressions.among(asked) == told
    state.suppressions.lift("anna@example.org", at=NOON, why="a call", command="test")
    assert state.suppressions.among(asked, before) == {"bo@example.org": Suppression.COMPLAINED}


def test_first_reason_stays(state: State) -> None:
    """A second reason changes nothing."""
    suppress(state, "anna@example.org", Suppression.LEFT)
    suppress(state, "ANNA@example.org", Suppression.BOUNCED)
    assert state.suppressions.why("anna@example.org") is Suppression.LEFT


@pytest.mark.parametrize(
    "spelling",
    [
        "åsa.öst@räven.example",
        "Åsa.Öst@RÄVEN.example",
        "  åsa.öst@räven.example\n",
        unicodedata.normalize("NFD", "åsa.öst@räven.example"),
        "åsa.öst@xn--rven-loa.example",
    ],
)
def test_spellings(state: State, spelling: str) -> None:
    """However the address is written later, the person who left is known again."""
    suppress(state, "åsa.öst@räven.example")
    assert state.suppressions.why(spelling) is Suppression.LEFT


def test_dots_are_left_alone(state: State) -> None:
    """Dots in the local part make another address: only the receiving server knows better."""
    suppress(state, "anna.ek@example.org")
    assert state.suppressions.why("annaek@example.org") is None


def test_suppress_refuses_naive_time(state: State) -> None:
    """A time without a zone is refused."""
    with pytest.raises(ValueError, match="zone"):
        state.suppressions.suppress("a@example.org", Suppression.LEFT, at=datetime(2026, 1, 1), source="x")


def test_no_address_in_the_file(opened: Store, file: Path) -> None:
    """The file holds no suppressed address, neither in the database nor in its log."""
    suppress(opened, "anna.hemlig@example.org")
    suppress(opened, "bo.hemlig@example.org")
    kept = b"".join(part.read_bytes() for part in file.parent.iterdir())
    assert b"hemlig" not in kept


def test_reason_outlives_the_store(file: Path) -> None:
    """A suppression is there when the file is opened again with its key."""
    key = b"k" * 32
    with store.open(file, suppression_key=key) as first:
        suppress(first, "anna@example.org")
    with store.open(file, suppression_key=key) as second:
        assert second.suppressions.why("anna@example.org") is Suppression.LEFT


def test_another_key_is_refused(file: Path) -> None:
    """A file is not opened with another key: those who left would get letters again."""
    store.open(file, suppression_key=b"k" * 32).close()
    with pytest.raises(StateError, match="Nyckeln"):
        store.open(file, suppression_key=b"q" * 32)
    store.open(file, suppression_key=b"k" * 32).close()


def test_short_key_is_refused(file: Path) -> None:
    """A key that could be guessed is refused before a file is made."""
    with pytest.raises(StateError, match="kort"):
        store.open(file, suppression_key=b"short")
    assert not file.exists()


def test_later_is_no_change(state: State) -> None:
    """Suppressing again later is allowed."""
    suppress(state, "anna@example.org")
    state.suppressions.suppress(
        "anna@example.org", Suppression.LEFT, at=NOON + timedelta(days=1), source="another reply"
    )
    assert state.suppressions.why("anna@example.org") is Suppression.LEFT
