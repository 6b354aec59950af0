"""One database: its connections, its transactions, its errors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Executable, Row, Select, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite

from newsletter.edges.store import folder
from newsletter.edges.store.failures import told
from newsletter.errors import Busy, StateError

Item = TypeVar("Item")
Values = Mapping[str, Any]

BATCH = 1000  # rows that stand in memory at a time


class Database:
    """Transactions on one database. Every error that leaves it is a StateError or Busy.

    Threads of one process take turns at writing: SQLite lets one write at a time, and waits in its sleep.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place
        self._writer = engine.execution_options(writing=True)
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database, whatever others write meanwhile."""
        with told(self.place), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed whole at the end, or not at all. One at a time on SQLite."""
        with self._turn, told(self.place), self._writer.begin() as connection:
            yield connection

    def stream(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """The query's rows one by one, in one reading transaction that lasts until the last of them."""
        with self.reading() as connection:
            yield from connection.execution_options(yield_per=BATCH).execute(query)

    def sweep(self) -> None:
        """Leave no byte of what was deleted: neither in free pages nor in the write-ahead log.

        Raises Busy where another program still reads what was there before; sweeping again is enough then.
        """
        with told(self.place), self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("VACUUM")
            if driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise Busy(
                    "Databasen läses av ett annat program, så det raderade går inte att skriva över ännu.",
                    do="Stäng det andra programmet och kör samma kommando igen.",
                )

    def close(self) -> None:
        """Give back every connection."""
        with told(self.place):
            self.engine.dispose()


def connect(url_or_path: str | Path, *, busy_seconds: float) -> Database:
    """The database in a file, or at an address such as ``sqlite:///…``; nothing is read yet.

    Raises StateError where the file may not lie there, or the address is of a database that is not SQLite.
    """
    path = folder.prepared(_path(url_or_path))
    url = URL.create("sqlite", database=str(path))
    # The values are people's: no error message may carry them into a log.
    # Last in, first out: a connection drops the pages it has read when another one writes.
    engine = create_engine(
        url, connect_args={"timeout": busy_seconds}, hide_parameters=True, pool_use_lifo=True
    )
    _prepare_sqlite(engine)
    return Database(engine, str(path))


def _path(url_or_path: str | Path) -> Path:
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return Path(url_or_path)
    kind, _, rest = url_or_path.partition("://")
    if kind != "sqlite" or not rest.strip("/"):
        # The rest may hold a password, so it is not shown.
        raise StateError(
            f"Databasen ”{kind}://…” kan inte användas.",
            why="Programmet sparar i en SQLite-fil.",
            do="Ange en fil, till exempel .newsletter/state.db eller sqlite:///mapp/state.db.",
        )
    return Path(make_url(url_or_path).database or "")


def _prepare_sqlite(engine: Engine) -> None:
    """Durable commits, and transactions that begin when we say so.

    Python's driver begins a transaction only at the first change, so that a read before it belongs to
    none. It is told to begin none at all, and every transaction is begun here: a writing one takes the
    write lock at once, because one that read first cannot wait for it any more.
    """

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's own type)
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class Quick:
    """A statement that runs for every letter: compiled once for a dialect, and run by the driver itself.

    Through SQLAlchemy the statements of a claim and a close take longer than the letter. Values are given by
    name, in the form that the driver keeps: no type of ours turns them. Results are the driver's tuples.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement: Any = statement
        self._compiled: dict[str, tuple[str, Sequence[str], Values]] = {}

    def run(self, connection: Connection, **values: object) -> Any:  # noqa: ANN401  (the driver's own cursor)
        """Run it once, in the connection's transaction; the driver's cursor."""
        text, names, given = self._for(connection)
        return _driver(connection).execute(
            text, [values[one] if one in values else given[one] for one in names]
        )

    def run_many(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Run it for each of the rows."""
        text, names, given = self._for(connection)
        sets = ([row.get(one, given[one]) for one in names] for row in rows)
        _driver(connection).executemany(text, sets)

    def _for(self, connection: Connection) -> tuple[str, Sequence[str], Values]:
        name = connection.dialect.name
        if name not in self._compiled:
            compiled = self._statement.compile(dialect=connection.dialect)
            self._compiled[name] = str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params)
        return self._compiled[name]


def _driver(connection: Connection) -> Any:  # noqa: ANN401  (the driver's own connection)
    return connection.connection.driver_connection


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Values], *, key: Sequence[str] | None = None
) -> int:
    """Insert the rows whose key (default: the primary key) is not there yet; how many that were."""
    if not rows:
        return 0
    insert = _insert(connection)(table)
    statement = insert.on_conflict_do_nothing(
        index_elements=key or [column.name for column in table.primary_key]
    )
    return connection.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def _insert(connection: Connection) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    # The two dialects' inserts are alike, but SQLAlchemy has no common one that knows ON CONFLICT.
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def batches(items: Iterator[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    while batch := list(islice(items, size)):
        yield batch
