"""The lists, and the log of what changed in them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)

from newsletter.edges.store.conditions import condition
from newsletter.edges.store.database import Database, Values, batches
from newsletter.edges.store.schema import mandate, person, person_log
from newsletter.model.mandates import Calendar
from newsletter.model.people import Change, Expression, Mandate, Member, Recipient, Role, address_key

_KINDS = 20_000  # kinds of mandates that stand in memory at a time


_FLAGS = 60  # conditions answered in one whole number


class StoredPeople:
    """The People port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def everyone(self) -> Iterator[Recipient]:
        """All recipients in the order they came, one at a time."""
        return _recipients(self._database.stream(_people().order_by(*_ORDER)))

    def holding(self, keys: Sequence[str]) -> Mapping[str, Recipient]:
        """Those who have one of these addresses, by `address_key`; nobody else is read."""
        found: dict[str, Recipient] = {}
        with self._database.reading() as connection:
            for some in batches(iter(keys)):
                query = _people().where(person.c.address_key.in_(some)).order_by(*_ORDER)
                there = _recipients(connection.execute(query))
                found.update((address_key(one.address), one) for one in there)
        return found

    def within(
        self, expression: Expression, members: Mapping[str, Member], calendar: Calendar
    ) -> Iterator[Recipient]:
        """Those for whom the expression holds, in the order they came, one at a time."""
        query = _people().where(condition(expression, members, calendar)).order_by(*_ORDER)
        return _recipients(self._database.stream(query))

    def tally(
        self, expressions: Sequence[Expression], members: Mapping[str, Member], calendar: Calendar
    ) -> Mapping[tuple[int, ...], int]:
        """How many there are for whom just these expressions hold, told by their places in the sequence."""
        conditions = [condition(one, members, calendar) for one in expressions]
        answers = [_flags(conditions[at : at + _FLAGS]) for at in range(0, len(conditions), _FLAGS)]
        answers = [one.label(f"flags_{at}") for at, one in enumerate(answers)] or [
            literal(0).label("flags_0")
        ]
        query = select(*answers, func.count()).select_from(person).group_by(*answers)
        with self._database.reading() as connection:
            return {_those(row[:-1]): row[-1] for row in connection.execute(query)}

    def put(self, recipients: Iterable[Recipient], *, at: datetime, command: str) -> None:
        """Add or change these people, all or none, and note each change in the log of changes.

        The log says which fields changed, never what they held. Raises StateError where two people
        would have the same address.
        """
        with self._database.writing() as connection:
            for batch in batches(iter(recipients)):
                # Of one who comes twice, the last is kept.
                _put(connection, list({one.id: one for one in batch}.values()), at, command)


def _put(connection: Connection, batch: Sequence[Recipient], at: datetime, command: str) -> None:
    known = _known(connection, [one.id for one in batch])
    new = [one for one in batch if one.id not in known]
    changed = [one for one in batch if one.id in known and one != known[one.id]]
    if new:
        connection.execute(insert(person), [_values(one) for one in new])
    if changed:
        _change(connection, changed)
    _write_mandates(connection, new + changed)
    same = [(known[one.id], one) for one in batch if one.id in known and one == known[one.id]]
    _confirm(connection, same)
    notes = [(one, Change.NEW.value) for one in new]
    notes += [(one, f"{Change.CHANGED.value}: {_what(known[one.id], one)}") for one in changed]
    _note(connection, notes, at, command)


def _change(connection: Connection, changed: Sequence[Recipient]) -> None:
    # The one who takes over an address may stand before the one who gives it up: let go of all first.
    let_go = update(person).where(person.c.id == bindparam("known")).values(address_key=person.c.id)
    connection.execute(let_go, [{"known": one.id} for one in changed])
    renew = update(person).where(person.c.id == bindparam("known"))
    connection.execute(renew, [{**_values(one), "known": one.id} for one in changed])
    places = list(_places(connection, changed).values())
    connection.execute(delete(mandate).where(mandate.c.place.in_(places)))


def _known(connection: Connection, ids: Sequence[str]) -> Mapping[str, Recipient]:
    query = _people().where(person.c.id.in_(ids)).order_by(person.c.place, mandate.c.rank)
    return {one.id: one for one in _recipients(connection.execute(query))}


def recipients_of(connection: Connection, where: ColumnElement[bool]) -> Iterator[Recipient]:
    """The people that the condition holds for, in the order they came."""
    query = _people().where(where).order_by(person.c.place, mandate.c.rank)
    return _recipients(connection.execute(query))


