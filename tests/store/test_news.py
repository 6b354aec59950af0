"""Member news' contract, over the fake and the database."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from newsletter.edges.store import Store
from newsletter.model.news import Provenance, SourceState
from newsletter.ports import News
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore


def test_remember_counts_the_new(state: State) -> None:
    """An address that is known already is not new, also within one call."""
    port: News = state.news
    assert port.remember([builders.news_item(1), builders.news_item(1), builders.news_item(2)], NOON) == 2
    assert port.remember([builders.news_item(2), builders.news_item(3)], NOON) == 1
    assert port.remember([], NOON) == 0


def test_items_newest_first(state: State) -> None:
    """Items come newest first, then by address, and those without a day last."""
    old = builders.news_item(1, published=date(2025, 1, 1))
    undated = builders.news_item(2, published=None, provenance=Provenance.UNDATED)
    same_day = [builders.news_item(4), builders.news_item(3)]
    state.news.remember([undated, old, *same_day], NOON)
    assert list(state.news.items()) == [*reversed(same_day), old, undated]


def test_item_comes_back_whole(state: State) -> None:
    """Every field of an item is kept."""
    item = builders.news_item(
        uncertain=True,
        provenance=Provenance.VISIBLE,
        image="https://falun.example/å.jpg",
        image_alt="Skolan, sedd från ån",
        body="Ett stycke.\nEtt till, med ”citat” och 😀.",
    )
    state.news.remember([item], NOON)
    assert list(state.news.items()) == [item]


def test_the_publishers_last_word(state: State) -> None:
    """An item that comes again is kept as its publisher has it now."""
    state.news.remember([builders.news_item(1, title="Fle")], NOON)
    state.news.remember([builders.news_item(1, title="Fel rättat")], NOON + timedelta(days=1))
    assert [item.title for item in state.news.items()] == ["Fel rättat"]


def test_remember_refuses_naive_time(state: State) -> None:
    """A time without a zone is refused, and nothing is kept."""
    with pytest.raises(ValueError, match="zone"):
        state.news.remember([builders.news_item()], datetime(2026, 11, 17))
    assert list(state.news.items()) == []


def test_source_state(state: State) -> None:
    """A source's state is what was noted last, and None before that."""
    url = "https://falun.example/rss"
    assert state.news.source(url) is None
    for known in (
        SourceState(url, etag='"1"', last_modified="Tue", fetched_at=NOON, items=3),
        SourceState(url, failure="404"),
    ):
        state.news.note(known)
        assert state.news.source(url) == known
