"""The same story at several members, found by the words that follow each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from newsletter.model.news import NewsItem

# Measured on real press releases: the same story at least 0.39, different ones at most 0.06.
_SAME = 0.25
_FEW = 8  # shingles; below that only near-identity counts
_SAME_WHEN_FEW = 0.6

Shingles = frozenset[tuple[str, ...]]


def grouped(items: Sequence[NewsItem]) -> tuple[tuple[NewsItem, ...], ...]:
    """The items in groups that tell the same story, each once; in the order of their first item.

    Within a group the earliest told stands first (undated last), then by member and address.
    """
    shingles = [_shingles(item) for item in items]
    leader = list(range(len(items)))
    for one, other in _neighbours(shingles):
        if _same(shingles[one], shingles[other]):
            _unite(leader, one, other)
    groups: dict[int, list[NewsItem]] = defaultdict(list)
    for index, item in enumerate(items):
        groups[_root(leader, index)].append(item)
    return tuple(tuple(sorted(group, key=_first_told)) for group in groups.values())


def _first_told(item: NewsItem) -> tuple[date, str, str]:
    return item.published or date.max, item.member, item.url


def _shingles(item: NewsItem) -> Shingles:
    words = re.findall(r"\w+", f"{item.title} {item.lead}".casefold())
    return frozenset(tuple(words[i : i + 3]) for i in range(max(len(words) - 2, 1)))


def _neighbours(shingles: Sequence[Shingles]) -> list[tuple[int, int]]:
    """The pairs that share at least one shingle; a shingle that many share says nothing."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, own in enumerate(shingles):
        for shingle in own:
            holders[shingle].append(index)
    sharing = (held for held in holders.values() if 1 < len(held) <= 30)
    return sorted({(a, b) for held in sharing for i, a in enumerate(held) for b in held[i + 1 :]})


def _same(one: Shingles, other: Shingles) -> bool:
    needed = _SAME_WHEN_FEW if min(len(one), len(other)) < _FEW else _SAME
    return len(one & other) / len(one | other) >= needed


def _root(leader: list[int], index: int) -> int:
    while leader[index] != index:
        index = leader[index]
    return index


def _unite(leader: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(leader, one), _root(leader, other)))
    leader[second] = first
