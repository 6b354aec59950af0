"""The same story at several members, found by the words that follow each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from newsletter.model.news import NewsItem

# Measured on real press releases: the same story at least 0.39, others at most 0.06. The threshold lies
# above the middle: joining two stories costs the editor more than showing one twice.
_SAME = 0.25
_SAME_WHEN_FEW = 0.6  # short texts share a beginning by chance
_FEW = 8  # shingles; below that only near-identity counts
_SAME_AT_HOME = 0.8  # one member seldom tells a story twice, but words many notices alike
_TELLING = 3  # shingles, of five words; below that a title may be anybody's: Nya öppettider på badhuset
_COMMON = 30  # texts; a shingle that more of them share is a phrase and leads nowhere

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """What an item says: items that say the same are compared once."""

    title: frozenset[Shingle]
    whole: frozenset[Shingle]
    numbers: frozenset[str]
    teller: str  # the member, where a few words are all there is: they may be anybody's; otherwise ""


def grouped(items: Sequence[NewsItem]) -> tuple[tuple[NewsItem, ...], ...]:
    """The items in groups that tell the same story, each once; in the order of their first item.

    Which items belong together hangs neither on their order nor on which of two is asked about: stories are
    joined by pairs, and those that are joined to the same third are joined. Within a group the earliest told
    stands first (undated last), then by member and address.
    """
    texts = [_text(item) for item in items]
    tellers: dict[_Text, set[str]] = defaultdict(set)
    for item, text in zip(items, texts, strict=True):
        tellers[text].add(item.member)
    leader = {text: text for text in tellers}
    for one, other in _neighbours(list(tellers)):
        if _same(one, other, at_home=len(tellers[one] | tellers[other]) == 1):
            leader[_root(leader, other)] = _root(leader, one)
    groups: dict[_Text, list[NewsItem]] = defaultdict(list)
    for item, text in zip(items, texts, strict=True):
        groups[_root(leader, text)].append(item)
    return tuple(tuple(sorted(group, key=_first_told)) for group in groups.values())


def alike(one: NewsItem, other: NewsItem) -> bool:
    """Whether two items tell the same story by their own words alone."""
    return _same(_text(one), _text(other), at_home=one.member == other.member)


def _first_told(item: NewsItem) -> tuple[date, str, str]:
    return item.published or date.max, item.member, item.url


def _text(item: NewsItem) -> _Text:
    words = re.findall(r"\w+", f"{item.title} {item.lead}".casefold())
    numbers = frozenset(word for word in words if word.isdigit())
    title, whole = _shingles(re.findall(r"\w+", item.title.casefold())), _shingles(words)
    return _Text(title, whole, numbers, item.member if len(whole) < _TELLING else "")


def _shingles(words: Sequence[str]) -> frozenset[Shingle]:
    return frozenset(tuple(words[i : i + 3]) for i in range(max(len(words) - 2, 1)))


def _neighbours(texts: Sequence[_Text]) -> Iterator[tuple[_Text, _Text]]:
    """The pairs that share at least one telling shingle, each once: few, however many the texts are."""
    holders: dict[Shingle, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        for shingle in text.whole:
            holders[shingle].append(index)
    sharing = (held for held in holders.values() if 1 < len(held) <= _COMMON)
    pairs = {(a, b) for held in sharing for i, a in enumerate(held) for b in held[i + 1 :]}
    return ((texts[a], texts[b]) for a, b in sorted(pairs))


def _same(one: _Text, other: _Text, *, at_home: bool) -> bool:
    if one == other:
        return True
    if at_home:
        return one.numbers == other.numbers and _jaccard(one.whole, other.whole) >= _SAME_AT_HOME
    bare = one.title == one.whole or other.title == other.whole  # a list that shows no lead
    mine, theirs = (one.title, other.title) if bare else (one.whole, other.whole)
    needed = _SAME_WHEN_FEW if bare or min(len(mine), len(theirs)) < _FEW else _SAME
    return min(len(mine), len(theirs)) >= _TELLING and _jaccard(mine, theirs) >= needed


def _jaccard(one: frozenset[Shingle], other: frozenset[Shingle]) -> float:
    return len(one & other) / len(one | other)


def _root(leader: dict[_Text, _Text], text: _Text) -> _Text:
    while (above := leader[text]) != text:
        leader[text] = leader[above]
        text = above
    return text
