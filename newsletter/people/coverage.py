"""Whom the lists reach at each member, who is missing, and what looks wrong. People are never ranked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from newsletter.model.coverage import Doubt, MemberCoverage, Post, Reach, Seats, post_of
from newsletter.model.mandates import Calendar, Standing
from newsletter.model.people import Mandate, Member, Recipient, Suppression, address_key
from newsletter.people.words import folded

_ROLE_NAMES = (
    *("kommun", "kommunen", "region", "regionen", "info", "information", "kontakt", "kontaktcenter", "post"),
    *("registrator", "registratorn", "diariet", "kansli", "kansliet", "kommunikation", "press", "naringsliv"),
    *("kundtjanst", "kundcenter", "medborgarservice", "servicecenter", "reception", "vaxel", "support"),
    *("kommunledning", "kommunstyrelsen", "kommunfullmaktige", "noreply"),
)

Screened = tuple[Recipient, Suppression | None]


def coverage(
    people: Iterable[Screened],
    members: Mapping[str, Member],
    seats: Sequence[Seats],
    calendar: Calendar,
    stale_before: date,
) -> tuple[MemberCoverage, ...]:
    """What the lists have of each member, in the members' order; one pass over the people.

    Stale is who holds a mandate of which no list has said anything since `stale_before`.
    """
    tallies = {id: _Tally() for id in members}
    for one, why in people:
        for id in dict.fromkeys(held.member for held in one.mandates if held.member in tallies):
            tallies[id].add(
                one, why, [held for held in one.mandates if held.member == id], calendar, stale_before
            )
    known = {(one.member, one.post): one.number for one in seats}
    return tuple(tally.told(id, known) for id, tally in tallies.items())


def is_role_address(address: str) -> bool:
    """Whether the address is an office's and nobody's own, by its name: kommun@, info@, registrator@."""
    return address_key(address).partition("@")[0] in _ROLE_NAMES


class _Tally:
    """One member's counts, as people come."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Post, str]] = Counter()
        self._people = self._stale = 0
        self._role_addresses: list[str] = []
        self._bounced: list[str] = []
        self._names: defaultdict[str, list[Recipient]] = defaultdict(list)
        self._mailboxes: defaultdict[str, list[Recipient]] = defaultdict(list)

    def add(
        self,
        one: Recipient,
        why: Suppression | None,
        held: Sequence[Mandate],
        calendar: Calendar,
        stale_before: date,
    ) -> None:
        standing = [each for each in held if calendar.standing(each) is not Standing.ENDED]
        self._count(held, why, calendar)
        if not standing:
            return
        self._people += 1
        if why is Suppression.BOUNCED:
            self._bounced.append(one.address)
        if is_role_address(one.address):
            self._role_addresses.append(one.address)
        self._stale += all(_is_stale(each, stale_before) for each in standing)
        if one.name:
            self._names[folded(one.name)].append(one)
        self._mailboxes[_mailbox(one.address)].append(one)

    def _count(self, held: Sequence[Mandate], why: Suppression | None, calendar: Calendar) -> None:
        """A person once for each post, by the best of the mandates."""
        best: dict[Post, Standing] = {}
        order = list(Standing)
        for each in held:
            post, standing = post_of(each.role), calendar.standing(each)
            if post:
                best[post] = min(best.get(post, standing), standing, key=order.index)
        for post, standing in best.items():
            if standing is Standing.ENDED:
                self._counts[post, "ended"] += 1
                continue
            self._counts[post, "suppressed" if why else "recipients"] += 1
            self._counts[post, "unconfirmed"] += standing is Standing.UNCONFIRMED and not why

    def told(self, id: str, seats: Mapping[tuple[str, Post], int]) -> MemberCoverage:
        reach = (
            Reach(
                post,
                self._counts[post, "recipients"],
                seats.get((id, post)),
                self._counts[post, "ended"],
                self._counts[post, "unconfirmed"],
                self._counts[post, "suppressed"],
            )
            for post in Post
        )
        return MemberCoverage(
            id,
            tuple(reach),
            self._people,
            (*_doubts("name", self._names), *_doubts("mailbox", self._mailboxes)),
            tuple(self._role_addresses),
            tuple(self._bounced),
            self._stale,
        )


def _doubts(why: str, alike: Mapping[str, Sequence[Recipient]]) -> Iterable[Doubt]:
    for found in alike.values():
        if len(found) > 1:
            yield Doubt(
                why,
                tuple(dict.fromkeys(one.name for one in found)),
                tuple(one.address for one in found),
            )


def _mailbox(address: str) -> str:
    """The address without dots and +tag before the at sign: many servers take no heed of them."""
    local, at, domain = address_key(address).rpartition("@")
    return local.partition("+")[0].replace(".", "") + at + domain


def _is_stale(mandate: Mandate, before: date) -> bool:
    said = [day for day in (mandate.since, mandate.confirmed) if day is not None]
    return not said or max(said) < before
