"""All the news of a letter, folded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import track
from newsletter.model.event import Event, EventKind
from newsletter.model.figure import Fate
from newsletter.model.people import Suppression

SENT = datetime(2026, 11, 17, 9, tzinfo=UTC)
SOON, LATE = SENT + timedelta(hours=71), SENT + timedelta(hours=72)
K = EventKind
LINKS = {f"https://x.example/{block}": block for block in "abcde"}


def event(kind: EventKind, second: int = 0, url: str = "", words: str = "", raw: str = "") -> Event:
    name = f"{kind.value}-{second}-{url}"
    return Event(name, "d", kind, SENT + timedelta(seconds=second), url=url, words=words, raw=raw)


@pytest.mark.parametrize(
    ("kinds", "fate"),
    [
        ([K.DELIVERED], Fate.DELIVERED),
        ([K.DEFERRED, K.DELIVERED], Fate.DELIVERED),
        ([K.BOUNCED_SOFT, K.DELIVERED], Fate.DELIVERED),
        ([K.DELIVERED, K.BOUNCED_HARD], Fate.HARD),  # a gateway took it, the server behind it refused
        ([K.CLICKED], Fate.DELIVERED),
        ([K.CLICKED, K.BOUNCED_HARD], Fate.HARD),  # the gateway's scanner clicked first
        ([K.LEFT, K.BOUNCED_HARD], Fate.DELIVERED),
        ([K.COMPLAINED], Fate.DELIVERED),
        ([K.BLOCKED, K.BOUNCED_SOFT], Fate.BLOCKED),
        ([K.BOUNCED_SOFT], Fate.SOFT),
        ([K.DEFERRED], Fate.SOFT),
        ([K.OTHER], Fate.SILENT),
        ([], Fate.SILENT),
    ],
)
def test_the_strongest_news_decides(kinds: list[EventKind], fate: Fate) -> None:
    """After 72 hours each set of news has one outcome; a deferral has become a temporary fault."""
    assert track.outcome([event(kind) for kind in kinds], sent_at=SENT, now=LATE) is fate


@pytest.mark.parametrize("kinds", [[], [K.DEFERRED], [K.OTHER]])
def test_a_young_letter_is_waited_for(kinds: list[EventKind]) -> None:
    """Within 72 hours a letter without final news is pending."""
    assert track.outcome([event(kind) for kind in kinds], sent_at=SENT, now=SOON) is Fate.PENDING


@given(
    st.lists(st.tuples(st.sampled_from(K), st.integers(0, 200), st.sampled_from(sorted(LINKS)))), st.randoms()
)
def test_the_order_of_events_does_not_matter(given: list[tuple[EventKind, int, str]], random: object) -> None:
    """The response is the same however its news came in."""
    events = [event(*each) for each in dict.fromkeys(given)]
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    folded = track.response(events, links=LINKS, sent_at=SENT, now=LATE)
    assert track.response(shuffled, links=LINKS, sent_at=SENT, now=LATE) == folded


@given(st.lists(st.sampled_from([K.DELIVERED, K.DEFERRED, K.BOUNCED_SOFT, K.BLOCKED, K.OTHER])))
def test_late_news_never_takes_a_delivery_back(kinds: list[EventKind]) -> None:
    """Once delivered, neither a deferral, a soft bounce nor a block moves a letter back."""
    events = [event(K.DELIVERED), *(event(kind, i + 1) for i, kind in enumerate(kinds))]
    assert track.outcome(events, sent_at=SENT, now=LATE) is Fate.DELIVERED


def test_a_response_counts_content_alone() -> None:
    """Blocks read, clicks by judgement, unknown news and the newest moment; other links do not count."""
    events = [
        event(K.DELIVERED),
        event(K.CLICKED, 300, "https://x.example/a"),
        event(K.CLICKED, 400, "https://elsewhere.example"),
        event(K.OTHER, 500, words="beamed-up"),
        event(K.OTHER, 501, words="processed"),
    ]
    found = track.response(events, links=LINKS, sent_at=SENT, now=LATE)
    assert (found.read, found.human, found.machine, found.unknown) == (frozenset("a"), 1, 0, 1)
    assert found.last == SENT + timedelta(seconds=501)


def test_simulated_readers_are_seen() -> None:
    """One event that says so makes the whole response simulated."""
    data = b'{"event":"delivered","timestamp":1795000000,"simulated":true}'
    (made,) = track.events(data, "e")
    assert track.response([made], links={}, sent_at=SENT, now=LATE).simulated
    assert not track.response([event(K.DELIVERED)], links={}, sent_at=SENT, now=LATE).simulated


def test_who_may_not_be_written_to_again() -> None:
    """A hard bounce, a complaint and leaving forbid it; nothing else does."""
    found = {kind: track.suppression(event(kind)) for kind in K}
    assert {kind: why for kind, why in found.items() if why} == {
        K.BOUNCED_HARD: Suppression.BOUNCED,
        K.COMPLAINED: Suppression.COMPLAINED,
        K.LEFT: Suppression.LEFT,
    }
