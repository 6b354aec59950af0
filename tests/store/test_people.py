"""The lists' contract, over the fake and the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from newsletter.edges.store import Store
from newsletter.errors import StateError
from newsletter.model.people import Mandate, Recipient, Role
from newsletter.ports import People
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore

TWO_MANDATES = (Mandate(Role.BOARD, "falun", "styrelser"), Mandate(Role.COUNCIL, "sater", "fullmäktige"))


def put(state: State, *people: Recipient, command: str = "people import") -> None:
    port: People = state.people
    port.put(people, at=NOON, command=command)


def test_everyone_in_order(state: State) -> None:
    """People come back whole, mandates in their order, in the order in which they were put."""
    people = [
        builders.recipient(3),
        builders.recipient(1, *TWO_MANDATES),
        builders.recipient(2, name="Åsa Öst"),
    ]
    put(state, *people)
    assert list(state.people.everyone()) == people


def test_nobody(state: State) -> None:
    """A new store has nobody, and putting nobody is allowed."""
    put(state)
    assert list(state.people.everyone()) == []


def test_put_changes_in_place(state: State) -> None:
    """One who is put again keeps the place, has the new values and loses the old mandates."""
    put(state, builders.recipient(1, *TWO_MANDATES), builders.recipient(2))
    changed = replace(builders.recipient(1), name="Nytt namn", address="ny@example.org")
    put(state, changed)
    assert list(state.people.everyone()) == [changed, builders.recipient(2)]


def test_put_refuses_one_address_twice(state: State) -> None:
    """Two people with one address, however it is spelt, are refused, and nobody is put."""
    put(state, builders.recipient(1, address="Anna@example.org"))
    with pytest.raises(StateError):
        put(state, builders.recipient(2), builders.recipient(3, address="anna@EXAMPLE.org"))
    assert [one.id for one in state.people.everyone()] == [builders.recipient(1).id]


def test_addresses_may_change_hands(state: State) -> None:
    """Two people whose addresses were mixed up can be put right at once."""
    first, second = builders.recipient(1), builders.recipient(2)
    put(state, first, second)
    right = [replace(first, address=second.address), replace(second, address=first.address)]
    put(state, *right)
    assert list(state.people.everyone()) == right


def test_put_all_or_none(state: State) -> None:
    """A put that is interrupted leaves nobody behind."""

    def interrupted() -> Iterator[Recipient]:
        yield from (builders.recipient(number) for number in range(1500))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        state.people.put(interrupted(), at=NOON, command="people import")
    assert list(state.people.everyone()) == []


def test_put_refuses_naive_time(state: State) -> None:
    """A change must say when it happened, with a zone."""
    with pytest.raises(ValueError, match="zone"):
        state.people.put([builders.recipient()], at=datetime(2026, 11, 17), command="people import")
    assert list(state.people.everyone()) == []


def test_log_of_changes(opened: Store, file: Path) -> None:
    """The log says who, what, when, why and by which command, and repeats nothing of the person's data."""
    one = builders.recipient(1)
    for person in (one, one, replace(one, name="Nytt Namn", address="ny@example.org")):
        put(opened, person)
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT person, what, why, command, at FROM person_log")).all()
    engine.dispose()
    micros = round(NOON.timestamp()) * 1_000_000
    assert [tuple(row) for row in rows] == [
        (one.id, "new", one.basis, "people import", micros),
        (one.id, "changed: address, name", one.basis, "people import", micros),
    ]
