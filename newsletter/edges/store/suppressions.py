"""Addresses that are not written to, as keyed hashes, and the log of what was suppressed and lifted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from newsletter.edges.store import hashes
from newsletter.edges.store.database import Database, Quick, insert_new
from newsletter.edges.store.schema import suppression, suppression_log
from newsletter.model.people import Suppression
from newsletter.model.rights import LogEntry, SuppressionEntry

_CHANGES = Quick(select(func.coalesce(func.max(suppression_log.c.number), 0)))
_REASONS = Quick(  # of all in one text, because this runs before every letter
    select(suppression.c.address_hmac, suppression.c.reason).where(
        suppression.c.address_hmac.in_(
            select(func.json_each(bindparam("hashes")).table_valued("value").c.value)
        )
    )
)


class StoredSuppressions:
    """The Suppressions port. No address can be read from it without the key and a guess."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def suppress(
        self, address: str, why: Suppression, *, at: datetime, source: str, command: str = ""
    ) -> None:
        """Never write to this address again. A stronger reason takes a weaker one's place; else no change."""
        entry = SuppressionEntry(why, source, at)
        with self._database.writing() as connection:
            place(connection, hashes.of_address(self._key, address), entry, command)

    def why(self, address: str) -> Suppression | None:
        """The reason, or None where the address may be written to."""
        entry = self.entry(address)
        return entry.reason if entry else None

    def among(self, addresses: Sequence[str], since: int | None = None) -> Mapping[str, Suppression]:
        """Those of the addresses that are not to be written to, each with its reason."""
        with self._database.reading() as connection:
            if since is not None and _changes(connection) == since:
                return {}  # to hash the addresses takes longer than their letters
            hashed = {address: hashes.of_address(self._key, address) for address in addresses}
            found = _REASONS.run(connection, hashes=json.dumps([*hashed.values()])).fetchall()
        reasons = {hash_: Suppression(why) for hash_, why in found}
        return {address: reasons[hash_] for address, hash_ in hashed.items() if hash_ in reasons}

    def changes(self) -> int:
        """How often something was suppressed or lifted: the log's last number, for no line leaves it."""
        with self._database.reading() as connection:
            return _changes(connection)

    def entry(self, address: str) -> SuppressionEntry | None:
        """The reason, since when, and how it is known."""
        with self._database.reading() as connection:
            return found(connection, hashes.of_address(self._key, address))

    def lift(self, address: str, *, at: datetime, why: str, command: str) -> Suppression | None:
        """Allow letters to this address again, and note why; the reason that it was not, if any."""
        hashed = hashes.of_address(self._key, address)
        with self._database.writing() as connection:
            entry = found(connection, hashed)
            if entry is None:
                return None
            connection.execute(delete(suppression).where(suppression.c.address_hmac == hashed))
            note(connection, hashed, LogEntry(at, f"lifted: {entry.reason.value}", why, command))
            return entry.reason


def place(connection: Connection, hashed: str, entry: SuppressionEntry, command: str = "") -> bool:
    """Suppress where it is not suppressed already for as strong a reason; whether anything changed."""
    row = {
        "address_hmac": hashed,
        "reason": entry.reason.value,
        "source": entry.source,
        "at": entry.at,
    }
    if not insert_new(connection, suppression, [row]):
        weaker = [each.value for each in Suppression if each.strength < entry.reason.strength]
        stronger = update(suppression).where(
            suppression.c.address_hmac == hashed, suppression.c.reason.in_(weaker)
        )
        if not connection.execute(stronger.values(**row)).rowcount:
            return False
    what = f"suppressed: {entry.reason.value}"
    note(connection, hashed, LogEntry(entry.at, what, entry.source, command))
    return True


def found(connection: Connection, hashed: str) -> SuppressionEntry | None:
    """The entry of one keyed hash."""
    row = connection.execute(select(suppression).where(suppression.c.address_hmac == hashed)).first()
    return None if row is None else SuppressionEntry(Suppression(row.reason), row.source, row.at)


def note(connection: Connection, hashed: str, entry: LogEntry) -> None:
    """One more line in the log of suppressions."""
    row = {
        "address_hmac": hashed,
        "what": entry.what,
        "why": entry.why,
        "command": entry.command,
        "at": entry.at,
    }
    connection.execute(insert(suppression_log), [row])


def _changes(connection: Connection) -> int:
    return int(_CHANGES.run(connection).fetchone()[0])
