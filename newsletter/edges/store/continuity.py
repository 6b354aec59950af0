"""A database that takes the place of another: what the other knew of those who said no must not be lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from newsletter.edges.store import erasing, hashes, suppressions
from newsletter.edges.store.database import Database
from newsletter.edges.store.schema import (
    delivery,
    erasure,
    meta,
    person,
    sending,
    suppression,
    suppression_log,
)
from newsletter.model.people import Suppression
from newsletter.model.rights import LogEntry, Since, SuppressionEntry

_COMMAND = "restore"
_MARK = "restored_at"
_SETTLED = "restore_settled"


class StoredContinuity:
    """The Continuity and the RestoreMark port."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def since(self) -> Since:
        """Who must not be written to, and who was erased."""
        with self._database.reading() as connection:
            return Since(_suppressions(connection), _erasures(connection), _log(connection))

    def catch_up(self, since: Since, at: datetime) -> int:
        """Suppress and erase here too, and lift what was lifted since; how many people were erased.

        Both databases must use the same key.
        """
        with self._database.writing() as connection:
            known = len(_log(connection))
            _lift(connection, since, known)
            for hashed, entry in since.suppressions:
                suppressions.place(connection, hashed, entry, _COMMAND)
            found = _erased(connection, since, self._key)
            erasing.erase(connection, self._key, found, at, _COMMAND)
            _keep_erasures(connection, since)
        self._database.sweep()
        return len(found.ids)

    def is_empty(self) -> bool:
        """Whether nobody was ever listed, written to or suppressed here."""
        with self._database.reading() as connection:
            tables = (person, sending, suppression, suppression_log)
            return not any(connection.execute(select(table).limit(1)).first() for table in tables)

    def mark_restored(self, at: datetime) -> None:
        """Let nothing be sent before what happened since is known."""
        self._keep({_MARK: at.isoformat()})

    def restored_at(self) -> datetime | None:
        """When a backup was put back, while it is not settled yet."""
        query = select(meta.c.value).where(meta.c.name == _MARK)
        with self._database.reading() as connection:
            value = connection.execute(query).scalar()
        return datetime.fromisoformat(value) if value else None

    def settle(self, why: str, at: datetime) -> None:
        """Say that it is settled, and why."""
        if self.restored_at():
            self._keep({_MARK: "", _SETTLED: f"{at.isoformat()} {why}"})

    def _keep(self, values: dict[str, str]) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(meta).where(meta.c.name.in_(values)))
            rows = [{"name": name, "value": value} for name, value in values.items()]
            connection.execute(insert(meta), rows)


def _suppressions(connection: Connection) -> tuple[tuple[str, SuppressionEntry], ...]:
    return tuple(
        (row.address_hmac, SuppressionEntry(Suppression(row.reason), row.source, row.at))
        for row in connection.execute(select(suppression).order_by(suppression.c.at))
    )


def _erasures(connection: Connection) -> tuple[tuple[str, datetime], ...]:
    return tuple((row.person_hmac, row.at) for row in connection.execute(select(erasure)))


def _log(connection: Connection) -> tuple[tuple[str, LogEntry], ...]:
    query = select(suppression_log).order_by(suppression_log.c.number)
    return tuple(
        (row.address_hmac, LogEntry(row.at, row.what, row.why, row.command))
        for row in connection.execute(query)
    )


def _lift(connection: Connection, since: Since, known: int) -> None:
    """What the other database lifted after this one was copied from it, and did not suppress anew."""
    standing = {hashed for hashed, _ in since.suppressions}
    for hashed, entry in since.log[known:]:
        if entry.what.startswith("lifted") and hashed not in standing:
            connection.execute(delete(suppression).where(suppression.c.address_hmac == hashed))
            suppressions.note(connection, hashed, entry)


def _erased(connection: Connection, since: Since, key: bytes) -> erasing.Traces:
    """Those here who were erased there, known again by their keyed hashes."""
    people = {hashed for hashed, _ in since.erasures}
    gone = {hashed for hashed, entry in since.suppressions if entry.reason is Suppression.ERASED}
    listed = connection.execute(select(person.c.id, person.c.address)).all()
    written = connection.execute(select(delivery.c.recipient, delivery.c.address).distinct()).all()
    rows = [(id, address) for id, address in (*listed, *written) if address]
    ids = {id for id, address in rows if hashes.of_person(key, id) in people}
    addresses = {address for _, address in rows if hashes.of_address(key, address) in gone}
    ids |= {id for id, address in listed if address in addresses}
    return erasing.of_ids(connection, ids, addresses)


def _keep_erasures(connection: Connection, since: Since) -> None:
    known = set(connection.execute(select(erasure.c.person_hmac)).scalars())
    rows = [{"person_hmac": hashed, "at": at} for hashed, at in since.erasures if hashed not in known]
    if rows:
        connection.execute(insert(erasure), rows)
