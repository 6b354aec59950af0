"""The named parts of a sending, and the number that they make."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsletter.model import digest as numbers
from newsletter.model.review import AudienceDigest
from newsletter.model.rights import PSEUDONYM, counted_as
from newsletter.testing import builders

WHOLE = {"rule": "a: x", "mode": "none", "transport": "outbox\nverp = true"}


def passed(through: Generator[str, None, AudienceDigest]) -> tuple[list[str], AudienceDigest]:
    """What came out, and what was said at the end."""
    out = []
    while True:
        try:
            out.append(next(through))
        except StopIteration as end:
            return out, end.value


def test_the_names_of_parts() -> None:
    """Each part of an edition begins with the edition's id; the rest are of the whole sending."""
    names = numbers.parts([builders.letter()], **WHOLE)
    assert list(names) == sorted(names)
    assert {name for name in names if not name.startswith("politiker/")} == set(numbers.WHOLE)
    assert {"politiker/subject", "politiker/html", "politiker/headers/List-Id"} <= names.keys()


def test_the_digest_is_made_of_the_parts() -> None:
    """What a sending calls its digest is the parts' and the set's, whichever way it is worked out."""
    letters, ids = [builders.letter(), builders.letter(edition="alla")], ["b", "a"]
    found = numbers.digest(numbers.parts(letters, **WHOLE), numbers.audience(ids))
    assert found == builders.digest(reversed(letters), reversed(ids), **WHOLE)
    assert found != builders.digest(letters, ["a", "c"], **WHOLE)


def test_settings_of_a_transport_are_a_part_of_their_own() -> None:
    """Another setting of the same transport changes that part alone."""
    other: dict[str, Any] = WHOLE | {"transport": "outbox\nverp = false"}
    before, after = numbers.parts([], **WHOLE), numbers.parts([], **other)
    assert [name for name in before if before[name] != after[name]] == ["transport/settings"]


@given(st.lists(st.text(max_size=8), unique=True), st.randoms())
def test_a_set_has_no_order(ids: list[str], random: Any) -> None:
    """The same ids make the same set in any order, also on their way to somebody else."""
    shuffled = random.sample(ids, len(ids))
    out, told = passed(numbers.passing(shuffled))
    assert out == shuffled
    assert told == numbers.audience(ids)
    assert told.count == len(ids)


@given(st.sets(st.text(max_size=8), min_size=1))
def test_another_set_is_another_number(ids: set[str]) -> None:
    """A set without one of its members is told from the whole."""
    assert numbers.audience(ids) != numbers.audience(sorted(ids)[1:])


def test_an_erased_person_is_counted_as_before() -> None:
    """A row that lost its id keeps the set's number."""
    erased = PSEUDONYM + counted_as("a")
    assert numbers.audience([erased, "b"]) == numbers.audience(["a", "b"])


def test_what_costs_what_is_no_part() -> None:
    """Where a block stands in its file, and how many bytes it costs, are not in an edition's digest."""
    letter = builders.letter()
    assert numbers.letter_digest(letter) == numbers.letter_digest(replace(letter, block_bytes={"a": 1}))
