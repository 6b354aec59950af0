"""The database: one file that holds news, people, suppressions, ledger, events and cubes.

    with store.open(".newsletter/state.db", suppression_key=key) as state:
        state.ledger.claim(sending, now)

One module per port. A transaction is begun, committed and its errors are told by
:mod:`~newsletter.edges.store.database`; nothing of SQLAlchemy or SQLite leaves this folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from newsletter.edges.store import database, migrate
from newsletter.edges.store.approved import StoredApprovedAudiences
from newsletter.edges.store.batches import StoredBatches
from newsletter.edges.store.book import StoredLedgerBook
from newsletter.edges.store.continuity import StoredContinuity
from newsletter.edges.store.cubes import StoredCubes
from newsletter.edges.store.database import Database
from newsletter.edges.store.events import StoredEvents
from newsletter.edges.store.ledger import StoredLedger
from newsletter.edges.store.news import StoredNews
from newsletter.edges.store.people import StoredPeople
from newsletter.edges.store.rights import StoredRights
from newsletter.edges.store.steering import StoredSteering
from newsletter.edges.store.suppressions import StoredSuppressions
from newsletter.errors import StateError

__all__ = ["Store", "open"]

_KEY_BYTES = 16


class Store:
    """An open database, one attribute per port. Threads may share it."""

    def __init__(self, database: Database, suppression_key: bytes) -> None:
        self.news = StoredNews(database)
        self.people = StoredPeople(database)
        self.suppressions = StoredSuppressions(database, suppression_key)
        self.rights = StoredRights(database, suppression_key)
        self.continuity = StoredContinuity(database, suppression_key)
        self.approved = StoredApprovedAudiences(database, suppression_key)
        self.ledger = StoredLedger(database)
        self.book = StoredLedgerBook(database)
        self.steering = StoredSteering(database)
        self.batches = StoredBatches(database)
        self.events = StoredEvents(database)
        self.cubes = StoredCubes(database)
        self._database = database

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(
    url_or_path: str | Path,
    *,
    suppression_key: bytes,
    busy_seconds: float = 10.0,
    before_upgrade: Callable[[], object] | None = None,
) -> Store:
    """The database in this file, made where there is none and brought up to the program's schema.

    `suppression_key` is at least 16 secret bytes and always the same; `busy_seconds` is how long to wait
    for another writer before Busy is raised; `before_upgrade` is called before an older schema's steps run,
    and where it raises they do not. Raises StateError where the file may not lie there, cannot be
    used, has a newer schema than the program, or was used with another key.
    """
    if len(suppression_key) < _KEY_BYTES:
        raise StateError(
            "Nyckeln för spärrade adresser är för kort.",
            why=f"Den är {len(suppression_key)} byte och ska vara minst {_KEY_BYTES}.",
            do="Lägg tillbaka nyckelfilen från säkerhetskopian.",
        )
    opened = database.connect(url_or_path, busy_seconds=busy_seconds)
    try:
        migrate.upgrade(opened, before_upgrade)
        migrate.check_key(opened, suppression_key)
    except BaseException:
        opened.close()
        raise
    return Store(opened, suppression_key)
