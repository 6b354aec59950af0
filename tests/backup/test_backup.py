"""Backups: what goes in comes out, nothing can be read without the key, and every damage is told."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import sys
import traceback
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.edges.backup import BackupFolder, Keyring
from newsletter.edges.backup.sealing import SealedReader, SealedWriter, header_of
from newsletter.edges.workspace import FileLock, StateFolder
from newsletter.errors import StateError
from newsletter.model.people import Suppression
from newsletter.testing.builders import NOON
from newsletter.wiring import Application, application
from tests.send.world import ISSUE, lay_out

LIST = (
    "Namn,E-post,Medlem,Roll\nAnna Hemlig,anna.hemlig@example.org,hofors,ordforande\n"
    "Bo Ek,bo@example.org,hofors,chef\n"
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with two people on its list."""
    for name in ("NEWSLETTER_BACKUP_PASSPHRASE", "NEWSLETTER_BACKUP_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "brev"
    folder.mkdir()
    lay_out(folder)
    (folder / "list.csv").write_text(LIST, "utf-8")
    monkeypatch.chdir(folder)
    with application(folder) as app:
        take_in(app)
    return folder


def take_in(app: Application) -> None:
    app.import_people(
        app.root / "list.csv", list_="prov", basis="uppdrag", confirm=True, leave_out_bad_rows=False
    )


def listed(root: Path) -> set[str]:
    with application(root) as app:
        return {one.address for one, _ in app.people_list()}


def made(root: Path) -> Path:
    with application(root) as app:
        return app.back_up().file


def erase(root: Path, address: str) -> None:
    with application(root) as app:
        app.erase_person(address, confirm=address, on_plan=lambda held: None)


def snapshot(root: Path) -> dict[str, bytes]:
    """The state's own files."""
    names = ("state.db", "suppression.key")
    return {name: (root / ".newsletter" / name).read_bytes() for name in names}


def test_there_and_back(root: Path) -> None:
    """What was there when the backup was made is there again, and what was kept aside is a backup too."""
    file = made(root)
    with application(root) as app:
        app.suppress("bo@example.org", Suppression.LEFT, source="svar")
        done = app.restore(file)
    assert done.aside is not None
    assert done.aside.is_file()
    assert listed(root) == {"anna.hemlig@example.org", "bo@example.org"}


def test_nothing_can_be_read(root: Path) -> None:
    """No name, address or key stands in a backup, and only its owner may read the file."""
    file = made(root)
    key = (root / ".newsletter/suppression.key").read_bytes()
    for secret in (b"hemlig", b"Hemlig", key, b"SQLite format"):
        assert secret not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in (root / ".newsletter").glob(".backup-*")] == []


def test_who_left_since_stays_away(root: Path) -> None:
    """A restored backup knows those who left, and those who were erased, after it was made."""
    file = made(root)
    with application(root) as app:
        app.suppress("bo@example.org", Suppression.LEFT, source="svar")
    erase(root, "anna.hemlig@example.org")
    with application(root) as app:
        done = app.restore(file)
        assert (done.suppressions, done.erased) == (2, 1)
    assert listed(root) == {"bo@example.org"}
    with application(root) as app:
        assert app.store.suppressions.why("bo@example.org") is Suppression.LEFT
        assert app.store.suppressions.why("anna.hemlig@example.org") is Suppression.ERASED
        take_in(app)
    assert listed(root) == {"bo@example.org"}
    kept = b"".join(path.read_bytes() for path in (root / ".newsletter").rglob("*") if path.is_file())
    assert b"hemlig" not in kept.lower()


def test_what_was_lifted_since_stays_lifted(root: Path) -> None:
    """A suppression that the person took back after the backup does not come back with it."""
    with application(root) as app:
        app.suppress("bo@example.org", Suppression.LEFT, source="svar")
        file = app.back_up().file
        app.lift_suppression("bo@example.org", reason="ångrade sig", confirmed_by_person="mejl i dag")
        app.restore(file)
    with application(root) as app:
        assert app.store.suppressions.why("bo@example.org") is None


def test_a_lost_laptop(root: Path, tmp_path: Path) -> None:
    """On a new machine the backup and its key file bring back the lists, and who had left."""
    with application(root) as app:
        app.suppress("bo@example.org", Suppression.LEFT, source="svar")
    file = made(root)
    key = (root / ".newsletter/backup.key").read_bytes()
    other = tmp_path / "ny"
    other.mkdir()
    lay_out(other)
    with pytest.raises(StateError, match="Nyckelfilen"), application(other) as app:
        app.restore(file)
    StateFolder(other / ".newsletter").database().with_name("backup.key").write_bytes(key)
    with application(other) as app:
        app.restore(file)
    with application(other) as app:
        assert app.store.suppressions.why("bo@example.org") is Suppression.LEFT
    assert len(listed(other)) == 2


