"""A row for each candidate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import send
from newsletter.errors import InputError
from newsletter.model.delivery import Delivery, DeliveryState, Exclusion
from newsletter.model.people import Recipient, Role
from tests.send.builders import KEY, MEMBERS, SENDING, recipient


def planned(
    people: Iterable[Recipient],
    *,
    why: Callable[[Recipient], Exclusion | None] = lambda one: None,
    edition_of: Callable[[Recipient], str] = lambda one: "alla",
    chunk: int = 3,
    key: bytes = KEY,
) -> list[Delivery]:
    rows = send.plan(SENDING, people, key=key, edition_of=edition_of, why=why, members=MEMBERS, chunk=chunk)
    return list(rows)


def test_frozen_facts() -> None:
    """A row holds the member, county and group that the person is counted by at planning."""
    (row,) = planned([recipient(1, "falun", Role.COUNCIL)])
    assert (row.member, row.county, row.group) == ("falun", "Dalarna", "politiker")
    assert (row.sending, row.recipient, row.state, row.chunk) == ("s1", "r1", DeliveryState.WAITING, 0)


def test_suppressed_is_excluded_with_the_reason() -> None:
    """Who left is a row as well, with the reason, in no chunk."""
    rows = planned(
        [recipient(1), recipient(2)],
        why=lambda one: Exclusion.LEFT if one.address == "p1@example.org" else None,
    )
    assert [(row.state, row.reason, row.chunk) for row in rows] == [
        (DeliveryState.EXCLUDED, "left", -1),
        (DeliveryState.WAITING, "", 0),
    ]


def test_listed_twice_is_one_row() -> None:
    """An address that is listed twice, in other case, gets one row."""
    twin = replace(recipient(2), address="P1@Example.org")
    assert len(planned([recipient(1), twin, recipient(1)])) == 1


def test_ids_are_steady_and_opaque() -> None:
    """Planning again gives the same ids; another key gives others; none tells whose it is."""
    rows = planned([recipient(1), recipient(2)])
    assert rows == planned([recipient(1), recipient(2)])
    assert rows[0].id != planned([recipient(1)], key=b"other")[0].id
    assert all(len(row.id) == 24 and "r1" not in row.id for row in rows)


def test_rows_are_streamed() -> None:
    """The first row is there before the second person was asked for."""
    people = iter([recipient(1), recipient(2)])
    rows = send.plan(
        SENDING, people, key=KEY, edition_of=lambda one: "a", why=lambda one: None, members=MEMBERS, chunk=1
    )
    next(rows)
    assert next(people).id == "r2"


def test_address_that_cannot_travel_stops_the_plan() -> None:
    """A letter that could not be addressed is refused before anything is planned."""
    with pytest.raises(InputError):
        planned([replace(recipient(1), address="åsa@example.org")])


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab"), st.booleans())), st.integers(1, 4))
def test_chunks(listed: list[tuple[int, str, bool]], size: int) -> None:
    """A chunk holds one edition and at most its size; numbers are without gaps; each address has one row."""
    editions = {f"r{number}": edition for number, edition, _ in listed}
    gone = {f"p{number}@example.org" for number, _, left in listed if left}
    rows = planned(
        [recipient(number) for number, _, _ in listed],
        edition_of=lambda one: editions[one.id],
        why=lambda one: Exclusion.LEFT if one.address in gone else None,
        chunk=size,
    )
    assert len(rows) == len({number for number, _, _ in listed}) == len({row.id for row in rows})
    sizes = Counter(row.chunk for row in rows if row.chunk >= 0)
    assert all(count <= size for count in sizes.values())
    assert sorted(sizes) == list(range(len(sizes)))
    assert len({(row.chunk, row.edition) for row in rows if row.chunk >= 0}) == len(sizes)
