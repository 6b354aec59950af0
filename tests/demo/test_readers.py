"""The simulated readers: seeded, in the provider's shape, with a truth that the rules can be held to."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from statistics import median

import pytest

from newsletter import track
from newsletter.demo import readers
from newsletter.model.delivery import Delivery, DeliveryState, Sending
from newsletter.model.event import EventKind, Judgement

SENT = datetime(2026, 11, 17, 9, tzinfo=UTC)
SENDING = Sending(
    id="s",
    issue="2026-2",
    digest="",
    transport="outbox",
    mode="provider",
    planned_at=SENT,
    topics={"b1": "infrastruktur", "b2": "eu"},
    links={f"https://x.example/{n}": f"b{n}" for n in range(10)} | {"mailto:k@x.example": "b1"},
)
LETTERS = [
    Delivery(
        id=f"d{n}",
        sending="s",
        recipient=f"r{n}",
        address=f"r{n}@example.org",
        name="",
        edition="alla",
        member=f"m{n % 26}",
        county="Dalarna",
        group="politiker" if n % 5 else "tjanstepersoner",
        chunk=0,
        state=DeliveryState.ACCEPTED,
    )
    for n in range(3000)
]


@pytest.fixture(scope="module")
def simulated() -> list[readers.Simulated]:
    return list(readers.letters(SENDING, LETTERS, seed=7, sent_at=SENT))


def test_the_seed_decides(simulated: list[readers.Simulated]) -> None:
    """The same seed gives the same events in whatever order the letters come; another seed, others."""
    again = list(readers.letters(SENDING, LETTERS[::-1], seed=7, sent_at=SENT))[::-1]
    assert again == simulated
    other = list(readers.letters(SENDING, LETTERS[:50], seed=8, sent_at=SENT))
    assert other != simulated[:50]


def test_the_rows_are_the_providers(simulated: list[readers.Simulated]) -> None:
    """Every row is taken in as real ones are, says that it is simulated, and has its own id."""
    rows = [row for letter in simulated for row in letter.events]
    events = track.events("\n".join(json.dumps(row) for row in rows).encode(), "h")
    assert len({event.id for event in events}) == len(rows)
    assert all('"simulated":true' in event.raw for event in events)
    assert not any(event.kind is EventKind.OTHER for event in events)
    assert all(event.at >= SENT for event in events)


def test_letters_fare_as_letters_do(simulated: list[readers.Simulated]) -> None:
    """About 96.5 % are delivered, a few bounce, and nobody who bounced reads."""
    kinds = Counter(str(row["event"]) for letter in simulated for row in letter.events)
    assert 0.955 < kinds["delivered"] / len(LETTERS) < 0.975
    assert kinds["unsubscribe"] > 0
    for letter in simulated:
        if not any(row["event"] == "delivered" for row in letter.events):
            assert not letter.read


def _bursts(simulated: list[readers.Simulated]) -> list[float]:
    """The first moment of each letter's burst, in seconds after sending."""
    starts = []
    for letter in simulated:
        clicks = defaultdict(set)
        for row in letter.events:
            if row["event"] == "click":
                clicks[int(str(row["timestamp"])) // 10].add(row["url"])
        first = [window for window, urls in clicks.items() if len(urls) >= 3]
        if first:
            times = [int(str(row["timestamp"])) for row in letter.events if row["event"] == "click"]
            starts.append(min(times) - SENT.timestamp())
    return starts


def test_bursts_come_when_scanners_come(simulated: list[readers.Simulated]) -> None:
    """The median burst comes about 43 s after sending, hardly any within 10 s, a third after a minute."""
    starts = _bursts(simulated)
    assert len(starts) > 500
    assert 38 < median(starts) < 48
    assert sum(start < 10 for start in starts) / len(starts) < 0.02
    assert 0.24 < sum(start > 60 for start in starts) / len(starts) < 0.38


def test_the_rules_find_the_machines(simulated: list[readers.Simulated]) -> None:
    """Of those whom the rules call readers, nearly all read; and nearly all readers are found."""
    links = track.content_links(SENDING, "alla")
    found, truth = set(), set()
    for letter in simulated:
        data = "\n".join(json.dumps(row) for row in letter.events).encode()
        response = track.response(track.events(data, "h"), links=links, sent_at=SENT, now=SENT)
        found |= {letter.delivery} if response.read else set()
        truth |= {letter.delivery} if letter.read else set()
    assert len(found & truth) / len(found) > 0.98
    assert len(found & truth) / len(truth) > 0.95


def test_a_machine_is_no_reader() -> None:
    """A letter that only a scanner opened has machine clicks and no reader."""
    links = track.content_links(SENDING, "alla")
    for letter in readers.letters(SENDING, LETTERS[:300], seed=1, sent_at=SENT):
        clicks = [row for row in letter.events if row["event"] == "click"]
        if clicks and not letter.read:
            events = track.events(json.dumps(clicks).encode(), "h")
            judged = {verdict.judgement for verdict in track.judged(events, len(links))}
            assert Judgement.HUMAN not in judged
