"""What differs between two editions of an issue, in the words of the issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.model.issue import Block, BlockKind
from newsletter.model.letter import Edition
from newsletter.model.prose import Paragraph, plain

_KINDS = {
    BlockKind.TEXT: "text",
    BlockKind.CARD: "kort",
    BlockKind.INVITATION: "inbjudan",
    BlockKind.CALENDAR: "kalender",
    BlockKind.BUTTON: "knapp",
    BlockKind.QUOTE: "citat",
    BlockKind.FIGURES: "siffror",
    BlockKind.MEMBER_NEWS: "medlemsnytt",
}
_LONGEST = 50

_Name = tuple[str, str]  # block or pick, and its id


@dataclass(frozen=True, slots=True)
class Difference:
    """How an edition differs from the first one: titles of blocks and of news, in the edition's order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()  # those that come earlier than in the first
    marked: tuple[str, ...] = ()  # as the reader's own


def difference(first: Edition, other: Edition) -> Difference:
    """What an edition's readers see that those of the first do not, and the other way around."""
    before, after = _named(first), _named(other)
    common_before = [each for each in before if each in after]
    common_after = [each for each in after if each in before]
    return Difference(
        added=tuple(after[each] for each in after if each not in before),
        removed=tuple(before[each] for each in before if each not in after),
        moved=tuple(after[each] for each in _earlier(common_before, common_after)),
        marked=tuple(after[each] for each in after if each in _own(other)),
    )


def _earlier(before: Sequence[_Name], after: Sequence[_Name]) -> Iterator[_Name]:
    """Those that stand before something that they stood after."""
    places = {each: place for place, each in enumerate(before)}
    lowest = len(before)
    found: list[_Name] = []
    for each in reversed(after):
        if places[each] > lowest:
            found.append(each)
        lowest = min(lowest, places[each])
    return reversed(found)


def _named(edition: Edition) -> dict[_Name, str]:
    """Titles by id; blocks and news are counted apart, since both choose their ids freely."""
    named = {("block", block.id): _title(block) for block in edition.blocks}
    return named | {("pick", pick.id): pick.title for pick in edition.picks}


def _own(edition: Edition) -> set[_Name]:
    blocks = {("block", name) for name in edition.own_blocks}
    return blocks | {("pick", name) for name in edition.own_picks}


def _title(block: Block) -> str:
    """The block's heading, or its kind and its first words."""
    if block.title:
        return block.title
    said = next((plain(node.children) for node in block.nodes if isinstance(node, Paragraph)), "")
    short = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1].rstrip()}…"
    return f"{_KINDS[block.kind]}: {short}" if short else _KINDS[block.kind]
