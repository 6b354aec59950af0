"""Everything a database can fail with, told in the program's own errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import NoSuchTableError, OperationalError, TimeoutError

from newsletter.edges import store
from newsletter.edges.store import Store
from newsletter.edges.store.failures import told
from newsletter.errors import Busy, NewsletterError, StateError
from newsletter.testing import builders
from newsletter.testing.builders import NOON

KEY = b"invented-key-for-the-tests-alone"
SENDING = "sending-2026-2"


@contextmanager
def pragma(state: Store, words: str) -> Iterator[None]:
    """Every transaction begins under this setting of SQLite's."""

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {words}")

    event.listen(state._database.engine, "begin", begun)
    yield
    event.remove(state._database.engine, "begin", begun)


def test_locked(file: Path) -> None:
    """A database that another program writes is busy: trying again can help, and nothing is half done."""
    with store.open(file, suppression_key=KEY, busy_seconds=0) as state:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Busy) as caught:
                state.ledger.plan(builders.sending(), builders.deliveries(2))
            assert state.book.sending("2026-2") is None  # reading does not wait
        assert caught.value.retryable
        state.ledger.plan(builders.sending(), builders.deliveries(2))


def test_disk_full(opened: Store) -> None:
    """A full disk is told as such, and what was begun is undone."""
    with pragma(opened, "max_page_count = 1"), pytest.raises(StateError, match="Disken är full"):
        opened.ledger.plan(builders.sending(), builders.deliveries(3000))
    with pragma(opened, "max_page_count = 1000000"):
        assert opened.book.sending("2026-2") is None
        opened.ledger.plan(builders.sending(), builders.deliveries(2))
    assert opened.book.equation(SENDING).holds


def test_read_only(opened: Store) -> None:
    """A database that may not be written can be read, and says so when it is written."""
    opened.ledger.plan(builders.sending(), builders.deliveries(2))
    with pragma(opened, "query_only = 1"):
        assert opened.book.equation(SENDING).waiting == 2
        with pytest.raises(StateError, match="inte skrivas"):
            opened.ledger.claim(SENDING, NOON)


def test_no_database(file: Path) -> None:
    """A file that is something else is refused and not touched."""
    file.parent.mkdir()
    file.write_bytes(b"Kalle,kalle@example.org\n" * 400)
    before = file.read_bytes()
    with pytest.raises(StateError, match="skadad"):
        store.open(file, suppression_key=KEY)
    assert file.read_bytes() == before


def test_corrupt(file: Path) -> None:
    """A torn file is told as such, whichever page is gone."""
    with store.open(file, suppression_key=KEY) as state:
        state.ledger.plan(builders.sending(), builders.deliveries(500))
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StateError) as caught, store.open(file, suppression_key=KEY) as torn:
        list(torn.book.deliveries(SENDING))
    assert "skadad" in caught.value.what


def _of_code(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("the driver's words")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, Busy, "upptagen"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Busy, "upptagen"),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, Busy, "upptagen"),
        (sqlite3.SQLITE_FULL, StateError, "full"),
        (sqlite3.SQLITE_CORRUPT_INDEX, StateError, "skadad"),
        (sqlite3.SQLITE_NOTADB, StateError, "skadad"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StateError, "skrivas"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, StateError, "öppnas"),
        (sqlite3.SQLITE_PERM, StateError, "skrivas"),
        (sqlite3.SQLITE_IOERR_FSYNC, StateError, "Disken"),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, StateError, "två gånger"),
        (sqlite3.SQLITE_MISUSE, StateError, "kunde inte"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True], ids=["driver", "sqlalchemy"])
def test_every_code(code: int, kind: type[StateError], words: str, *, wrapped: bool) -> None:
    """Each of SQLite's codes has its error, bare or wrapped, with place, reason and advice."""
    driver = _of_code(code)
    raised = OperationalError("SELECT 1", {"address": "anna@example.org"}, driver) if wrapped else driver
    with pytest.raises(kind, match=words) as caught, told("state.db"):
        raise raised
    assert type(caught.value) is kind
    assert str(caught.value.where) == "state.db"
    assert "the driver's words" in caught.value.why
    assert caught.value.do
    assert "anna@example.org" not in str(caught.value)


@pytest.mark.parametrize("error", [TimeoutError("pool"), NoSuchTableError("event")])
def test_errors_without_a_code(error: Exception) -> None:
    """What SQLAlchemy raises of its own is a StateError too."""
    with pytest.raises(StateError), told("state.db"):
        raise error


def test_others_pass(opened: Store) -> None:
    """An error of the caller's own passes as it is."""
    with pytest.raises(NewsletterError) as caught, told("state.db"):
        raise NewsletterError("the caller's own")
    assert type(caught.value) is NewsletterError


def test_no_person_in_the_trace(opened: Store) -> None:
    """No error of the database holds what was to be written, not even in what caused it."""
    twins = [builders.delivery(1), builders.delivery(1, id="another")]
    with pytest.raises(StateError) as caught:
        opened.ledger.plan(builders.sending(), twins)
    error: BaseException | None = caught.value
    while error is not None:
        assert "example.org" not in str(error)
        error = error.__cause__
