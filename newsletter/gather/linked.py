"""What a page says of itself in JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator

from newsletter.gather.pages import Node

Thing = dict[str, object]

_ARTICLES = (
    *(f"{kind}NewsArticle" for kind in ("", "Analysis", "Background", "Opinion", "Reportage", "Review")),
    "Article",
    "BlogPosting",
    "LiveBlogPosting",
    "Report",
    "WebPage",
)
_DEEPEST = 4


def things(root: Node) -> list[Thing]:
    """The articles that JSON-LD tells of, wherever in its graph they stand; mere pages last."""
    told = [thing for script in root.xpath("//script[@type]") for thing in _script(script)]
    return sorted(told, key=lambda thing: not _kinds(thing) & set(_ARTICLES[:-1]))


def _script(script: Node) -> Iterator[Thing]:
    if not script.get("type", "").lower().startswith("application/ld+json"):
        return
    text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").strip()
    try:
        told = json.loads(text.rstrip(";"), strict=False)  # line breaks in strings are common
    except (ValueError, RecursionError):
        return
    yield from _flat(told)


def _flat(told: object, depth: int = 0) -> Iterator[Thing]:
    if depth > _DEEPEST:
        return
    if isinstance(told, list):
        for part in told:
            yield from _flat(part, depth + 1)
    elif isinstance(told, dict):
        if _kinds(told) & set(_ARTICLES):
            yield told
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _flat(told.get(name), depth + 1)


def _kinds(thing: Thing) -> set[str]:
    kinds = thing.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {name.rsplit("/", 1)[-1] for name in names if isinstance(name, str)}


def word(thing: Thing, *names: str) -> str:
    """The first of these properties that is text, a number, or a list that begins with one."""
    for name in names:
        value = thing.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return ""
