"""The schema: the tables that are declared are those that the steps make, on any database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from newsletter.edges import store
from newsletter.edges.store import Store, schema
from newsletter.errors import StateError
from newsletter.model.delivery import Delivery
from newsletter.model.people import Mandate, Role
from newsletter.testing import builders

KEY = b"invented-key-for-the-tests-alone"


def _execute(file: Path, *statements: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_head_is_the_newest_step() -> None:
    """The schema that the program wants is the one that its last step makes."""
    config = Config()
    config.set_main_option("script_location", "newsletter.edges.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_steps_make_the_declared_tables(opened: Store) -> None:
    """Nothing is declared that no step makes, and nothing made that is not declared."""
    with opened._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "schema_version"})
        assert compare_metadata(context, schema.metadata) == []


def test_columns_stand_as_the_fields_do() -> None:
    """A delivery is read by place: its columns stand in the order of its fields."""
    columns = [column.name.removeprefix("reader_") for column in schema.delivery.columns]
    assert columns == list(Delivery._fields)


def test_the_same_on_postgresql() -> None:
    """Every table and index can be said in PostgreSQL's words; identifiers sort there as in SQLite."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    words = [str(CreateTable(table).compile(dialect=dialect)) for table in schema.metadata.sorted_tables]
    for table in schema.metadata.sorted_tables:
        words += [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes]
    assert 'COLLATE "C"' in words[0]


def test_an_old_database_upgrades_by_itself(file: Path) -> None:
    """A file of the first schema keeps its news, which have neither body nor alt text yet."""
    file.parent.mkdir(parents=True)
    config = Config()
    config.set_main_option("script_location", "newsletter.edges.store:migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    _execute(file, _OLD_ITEM)
    with store.open(file, suppression_key=KEY) as state:
        item = state.news.items()[0]
        assert (item.title, item.image_alt, item.body) == ("Ny bro", "", "")
        state.news.remember([builders.news_item(2, body="Text")], builders.NOON)
        assert [item.body for item in state.news.items()] == ["", "Text"]


_OLD_ITEM = (
    "INSERT INTO news_item (url, member, title, lead, published, provenance, uncertain, image, seen_at)"
    " VALUES ('https://a.example/n', 'a', 'Ny bro', '', '2026-11-03', 'feed', 0, '', 0)"
)


def test_old_mandates_keep_their_people(file: Path) -> None:
    """People of an older file keep their mandates in their order, of which no days are known."""
    file.parent.mkdir(parents=True)
    config = Config()
    config.set_main_option("script_location", "newsletter.edges.store:migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    engine.dispose()
    people = [builders.recipient(2, *_HELD), builders.recipient(1)]
    for place, one in enumerate(people):
        values = (one.id, one.address, one.address, one.name, one.language, one.basis, one.source)
        _execute(file, f"INSERT INTO person VALUES ({place}, {', '.join(map(repr, values))})")
        for rank, held in enumerate(one.mandates):
            mandate = (one.id, rank, held.role.value, held.member, held.list)
            _execute(file, f"INSERT INTO mandate VALUES ({', '.join(map(repr, mandate))})")
    with store.open(file, suppression_key=KEY) as state:
        assert list(state.people.everyone()) == people


_HELD = (Mandate(Role.BOARD, "falun", "b"), Mandate(Role.COUNCIL, "sater", "a"))


def test_newer_schema_is_refused(file: Path) -> None:
    """A file that a newer program made is refused by name and left as it is."""
    with store.open(file, suppression_key=KEY) as state:
        state.ledger.plan(builders.sending(), builders.deliveries(2))
    _execute(file, "UPDATE schema_version SET version_num = '0999'")
    before = file.read_bytes()
    with pytest.raises(StateError) as caught:
        store.open(file, suppression_key=KEY)
    assert "0999" in caught.value.what
    assert "Uppgradera" in caught.value.do
    assert file.read_bytes() == before


def test_half_made_schema(file: Path) -> None:
    """Steps that fail leave the file as it was, and a later opening makes it whole."""
    file.parent.mkdir(parents=True)
    _execute(file, "CREATE TABLE event (id TEXT)")
    with pytest.raises(StateError):
        store.open(file, suppression_key=KEY)
    _execute(file, "DROP TABLE event")
    store.open(file, suppression_key=KEY).close()
