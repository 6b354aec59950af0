"""Human or machine, by the rule of docs/figures.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import track
from newsletter.model.delivery import Sending
from newsletter.model.event import Event, EventKind, Judgement

START = datetime(2026, 11, 17, 9, tzinfo=UTC)
H, U, M = Judgement.HUMAN, Judgement.UNSURE, Judgement.MACHINE


def click(second: float, url: str, agent: str = "Mozilla/5.0") -> Event:
    at = START + timedelta(seconds=second)
    return Event(f"{second}-{url}", "d", EventKind.CLICKED, at, url=url, agent=agent)


def judgements(clicks: Sequence[Event], links: int, canary: str = "") -> list[Judgement]:
    return [verdict.judgement for verdict in track.judged(clicks, links, canary)]


@pytest.mark.parametrize(
    ("seconds", "links", "expected"),
    [
        ([0, 1, 2], 10, [M, M, M]),  # three distinct links within 2 s
        ([0, 1, 3], 10, [H, H, H]),  # 3 s is not 2 s, and 3 of 10 links is not 60 %
        ([0, 5, 10], 5, [M, M, M]),  # 3 of 5 links within 10 s is 60 %
        ([0, 5, 11], 5, [H, H, H]),
        ([0, 4, 8, 10], 4, [M, M, M, M]),  # all of at least 4 links within 10 s
        ([0, 30, 90], 3, [H, H, H]),  # a reader who opens everything, in his own time
        ([0, 1], 2, [U, U]),  # a letter with fewer than 3 links knows no bursts
        ([0, 1, 2, 50, 63], 10, [M, M, M, U, H]),  # what follows within a minute is unsure
    ],
)
def test_bursts_are_machines(seconds: list[int], links: int, expected: list[Judgement]) -> None:
    """The windows of 2 and 10 seconds decide, to the second."""
    clicks = [click(second, f"https://x.example/{i}") for i, second in enumerate(seconds)]
    assert judgements(clicks, links) == expected


def test_the_same_link_thrice_is_no_burst() -> None:
    """A burst needs distinct links: an impatient person clicks the same one again."""
    assert judgements([click(i / 2, "https://x.example/a") for i in range(4)], 10) == [H] * 4


def test_a_gateway_before_a_person_leaves_a_reader() -> None:
    """A gateway that opens one link just before the person does makes no burst."""
    assert judgements([click(0, "u"), click(2, "u")], 8) == [H, H]


def test_a_known_scanner_is_a_machine_in_any_letter() -> None:
    """A scanner's signature decides alone, also where there are few links."""
    (verdict,) = track.judged([click(0, "u", "BarracudaCentral/2.0")], 1)
    assert (verdict.judgement, verdict.reason) == (M, "scanner-agent")


def test_the_canary_marks_what_is_near_it() -> None:
    """Who opens the canary is a machine, and so is what it opens within 10 s."""
    clicks = [click(0, "canary"), click(9, "a"), click(300, "b")]
    assert judgements(clicks, 8, "canary") == [M, M, H]


def test_every_click_has_a_reason() -> None:
    """A judgement without a reason could not be checked later."""
    verdicts = track.judged([click(0, "a"), click(1, "b"), click(2, "c"), click(400, "a")], 9)
    assert [verdict.reason for verdict in verdicts] == ["burst-2s"] * 3 + ["no-machine-sign"]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=14), st.integers(0, 9), st.randoms()
)
def test_the_order_of_clicks_does_not_matter(
    given: list[tuple[int, int]], links: int, random: object
) -> None:
    """The same clicks give the same verdicts in whatever order they come."""
    clicks = [click(second, f"u{url}") for second, url in dict.fromkeys(given)]
    shuffled = list(clicks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert track.judged(clicks, links) == track.judged(shuffled, links)


def test_content_links_are_those_of_the_edition() -> None:
    """The head and foot, mail addresses, the way out and other editions' blocks are no content."""
    sending = Sending(
        "s", "2026-2", "", "outbox", "provider", START,
        links={"https://a.example": "a", "https://b.example": "b", "https://home.example": "",
               "mailto:x@a.example": "a", "{{unsubscribe}}": ""},
        editions={"one": ("a",)},
    )  # fmt: skip
    assert track.content_links(sending, "one") == {"https://a.example": "a"}
    assert set(track.content_links(sending, "unknown")) == {"https://a.example", "https://b.example"}
