"""Lists of news that are data in a script, and no markup: SiteVision's web apps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lxml import html as lxml_html

from newsletter.gather.cleaning import cleaned
from newsletter.gather.days import day
from newsletter.gather.images import shown_by
from newsletter.gather.pages import UNDATED, Dated, Node, first
from newsletter.model.news import Provenance


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader of lists found of one item; the address as it stands in the page."""

    href: str
    title: str = ""
    lead: str = ""
    dated: Dated = field(default=UNDATED)
    picture: tuple[str, str] = ("", "")  # address and alt text


def state_in_script(root: Node, base_url: str, now: datetime) -> Iterator[Found]:
    """``AppRegistry.registerInitialState('12.x', {...})``: the news are data, not markup."""
    for script in root.iter("script"):
        for state in _states(script.text or ""):
            for entry in _entries(state):
                yield _from_entry(entry, now)


def _states(text: str) -> Iterator[dict[str, object]]:
    decoder = json.JSONDecoder()
    for call in re.finditer(r"registerInitialState\(\s*(['\"])[^'\"]*\1\s*,\s*(?=\{)", text):
        try:
            state, _ = decoder.raw_decode(text, call.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(state, dict):
            yield state


_LISTS = frozenset(
    ("articles", "news", "newsItems", "items", "posts", "entries", "hits", "result", "results", "list")
)


def _entries(state: dict[str, object], depth: int = 0) -> Iterator[dict[str, object]]:
    """The entries of the lists that such apps keep their news in; other things in them have no day."""
    for name, told in state.items():
        if isinstance(told, dict) and depth < 3:
            yield from _entries(told, depth + 1)
        elif name in _LISTS and isinstance(told, list):
            entries = [entry for entry in told if isinstance(entry, dict)]
            yield from (entry for entry in entries if name in ("articles", "news") or _has_day(entry))


def _has_day(entry: dict[str, object]) -> bool:
    return any(entry.get(name) for name in _DAYS)


_DAYS = ("publishedLong", "published", "publishedDate", "publishDate", "publicationDate", "date", "datetime")


def _from_entry(entry: dict[str, object], now: datetime) -> Found:
    def text(*names: str) -> str:
        told = (entry[name] for name in names if entry.get(name))
        return next((cleaned(str(value)) for value in told if isinstance(value, str | int)), "")

    found = next((found for name in _DAYS if (found := day(text(name), now))), None)
    return Found(
        href=text("uri", "url", "href", "link"),
        title=text("title", "heading", "name", "displayName"),
        lead=text("preamble", "ingress", "lead", "description", "summary"),
        dated=(found, Provenance.LABELLED) if found else UNDATED,
        picture=_picture(entry),
    )


def _picture(entry: dict[str, object]) -> tuple[str, str]:
    """The entry's picture: an address, an object with one, or a tag."""
    image, alt = entry.get("image"), entry.get("imageAlt") or entry.get("alt") or ""
    if isinstance(image, dict):
        alt = image.get("alt") or alt
        image = image.get("src") or image.get("url") or image.get("uri")
    if isinstance(image, str) and image.lstrip().startswith("<img"):
        return shown_by(first(lxml_html.fromstring(f"<div>{image}</div>"), ".//img"))
    return (image, str(alt)) if isinstance(image, str) else ("", "")
