"""How long is waited before another try, and when nobody tries any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.transport import Answer, Outcome
from newsletter.send import patience as stage
from newsletter.testing.builders import NOON, delivery

GREY = Answer(Outcome.DEFERRED, "450 4.2.0 grålistad")
WAITS = st.none() | st.floats(0, 86_400)


@given(st.integers(1, 20), st.integers(0, 30))
def test_the_last_try_is_final(tries: int, deferrals: int) -> None:
    """A letter put off for the last time is rejected, in the server's words; before that it waits."""
    row = delivery(deferrals=deferrals)
    given_up = stage.given_up([row], {row.id: GREY}, tries)
    if deferrals + 1 < tries:
        assert given_up == {}
    else:
        assert given_up == {row.id: Answer(Outcome.REJECTED, f"efter {tries} försök: 450 4.2.0 grålistad")}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Outcome.ACCEPTED, "250 ok"),
        Answer(Outcome.UNKNOWN),
        Answer(Outcome.REJECTED, "550 no"),
        Answer(Outcome.DEFERRED, retry_after=5.0),
    ],
)
def test_what_is_never_given_up(answer: Answer) -> None:
    """Only a deferral in the server's own words counts: a failed connection costs nobody a letter."""
    row = delivery(deferrals=99)
    assert stage.given_up([row, delivery(2)], {row.id: answer}, 1) == {}


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(Outcome), WAITS), max_size=8))
def test_the_longest_wait_decides(told: list[tuple[int, Outcome, float | None]]) -> None:
    """A chunk is due when the last of its deferred letters may be tried; at once where none is deferred."""
    rows = [(delivery(deferrals=n), Answer(out, "450", retry_after=wait)) for n, out, wait in told]
    due = stage.due(rows, NOON)
    alone = [stage.due([(row, answer)], NOON) for row, answer in rows if answer.outcome is Outcome.DEFERRED]
    assert due == max((one for one in alone if one), default=None)


@pytest.mark.parametrize(("deferrals", "seconds"), [(0, 60), (1, 300), (2, 900), (3, 1800), (17, 1800)])
def test_a_deferral_is_waited_out_longer_and_longer(deferrals: int, seconds: int) -> None:
    """Where the server names no wait it is a minute at first, then more, and half an hour at most."""
    assert stage.due([(delivery(deferrals=deferrals), GREY)], NOON) == NOON + timedelta(seconds=seconds)


def test_the_servers_own_wish_goes_before() -> None:
    """Where the server says when to come back, that is when; zero is at once."""
    wish = Answer(Outcome.DEFERRED, "450", retry_after=7.0)
    assert stage.due([(delivery(), wish)], NOON) == NOON + timedelta(seconds=7)
    assert stage.due([(delivery(), Answer(Outcome.DEFERRED, retry_after=0.0))], NOON) is None


@given(st.integers(1, 1000))
def test_failures_are_waited_out_longer_and_longer(failures: int) -> None:
    """After a failure it is waited some seconds, never shorter than before, a minute at most."""
    assert 5 <= stage.after_failure(failures) <= stage.after_failure(failures + 1) <= 60
