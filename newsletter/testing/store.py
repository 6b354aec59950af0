"""The state in memory, with the same promises as the database.

One class per port and :class:`MemoryStore` with all of them, so that it stands wherever an open store
does. Nothing is shared between two of them, and nothing is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from newsletter.errors import StateError
from newsletter.model.event import Event
from newsletter.model.figure import Cube, MergePlan
from newsletter.model.mandates import Calendar
from newsletter.model.news import NewsItem, SourceState
from newsletter.model.people import Expression, Member, Recipient, Suppression, address_key
from newsletter.model.rights import LogEntry, SuppressionEntry
from newsletter.people import matches
from newsletter.ports import Intake
from newsletter.testing.builders import NOON
from newsletter.testing.ledger import MemoryLedger, aware, conflict


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self, at: datetime = NOON) -> None:
        self._at = aware(at)

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self._at

    def wait(self, seconds: float) -> None:
        """Let time pass, at once."""
        self.advance(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Let time pass; less than nothing sets the clock back."""
        self._at += timedelta(seconds=seconds)


class MemoryNews:
    """The News port."""

    def __init__(self) -> None:
        self._items: dict[str, NewsItem] = {}
        self._sources: dict[str, SourceState] = {}

    def remember(self, items: Iterable[NewsItem], at: datetime) -> int:
        """Keep items by their address; how many were new."""
        aware(at)
        fresh = {item.url: item for item in items}
        new = len(fresh.keys() - self._items.keys())
        self._items.update(fresh)
        return new

    def items(self) -> Sequence[NewsItem]:
        """All that is remembered, newest first and those without a day last, then by address."""
        by_address = sorted(self._items.values(), key=lambda item: item.url)
        return sorted(by_address, key=lambda item: item.published or date.min, reverse=True)

    def source(self, url: str) -> SourceState | None:
        """What the last fetch of this source left behind."""
        return self._sources.get(url)

    def note(self, state: SourceState) -> None:
        """Keep a source's state."""
        self._sources[state.url] = state


class MemoryPeople:
    """The People port; `log` holds who changed, when and by which command."""

    def __init__(self) -> None:
        self._people: dict[str, Recipient] = {}
        self.log: list[tuple[str, datetime, str]] = []

    def everyone(self) -> Iterator[Recipient]:
        """All recipients in the order they came, one at a time."""
        return iter(list(self._people.values()))

    def holding(self, keys: Sequence[str]) -> Mapping[str, Recipient]:
        """Those who have one of these addresses, by `address_key`."""
        wanted = set(keys)
        there = {address_key(one.address): one for one in self.everyone()}
        return {key: one for key, one in there.items() if key in wanted}

    def within(
        self, expression: Expression, members: Mapping[str, Member], calendar: Calendar
    ) -> Iterator[Recipient]:
        """Those for whom the expression holds, in the order they came, one at a time."""
        return (one for one in self.everyone() if matches(expression, one, members, calendar))

    def tally(
        self, expressions: Sequence[Expression], members: Mapping[str, Member], calendar: Calendar
    ) -> Mapping[tuple[int, ...], int]:
        """How many there are for whom just these expressions hold, told by their places in the sequence."""
        held = (
            tuple(at for at, each in enumerate(expressions) if matches(each, one, members, calendar))
            for one in self.everyone()
        )
        return Counter(held)

    def put(self, recipients: Iterable[Recipient], *, at: datetime, command: str) -> None:
        """Add or change these people, all or none. Raises StateError where two would have one address."""
        given = {one.id: one for one in recipients}
        after = {**self._people, **given}
        if len({address_key(one.address) for one in after.values()}) < len(after):
            raise conflict()
        changed = [one.id for one in given.values() if self._people.get(one.id) != one]
        self.log += [(id, aware(at), command) for id in changed]
        self._people = after


