"""The database's file: where it may lie, how it is made, who may share it."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from newsletter.edges import store
from newsletter.edges.store import Store
from newsletter.errors import StateError
from newsletter.model.delivery import Chunk, SendingState
from newsletter.testing import builders
from newsletter.testing.builders import NOON

KEY = b"invented-key-for-the-tests-alone"
SENDING = "sending-2026-2"


def test_made_where_there_is_none(file: Path) -> None:
    """A folder and a file are made, readable by their owner alone, and what is written stays."""
    with store.open(file, suppression_key=KEY) as first:
        first.ledger.plan(builders.sending(), builders.deliveries(2))
    with store.open(str(file), suppression_key=KEY) as second:
        assert second.book.equation(SENDING).waiting == 2
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_by_address(tmp_path: Path) -> None:
    """A SQLite address names a file too."""
    store.open(f"sqlite:///{tmp_path / 'state.db'}", suppression_key=KEY).close()
    assert (tmp_path / "state.db").exists()


@pytest.mark.parametrize(
    "address", ["mysql://me:secret@host/db", "sqlite://", "postgresql://me:secret@host/db"]
)
def test_other_databases_are_refused(address: str) -> None:
    """An address of anything but a SQLite file is refused, and its password is not repeated."""
    with pytest.raises(StateError) as caught:
        store.open(address, suppression_key=KEY)
    assert "secret" not in f"{caught.value} {caught.value.do}"


def test_a_file_in_the_way(tmp_path: Path) -> None:
    """A folder that cannot be made is said to be so."""
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StateError, match="kan inte skapas"):
        store.open(tmp_path / "state" / "state.db", suppression_key=KEY)


# --- how it is used


def _pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_durable_and_checked(opened: Store) -> None:
    """Commits are on the disk when they return, readers never wait for writers, references are checked."""
    with opened._database.reading() as connection:
        assert _pragma(connection, "journal_mode") == "wal"
        assert _pragma(connection, "synchronous") == 2  # FULL
        assert _pragma(connection, "foreign_keys") == 1
        assert _pragma(connection, "busy_timeout") == 10_000


def test_threads_claim_each_chunk_once(opened: Store) -> None:
    """Eight threads that claim at once are handed each letter once."""
    opened.ledger.plan(builders.sending(), builders.deliveries(60, per_chunk=2))

    def work() -> list[Chunk]:
        done = []
        while chunk := opened.ledger.claim(SENDING, NOON):
            opened.ledger.close(chunk, {one.id: builders.accepted() for one in chunk.deliveries}, NOON)
            done.append(chunk)
        return done

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(work) for _ in range(8)]
    handed = [one.id for future in futures for chunk in future.result() for one in chunk.deliveries]
    assert len(handed) == len(set(handed)) == 60
    assert opened.book.equation(SENDING).accepted == 60


def test_opened_at_once(file: Path) -> None:
    """Programs that open a new file at the same moment all find one whole schema."""
    with ThreadPoolExecutor(4) as pool:
        opening = [pool.submit(store.open, file, suppression_key=KEY) for _ in range(4)]
    for each in opening:
        with each.result() as state:
            assert state.book.sending("2026-2") is None


def test_empty_chunk_is_passed_over(opened: Store, file: Path) -> None:
    """A chunk whose letters were all taken back meanwhile is not handed out, and holds up nothing."""
    opened.ledger.plan(builders.sending(), builders.deliveries(4))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'cancelled' WHERE chunk = 0"))
    engine.dispose()
    chunk = opened.ledger.claim(SENDING, NOON)
    assert chunk is not None
    assert chunk.number == 1
    opened.ledger.close(chunk, {one.id: builders.accepted() for one in chunk.deliveries}, NOON)
    sending = opened.book.sending("2026-2")
    assert sending is not None
    assert sending.state is SendingState.DONE


def test_lost_row_shows(opened: Store, file: Path) -> None:
    """A row that vanishes breaks the equation: candidates are not counted from the rows."""
    opened.ledger.plan(builders.sending(), builders.deliveries(4))
    assert opened.book.equation(SENDING).holds
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM delivery WHERE id LIKE '%000003'"))
    engine.dispose()
    assert not opened.book.equation(SENDING).holds
