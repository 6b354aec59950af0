"""Readers of each article by role, where small numbers are hidden so that none can be had by subtraction.

The total of an article is printed, so a single hidden part would be total less the rest. Whatever is
hidden must therefore have at least two possible values, given all that is shown; until then the next
smallest part is hidden too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsletter.model.delivery import Sending
from newsletter.model.figure import ArticleCell

FEW = 5
"""A number of readers below this is printed as ”< 5”."""


def article_cells(
    sending: Sending,
    groups: Sequence[frozenset[str]],
    got: Mapping[tuple[str, str], int],
    read: Mapping[str, Mapping[str, int]],
    k: int,
) -> tuple[ArticleCell, ...]:
    """The cells of every article that is linked from, by the letter's order: total, then roles."""
    linked = {block for href, block in sending.links.items() if href.startswith("http")}
    blocks = [block for block in sending.titles if block in linked]
    cells: list[ArticleCell] = []
    for block in blocks:
        bases = [_base(sending, block, group, got) for group in groups]
        readers = [sum(read.get(block, {}).get(each, 0) for each in group) for group in groups]
        if sum(bases) >= k:
            keys = [tuple(sorted(group)) for group in groups]
            cells += _article(block, keys, bases, readers, k)
    return tuple(cells)


def _base(sending: Sending, block: str, group: frozenset[str], got: Mapping[tuple[str, str], int]) -> int:
    """Delivered letters to the group in editions that hold the block; all where that is unknown."""
    return sum(
        n
        for (each, edition), n in got.items()
        if each in group and block in sending.editions.get(edition, (block,))
    )


def _article(
    block: str, keys: Sequence[tuple[str, ...]], bases: Sequence[int], readers: Sequence[int], k: int
) -> list[ArticleCell]:
    total = sum(readers)
    if total < FEW:
        return [ArticleCell(block, (), sum(bases), None, few=True)]
    cells = [ArticleCell(block, (), sum(bases), total)]
    if any(0 < base < k for base in bases):
        return cells  # who got the article would itself tell of a few; the total stands alone
    held = [i for i, base in enumerate(bases) if base]
    hidden, told = hidden_parts([readers[i] for i in held], [bases[i] for i in held])
    away = {held[i] for i in hidden}
    for i, key in enumerate(keys):
        cells.append(ArticleCell(block, key, bases[i], None if i in away else readers[i], told and i in away))
    return cells


def hidden_parts(readers: Sequence[int], bases: Sequence[int]) -> tuple[frozenset[int], bool]:
    """Which parts of a printed total to hide, and whether it may be said that they are under FEW.

    Those under FEW are hidden. Where one of them could then be worked out, the next smallest is hidden
    too, and nothing is said of which is which.
    """
    hidden = {i for i, count in enumerate(readers) if count < FEW}
    if not _is_determined(hidden, readers, dict.fromkeys(hidden, FEW - 1)):
        return frozenset(hidden), True
    for i in sorted(range(len(readers)), key=lambda i: (readers[i], i)):
        hidden.add(i)
        if not _is_determined(hidden, readers, {each: bases[each] for each in hidden}):
            break
    return frozenset(hidden), False


def _is_determined(hidden: set[int], readers: Sequence[int], most: Mapping[int, int]) -> bool:
    """Whether some hidden part, from 0 to its most, can have one value only, given their sum."""
    rest, room = sum(readers[i] for i in hidden), sum(most.values())
    return any(max(0, rest - (room - most[i])) >= min(most[i], rest) for i in hidden)
