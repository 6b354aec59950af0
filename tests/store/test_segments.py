"""Segments in the database give what the stage gives, over the fake and SQLite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.edges import store
from newsletter.edges.store import Store
from newsletter.model.mandates import Calendar
from newsletter.model.people import Among, Field, Mandate, Not, Recipient, Role, Suppression
from newsletter.people import matches
from newsletter.testing import builders, readers
from newsletter.testing.builders import NOON
from newsletter.testing.readers import MEMBERS
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore
KEY = b"invented-key-for-the-tests-alone"
CALENDAR = Calendar(date(2026, 11, 17))


@pytest.fixture(scope="module")
def crowd() -> list[Recipient]:
    """People of every sort."""
    random = Random(2026)
    return [readers.person(random, number) for number in range(120)]


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def full(
    request: pytest.FixtureRequest, crowd: list[Recipient], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[State]:
    """The fake and the real edge, with everybody in them."""
    if request.param == "memory":
        memory = MemoryStore()
        memory.people.put(crowd, at=NOON, command="test")
        yield memory
        return
    file: Path = tmp_path_factory.mktemp("state") / "state.db"
    with store.open(file, suppression_key=KEY) as real:
        real.people.put(crowd, at=NOON, command="test")
        yield real


def _calendar(random: Random) -> Calendar:
    return Calendar(readers.day(random), readers.day(random) if random.random() < 0.3 else None)


@given(st.randoms(use_true_random=False))
def test_within(full: State, crowd: list[Recipient], random: Random) -> None:
    """Just those are found for whom the stage says that the expression holds, whole and in their order."""
    where, calendar = readers.expression(random), _calendar(random)
    expected = [one for one in crowd if matches(where, one, MEMBERS, calendar)]
    assert list(full.people.within(where, MEMBERS, calendar)) == expected


@given(st.randoms(use_true_random=False))
def test_tally(full: State, crowd: list[Recipient], random: Random) -> None:
    """Everyone is counted once, by just the expressions that hold, however many these are."""
    wheres = [readers.expression(random, 1) for _ in range(random.choice((0, 1, 5, 70)))]
    calendar = _calendar(random)
    expected = Counter(
        tuple(at for at, where in enumerate(wheres) if matches(where, one, MEMBERS, calendar))
        for one in crowd
    )
    assert dict(full.people.tally(wheres, MEMBERS, calendar)) == expected


@given(st.randoms(use_true_random=False))
def test_negation_splits_the_list(full: State, crowd: list[Recipient], random: Random) -> None:
    """An expression and its negation have everyone between them, and nobody in both."""
    where, calendar = readers.expression(random), _calendar(random)
    inside = {one.id for one in full.people.within(where, MEMBERS, calendar)}
    outside = {one.id for one in full.people.within(Not(where), MEMBERS, calendar)}
    assert not inside & outside
    assert inside | outside == {one.id for one in crowd}


def test_nobody_to_count(state: State) -> None:
    """Where nobody is listed, nobody is within anything and nothing is counted."""
    everyone = Not(Among(Field.ROLE, ()))
    assert list(state.people.within(everyone, MEMBERS, CALENDAR)) == []
    assert dict(state.people.tally([everyone], MEMBERS, CALENDAR)) == {}


def test_days_and_tags_are_kept(state: State) -> None:
    """A person comes back with the days of each mandate and with the tags in their order."""
    held = Mandate(Role.CHAIR, "falun", "val", date(2027, 1, 1), date(2030, 12, 31), date(2026, 12, 1))
    one = builders.recipient(1, held, tags=("årsmöte", "bruk 2.0"))
    state.people.put([one], at=NOON, command="test")
    (found,) = state.people.everyone()
    assert found == one
    assert found.mandates[0].confirmed == date(2026, 12, 1)


def test_confirming_changes_nothing_else(state: State) -> None:
    """A list that says the same again is no change, and the day when it said so is kept."""
    one = builders.recipient(1, Mandate(Role.COUNCIL, "falun", "val"), Mandate(Role.BOARD, "falun", "val"))
    state.people.put([one], at=NOON, command="test")
    said = replace(one, mandates=(one.mandates[0], replace(one.mandates[1], confirmed=date(2026, 11, 2))))
    state.people.put([said], at=NOON, command="test")
    (found,) = state.people.everyone()
    assert [held.confirmed for held in found.mandates] == [None, date(2026, 11, 2)]
    confirmed = Among(Field.MANDATE, ("giltigt",))
    assert list(state.people.within(confirmed, MEMBERS, Calendar(date(2026, 11, 17)))) == [one]


def test_among(state: State) -> None:
    """Of many addresses, however spelt, those that are suppressed are told with their reasons."""
    state.suppressions.suppress("anna@example.org", Suppression.LEFT, at=NOON, source="a reply")
    state.suppressions.suppress("bo@example.org", Suppression.BOUNCED, at=NOON, source="a bounce")
    asked = [f"reader.{number}@example.org" for number in range(2500)]
    found = state.suppressions.among([*asked, "Anna@EXAMPLE.org", "bo@example.org"])
    assert found == {"Anna@EXAMPLE.org": Suppression.LEFT, "bo@example.org": Suppression.BOUNCED}
    assert state.suppressions.among([]) == {}
