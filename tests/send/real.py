"""Sending over the real database and the real transports, which may die at any step, and what became of it.

A step stands before and after each call of a port, and before and after each commit. At each of them the
equation is read anew, over a connection of its own, and must hold.
"""

from __future__ import annotations

import shutil
import sqlite3
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import Connection, event

from newsletter import config
from newsletter.edges import store
from newsletter.edges.outbox import Outbox
from newsletter.edges.package import shipped
from newsletter.edges.sendgrid import SendGrid
from newsletter.edges.smtp import Smtp
from newsletter.edges.store import Store, database
from newsletter.edges.store.database import Database
from newsletter.edges.workspace import FileLock, Folder
from newsletter.model.delivery import Delivery, DeliveryState, Equation
from newsletter.model.people import Role
from newsletter.model.settings import SendGridSettings, SmtpSettings
from newsletter.pipeline import prepared, steering
from newsletter.pipeline.send import SendReport, send
from newsletter.ports import Mailer
from newsletter.testing.mailer import Crashed
from newsletter.testing.sendgrid import SendGridServer
from newsletter.testing.smtp import Keep, SmtpServer
from newsletter.testing.store import StandingClock
from tests.send.builders import KEY, recipient
from tests.send.world import ISSUE, SETTINGS, Crashing, Point, Writes, lay_out

PEOPLE = 12
CHUNK = 3
WINDOW = timedelta(minutes=60)
_SUPPRESSION_KEY = b"k" * 32
_TLS = ssl.create_default_context()  # made once: reading the system's certificates takes a while
_COMPILED: dict[Any, Any] = {}  # statements, for all the processes of a test


class Transport(Protocol):
    """A server, the edge that speaks to it, and the server's own record."""

    workers: int

    def mailer(self, root: Path, clock: StandingClock) -> Mailer:
        """A new edge, as a new process makes it."""
        ...

    def left(self, root: Path) -> Counter[str]:
        """How often each address got the letter, by the other side's own record."""
        ...


@dataclass
class ToSendGrid:
    """SendGrid, whose clock is the world's."""

    server: SendGridServer
    workers: int = 1
    timeout: float = 5.0
    url: str = ""  # where it is called instead of at its own

    def mailer(self, root: Path, clock: StandingClock) -> Mailer:
        """The edge."""
        settings = SendGridSettings(
            url=self.url or self.server.url,
            api_key=self.server.key,
            chunk=CHUNK,
            workers=self.workers,
            timeout_seconds=self.timeout,
        )
        return SendGrid(settings, tls=_TLS, now=clock.now)

    def left(self, root: Path) -> Counter[str]:
        """What has left by the server's clock."""
        return Counter(letter.address for letter in self.server.left())


@dataclass
class ToSmtp:
    """A mail server."""

    server: SmtpServer
    workers: int = 1
    timeout: float = 5.0
    port: int = 0  # where it is called instead of at its own

    def mailer(self, root: Path, clock: StandingClock) -> Mailer:
        """The edge, with chunks as small as the others'."""
        settings = SmtpSettings(
            host="127.0.0.1",
            port=self.port or self.server.port,
            security="none",
            auth="none",
            connections=self.workers,
            per_minute=0.0,
            timeout_seconds=self.timeout,
        )
        made = Smtp(settings, patience=1.0)
        made.features = replace(made.features, chunk=CHUNK)
        return made

    def left(self, root: Path) -> Counter[str]:
        """What the server took over."""
        return Counter(address for letter in self.server.letters for address in letter.rcpt)


@dataclass
class ToOutbox:
    """A folder of the workspace."""

    workers: int = 1

    def mailer(self, root: Path, clock: StandingClock) -> Mailer:
        """The edge."""
        return Outbox(root / "outbox" / ISSUE, CHUNK)

    def left(self, root: Path) -> Counter[str]:
        """The files, by the address in each."""
        files = (root / "outbox" / ISSUE).glob("*.eml")
        return Counter(_recipient_of(file.read_bytes()) for file in files)


