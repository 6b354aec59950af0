"""The sets of people that letters were approved for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from newsletter.edges.store import hashes
from newsletter.edges.store.database import BATCH, Database, batches, insert_new
from newsletter.edges.store.schema import approved_audience


class StoredApprovedAudiences:
    """The ApprovedAudiences port."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def keep(self, audience: str, recipients: Iterable[str], at: datetime) -> None:
        """Remember the set of these ids, all or none; repeating does no harm."""
        with self._database.writing() as connection:
            for some in batches(iter(recipients), BATCH):
                rows = [
                    {"audience": audience, "person_hmac": hashes.of_person(self._key, id), "at": at}
                    for id in some
                ]
                insert_new(connection, approved_audience, rows)

    def knows(self, audience: str) -> bool:
        """Whether it is known here who was in the set."""
        query = select(approved_audience.c.audience).where(approved_audience.c.audience == audience)
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def among(self, audience: str, recipients: Sequence[str]) -> Collection[str]:
        """Those of these ids that were in the set, and were not erased since."""
        found: set[str] = set()
        with self._database.reading() as connection:
            for some in batches(iter(recipients), BATCH):
                hashed = {hashes.of_person(self._key, id): id for id in some}
                query = select(approved_audience.c.person_hmac).where(
                    approved_audience.c.audience == audience,
                    approved_audience.c.person_hmac.in_(hashed),
                )
                found.update(hashed[each] for each in connection.scalars(query))
        return found


def forget(connection: Connection, people: Iterable[str]) -> None:
    """Take these people, named by their keyed hashes, out of every set."""
    for some in batches(iter(people), BATCH):
        connection.execute(delete(approved_audience).where(approved_audience.c.person_hmac.in_(some)))


def tidy(connection: Connection, before: datetime) -> None:
    """Let go of the sets that were approved before then."""
    connection.execute(delete(approved_audience).where(approved_audience.c.at < before))
