"""The lists, and the log of what changed in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, insert, select, update

from newsletter.edges.store.database import Database, Values, batches
from newsletter.edges.store.schema import mandate, person, person_log
from newsletter.model.people import Change, Mandate, Recipient, Role, address_key


class StoredPeople:
    """The People port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def everyone(self) -> Iterator[Recipient]:
        """All recipients in the order they came, one at a time."""
        rows = self._database.stream(_people().order_by(person.c.place, mandate.c.rank))
        return _recipients(rows)

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
    notes = [(one, Change.NEW.value) for one in new]
    notes += [(one, f"{Change.CHANGED.value}: {_what(known[one.id], one)}") for one in changed]
    _note(connection, notes, at, command)


def _change(connection: Connection, changed: Sequence[Recipient]) -> None:
    # The one who takes over an address may stand before the one who gives it up: let go of all first.
    let_go = update(person).where(person.c.id == bindparam("known")).values(address_key=person.c.id)
    connection.execute(let_go, [{"known": one.id} for one in changed])
    renew = update(person).where(person.c.id == bindparam("known"))
    connection.execute(renew, [{**_values(one), "known": one.id} for one in changed])
    connection.execute(delete(mandate).where(mandate.c.person.in_([one.id for one in changed])))


def _known(connection: Connection, ids: Sequence[str]) -> Mapping[str, Recipient]:
    query = _people().where(person.c.id.in_(ids)).order_by(person.c.place, mandate.c.rank)
    return {one.id: one for one in _recipients(connection.execute(query))}


def recipients_of(connection: Connection, where: ColumnElement[bool]) -> Iterator[Recipient]:
    """The people that the condition holds for, in the order they came."""
    query = _people().where(where).order_by(person.c.place, mandate.c.rank)
    return _recipients(connection.execute(query))


def _people() -> Select[Any]:
    roles = (mandate.c.role, mandate.c.member, mandate.c.list)
    return select(person, *roles).outerjoin(mandate, mandate.c.person == person.c.id)


def _recipients(rows: Iterable[Row[Any]]) -> Iterator[Recipient]:
    """People from rows of one mandate each; the rows of a person stand together."""
    for _, group in groupby(rows, key=lambda row: row.place):
        yield _recipient(list(group))


def _recipient(rows: Sequence[Row[Any]]) -> Recipient:
    first = rows[0]
    return Recipient(
        id=first.id,
        address=first.address,
        name=first.name,
        mandates=tuple(Mandate(Role(row.role), row.member, row.list) for row in rows if row.role is not None),
        language=first.language,
        basis=first.basis,
        source=first.source,
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
    }


def _write_mandates(connection: Connection, people: Sequence[Recipient]) -> None:
    rows = [
        {"person": one.id, "rank": rank, "role": held.role.value, "member": held.member, "list": held.list}
        for one in people
        for rank, held in enumerate(one.mandates)
    ]
    if rows:
        connection.execute(insert(mandate), rows)


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
