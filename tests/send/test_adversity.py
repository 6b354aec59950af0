"""Two senders at once, a locked database, a full disk, clocks that are set, and a network that cuts."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from newsletter.edges.backup import BackupFolder, Keyring
from newsletter.errors import Busy, StateError, TransportFailed
from newsletter.model.delivery import DeliveryState
from newsletter.testing.mailer import Crashed
from newsletter.testing.proxy import Cut, Proxy, Side, Way
from newsletter.testing.store import StandingClock
from tests.send import real
from tests.send.dying import EVERYONE, Worlds, finished, resumed
from tests.send.real import RealWorld, Steps, equation

# --- two senders


def test_second_sender_is_told(worlds: Worlds) -> None:
    """Whoever begins while another sends is told so at once, at any moment of it, and changes nothing."""
    told: list[int] = []

    with worlds.one("smtp") as world:

        def second(done: int, total: int) -> None:
            if done < total:  # else it is done, and that is what a second one is told
                with pytest.raises(Busy):
                    world.send()
                told.append(done)

        world.send(on_progress=second)
        assert len(told) >= 3
        finished(world)


@pytest.mark.parametrize("transport", ["outbox", "smtp", "sendgrid"])
def test_two_senders_at_once(worlds: Worlds, transport: str) -> None:
    """Of two that begin at the same moment one may be turned away, and everyone gets one letter."""
    with worlds.one(transport) as world:
        together = threading.Barrier(2)
        ends: list[str] = []

        def one() -> None:
            together.wait()
            try:
                report = world.send()
                ends.append("already" if report.already else "sent")
            except Busy:
                ends.append("busy")

        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ends) == 2
        assert "sent" in ends
        finished(world)


# --- the database is locked


class Locking(Steps):
    """From a step on, another program holds the database's write lock."""

    def __init__(self, at: int, file: Path) -> None:
        super().__init__(at=-1, file=None)
        self._from, self._place = at, file
        self.other: sqlite3.Connection | None = None
        self.had = False

    def step(self) -> None:
        """Take the lock at the first step, from the one that was named, at which it is free."""
        super().step()
        if self.steps > self._from and not self.had:
            other = sqlite3.connect(self._place, timeout=0.0, isolation_level=None, check_same_thread=False)
            try:
                other.execute("BEGIN IMMEDIATE")
                self.other, self.had = other, True
            except sqlite3.OperationalError:  # we are in the midst of writing
                other.close()

    def let_go(self) -> None:
        """The other program is done."""
        if self.other:
            self.other.rollback()
            self.other.close()
            self.other = None


@pytest.mark.parametrize("transport", ["outbox", "smtp", "sendgrid"])
def test_database_locked(worlds: Worlds, transport: str) -> None:
    """Another program that writes too long, at any moment, is told of as Busy; running again completes."""
    told = 0
    for at in range(0, 80, 3):
        with worlds.one(transport) as world:
            world.busy_seconds = 0.02
            locking = Locking(at, world.file)
            try:
                world.send(locking)
            except Busy:
                told += 1
            finally:
                locking.let_go()
            real.assert_equation(world.file)
            finished(world)
    assert told > 15


class Patient(StandingClock):
    """A clock that lets the other program end while we wait."""

    locking: Locking | None = None

    def wait(self, seconds: float) -> None:
        """Wait, and the other program is done."""
        super().wait(seconds)
        if self.locking:
            self.locking.let_go()


def test_what_a_server_said_is_kept(worlds: Worlds) -> None:
    """A database that is locked for a while when a chunk is closed leaves nobody unknown."""
    for at in range(30, 80):
        with worlds.one("smtp") as world:
            world.busy_seconds = 0.02
            world.ours = Patient()
            locking = world.ours.locking = Locking(at, world.file)
            with suppress(Busy):
                world.send(locking)
            was_closing = locking.had and locking.other is None
            locking.let_go()
            if was_closing:
                assert not world.addresses(DeliveryState.UNKNOWN, DeliveryState.ATTEMPTING)
                assert world.left() == EVERYONE
                return
    pytest.fail("no chunk was being closed")


# --- the disk is full


@pytest.mark.parametrize("transport", ["outbox", "smtp", "sendgrid"])
def test_disk_full_for_the_database(worlds: Worlds, transport: str) -> None:
    """A database that cannot grow any more says so; nothing is half done, and with room it goes on."""
    told: list[str] = []
    for more in range(0, 48, 4):
        with worlds.one(transport) as world:
            world.pragmas = (f"max_page_count={_packed(world.file) + more}",)
            try:
                world.send(Steps(file=world.file))
            except StateError as error:
                told.append(error.what)
            world.pragmas = ()
            real.assert_equation(world.file)
            finished(world)
    assert 0 < len(told) < 12
    assert all("full" in what for what in told)


