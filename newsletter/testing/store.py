"""The state in memory, with the same promises as the database.

One class per port and :class:`MemoryStore` with all of them, so that it stands wherever an open store
does. Nothing is shared between two of them, and nothing is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import RLock

from newsletter.errors import StateError
from newsletter.model.delivery import (
    Answer,
    Chunk,
    Delivery,
    DeliveryState,
    Equation,
    Outcome,
    Sending,
    SendingState,
)
from newsletter.model.event import Event
from newsletter.model.figure import Cube, MergePlan
from newsletter.model.mandates import Calendar
from newsletter.model.news import NewsItem, SourceState
from newsletter.model.people import Expression, Member, Recipient, Suppression, address_key
from newsletter.model.rights import LogEntry, SuppressionEntry
from newsletter.people import matches
from newsletter.ports import Intake
from newsletter.testing.builders import NOON

_OPEN = (DeliveryState.WAITING, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN)


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self, at: datetime = NOON) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self._at

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
        _aware(at)
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
            raise _conflict()
        changed = [one.id for one in given.values() if self._people.get(one.id) != one]
        self.log += [(id, _aware(at), command) for id in changed]
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
            self._entries[address_key(address)] = SuppressionEntry(why, source, _aware(at))
            self.log.append((address, LogEntry(_aware(at), f"suppressed: {why.value}", source, command)))
        _aware(at)

    def entry(self, address: str) -> SuppressionEntry | None:
        """The reason, since when, and how it is known."""
        return self._entries.get(address_key(address))

    def lift(self, address: str, *, at: datetime, why: str, command: str) -> Suppression | None:
        """Allow letters to this address again; the reason that it was not, if any."""
        known = self._entries.pop(address_key(address), None)
        if known is None:
            return None
        self.log.append((address, LogEntry(_aware(at), f"lifted: {known.reason.value}", why, command)))
        return known.reason

    def why(self, address: str) -> Suppression | None:
        """The reason, or None where the address may be written to."""
        known = self.entry(address)
        return known.reason if known else None

    def among(self, addresses: Sequence[str]) -> Mapping[str, Suppression]:
        """Those of the addresses that are not to be written to, each with its reason."""
        reasons = {address: self.why(address) for address in addresses}
        return {address: why for address, why in reasons.items() if why}


class MemoryLedger:
    """The Ledger and the LedgerBook port. Threads may share it."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._sendings: dict[str, Sending] = {}  # by id
        self._candidates: dict[str, int] = {}
        self._rows: dict[str, Delivery] = {}

    def plan(self, sending: Sending, deliveries: Iterable[Delivery]) -> Sending:
        """Write a row for each candidate, all or none; one that the issue has already is given instead."""
        with self._lock:
            existing = self.sending(sending.issue)
            if existing is not None:
                return existing
            _aware(sending.planned_at)
            planned = [self._noticed(_placed(one, sending)) for one in deliveries]
            if _repeats(planned) or any(one.id in self._rows for one in planned):
                raise _conflict()
            self._rows.update({one.id: one for one in planned})
            self._sendings[sending.id] = sending
            self._candidates[sending.id] = len(planned)
            return sending

    def claim(self, sending: str, at: datetime) -> Chunk | None:
        """The next chunk with waiting rows, these now attempting; None when none is left."""
        _aware(at)
        with self._lock:
            waiting = list(self.deliveries(sending, DeliveryState.WAITING))
            if not waiting:
                self._finish(sending)
                return None
            number = waiting[0].chunk
            taken = tuple(self._attempting(one) for one in waiting if one.chunk == number)
            self._sendings[sending] = replace(self._sendings[sending], state=SendingState.SENDING)
            return Chunk(sending, number, taken)

    def close(self, chunk: Chunk, answers: Mapping[str, Answer], at: datetime) -> None:
        """Write a chunk's outcomes; an attempting row without an answer becomes unknown."""
        with self._lock:
            for one in chunk.deliveries:
                self._close(one, answers.get(one.id, Answer(Outcome.UNKNOWN)), _aware(at))
            self._finish(chunk.sending)

    def settle(self, sending: str, answers: Mapping[str, Answer | None], at: datetime) -> None:
        """Write what asking gave for unknown rows: an answer; None: it never left, so it waits again."""
        with self._lock:
            for id, answer in answers.items():
                row = self._rows.get(id)
                if row and row.sending == sending and row.state is DeliveryState.UNKNOWN:
                    self._settle(row, answer, _aware(at))
            self._finish(sending)

    def sending(self, issue: str) -> Sending | None:
        """The issue's sending, with its state."""
        return next((one for one in self._sendings.values() if one.issue == issue), None)

    def equation(self, sending: str) -> Equation:
        """Counted from the rows; the candidates are those counted at planning."""
        with self._lock:
            if sending not in self._candidates:
                raise StateError(f"Utskicket {sending} finns inte i databasen.")
            counts = Counter(one.state.value for one in self._rows.values() if one.sending == sending)
            return Equation(self._candidates[sending], **counts)

    def deliveries(self, sending: str, *states: DeliveryState) -> Iterator[Delivery]:
        """The rows in these states (all where none is named), by chunk and id, one at a time."""
        wanted = states or tuple(DeliveryState)
        with self._lock:
            found = [one for one in self._rows.values() if one.sending == sending and one.state in wanted]
        return iter(sorted(found, key=lambda one: (one.chunk, one.id)))

    def holds(self, delivery: str) -> bool:
        """Whether the ledger has a row of this id."""
        return delivery in self._rows

    def interrupted(self, sending: str, at: datetime) -> int:
        """Call unknown every attempting row of a sender that is gone; how many."""
        _aware(at)
        with self._lock:
            left = list(self.deliveries(sending, DeliveryState.ATTEMPTING))
            self._rows.update({one.id: replace(one, state=DeliveryState.UNKNOWN) for one in left})
            return len(left)

    def _noticed(self, one: Delivery) -> Delivery:
        """The row, without the words of a first letter where an earlier one was accepted."""
        rows = (row for row in self._rows.values() if row.recipient == one.recipient)
        known = any(row.state is DeliveryState.ACCEPTED for row in rows)
        return replace(one, notice="") if known else one

    def _attempting(self, one: Delivery) -> Delivery:
        self._rows[one.id] = replace(one, state=DeliveryState.ATTEMPTING, attempt=one.attempt + 1)
        return self._rows[one.id]

    def _close(self, handed: Delivery, answer: Answer, at: datetime) -> None:
        row = self._rows[handed.id]
        if row.attempt != handed.attempt:
            return  # It was handed out anew meanwhile.
        lost = answer.outcome is Outcome.UNKNOWN
        if row.state is DeliveryState.ATTEMPTING or (row.state is DeliveryState.UNKNOWN and not lost):
            self._rows[row.id] = _answered(row, answer, at)

    def _settle(self, row: Delivery, answer: Answer | None, at: datetime) -> None:
        if answer is None:
            self._rows[row.id] = replace(row, state=DeliveryState.WAITING, reason="", settled_at=None)
        elif answer.outcome is not Outcome.UNKNOWN:
            self._rows[row.id] = _answered(row, answer, at)

    def _finish(self, sending: str) -> None:
        if sending in self._sendings and not any(self.deliveries(sending, *_OPEN)):
            self._sendings[sending] = replace(self._sendings[sending], state=SendingState.DONE)


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
            _aware(one.at)
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
        self.ledger = self.book = MemoryLedger()
        self.events = MemoryEvents(self.ledger)
        self.cubes = MemoryCubes()

    def close(self) -> None:
        """Nothing is open."""


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"a time without a zone cannot be stored: {at!r}")
    return at


