"""Which editions an issue has, who gets which, and what stands in each.

A key names a letter: the segments that it is for, of those that the issue's ``för`` blocks name, and at most
one place, ``lan=dalarna`` or ``medlem=falun``, where the issue asks for an order by county or for marks. Keys
that would give the same letter are one key, so that there are as many editions as different letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from newsletter.compose.ordering import Home
from newsletter.model.issue import Block, BlockKind, Issue
from newsletter.model.letter import Edition
from newsletter.model.news import Pick
from newsletter.model.people import Member

Key = tuple[str, ...]

_EVERYBODY = "alla"
_COUNTY, _MEMBER = "lan=", "medlem="  # no segment's id holds an equals sign


class Editions:
    """The editions of an issue with what was picked for it; `members` by id say which county is whose."""

    def __init__(self, issue: Issue, picks: Sequence[Pick] = (), members: Mapping[str, Member] = {}) -> None:
        self._issue = issue
        self._picks = tuple(picks)
        self._members = members
        self._blocks = tuple(block for block in issue.blocks if _is_filled(block, picks))
        self._segments = tuple(dict.fromkeys(each for block in self._blocks for each in block.segments))
        self._counties = {_slug(each.county): each.county for each in members.values() if each.county}
        self._known: dict[tuple[Key, str], Key] = {}
        self._places: dict[tuple[Key, object], str] = {}

    def key(self, segments: Collection[str], member: str = "") -> Key:
        """The key of the edition that a reader gets, in these segments and of this member."""
        asked = tuple(each for each in self._segments if each in segments), member
        if asked not in self._known:
            shared = self._shared(asked[0])
            place = self._place(shared, member)
            self._known[asked] = (*shared, place) if place else shared
        return self._known[asked]

    def in_order(self, keys: Iterable[Key]) -> tuple[Key, ...]:
        """Each key once, the plain one first, then by the issue's segments, counties and members."""
        order = {segment: place for place, segment in enumerate(self._segments)}

        def rank(key: Key) -> tuple[list[int], list[str]]:
            segments = [order.get(each, len(order)) for each in key if not _is_place(each)]
            return segments, [each for each in key if _is_place(each)]

        return tuple(sorted(set(keys), key=rank))

    def edition(self, key: Sequence[str]) -> Edition:
        """What readers with this key get; what was picked goes where the issue has member news."""
        blocks = tuple(block for block in self._blocks if _is_for(block, key))
        placed = any(block.kind is BlockKind.MEMBER_NEWS for block in blocks)
        picks = self._picks if placed else ()
        home = self._home(next((each for each in key if _is_place(each)), ""))
        if self._issue.ordering == "county":
            blocks, picks = home.blocks(blocks), home.picks(picks)
        own_blocks = frozenset(block.id for block in blocks if home.is_own(block))
        own_picks = frozenset(pick.id for pick in picks if home.is_own(pick))
        return Edition(
            id=id_of(key),
            issue=self._issue,
            segments=tuple(each for each in key if not _is_place(each)),
            blocks=blocks,
            picks=picks,
            own_blocks=own_blocks,
            own_picks=own_picks,
            own_kind=home.kind if own_blocks or own_picks else "",
        )

    def _shared(self, segments: Key) -> Key:
        """The segments that name what these segments are shown, the same for all who are shown the same.

        It is every segment whose blocks are all among them, but for those that add nothing to another.
        """
        seen = {block.id for block in self._blocks if block.segments and _is_for(block, segments)}
        of = {each: {b.id for b in self._blocks if each in b.segments} for each in self._segments}
        fits = [each for each in self._segments if of[each] <= seen]
        return tuple(each for each in fits if not any(of[each] < of[other] for other in fits))

    def _place(self, segments: Key, member: str) -> str:
        """The first place in steady order whose letter is the one that a reader of this member gets."""
        if self._issue.ordering != "county" and not self._issue.mark_own:
            return ""
        content = _content(self.edition((*segments, f"{_MEMBER}{member}")))
        if (segments, content) not in self._places:
            same = (
                place
                for place in self._every_place()
                if _content(self.edition((*segments, place) if place else segments)) == content
            )
            self._places[segments, content] = next(same, "")
        return self._places[segments, content]

    def _every_place(self) -> Iterator[str]:
        yield ""
        if self._issue.ordering == "county":
            yield from (f"{_COUNTY}{slug}" for slug in sorted(self._counties))
        if self._issue.mark_own:
            yield from (f"{_MEMBER}{member}" for member in sorted(self._members))

    def _home(self, place: str) -> Home:
        if place.startswith(_COUNTY):
            return Home("", self._counties.get(place.removeprefix(_COUNTY), ""), self._members)
        member = place.removeprefix(_MEMBER)
        county = self._members[member].county if member in self._members else ""
        return Home(member if self._issue.mark_own else "", county, self._members)


def keys(issue: Issue, segment_ids: Iterable[Collection[str]]) -> tuple[Key, ...]:
    """The distinct keys among readers without news or places, each given as the segments that he is in."""
    editions = Editions(issue)
    return editions.in_order(editions.key(reader) for reader in segment_ids)


def key(issue: Issue, segments_of_reader: Collection[str]) -> Key:
    """The key of the edition that a reader in these segments gets, without news or places."""
    return Editions(issue).key(segments_of_reader)


def edition(
    issue: Issue,
    picks: Sequence[Pick],
    key: Sequence[str],
    members: Mapping[str, Member] = {},
) -> Edition:
    """The edition for readers with this key."""
    return Editions(issue, picks, members).edition(key)


def id_of(key: Sequence[str]) -> str:
    """The id of the edition with this key; no segment is called what the plain one is."""
    return "+".join(key) or _EVERYBODY


def key_of(edition_id: str) -> Key:
    """The key that an edition's id was made from; no part of a key holds a plus sign."""
    return () if edition_id == _EVERYBODY else tuple(edition_id.split("+"))


def _content(edition: Edition) -> object:
    """What makes one letter differ from another of the same issue."""
    shown = tuple(block.id for block in edition.blocks), tuple(pick.id for pick in edition.picks)
    return *shown, edition.own_blocks, edition.own_picks, edition.own_kind


def _is_place(part: str) -> bool:
    return "=" in part


def _slug(county: str) -> str:
    letters = unicodedata.normalize("NFKD", county.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _is_for(block: Block, key: Collection[str]) -> bool:
    return not block.segments or any(segment in key for segment in block.segments)


def _is_filled(block: Block, picks: Sequence[Pick]) -> bool:
    """Member news without news falls away, unless there is text of its own."""
    return block.kind is not BlockKind.MEMBER_NEWS or bool(picks) or bool(block.nodes)
