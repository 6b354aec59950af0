"""Killed from outside, by the whole command, whenever it may be: all or nothing, and the next run is whole.

`bench/killed_imports.py` does the same many more times.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.send.world import lay_out

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")

HEAD = "Namn;E-post;Medlem;Roll;Taggar\n"
ANNA = "anna.hemlig@example.org"
BEFORE = (
    HEAD
    + f"Anna Hemlig;{ANNA};hofors;chef;\n"
    + "".join(f"Läsare {number};lasare{number}@example.org;hofors;chef;\n" for number in range(300))
)
FRESH = HEAD + "".join(
    f"Ny {number};lasare{number}@example.org;falun;ordförande;nya\n" for number in range(150, 3000)
)
IMPORT = ("people", "import", "fresh.csv", "--list", "val", "--basis", "uppdrag", "--confirm")
ERASE = ("people", "erase", ANNA, "--confirm", ANNA)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a database holds, apart from identities that are drawn anew each time."""

    people: frozenset[tuple[str, str, str]]  # address, name, tags
    mandates: int
    logged: int
    suppressed: int


def standing(root: Path) -> Standing:
    """What the workspace's database holds now; it must be whole."""
    with closing(sqlite3.connect(root / ".newsletter" / "state.db")) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not opened.execute("PRAGMA foreign_key_check").fetchall()
        people = frozenset(opened.execute("SELECT address, name, tags FROM person"))
        counts = (
            opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("mandate", "person_log", "suppression")
        )
        return Standing(people, *counts)


def command(root: Path, words: tuple[str, ...]) -> list[str]:
    """The whole program with these words."""
    return [sys.executable, "-m", "newsletter", "--workspace", str(root), *words]


def finished(root: Path, words: tuple[str, ...]) -> float:
    """Let the command come to its end; how many seconds it took."""
    started = time.monotonic()
    subprocess.run(command(root, words), cwd=root, check=True, capture_output=True)
    return time.monotonic() - started


def killed(root: Path, words: tuple[str, ...], after: float) -> bool:
    """Kill the command after so many seconds; whether it was still there."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command(root, words), cwd=root, **quiet) as running:  # type: ignore[call-overload]
        try:
            running.wait(after)
        except subprocess.TimeoutExpired:
            running.kill()
            return True
    return False


def template(folder: Path) -> Path:
    """A workspace with a list taken in, and another one that waits."""
    lay_out(folder)
    (folder / "before.csv").write_text(BEFORE, "utf-8")
    (folder / "fresh.csv").write_text(FRESH, "utf-8")
    finished(folder, ("people", "import", "before.csv", "--list", "val", "--basis", "uppdrag", "--confirm"))
    return folder


@dataclass(frozen=True, slots=True)
class Course:
    """How one kill went."""

    after: float  # seconds
    killed: bool
    found: Standing
    mended: Standing  # after the next run


def courses(model: Path, words: tuple[str, ...], number: int, seed: int) -> Iterator[Course]:
    """So many kills, spread over the whole time that the command takes, each in a workspace of its own."""
    draw, root = Random(seed), model.with_name("killed")
    shutil.copytree(model, root)
    whole = finished(root, words)
    for each in range(number):
        shutil.rmtree(root)
        shutil.copytree(model, root)
        after = (each + draw.random()) / number * whole
        was_killed = killed(root, words, after)
        found = standing(root)
        finished(root, words)
        yield Course(after, was_killed, found, standing(root))


def ends(model: Path, words: tuple[str, ...]) -> tuple[Standing, Standing]:
    """What the database holds before the command, and after it."""
    root = model.with_name("whole")
    shutil.copytree(model, root)
    finished(root, words)
    return standing(model), standing(root)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that every other one is a copy of."""
    folder = tmp_path_factory.mktemp("killed") / "model"
    folder.mkdir()
    return template(folder)


def test_an_import_is_whole_or_nothing(model: Path) -> None:
    """Whenever an import is killed, everybody is as before or as after it, and the next one completes it."""
    before, after = ends(model, IMPORT)
    assert len(after.people) == 3001
    for one in courses(model, IMPORT, 6, seed=2026):
        assert one.found in (before, after)
        assert one.mended.people == after.people
        assert one.mended == after


def test_an_erasure_is_whole_or_nothing(model: Path, tmp_path: Path) -> None:
    """Whenever an erasure is killed, the person is there or forgotten, and the next one forgets."""
    own = tmp_path / "model"
    shutil.copytree(model, own)
    before, after = ends(own, ERASE)
    assert after.suppressed == before.suppressed + 1
    for one in courses(own, ERASE, 3, seed=2027):
        assert one.found in (before, after)
        assert one.mended.people == after.people
        assert one.mended.suppressed == after.suppressed
        assert not list((tmp_path / "killed" / ".newsletter").glob(".backup-*"))  # a copy in the clear