class MemorySuppressions:
    """The Suppressions port."""

    def __init__(self) -> None:
        self._entries: dict[str, SuppressionEntry] = {}
        self.log: list[tuple[str, LogEntry]] = []

    def suppress(
        self, address: str, why: Suppression, *, at: datetime, source: str, command: str = ""
    ) -> None:
        """Never write to this address again. A stronger reason takes a weaker one's place."""
        known = self.entry(address)
        if known is None or known.reason.strength < why.strength:
            self._entries[address_key(address)] = SuppressionEntry(why, source, aware(at))
            self.log.append((address, LogEntry(aware(at), f"suppressed: {why.value}", source, command)))
        aware(at)

    def entry(self, address: str) -> SuppressionEntry | None:
        """The reason, since when, and how it is known."""
        return self._entries.get(address_key(address))

    def lift(self, address: str, *, at: datetime, why: str, command: str) -> Suppression | None:
        """Allow letters to this address again; the reason that it was not, if any."""
        known = self._entries.pop(address_key(address), None)
        if known is None:
            return None
        self.log.append((address, LogEntry(aware(at), f"lifted: {known.reason.value}", why, command)))
        return known.reason

    def why(self, address: str) -> Suppression | None:
        """The reason, or None where the address may be written to."""
        known = self.entry(address)
        return known.reason if known else None

    def among(self, addresses: Sequence[str], since: int | None = None) -> Mapping[str, Suppression]:
        """Those of the addresses that are not to be written to, each with its reason."""
        if since is not None and self.changes() == since:
            return {}
        reasons = {address: self.why(address) for address in addresses}
        return {address: why for address, why in reasons.items() if why}

    def changes(self) -> int:
        """How often something was suppressed or lifted."""
        return len(self.log)


class MemoryApprovedAudiences:
    """The ApprovedAudiences port."""

    def __init__(self) -> None:
        self._sets: dict[str, set[str]] = {}

    def keep(self, audience: str, recipients: Iterable[str], at: datetime) -> None:
        """Remember the set of these ids, all or none; repeating does no harm."""
        aware(at)
        given = set(recipients)
        self._sets.setdefault(audience, given).update(given)

    def knows(self, audience: str) -> bool:
        """Whether it is known here who was in the set."""
        return bool(self._sets.get(audience))

    def among(self, audience: str, recipients: Sequence[str]) -> Collection[str]:
        """Those of these ids that were in the set."""
        return self._sets.get(audience, set()).intersection(recipients)


class MemoryEvents:
    """The Events port; it asks the ledger whose a delivery is."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._events: dict[str, Event] = {}

    def take_in(self, events: Iterable[Event]) -> Intake:
        """Keep events by id; one that is known already changes nothing. Strangers are among the new."""
        given = list(events)
        fresh: dict[str, Event] = {}
        for one in given:
            aware(one.at)
            if one.id not in self._events:
                fresh.setdefault(one.id, one)
        strangers = sum(1 for one in fresh.values() if not self._ledger.holds(one.delivery))
        self._events.update(fresh)
        return Intake(new=len(fresh), repeated=len(given) - len(fresh), strangers=strangers)

    def of(self, sending: str) -> Iterator[Event]:
        """A sending's events by delivery, then time, then id, one at a time."""
        ours = {one.id for one in self._ledger.deliveries(sending)}
        found = [one for one in self._events.values() if one.delivery in ours]
        return iter(sorted(found, key=lambda one: (one.delivery, one.at, one.id)))

    def are_tidied(self, sending: str) -> bool:
        """Never: nothing is kept for long here."""
        return False


class MemoryCubes:
    """The Cubes port."""

    def __init__(self) -> None:
        self._cubes: dict[str, Cube] = {}
        self._plan: MergePlan | None = None

    def publish(self, cube: Cube) -> None:
        """Keep the cube. Raises StateError where the issue has one that is cut in another way."""
        kept = self._cubes.get(cube.issue, cube)
        if (kept.sending, kept.cut) != (cube.sending, cube.cut):
            raise StateError(f"Rapporten för {cube.issue} är redan publicerad med en annan indelning.")
        self._cubes[cube.issue] = cube

    def published(self, issue: str) -> Cube | None:
        """The issue's cube."""
        return self._cubes.get(issue)

    def merge_plan(self) -> MergePlan | None:
        """How small members were merged; None before the first plan."""
        return self._plan

    def keep_merge_plan(self, plan: MergePlan) -> None:
        """Keep the plan. Raises StateError where it would part what was counted together before."""
        if self._plan is not None and not _coarser(self._plan, plan):
            raise StateError("Små medlemmar som har räknats ihop kan inte delas upp igen.")
        self._plan = plan


class MemoryStore:
    """All of them together, as an open store has them."""

    def __init__(self) -> None:
        self.news = MemoryNews()
        self.people = MemoryPeople()
        self.suppressions = MemorySuppressions()
        self.approved = MemoryApprovedAudiences()
        self.ledger = self.book = self.steering = MemoryLedger()
        self.batches = self.ledger.batches
        self.events = MemoryEvents(self.ledger)
        self.cubes = MemoryCubes()

    def close(self) -> None:
        """Nothing is open."""


def _coarser(kept: MergePlan, plan: MergePlan) -> bool:
    cells: dict[str, list[str]] = defaultdict(list)
    for one, cell in kept.groups.items():
        cells[cell].append(one)
    together = ({plan.groups.get(one, one) for one in cell} for cell in cells.values())
    return all(len(now) == 1 for now in together)