@dataclass
class Steps(Point):
    """A point that looks at the ledger's file at each step."""

    file: Path | None = None
    crashed: bool = False

    def step(self) -> None:
        """One step further with the equation whole, or dead."""
        if self.crashed:  # its other threads die with it
            raise Crashed
        if self.file is not None:
            assert_equation(self.file)
        try:
            super().step()
        except Crashed:
            self.crashed = True
            raise


@dataclass
class RealWorld:
    """Twelve people and everything around them; each `process` is a new one over the same files."""

    root: Path
    transport: Transport
    clock: StandingClock = field(default_factory=StandingClock)
    back_up: Callable[[], object] = lambda: None
    pragmas: tuple[str, ...] = ()  # for the store's connections
    busy_seconds: float = 5.0
    ours: StandingClock | None = None  # where our own clock is not the provider's
    history: Any = None

    @property
    def file(self) -> Path:
        """The ledger."""
        return self.root / ".newsletter" / "state.db"

    @contextmanager
    def process(self, point: Point | None = None) -> Iterator[Ports]:
        """The ports of one process, each call and commit a step of the point; its end closes all."""
        steps = point or Point()
        clock = self.ours or self.clock
        mailer = self.transport.mailer(self.root, clock)
        opened = self._opened(steps)
        try:
            yield Ports(self, opened, mailer, clock, steps)
        finally:
            opened.close()
            mailer.close()

    def send(self, point: Point | None = None, **options: Any) -> SendReport:
        """One run of `newsletter send`, to its end or its death."""
        with self.process(point) as ports:
            return send(ISSUE, ports.for_sending, confirm=ISSUE, **options)

    def cancel(self, point: Point | None = None) -> steering.Steered:
        """One run of `newsletter cancel`."""
        with self.process(point) as ports:
            return steering.cancel(ISSUE, ports.for_steering)

    def resolve(self, point: Point | None = None, *said: Any) -> steering.Steered:
        """One run of `newsletter resolve`."""
        with self.process(point) as ports:
            return steering.resolve(ISSUE, ports.for_steering, *said)

    def rows(self, *states: DeliveryState) -> list[Delivery]:
        """The ledger's rows in these states."""
        with closing(self._opened(Point())) as opened:
            sending = opened.book.sending(ISSUE)
            return list(opened.book.deliveries(sending.id, *states)) if sending else []

    def addresses(self, *states: DeliveryState) -> set[str]:
        """Whose rows are in these states."""
        return {row.address for row in self.rows(*states)}

    def left(self) -> Counter[str]:
        """How often each address got the letter, by the other side's own record."""
        return self.transport.left(self.root)

    def _opened(self, point: Point) -> Store:
        return Store(Stepping(self.file, point, self.busy_seconds, self.pragmas), _SUPPRESSION_KEY)


@dataclass
class Ports:
    """One process's ports, stepping."""

    world: RealWorld
    opened: Store
    mailer: Any
    clock: StandingClock
    point: Point

    @property
    def for_sending(self) -> prepared.Ports:
        """What ``send`` and ``resume`` need."""
        return prepared.Ports(
            **self._common(),
            workspace=cast(Any, Writes(Folder(self.world.root), self.point)),
            people=self.opened.people,
            suppressions=self.opened.suppressions,
            approved=self.opened.approved,
            settings=config.parse(SETTINGS),
            shipped=shipped("letters"),
            key=KEY,
            new_id=lambda: "s1",
            back_up=self._stepping(_Calls(self.world.back_up)).back_up,
            history=self._stepping(self.world.history) if self.world.history else None,
        )

    @property
    def for_steering(self) -> steering.Ports:
        """What ``cancel`` and ``resolve`` need."""
        return steering.Ports(**self._common(), window=WINDOW)

    def _common(self) -> dict[str, Any]:
        holds = self.mailer.features.holds
        return {
            "ledger": self._stepping(self.opened.ledger),
            "book": self._stepping(self.opened.book),
            "steering": self._stepping(self.opened.steering),
            "batches": self._stepping(self.opened.batches),
            "mailer": self._stepping(self.mailer),
            "holding": self._stepping(self.mailer) if holds else None,
            "lock": SteppingLock(FileLock(self.world.file.with_name("send.lock")), self.point),
            "clock": self.clock,
        }

    def _stepping(self, port: Any) -> Any:
        return Crashing(port, self.point)


