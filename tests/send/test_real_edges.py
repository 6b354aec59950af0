"""Sending with the real database, the real outbox and the real lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any, cast

import pytest

from newsletter.edges import store
from newsletter.edges.outbox import Outbox
from newsletter.edges.workspace import FileLock
from newsletter.errors import Busy
from newsletter.model.delivery import DeliveryState
from newsletter.pipeline.send import SendReport, send
from tests.send.world import ISSUE, World, lay_out


@dataclass
class Real:
    """A world over real edges, and the folder that its letters end in."""

    world: World
    box: Path

    def send(self, **options: Any) -> SendReport:
        """Send, or finish what was begun."""
        return send(ISSUE, self.world.ports(), confirm=ISSUE, **options)

    def assert_whole(self) -> None:
        """One whole file for each accepted letter, and nothing else in the folder."""
        sending = self.world.store.book.sending(ISSUE)
        assert sending
        accepted = {row.id for row in self.world.store.book.deliveries(sending.id, DeliveryState.ACCEPTED)}
        assert {file.name for file in self.box.iterdir()} == {f"{id_}.eml" for id_ in accepted}
        assert len(accepted) == 5


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    """A workspace with a database on disk."""
    folder, box = lay_out(tmp_path / "ws"), tmp_path / "ws" / "outbox" / ISSUE
    opened = store.open(tmp_path / "state.db", suppression_key=b"k" * 32)
    lock = FileLock(tmp_path / "send.lock")
    yield Real(World(folder, cast(Any, opened), Outbox(box), lock=cast(Any, lock)), box)
    opened.close()


def test_one_file_each(real: Real) -> None:
    """Each accepted recipient has one file, which the email package reads."""
    real.send()
    real.assert_whole()
    for file in real.box.iterdir():
        message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        assert message["Message-ID"] == f"<{file.stem}@bergslaget.example>"
        assert not message.defects


@pytest.mark.parametrize("at", [0, 2, 4])
def test_interrupted_between_chunks(real: Real, at: int) -> None:
    """Ctrl-C between two chunks gives the lock back and leaves a state that the next run finishes."""

    def interrupt(done: int, total: int) -> None:
        if done >= at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        real.send(on_progress=interrupt)
    sending = real.world.store.book.sending(ISSUE)
    assert sending
    assert real.world.store.book.equation(sending.id).holds
    real.send()
    real.assert_whole()


def test_killed_between_file_and_row(real: Real, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter whose file was there before its row was closed is found, and written once."""
    monkeypatch.setattr(Outbox, "_write", _written_then_killed(Outbox._write))
    with pytest.raises(KeyboardInterrupt):
        real.send()
    assert len(list(real.box.glob("*.eml"))) == 1
    monkeypatch.undo()
    (first,) = real.box.glob("*.eml")
    written = first.stat().st_mtime_ns
    (real.box / ".x.eml.part").write_bytes(b"half")
    real.send()
    real.assert_whole()
    assert first.stat().st_mtime_ns == written


def test_second_sender(real: Real) -> None:
    """Whoever comes second while one sends is told so at once."""
    with cast(Any, real.world.lock), pytest.raises(Busy):
        send(ISSUE, World.ports(_with_other_lock(real.world)), confirm=ISSUE)


def _with_other_lock(world: World) -> World:
    lock = FileLock(Path(cast(Any, world.lock)._lock.lock_file))
    return World(world.folder, world.store, world.mailer, lock=cast(Any, lock))


def _written_then_killed(write: Any) -> Any:
    def killed(self: Outbox, letter: Any) -> None:
        write(self, letter)
        raise KeyboardInterrupt

    return killed