_PERSON = (
    person.c.place,
    person.c.id,
    person.c.address,
    person.c.name,
    person.c.language,
    person.c.basis,
    person.c.source,
    person.c.tags,
)
_AT = len(_PERSON)  # where in a row the mandate begins
_DAYS = (mandate.c.since, mandate.c.until, mandate.c.confirmed)
# Days as the text that they are kept as: few differ, and each is read once.
_HELD = (mandate.c.role, mandate.c.member, mandate.c.list, *(type_coerce(day, Text) for day in _DAYS))
_ORDER = (person.c.place, mandate.c.rank)


def _people() -> Select[Any]:
    return select(*_PERSON, *_HELD).outerjoin(mandate, mandate.c.place == person.c.place)


def _recipients(rows: Iterable[Row[Any]]) -> Iterator[Recipient]:
    """People from rows of one mandate each; the rows of a person stand together."""
    mandates = _Mandates()
    first: Row[Any] | None = None
    place = None
    held: list[Mandate] = []
    for row in rows:
        if row[0] != place:
            if first is not None:
                yield _recipient(first, held)
            first, place, held = row, row[0], []
        if row[_AT] is not None:
            held.append(mandates[row[_AT:]])
    if first is not None:
        yield _recipient(first, held)


class _Mandates(dict[tuple[Any, ...], Mandate]):
    """Each kind of mandate, made once for all who have just the same, since reading a day takes time."""

    def __missing__(self, values: tuple[Any, ...]) -> Mandate:
        if len(self) >= _KINDS:
            self.clear()
        role, member, list_, *days = values
        made = self[values] = Mandate(Role(role), member, list_, *(_day(day) for day in days))
        return made


def _recipient(row: Row[Any], held: Sequence[Mandate]) -> Recipient:
    _, id_, address, name, language, basis, source, tags = row[:_AT]
    return Recipient(id_, address, name, tuple(held), language, basis, source, _tags(tags) if tags else ())


def _tags(text: str) -> tuple[str, ...]:
    return tuple(text.strip("\n").split("\n"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _flags(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[int]:
    """One whole number with a bit for each condition that holds."""
    bits = [case((one, 1 << at), else_=0) for at, one in enumerate(conditions)]
    return functools.reduce(operator.add, bits)


def _those(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(
        batch * _FLAGS + bit
        for batch, number in enumerate(numbers)
        for bit in range(_FLAGS)
        if number >> bit & 1
    )


def _values(one: Recipient) -> Values:
    return {
        "id": one.id,
        "address": one.address,
        "address_key": address_key(one.address),
        "name": one.name,
        "language": one.language,
        "basis": one.basis,
        "source": one.source,
        "tags": "\n".join(("", *one.tags, "")) if one.tags else "",
    }


def _places(connection: Connection, people: Sequence[Recipient]) -> Mapping[str, int]:
    query = select(person.c.id, person.c.place).where(person.c.id.in_([one.id for one in people]))
    return {row.id: row.place for row in connection.execute(query)}


def _write_mandates(connection: Connection, people: Sequence[Recipient]) -> None:
    places = _places(connection, people)
    rows = [
        {
            "place": places[one.id],
            "rank": rank,
            "role": held.role.value,
            "member": held.member,
            "list": held.list,
            "since": held.since,
            "until": held.until,
            "confirmed": held.confirmed,
        }
        for one in people
        for rank, held in enumerate(one.mandates)
    ]
    if rows:
        connection.execute(insert(mandate), rows)


def _confirm(connection: Connection, people: Sequence[tuple[Recipient, Recipient]]) -> None:
    """Write when a list last said so, of those about whom it said nothing else that is new."""
    places = _places(connection, [new for _, new in people])
    rows = [
        {"at_place": places[new.id], "at_rank": rank, "confirmed": held.confirmed}
        for old, new in people
        for rank, (before, held) in enumerate(zip(old.mandates, new.mandates, strict=True))
        if before.confirmed != held.confirmed
    ]
    if rows:
        here = (mandate.c.place == bindparam("at_place")) & (mandate.c.rank == bindparam("at_rank"))
        connection.execute(update(mandate).where(here), rows)


def _note(connection: Connection, notes: Sequence[tuple[Recipient, str]], at: datetime, command: str) -> None:
    rows = [
        {"person": one.id, "what": what, "why": one.basis, "command": command, "at": at}
        for one, what in notes
    ]
    if rows:
        connection.execute(insert(person_log), rows)


def _what(old: Recipient, new: Recipient) -> str:
    """The names of the fields that differ."""
    names = [field.name for field in fields(Recipient)]
    return ", ".join(name for name in names if getattr(old, name) != getattr(new, name))
