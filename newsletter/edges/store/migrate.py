"""Bring a database up to the program's schema, by itself, when it is opened."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from newsletter.edges.store import schema
from newsletter.edges.store.database import Database, insert_new
from newsletter.errors import StateError
from newsletter.model.where import Where

VERSION_TABLE = "schema_version"
_KEY_CHECK = "suppression_key_check"


def upgrade(database: Database, before: Callable[[], object] | None = None) -> None:
    """Run the steps that are missing, all or none; `before` them, where there is something to lose.

    Raises StateError where the database's schema is newer than the program's.
    """
    with database.reading() as connection:
        version = _version(connection)
    if version == schema.HEAD:
        return
    if before and version is not None and version < schema.HEAD:
        before()
    with database.writing() as connection:
        # Asked again under the write lock: of two programs that start at once, one does the work.
        version = _version(connection)
        if version != schema.HEAD:
            _run(connection, version, database.place)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def _run(connection: Connection, version: str | None, place: str) -> None:
    # Alembic is loaded only where there is something to do: it costs more than most commands.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "newsletter.edges.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise _newer(version, place)
    command.upgrade(config, "head")


def _newer(version: str, place: str) -> StateError:
    return StateError(
        f"Databasen är gjord av en nyare version av programmet (schema {version}).",
        where=Where(place),
        why=f"Det här programmet känner bara till schema {schema.HEAD}.",
        do="Uppgradera programmet. Databasen är orörd.",
    )


def check_key(database: Database, suppression_key: bytes) -> None:
    """Remember which key the suppressions are hashed with; raise StateError when another one comes.

    With the wrong key no suppression would be found, and those who left would get letters again.
    """
    mark = hmac.new(suppression_key, _KEY_CHECK.encode(), hashlib.sha256).hexdigest()
    query = select(schema.meta.c.value).where(schema.meta.c.name == _KEY_CHECK)
    with database.reading() as connection:
        kept = connection.execute(query).scalar()
    if kept is None:
        with database.writing() as connection:
            insert_new(connection, schema.meta, [{"name": _KEY_CHECK, "value": mark}])
            kept = connection.execute(query).scalar_one()
    if not hmac.compare_digest(kept, mark):
        raise StateError(
            "Nyckeln för spärrade adresser är inte den som databasen har använt hittills.",
            where=Where(database.place),
            why="Med fel nyckel känns ingen spärr igen, och de som har sagt ifrån skulle få brev.",
            do="Lägg tillbaka nyckelfilen från samma säkerhetskopia som databasen.",
        )
