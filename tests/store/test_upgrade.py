"""A database of the first schema, and of each one since, comes up to the present one with all it held."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine

from newsletter.edges.store import hashes, schema
from newsletter.errors import StateError
from newsletter.model.delivery import Delivery, DeliveryState, Exclusion
from newsletter.model.people import Mandate, Recipient, Role, Suppression
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.wiring import application
from tests.send.world import lay_out

HELD = (Mandate(Role.BOARD, "falun", "val"), Mandate(Role.COUNCIL, "hofors", "val"))
PEOPLE = [builders.recipient(1), builders.recipient(2, *HELD, name="Åsa Öst"), builders.recipient(3)]
LETTERS = [
    builders.delivery(1, state=DeliveryState.ACCEPTED, settled_at=NOON, attempt=1),
    builders.delivery(2, state=DeliveryState.UNKNOWN, attempt=1),
    builders.delivery(3, chunk=1),
    builders.excluded(4, Exclusion.LEFT),
]
GONE = "gone@example.org"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "newsletter.edges.store:migrations")
    config.set_main_option("path_separator", "os")
    return config


STEPS = [step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _rows(key: bytes) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """What stood in each table of the first schema."""
    micros = round(NOON.timestamp()) * 1_000_000
    yield "person", [_person(place, one) for place, one in enumerate(PEOPLE, 1)]
    yield (
        "mandate",
        [
            {
                "person": one.id,
                "rank": rank,
                "role": held.role.value,
                "member": held.member,
                "list": held.list,
            }
            for one in PEOPLE
            for rank, held in enumerate(one.mandates)
        ],
    )
    log = {"what": "new", "why": "uppdrag", "command": "people import", "at": micros}
    yield "person_log", [{"person": one.id, **log} for one in PEOPLE]
    hashed = hashes.of_address(key, GONE)
    yield "suppression", [{"address_hmac": hashed, "reason": "left", "source": "svar", "at": micros}]
    sending: dict[str, Any] = {
        "id": "sending-2026-2",
        "issue": "2026-2",
        "digest": "0" * 64,
        "transport": "outbox",
    }
    sending |= {"mode": "none", "planned_at": micros, "state": "sending", "candidates": len(LETTERS)}
    yield "sending", [sending | {"titles": {}, "topics": {}, "links": {}, "editions": {}}]
    chunk = {"sending": "sending-2026-2", "claimed_at": None, "closed_at": None}
    yield "chunk", [{"number": 0, "state": "closed", **chunk}, {"number": 1, "state": "waiting", **chunk}]
    yield "delivery", [_letter(one, micros) for one in LETTERS]
    yield (
        "event",
        [
            {
                "id": "e1",
                "sending": "sending-2026-2",
                "delivery": LETTERS[0].id,
                "kind": "delivered",
                "at": micros,
            }
            | dict.fromkeys(("url", "agent", "words", "raw"), "")
        ],
    )
    yield (
        "source_state",
        [{"url": "https://a.example", "items": 3} | dict.fromkeys(("etag", "last_modified", "failure"), "")],
    )


def _person(place: int, one: Recipient) -> Mapping[str, Any]:
    names = ("id", "address", "name", "language", "basis", "source")
    return {"place": place, "address_key": one.address} | {name: getattr(one, name) for name in names}


def _letter(one: Delivery, micros: int) -> Mapping[str, Any]:
    names = (
        "id",
        "sending",
        "recipient",
        "address",
        "name",
        "edition",
        "member",
        "county",
        "chunk",
        "reason",
    )
    own = {"reader_group": one.group, "state": one.state.value, "attempt": one.attempt}
    settled = {"settled_at": micros if one.settled_at else None}
    return {name: getattr(one, name) for name in names} | own | settled


def counted(file: Path) -> dict[str, int]:
    """How many rows each table of the first schema has."""
    with closing(sqlite3.connect(file)) as opened:
        return {
            table: opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table, _ in _rows(b"k")
        }


@pytest.fixture(params=STEPS)
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose database was made by the first schema, and has come to this step since."""
    for name in ("NEWSLETTER_BACKUP_PASSPHRASE", "NEWSLETTER_BACKUP_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    with application(tmp_path) as app:
        key, file = app.state.suppression_key(), app.state.database()
    engine, config = create_engine(f"sqlite:///{file}"), _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, STEPS[0])
        made = MetaData()
        made.reflect(connection)
        for table, rows in _rows(key):
            connection.execute(made.tables[table].insert(), list(rows))
        command.upgrade(config, request.param)
    engine.dispose()
    return tmp_path


def test_all_is_kept(old: Path) -> None:
    """People, mandates, suppressions, letters and news are as they were; every table counts the same."""
    file = old / ".newsletter" / "state.db"
    before = counted(file)
    assert all(before.values())
    with application(old) as app:
        assert list(app.store.people.everyone()) == PEOPLE
        assert app.store.suppressions.why(GONE) is Suppression.LEFT
        sending = app.store.book.sending("2026-2")
        assert sending
        assert {one.id: one for one in app.store.book.deliveries(sending.id)} == {
            one.id: one for one in LETTERS
        }
        equation = app.store.book.equation(sending.id)
        assert (equation.candidates, equation.excluded, equation.accepted) == (4, 1, 1)
        assert (equation.unknown, equation.waiting) == (1, 1)
        assert [one.delivery for one in app.store.events.of(sending.id)] == [LETTERS[0].id]
    assert counted(file) == before


def test_there_is_a_backup_of_what_was(old: Path, tmp_path: Path) -> None:
    """Where there are steps to run, a backup of the database as it was is made first; else none is."""
    file = old / ".newsletter" / "state.db"
    with closing(sqlite3.connect(file)) as opened:
        (version,) = opened.execute("SELECT version_num FROM schema_version").fetchone()
    with application(old) as app:
        assert len(list(app.store.people.everyone())) == 3
        backups = list((old / "backups").glob("*.nlbackup"))
        assert len(backups) == (version != schema.HEAD)
        for each in backups:
            into = tmp_path / "unpacked"
            into.mkdir()
            unpacked = app.backups.unpack(each, into).database
            assert counted(unpacked) == counted(file)
            with closing(sqlite3.connect(unpacked)) as opened:
                assert opened.execute("SELECT version_num FROM schema_version").fetchone() == (version,)


def test_the_upgraded_works_on(old: Path) -> None:
    """What was upgraded takes in a list, erases a person and is backed up like any other."""
    anna = replace(PEOPLE[0], tags=("ny",))
    with application(old) as app:
        app.store.people.put([anna], at=NOON, command="test")
        assert next(app.store.people.everyone()) == anna
        app.erase_person(anna.address, confirm=anna.address, on_plan=lambda held: None)
        assert [one.id for one in app.store.people.everyone()] == [one.id for one in PEOPLE[1:]]
        assert app.store.suppressions.why(anna.address) is Suppression.ERASED
        assert app.back_up().file.exists()


def test_a_newer_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of a newer program is refused as it is; nothing is backed up, and nothing is changed."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    with application(tmp_path) as app:
        app.store.people.put(PEOPLE, at=NOON, command="test")
    file = tmp_path / ".newsletter" / "state.db"
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("UPDATE schema_version SET version_num = '9999'")
    before = file.read_bytes()
    with application(tmp_path) as app, pytest.raises(StateError, match="nyare version"):
        list(app.store.people.everyone())
    assert file.read_bytes() == before
    assert not (tmp_path / "backups").exists()