def _packed(file: Path) -> int:
    """Pack the database in small pages without room to spare, so that each row counts; how many they are."""
    with closing(sqlite3.connect(file)) as connection:
        for change in ("PRAGMA journal_mode=DELETE", "PRAGMA page_size=512", "VACUUM"):
            connection.execute(change)
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def _full_from(call: int) -> Any:
    """`os.fsync` on a disk that fills up at the nth call."""
    calls = 0

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return fsync


def test_disk_full_for_the_outbox(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up at any letter stops the outbox; the rest wait, and come when there is room."""
    told: list[type] = []
    for call in range(16):
        with worlds.one("outbox") as world, monkeypatch.context() as patch:
            patch.setattr("newsletter.edges.outbox.folder.os.fsync", _full_from(call))
            try:
                world.send(Steps(file=world.file))
            except (TransportFailed, StateError, OSError) as error:
                told.append(type(error))
            patch.undo()
            assert not world.addresses(DeliveryState.REJECTED)
            finished(world)
    assert told.count(TransportFailed) > 10
    assert OSError not in told


def test_disk_full_for_the_backup(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the backup finds no room nothing is sent, no half backup is left, and with room it goes on."""
    with worlds.one("smtp") as world, monkeypatch.context() as patch:
        (world.file.parent / "suppression.key").write_bytes(b"k" * 32)
        backups = BackupFolder(
            folder=world.root / "backups",
            state=world.file.parent,
            settings=world.root / "newsletter.toml",
            name="f",
            association="Föreningen",
            keyring=Keyring("", world.file.parent / "backup.key"),
            keep=2,
            carried=lambda path: False,
        )
        world.back_up = lambda: backups.make(world.clock.now())
        patch.setattr("newsletter.edges.backup.folder.os.fsync", _full_from(0))
        with pytest.raises(StateError):
            world.send()
        patch.undo()
        assert equation(world.file) is None
        assert not world.left()
        assert not list((world.root / "backups").glob("*part*"))
        finished(world)
        assert list((world.root / "backups").glob("*.nlbackup"))


# --- clocks


@pytest.mark.parametrize("hours", [-30, -2, 2, 30])
@pytest.mark.parametrize("transport", ["smtp", "sendgrid"])
def test_our_clock_is_set(worlds: Worlds, transport: str, hours: int) -> None:
    """Our clock set by hours in the midst: nothing leaves before it can be stopped, and nobody twice."""
    for after in (0, 3, 6):
        with worlds.one(transport) as world:
            ours = world.ours = StandingClock()
            jumps = iter([hours * 3600])

            def setting(
                done: int,
                total: int,
                after: int = after,
                ours: StandingClock = ours,
                jumps: Iterator[int] = jumps,
            ) -> None:
                if done >= after:
                    ours.advance(next(jumps, 0))

            world.send(Steps(file=world.file), on_progress=setting)
            assert next(jumps, None) is None
            if isinstance(world.transport, real.ToSendGrid):
                for letter in world.transport.server.accepted:
                    assert letter.send_at
                    assert letter.send_at - letter.mail.accepted_at > 1200
            finished(world)


@pytest.mark.parametrize("hours", [-30, -2, 2])
def test_clock_is_set_between_two_runs(worlds: Worlds, hours: int) -> None:
    """Our clock set while letters are in doubt: they are taken back by the provider's clock, and sent."""
    with worlds.one("sendgrid") as world:
        ours = world.ours = StandingClock()
        with suppress(Crashed):
            world.send(Steps(85, file=world.file))
        ours.advance(hours * 3600)
        finished(world)


# --- the network


def _through(world: RealWorld, proxy: Proxy) -> None:
    by = world.transport
    if isinstance(by, real.ToSmtp):
        by.port = proxy.port
    elif isinstance(by, real.ToSendGrid):
        by.url = f"http://127.0.0.1:{proxy.port}"


def _port(world: RealWorld) -> int:
    return int(world.transport.server.port)  # type: ignore[attr-defined]


def _cuts(worlds: Worlds, transport: str, side: Side) -> list[int]:
    """Before and just after each piece that an undisturbed run passes on, and some in between."""
    with worlds.one(transport) as world, Proxy(_port(world)) as proxy:
        _through(world, proxy)
        world.send()
        ends = proxy.boundaries[side]
    between = [(first + last) // 2 for first, last in pairwise(ends)][::4]
    return sorted({0, *ends, *(end + 1 for end in ends[::4]), *between})


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("transport", ["smtp", "sendgrid"])
def test_cut_at_every_step(worlds: Worlds, transport: str, side: Side) -> None:
    """A connection cut at any step of the protocol, or in its midst, loses and repeats nobody."""
    cuts = _cuts(worlds, transport, side)
    assert len(cuts) > 15
    struck = 0
    for number, after in enumerate(cuts):
        way = list(Way)[number % 2]
        with worlds.one(transport) as world, Proxy(_port(world), Cut(side, after, way)) as proxy:
            _through(world, proxy)
            resumed(world)
            finished(world)
            struck += proxy.struck
    assert struck > len(cuts) * 0.8
