"""News of letters that it was not known whether they left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from newsletter.model.delivery import DeliveryState
from newsletter.pipeline import events
from newsletter.pipeline.send import send
from newsletter.testing.mailer import FakeMailer, Fault
from tests.send.world import ISSUE, World, lay_out


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One letter whose answer was lost, by a transport that can tell nothing afterwards."""
    mailer = FakeMailer({1: Fault.LOSE_ANSWER}, can_tell=lambda delivery: False)
    world = World(lay_out(tmp_path), mailer=mailer)
    send(ISSUE, world.ports(), confirm=ISSUE)
    return world


def unknown(world: World) -> list[str]:
    sending = world.store.book.sending(ISSUE)
    assert sending
    return [row.id for row in world.store.book.deliveries(sending.id, DeliveryState.UNKNOWN)]


def take_in(world: World, event: Mapping[str, object]) -> events.TakenIn:
    at = int(world.clock.now().timestamp())
    return events.imported(
        json.dumps([{"timestamp": at, "sg_event_id": "e1", **event}]).encode(),
        "h.json",
        workspace=world.folder,
        events=world.store.events,
        book=world.store.book,
        ledger=world.store.ledger,
        suppressions=world.store.suppressions,
        clock=world.clock,
    )


@pytest.mark.parametrize("kind", ["delivered", "deferred", "click"])
def test_news_of_a_letter_that_left(world: World, kind: str) -> None:
    """A letter that was unknown is accepted when there is news that only one that left can give."""
    (lost,) = unknown(world)
    assert take_in(world, {"event": kind, "delivery": lost, "url": "https://a.example"}).settled == 1
    assert unknown(world) == []
    counts = world.equation()
    assert counts
    assert (counts.unknown, counts.holds) == (0, True)


@pytest.mark.parametrize("kind", ["dropped", "something-new"])
def test_news_that_proves_nothing(world: World, kind: str) -> None:
    """A drop may be of an attempt that was taken back, and a word that nobody knows proves nothing."""
    (lost,) = unknown(world)
    assert take_in(world, {"event": kind, "delivery": lost}).settled == 0
    assert unknown(world) == [lost]


def test_late_news_moves_nothing_back(world: World) -> None:
    """News of a letter that was accepted long ago changes no state, however often it comes."""
    before = world.equation()
    sending = world.store.book.sending(ISSUE)
    assert sending
    first = next(world.store.book.deliveries(sending.id, DeliveryState.ACCEPTED)).id
    for _ in range(2):
        assert take_in(world, {"event": "delivered", "delivery": first}).settled == 0
    assert world.equation() == before
