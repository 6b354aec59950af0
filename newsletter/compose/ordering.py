"""What stands first for whom: a reader's own member, then his county, then all else as it was written.

Only what is alike changes places: cards and invitations that follow on each other, and the picked news. What
a communicator put before and after them stays there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from newsletter.model.issue import Block, BlockKind
from newsletter.model.news import Pick
from newsletter.model.people import Member

_ITEMS = (BlockKind.CARD, BlockKind.INVITATION)


class Home:
    """Where a reader belongs: a member and its county, or a county alone; both may be empty."""

    def __init__(self, member: str, county: str, members: Mapping[str, Member]) -> None:
        self.member = member
        self.county = county
        self._members = members

    @property
    def kind(self) -> str:
        """The member's kind, kommun or region; empty where it is not known."""
        return self._members[self.member].kind if self.member in self._members else ""

    def blocks(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """The blocks, with each run of items in the order that this reader has most use of."""
        return tuple(
            block
            for are_items, run in groupby(blocks, lambda block: block.kind in _ITEMS)
            for block in (sorted(run, key=self._distance) if are_items else run)
        )

    def picks(self, picks: Iterable[Pick]) -> tuple[Pick, ...]:
        """The picked news, the reader's own first."""
        return tuple(sorted(picks, key=lambda pick: self._nearest(_members_of(pick))))

    def is_own(self, told: Block | Pick) -> bool:
        """Whether it comes from the reader's own member, alone or with others."""
        members = (told.member,) if isinstance(told, Block) else _members_of(told)
        return bool(self.member) and self.member in members

    def _distance(self, block: Block) -> int:
        in_county = bool(block.county) and block.county.casefold() == self.county.casefold()
        return min(self._nearest((block.member,)), 1 if in_county else 2)

    def _nearest(self, members: Sequence[str]) -> int:
        """0 for the reader's own member, 1 for his county, 2 for all others."""
        if self.member and self.member in members:
            return 0
        counties = {self._members[member].county for member in members if member in self._members}
        return 1 if self.county and self.county in counties else 2


def _members_of(pick: Pick) -> tuple[str, ...]:
    return (pick.member, *(each.member for each in pick.also))