def _placed(one: Delivery, planned: Sending) -> Delivery:
    allowed = {DeliveryState.WAITING: one.chunk >= 0, DeliveryState.EXCLUDED: one.chunk < 0}
    if one.sending != planned.id or not allowed.get(one.state, False):
        raise ValueError(f"delivery {one.id} cannot be planned as it is")
    return one


def _repeats(planned: Sequence[Delivery]) -> bool:
    keys: tuple[Callable[[Delivery], str], ...] = (lambda one: one.id, lambda one: one.recipient)
    return any(len({key(one) for one in planned}) < len(planned) for key in keys)


def _answered(row: Delivery, answer: Answer, at: datetime) -> Delivery:
    settled_at = None if answer.outcome is Outcome.UNKNOWN else at
    return replace(row, state=DeliveryState(answer.outcome.value), reason=answer.words, settled_at=settled_at)


def _coarser(kept: MergePlan, plan: MergePlan) -> bool:
    cells: dict[str, list[str]] = defaultdict(list)
    for one, cell in kept.groups.items():
        cells[cell].append(one)
    together = ({plan.groups.get(one, one) for one in cell} for cell in cells.values())
    return all(len(now) == 1 for now in together)


def _conflict() -> StateError:
    return StateError(
        "Databasen tog inte emot ändringen: något skulle ha funnits två gånger.", why="Ingenting ändrades."
    )
