"""WordPress' own list of posts (``/wp-json/wp/v2/posts``) to news."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime

from newsletter.errors import ParseFailed
from newsletter.gather.addresses import address_day, canonical
from newsletter.gather.cleaning import cleaned, decoded, headline, shortened
from newsletter.gather.days import day
from newsletter.model.news import NewsItem, Provenance

_MOST = 100
_TAIL = re.compile(r"\s*(?:\[(?:…|\.\.\.)\]|…?\s*Läs (?:hela|mer|vidare)\b[^.]*)\s*$")


def posts(data: bytes, base_url: str, member: str, now: datetime, charset: str = "") -> list[NewsItem]:
    """The news of a list of posts, in its order, each with a title and an http(s) address.

    Nothing in it is trusted: titles and excerpts are HTML that is cleaned, and a day that cannot be is none.
    Raises ParseFailed where the bytes are no such list.
    """
    found = (_item(entry, base_url, member, now) for entry in _entries(data, base_url, charset)[:_MOST])
    return list({item.url: item for item in found if item}.values())


def _entries(data: bytes, base_url: str, charset: str) -> list[object]:
    try:
        told = json.loads(decoded(data, charset))
    except (ValueError, RecursionError) as error:
        raise ParseFailed("Svaret är ingen lista med inlägg.", why=f"{base_url} gav ingen JSON.") from error
    if not isinstance(told, list):
        why = f"{base_url} gav {_refusal(told)} i stället för en lista."
        raise ParseFailed("Svaret är ingen lista med inlägg.", why=why)
    return told


def _refusal(told: object) -> str:
    message = told.get("message") if isinstance(told, dict) else None
    return f"”{shortened(cleaned(message), 120)}”" if isinstance(message, str) else "något annat"


def _item(entry: object, base_url: str, member: str, now: datetime) -> NewsItem | None:
    if not isinstance(entry, dict) or entry.get("status", "publish") != "publish":
        return None
    url = canonical(_text(entry, "link"), base_url)
    title = headline(_rendered(entry, "title"))
    if not url or not title:
        return None
    published, provenance = _published(entry, url, now)
    lead = _TAIL.sub("", cleaned(_rendered(entry, "excerpt")))
    lead = "" if lead == title else shortened(lead)
    return NewsItem(member, url, title, lead, published=published, provenance=provenance)


def _text(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _rendered(entry: Mapping[str, object], name: str) -> str:
    """A field as it is shown: ``{"rendered": "…"}``, or plainly a text."""
    value = entry.get(name)
    return _text(value, "rendered") if isinstance(value, dict) else _text(entry, name)


def _published(entry: Mapping[str, object], url: str, now: datetime) -> tuple[date | None, Provenance]:
    """The day in UTC, else the site's own clock, else the one in the address."""
    in_utc = _text(entry, "date_gmt")
    own = day(f"{in_utc.removesuffix('Z')}Z", now) if in_utc else None
    own = own or day(_text(entry, "date"), now)
    if own:
        return own, Provenance.FEED
    in_address = address_day(url, now)
    return (in_address, Provenance.ADDRESS) if in_address else (None, Provenance.UNDATED)
