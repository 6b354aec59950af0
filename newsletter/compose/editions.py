"""Which editions an issue has, and what stands in each.

A key is the set of those segments that decide: the ones named by the issue's ``för`` blocks. Readers
with the same key get the same letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from newsletter.model.issue import Block, BlockKind, Issue
from newsletter.model.letter import Edition
from newsletter.model.news import Pick

_EVERYBODY = "alla"


def keys(issue: Issue, segment_ids: Iterable[Collection[str]]) -> tuple[tuple[str, ...], ...]:
    """The distinct keys among readers, each given as the segments that he is in.

    In steady order: by the segments' order in the issue, the plain edition first.
    """
    order = {segment: place for place, segment in enumerate(_deciding(issue))}
    found = {tuple(segment for segment in order if segment in reader) for reader in segment_ids}
    return tuple(sorted(found, key=lambda one: [order[segment] for segment in one]))


def key(issue: Issue, segments_of_reader: Collection[str]) -> tuple[str, ...]:
    """The key of the edition that a reader in these segments gets."""
    return tuple(segment for segment in _deciding(issue) if segment in segments_of_reader)


def edition(issue: Issue, picks: Sequence[Pick], key: Sequence[str]) -> Edition:
    """The edition for readers with this key; what was picked goes where the issue has member news."""
    blocks = tuple(block for block in issue.blocks if _is_for(block, key) and _is_filled(block, picks))
    placed = any(block.kind is BlockKind.MEMBER_NEWS for block in blocks)
    return Edition(
        id="+".join(key) or _EVERYBODY,
        issue=issue,
        segments=tuple(key),
        blocks=blocks,
        picks=tuple(picks) if placed else (),
    )


def _deciding(issue: Issue) -> tuple[str, ...]:
    """The segments named by för blocks, in the order of the issue."""
    return tuple(dict.fromkeys(segment for block in issue.blocks for segment in block.segments))


def _is_for(block: Block, key: Sequence[str]) -> bool:
    return not block.segments or any(segment in key for segment in block.segments)


def _is_filled(block: Block, picks: Sequence[Pick]) -> bool:
    """Member news without news falls away, unless there is text of its own."""
    return block.kind is not BlockKind.MEMBER_NEWS or bool(picks) or bool(block.nodes)
