"""Intervals against published examples and their own laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import report

Part = tuple[int, int]
parts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_gives_the_published_example() -> None:
    """81 of 263 lies between 25.53 and 36.62 per cent."""
    found = report.wilson(81, 263)
    assert (round(found.low * 100, 2), round(found.high * 100, 2)) == (25.53, 36.62)


def test_newcombe_gives_the_published_example() -> None:
    """56 of 70 less 48 of 80 lies between 5.24 and 33.39 points."""
    found = report.newcombe((56, 70), (48, 80))
    assert (round(found.low * 100, 2), round(found.high * 100, 2)) == (5.24, 33.39)


def test_the_smallest_visible_change_at_our_size() -> None:
    """At 19 % and about 830 letters in each issue, 5.4 points is the least that shows."""
    assert round(report.smallest_visible_change(0.19, 830, 830) * 100, 1) == 5.4


@given(parts)
def test_wilson_holds_the_share_and_stays_a_share(part: Part) -> None:
    """The interval lies within 0 and 1 and holds what was observed."""
    found = report.wilson(*part)
    assert 0 <= found.low <= part[0] / part[1] + 1e-12
    assert part[0] / part[1] - 1e-12 <= found.high <= 1


@given(parts, parts)
def test_newcombe_turns_with_its_sides(first: Part, second: Part) -> None:
    """The other way round is the same interval with the other sign, and it holds the difference."""
    one, other = report.newcombe(first, second), report.newcombe(second, first)
    assert one.low == pytest.approx(-other.high, abs=1e-12)
    assert one.low - 1e-12 <= first[0] / first[1] - second[0] / second[1] <= one.high + 1e-12


@given(st.lists(st.tuples(parts, parts), min_size=1, max_size=8))
def test_several_comparisons_are_never_surer_than_one(pairs: list[tuple[Part, Part]]) -> None:
    """What is certain among several is certain alone, so 0 lies outside its interval."""
    for found, pair in zip(report.differences(pairs), pairs, strict=True):
        assert not found.certain or report.difference(*pair).certain
        assert not found.certain or found.interval.low > 0 or found.interval.high < 0


def test_holm_asks_more_of_several() -> None:
    """A difference that is certain alone is not so as one of eight."""
    weak = ((56, 70), (45, 72))
    assert report.difference(*weak).certain
    assert not any(each.certain for each in report.differences([weak, *[((5, 50), (5, 50))] * 7]))
    assert report.differences([((60, 70), (20, 80)), *[((5, 50), (5, 50))] * 7])[0].certain
