"""The outbox, and the fake that takes its place in tests."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from newsletter.edges.outbox import Outbox
from newsletter.errors import TransportFailed
from newsletter.model.transport import Outcome, Outgoing, Parcel
from newsletter.ports import Mailer
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.mailer import Crashed, FakeMailer, Fault
from tests.outbox.contract import ACCEPTED, MailerContract, letter, row


def of(*letters: Outgoing) -> Parcel:
    return builders.parcel([], letters=letters)


class TestOutbox(MailerContract):
    """The contract over a real folder."""

    @pytest.fixture
    def mailer(self, tmp_path: Path) -> Mailer:
        """An outbox whose folder is not there yet."""
        return Outbox(tmp_path / "outbox" / "2026-2")


class TestFake(MailerContract):
    """The contract over the fake."""

    @pytest.fixture
    def mailer(self) -> Mailer:
        """A fake without faults."""
        return FakeMailer()


def test_file_holds_the_letter(tmp_path: Path) -> None:
    """The file is named by the delivery, holds the letter's bytes, and nothing else lies beside it."""
    Outbox(tmp_path).attempt(of(letter(1, b"Subject: \xc3\xa5\r\n")))
    assert [file.name for file in tmp_path.iterdir()] == ["d1.eml"]
    assert (tmp_path / "d1.eml").read_bytes() == b"Subject: \xc3\xa5\r\n"


def test_repeating_writes_the_same_file(tmp_path: Path) -> None:
    """A repeat gives the same file, not one more."""
    outbox = Outbox(tmp_path)
    outbox.attempt(of(letter(1)))
    outbox.attempt(of(letter(1)))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("id_", ["../d1", "a/b", "..", "", ".d1", "a\\b", "d1\n", "C:x", "a" * 200])
def test_no_path_leads_outside(tmp_path: Path, id_: str) -> None:
    """A delivery whose id is a path is rejected, and never found."""
    box = tmp_path / "box"
    outbox = Outbox(box)
    answers = outbox.attempt(of(Outgoing(id_, "a@b.example", "c@d.example", b"x"), letter(1)))
    assert answers[id_].outcome is Outcome.REJECTED
    assert outbox.ask([builders.delivery(id=id_)], NOON) == {id_: None}
    assert sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*")) == [
        "box",
        "box/d1.eml",
    ]


def test_unfinished_file_is_no_letter(tmp_path: Path) -> None:
    """What a killed writer left is not taken for a letter, and goes when the outbox is asked."""
    (tmp_path / ".d1.eml.part").write_bytes(b"Subj")
    (tmp_path / "notes.txt").write_bytes(b"mine")
    assert Outbox(tmp_path).ask([row(1)], NOON) == {"d1": None}
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


class FullDisk:
    """An os.fsync that fails as a full disk does, from the nth file on."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __call__(self, handle: int) -> None:
        """Fail when there is no room left."""
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_full_disk_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no letter could be written the transport failed, nothing left, and trying again may help."""
    monkeypatch.setattr(os, "fsync", FullDisk(0))
    with pytest.raises(TransportFailed) as caught:
        Outbox(tmp_path).attempt(of(letter(1), letter(2)))
    assert caught.value.retryable
    assert list(tmp_path.iterdir()) == []


def test_full_disk_midway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters before the failure are accepted; those after have no answer, and asking finds none left."""
    monkeypatch.setattr(os, "fsync", FullDisk(1))
    outbox = Outbox(tmp_path)
    assert outbox.attempt(of(letter(1), letter(2), letter(3))) == {"d1": ACCEPTED}
    assert outbox.ask([row(1), row(2), row(3)], NOON) == {"d1": ACCEPTED, "d2": None, "d3": None}


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    """An outbox that cannot be made is a failed transport, in words."""
    (tmp_path / "outbox").write_text("x")
    with pytest.raises(TransportFailed) as caught:
        Outbox(tmp_path / "outbox" / "2026-2").attempt(of(letter(1)))
    assert "går inte att skriva i" in caught.value.what


def test_faults_on_order() -> None:
    """The fake rejects, loses answers and crashes where it is told to, and remembers what left."""
    fake = FakeMailer({0: Fault.REJECT, 1: Fault.LOSE_ANSWER, 3: Fault.CRASH_AFTER})
    assert {id_: one.outcome for id_, one in fake.attempt(of(letter(0), letter(1), letter(2))).items()} == {
        "d0": Outcome.REJECTED,
        "d2": Outcome.ACCEPTED,
    }
    with pytest.raises(Crashed):
        fake.attempt(of(letter(3)))
    with pytest.raises(TransportFailed):
        FakeMailer({0: Fault.REFUSE_ALL}).attempt(of(letter(4)))
    with pytest.raises(Crashed):
        FakeMailer({0: Fault.CRASH_BEFORE}).attempt(of(letter(5)))
    assert fake.times == {"d1": 1, "d2": 1, "d3": 1}