def test_a_passphrase(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a passphrase no key file is needed; without it, or with another, nothing is read."""
    monkeypatch.setenv("NEWSLETTER_BACKUP_PASSPHRASE", "rätt häst batteri")
    file = made(root)
    (root / ".newsletter/backup.key").unlink()
    with application(root) as app:
        app.restore(file)
    before = snapshot(root)
    for phrase, told in (("fel", "Lösenfrasen är fel"), ("", "kräver en lösenfras")):
        monkeypatch.setenv("NEWSLETTER_BACKUP_PASSPHRASE", phrase)
        with pytest.raises(StateError, match=told), application(root) as app:
            app.restore(file)
    assert snapshot(root) == before


def test_every_damage_is_told(root: Path) -> None:
    """A file that is cut or changed at any place is refused, and the state is untouched."""
    file = made(root)
    whole, before = file.read_bytes(), snapshot(root)
    step = len(whole) // 23
    for place in range(0, len(whole), step):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]):
            file.write_bytes(damaged)
            with pytest.raises(StateError), application(root) as app:
                app.restore(file)
    file.write_bytes(whole + b"\x00")
    with pytest.raises(StateError), application(root) as app:
        app.restore(file)
    assert snapshot(root) == before


def test_another_workspace_is_refused(root: Path, tmp_path: Path) -> None:
    """A backup with another key of the suppressed is not put over a list that is in use."""
    other = tmp_path / "annan"
    other.mkdir()
    lay_out(other)
    (other / "list.csv").write_text(LIST, "utf-8")
    with application(other) as app:
        take_in(app)
        file = app.back_up().file
    key = (other / ".newsletter/backup.key").read_bytes()
    (root / ".newsletter/backup.key").write_bytes(key)
    before = snapshot(root)
    with pytest.raises(StateError, match="annan arbetsyta"), application(root) as app:
        app.restore(file)
    assert snapshot(root) == before


def test_no_restore_while_sending(root: Path) -> None:
    """While a sender holds the lock nothing is put back."""
    file, before = made(root), snapshot(root)
    with (
        FileLock(root / ".newsletter/send.lock"),
        application(root) as app,
        pytest.raises(StateError, match="pågår"),
    ):
        app.restore(file)
    assert snapshot(root) == before


def test_a_damaged_database_is_kept_aside(root: Path) -> None:
    """A present database that cannot be read is copied aside as it is, and the backup takes its place."""
    file = made(root)
    (root / ".newsletter/state.db").write_bytes(b"ruined" * 1000)
    with application(root) as app:
        done = app.restore(file)
    assert done.unread
    assert done.aside is not None
    assert (done.aside / "state.db").read_bytes().startswith(b"ruined")
    assert len(listed(root)) == 2


def test_nothing_is_sent_before_it_is_settled(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After a restore a send stops, until somebody says why it may go on."""
    file = made(root)
    assert run(cli, ["restore", str(file)]) == 0
    assert run(cli, ["send", ISSUE, "--confirm", ISSUE]) == 1
    assert "--settled" in capsys.readouterr().err
    assert run(cli, ["restore", "--settled", "inget har hänt"]) == 0
    assert run(cli, ["restore", "--settled", "inget har hänt"]) == 2
    assert run(cli, ["send", ISSUE, "--confirm", ISSUE]) == 0


def test_events_settle_a_restore(root: Path, tmp_path: Path) -> None:
    """Taking in what happened is what a restore waits for."""
    file = made(root)
    (tmp_path / "events.json").write_text("[]", "utf-8")
    with application(root) as app:
        app.restore(file)
    with application(root) as app:
        assert app.store.continuity.restored_at()
        app.import_events(tmp_path / "events.json")
        assert app.store.continuity.restored_at() is None


def test_backups_are_made_by_themselves(root: Path) -> None:
    """An import that changes somebody, and a send, each make a backup first; one that changes nobody none."""
    assert len(list((root / "backups").glob("*.nlbackup"))) == 1
    with application(root) as app:
        take_in(app)
    assert len(list((root / "backups").glob("*.nlbackup"))) == 1
    assert run(cli, ["send", ISSUE, "--confirm", ISSUE]) == 0
    assert len(list((root / "backups").glob("*.nlbackup"))) == 2


def test_the_newest_are_kept(root: Path) -> None:
    """Beyond the number to keep, the oldest go."""
    toml = root / "newsletter.toml"
    toml.write_text(toml.read_text("utf-8") + "[backup]\nkeep = 2\n", "utf-8")
    files = [made(root) for _ in range(4)]
    assert sorted((root / "backups").glob("*.nlbackup")) == sorted(files)[-2:]


def test_never_in_git(root: Path) -> None:
    """A folder that git would carry is refused; the program's own folder hides itself from git."""
    os.system(f"git init -q {root}")
    made(root)
    (root / "öppen").mkdir()
    with pytest.raises(StateError, match="git"), application(root) as app:
        app.back_up(root / "öppen" / "x.nlbackup")
    assert list((root / "öppen").iterdir()) == []


def test_a_folder_that_cannot_be_written(root: Path, tmp_path: Path) -> None:
    """Where no backup can be written, the import that wanted one changes nothing."""
    (tmp_path / "file").write_text("")
    toml = root / "newsletter.toml"
    toml.write_text(toml.read_text("utf-8") + f'[backup]\nfolder = "{tmp_path}/file/x"\n', "utf-8")
    (root / "list.csv").write_text(LIST + "Ny,ny@example.org,hofors,chef\n", "utf-8")
    with pytest.raises(StateError), application(root) as app:
        take_in(app)
    assert "ny@example.org" not in listed(root)


CRASH_EVENTS = ("os.rename", "os.remove", "shutil.rmtree", "sqlite3.connect", "os.mkdir")


def _crashing(root: Path, file: Path, at: int) -> int:
    """Restore in a child process that dies at its at-th touch of the disk; its exit status (9: it died)."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    touched = 0

    def hook(name: str, args: tuple[object, ...]) -> None:
        nonlocal touched
        writes = name == "open" and len(args) > 2 and isinstance(args[2], int) and args[2] & 3
        if name in CRASH_EVENTS or writes:
            touched += 1
            if touched == at:
                os._exit(9)

    try:
        with application(root) as app:
            sys.addaudithook(hook)
            app.restore(file)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def test_killed_at_any_moment(root: Path) -> None:
    """Killed at any touch of the disk, a restore leaves the old state whole, or the new one."""
    file = made(root).rename(root / "kept.nlbackup")  # no rotation reaches it there
    (root / "list.csv").write_text(LIST + "Ny,ny@example.org,hofors,chef\n", "utf-8")
    with application(root) as app:
        take_in(app)
    old, new = listed(root), {"anna.hemlig@example.org", "bo@example.org"}
    seen: list[set[str]] = []
    for at in range(1, 200):
        status = _crashing(root, file, at)
        assert status in (0, 9)
        seen.append(listed(root))
        assert seen[-1] in (old, new)
        if seen[-1] == new and status == 9:
            with application(root) as app:
                assert app.store.continuity.restored_at()
                app.settle_restore("prov")
                take_in(app)
        if status == 0:
            break
    assert seen[-1] == new
    assert old in seen
    assert len(seen) > 20


@given(st.lists(st.binary(max_size=3_000_000), max_size=3))
@settings(max_examples=10)
def test_any_bytes_come_back(pieces: list[bytes]) -> None:
    """Whatever is sealed, in whatever portions, comes out as it went in."""
    out = io.BytesIO()
    writer = SealedWriter(out, b"k" * 32, {"schema": 1})
    for piece in pieces:
        writer.write(piece)
    writer.close()
    source = io.BytesIO(out.getvalue())
    _, bound = header_of(source, "x")
    assert SealedReader(source, b"k" * 32, bound, "x").read() == b"".join(pieces)


def test_an_old_schema_is_backed_up_first(root: Path) -> None:
    """Before the steps of a newer schema run, there is a backup of the database as it was."""
    with sqlite3.connect(root / ".newsletter/state.db") as opened:
        opened.execute("UPDATE schema_version SET version_num = '0002'")
    before = len(list((root / "backups").glob("*.nlbackup")))
    with pytest.raises(StateError), application(root) as app:
        _ = app.store  # the steps fail, since their tables are there; the backup was made before
    assert len(list((root / "backups").glob("*.nlbackup"))) == before + 1


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    """A folder of backups with nothing to back up."""
    state = tmp_path / "state"
    state.mkdir()
    return BackupFolder(
        folder=tmp_path / "b",
        state=state,
        settings=tmp_path / "newsletter.toml",
        name="x",
        association="X",
        keyring=Keyring("", state / "backup.key"),
        keep=1,
        carried=lambda file: False,
    )


def test_an_incomplete_state_makes_no_backup(folder: BackupFolder) -> None:
    """Where the key of the suppressed is missing there is no backup, and no file is left."""
    with pytest.raises(StateError):
        folder.make(NOON)
    assert [path.name for path in folder.folder.iterdir()] == [".gitignore"]