@dataclass
class _Calls:
    back_up: Callable[[], object]


class SteppingLock:
    """The sender's lock. Whoever dies with it lets go of it, as the system sees to."""

    def __init__(self, lock: FileLock, point: Point) -> None:
        self._lock, self._point = lock, point

    def __enter__(self) -> object:
        self._point.step()
        self._lock.__enter__()
        try:
            self._point.step()
        except Crashed:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exc: Any) -> None:
        try:
            if exc[0] is None:
                self._point.step()
        finally:
            self._lock.__exit__(*exc)
        if exc[0] is None:
            self._point.step()


class Stepping(Database):
    """A database that takes a step just before and just after each commit."""

    def __init__(self, file: Path, point: Point, busy_seconds: float, pragmas: tuple[str, ...]) -> None:
        made = database.connect(file, busy_seconds=busy_seconds)
        super().__init__(made.engine.execution_options(compiled_cache=_COMPILED), made.place)
        self._point, self._pragmas = point, pragmas
        event.listen(made.engine, "connect", _undurable)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is not committed where the step before the commit is the last."""
        with super().writing() as connection:
            for pragma in self._pragmas:
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            yield connection
            self._point.step()
        self._point.step()


def _undurable(connection: Any, _record: object) -> None:
    """An exception takes nothing from the disk's own cache, so waiting for the disk proves nothing here."""
    connection.execute("PRAGMA synchronous=OFF")


def prepared_folder(root: Path) -> Path:
    """A workspace with twelve people in a database, closed, to be copied."""
    lay_out(root)
    file = root / ".newsletter" / "state.db"
    roles = [Role.COUNCIL, Role.HEAD]
    people = [recipient(number, "hofors", roles[number % 2]) for number in range(1, PEOPLE + 1)]
    with store.open(file, suppression_key=_SUPPRESSION_KEY) as opened:
        opened.people.put(people, at=datetime(2026, 11, 1, tzinfo=UTC), command="test")
    return root


def copied(folder: Path, to: Path) -> Path:
    """A copy of the prepared folder."""
    return Path(shutil.copytree(folder, to))


def equation(file: Path) -> Equation | None:
    """The equation by the ledger's file, read past the program's own reading."""
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT id, candidates FROM sending").fetchone()
        if found is None:
            return None
        rows = connection.execute(
            "SELECT state, count(*) FROM delivery WHERE sending = ? GROUP BY state", (found[0],)
        )
        return Equation(found[1], **dict(rows.fetchall()))


def assert_equation(file: Path) -> None:
    """The equation holds, where anything is planned."""
    counts = equation(file)
    assert counts is None or (counts.holds and counts.candidates == PEOPLE), counts


def _recipient_of(data: bytes) -> str:
    from email import policy
    from email.parser import BytesParser

    return str(BytesParser(policy=policy.default).parsebytes(data)["To"].addresses[0].addr_spec)


@contextmanager
def sendgrid(clock: StandingClock, **options: Any) -> Iterator[ToSendGrid]:
    """A SendGrid by this clock."""
    with SendGridServer(clock=lambda: clock.now().timestamp()) as server:
        yield ToSendGrid(server, **options)


@contextmanager
def smtp(**options: Any) -> Iterator[ToSmtp]:
    """A mail server."""
    with SmtpServer(keep=Keep.ID) as server:
        yield ToSmtp(server, **options)
