"""Frozen pages, one folder a shape: what is read of each is what its expected.json says."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from newsletter import gather
from newsletter.model.news import NewsItem

PAGES = Path(__file__).parent / "pages"
SHAPES = sorted(folder.name for folder in PAGES.iterdir())


def read(shape: str) -> tuple[dict[str, Any], list[NewsItem]]:
    """What the shape's JSON expects, and what its page gives."""
    expected = json.loads((PAGES / shape / "expected.json").read_text("utf-8"))
    reader = expected.get("reader", "article")
    page = PAGES / shape / ("feed.xml" if reader == "feed" else "page.html")
    now = datetime.fromisoformat(expected["now"])
    found = getattr(gather, reader)(page.read_bytes(), expected["url"], "a", now, expected.get("charset", ""))
    return expected, found if isinstance(found, list) else [found]


def plain(value: object) -> object:
    """A field's value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def told(item: NewsItem, expected: dict[str, Any]) -> dict[str, object]:
    """What the item says of all that is expected of it."""
    fields = [name for name in expected if name in NewsItem.__dataclass_fields__]
    return {name: plain(getattr(item, name)) for name in fields}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_read_as_expected(shape: str) -> None:
    """Every field that the JSON names is read so; a list gives these items, in this order, and no others."""
    expected, found = read(shape)
    if "items" in expected:
        assert [told(item, want) for item, want in zip(found, expected["items"], strict=False)] == expected[
            "items"
        ]
        assert [item.url for item in found] == [want["url"] for want in expected["items"]]
        return
    wanted = {name: value for name, value in expected.items() if name in NewsItem.__dataclass_fields__}
    wanted["url"] = expected.get("address", found[0].url)
    assert told(found[0], wanted) == wanted


def test_enough_shapes_are_frozen() -> None:
    """There is a page of each make of list, article and feed that the members have."""
    assert len(SHAPES) >= 20
