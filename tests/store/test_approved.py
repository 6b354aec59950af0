"""The contract of approved audiences, over the fake and the database; nobody can be read out of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from newsletter.edges.store import Store
from newsletter.errors import StateError
from newsletter.model.rights import counted_as
from newsletter.ports import ApprovedAudiences
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore
IDS = [f"person-{number:06}" for number in range(2500)]


def approved(state: State) -> ApprovedAudiences:
    return state.approved


def test_who_was_in_the_set(state: State) -> None:
    """Of the ids that are asked about, those of the set are told, however many they are."""
    approved(state).keep("a" * 64, iter(IDS), NOON)
    assert approved(state).knows("a" * 64)
    assert set(approved(state).among("a" * 64, [*IDS, "stranger"])) == set(IDS)
    assert not approved(state).among("a" * 64, ["stranger"])
    assert not approved(state).among("a" * 64, [])


def test_sets_are_apart(state: State) -> None:
    """One set says nothing of another."""
    approved(state).keep("a" * 64, ["x", "y"], NOON)
    approved(state).keep("b" * 64, ["y", "z"], NOON)
    assert set(approved(state).among("a" * 64, ["x", "y", "z"])) == {"x", "y"}
    assert set(approved(state).among("b" * 64, ["x", "y", "z"])) == {"y", "z"}


def test_a_set_that_is_not_known(state: State) -> None:
    """Of a set that was never kept here, nothing is known."""
    assert not approved(state).knows("c" * 64)
    assert not approved(state).among("c" * 64, ["x"])


def test_keeping_again_does_no_harm(state: State) -> None:
    """A set may be kept twice."""
    for day in range(2):
        approved(state).keep("a" * 64, ["x", "y"], NOON + timedelta(days=day))
    assert set(approved(state).among("a" * 64, ["x", "y"])) == {"x", "y"}


def test_all_or_none(state: State) -> None:
    """Where the ids end in an error, nothing of the set is kept."""

    def ends_badly() -> Iterator[str]:
        yield from IDS
        raise StateError("Listorna ändrades.")

    with pytest.raises(StateError, match="ändrades"):
        approved(state).keep("a" * 64, ends_badly(), NOON)
    assert not approved(state).knows("a" * 64)


def test_refuses_naive_time(state: State) -> None:
    """A time without a zone is refused."""
    with pytest.raises(ValueError, match="zone"):
        approved(state).keep("a" * 64, ["x"], datetime(2026, 1, 1))


def test_no_id_in_the_file(opened: Store, file: Path) -> None:
    """Neither the database nor its log holds an id of the set, nor a hash that needs no key."""
    opened.approved.keep("a" * 64, ["hemlig-person"], NOON)
    kept = b"".join(part.read_bytes() for part in file.parent.iterdir())
    assert b"hemlig" not in kept
    assert counted_as("hemlig-person").encode() not in kept


def test_erasure_takes_a_person_out(opened: Store, file: Path) -> None:
    """Who is erased is in no approved set any more; the others stay."""
    anna, bo = builders.recipient(1), builders.recipient(2)
    opened.people.put([anna, bo], at=NOON, command="test")
    for audience in ("a" * 64, "b" * 64):
        opened.approved.keep(audience, [anna.id, bo.id], NOON)
    opened.rights.erase(anna.address, at=NOON, command="test")
    for audience in ("a" * 64, "b" * 64):
        assert set(opened.approved.among(audience, [anna.id, bo.id])) == {bo.id}
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM approved_audience")).scalar() == 2
    engine.dispose()


def test_tidying_lets_go_of_old_sets(opened: Store) -> None:
    """A set goes when the letters of its time do; a later one stays."""
    opened.approved.keep("a" * 64, ["x"], NOON)
    opened.approved.keep("b" * 64, ["x"], NOON + timedelta(days=2))
    day = NOON + timedelta(days=1)
    opened.rights.tidy(events_before=day, letters_before=day, unlisted_before=day, at=day, command="test")
    assert not opened.approved.knows("a" * 64)
    assert opened.approved.knows("b" * 64)
