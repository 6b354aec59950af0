"""WordPress' own list of posts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import ParseFailed
from newsletter.gather import posts
from newsletter.model.news import NewsItem, Provenance

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
BASE = "https://www.sater.se/wp-json/wp/v2/posts"


def post(**changed: Any) -> dict[str, Any]:
    """A post as WordPress gives it, with some fields changed."""
    return {
        "status": "publish",
        "date": "2026-11-04T00:30:00",
        "date_gmt": "2026-11-03T23:30:00",
        "link": "https://www.sater.se/ny-bro/?utm_source=x",
        "title": {"rendered": "Ny bro &#8211; <em>snart</em> klar"},
        "excerpt": {"rendered": "<p>Bron blir klar i vår. [&hellip;]</p><script>x</script>"},
        **changed,
    }


def read(*told: Any) -> list[NewsItem]:
    return posts(json.dumps(list(told)).encode(), BASE, "sater", NOW)


def test_post_is_read_as_plain_text() -> None:
    """Title and excerpt are cleaned, the address is canonical, the day is that of the member's clock."""
    assert read(post()) == [
        NewsItem(
            "sater",
            "https://www.sater.se/ny-bro/",
            "Ny bro – snart klar",
            "Bron blir klar i vår.",
            published=date(2026, 11, 4),
            provenance=Provenance.FEED,
        )
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"date_gmt": None}, date(2026, 11, 4)),
        ({"date_gmt": "", "date": "2027-01-01T00:00:00"}, None),
        ({"date_gmt": "0000-00-00T00:00:00", "date": 7}, None),
        ({"date_gmt": "", "date": "", "link": "/2026/11/02/ny-bro/"}, date(2026, 11, 2)),
    ],
)
def test_day_is_told_or_none(changed: dict[str, Any], expected: date | None) -> None:
    """Without UTC the site's own clock tells, then the address; a future or broken day is none."""
    (item,) = read(post(**changed))
    assert item.published == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "draft"},
        {"link": "javascript:alert(1)"},
        {"link": None},
        {"title": {"rendered": "<script>x</script>"}},
        {"title": 3},
    ],
)
def test_post_without_title_address_or_publication_is_left_out(changed: dict[str, Any]) -> None:
    """Drafts, and posts that have no title or no http(s) address, are no news."""
    assert read(post(**changed)) == []


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b'{"code": "x", "message": "Nej <b>tack</b>"}', b"3", b"[" * 100_000]
)
def test_what_is_no_list_of_posts_is_refused(data: bytes) -> None:
    """A page, a refusal, a number and endless brackets are ParseFailed."""
    with pytest.raises(ParseFailed):
        posts(data, BASE, "sater", NOW)


NAMES = ["title", "rendered", "link", "date", "date_gmt", "excerpt", "status"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_or_refused(told: Any) -> None:
    """Whatever the JSON, it gives items or ParseFailed."""
    try:
        found = posts(json.dumps([told]).encode(), BASE, "sater", NOW)
    except ParseFailed:
        found = []
    assert all(item.title and item.url.startswith("http") for item in found)
