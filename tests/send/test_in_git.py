"""sending.json in a git repository: committed alone, before anything leaves, or nothing leaves."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.edges.git import Repository
from newsletter.errors import StateError
from newsletter.pipeline.send import SendReport, send
from tests.send.world import ISSUE, World, lay_out

MARK = f"content/issues/{ISSUE}/sending.json"
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Git in a workspace of its own, that knows nothing of who runs the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

    def run(*words: str) -> str:
        command = ["git", "-C", str(tmp_path / "ws"), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    lay_out(tmp_path / "ws")
    run("init", "-q")
    run("config", "user.name", "Kansliet")
    run("config", "user.email", "kansli@forening.se")
    run("add", "-A")
    run("commit", "-q", "-m", "Begin")
    return run


@pytest.fixture
def world(git: Git, tmp_path: Path) -> World:
    return World(lay_out(tmp_path / "ws"))


def sent(world: World) -> SendReport:
    return send(ISSUE, replace(world.ports(), history=Repository(world.folder.root)), confirm=ISSUE)


def test_committed_alone(world: World, git: Git) -> None:
    """One commit holds just that file, by whoever git knows, with a message that names the issue."""
    sent(world)
    assert git("show", "--name-only", "--format=%an %s") == (
        f"Kansliet Note that {ISSUE} is being sent by outbox\n\n{MARK}"
    )
    assert json.loads(git("show", f"HEAD:{MARK}"))["issue"] == ISSUE


def test_other_changes_are_left_alone(world: World, git: Git) -> None:
    """What somebody has staged stays staged, and what he has not stays so."""
    world.folder.write(
        {
            "staged.md": b"a",
            "subscribers/segments.toml": b"# b\n" + world.folder.read("subscribers/segments.toml"),
        }
    )
    git("add", "staged.md")
    before = git("status", "--porcelain")
    sent(world)
    assert git("status", "--porcelain") == before
    assert git("rev-list", "--count", "HEAD") == "2"


def test_committed_before_anything_leaves(world: World, git: Git) -> None:
    """When the first letter leaves, the commit is there."""
    commits: list[str] = []
    attempt = world.mailer.attempt

    def attempting(parcel: object) -> object:
        commits.append(git("rev-list", "--count", "HEAD"))
        return attempt(parcel)

    world.mailer.attempt = attempting
    sent(world)
    assert set(commits) == {"2"}


def test_a_second_run_commits_nothing(world: World, git: Git) -> None:
    """An interrupted sending that is taken up commits nothing new."""
    with pytest.raises(KeyboardInterrupt):
        send(
            ISSUE,
            replace(world.ports(), history=Repository(world.folder.root)),
            confirm=ISSUE,
            on_progress=_interrupt,
        )
    sent(world)
    assert git("rev-list", "--count", "HEAD") == "2"


def test_committed_after_a_crash_between(world: World, git: Git) -> None:
    """Where an earlier run wrote the file and died before its commit, the next run commits it."""
    history = Repository(world.folder.root)
    world.folder.write({MARK: b"{}"})
    assert history.commit(MARK, "Note it")
    assert git("status", "--porcelain") == ""


def test_nobody_is_configured(world: World, git: Git) -> None:
    """Where git knows of nobody the program commits in its own name."""
    git("config", "--unset", "user.name")
    git("config", "--unset", "user.email")
    sent(world)
    assert git("show", "-s", "--format=%an") == "newsletter"


def test_half_a_name(world: World, git: Git) -> None:
    """Where git knows an address and no name, or a name and no address, the letters go all the same."""
    git("config", "--unset", "user.name")
    sent(world)
    assert git("rev-list", "--count", "HEAD") == "2"


def test_ignored(world: World, git: Git) -> None:
    """A file that git ignores is not committed, and that hinders no letter."""
    world.folder.write({".gitignore": b"sending.json\n"})
    sent(world)
    assert git("rev-list", "--count", "HEAD") == "1"
    assert not Repository(world.folder.root).commit(MARK, "x")
    assert len(world.mailer.letters) == 5


def test_no_repository(tmp_path: Path) -> None:
    """Outside git there is nothing to commit, and the letters go."""
    world = World(lay_out(tmp_path))
    sent(world)
    assert len(world.mailer.letters) == 5


def test_a_hook_that_says_no(world: World, git: Git) -> None:
    """Where a hook refuses the commit nothing leaves, git's words are told, and the next run goes through."""
    hook = world.folder.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'inte på en fredag' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(StateError, match="inget har skickats") as caught:
        sent(world)
    assert "inte på en fredag" in caught.value.why
    assert caught.value.where
    assert caught.value.where.file == MARK
    assert not world.mailer.letters
    hook.unlink()
    sent(world).raise_if_partly()
    assert len(world.mailer.letters) == 5
    assert git("rev-list", "--count", "HEAD") == "2"


def test_in_the_midst_of_a_merge(world: World, git: Git) -> None:
    """In the midst of a merge git takes no single file: nothing leaves, and what to do is told."""
    git("checkout", "-q", "-b", "other")
    world.folder.write({"a.md": b"other"})
    git("add", "a.md")
    git("commit", "-q", "-m", "Other")
    git("checkout", "-q", "-")
    world.folder.write({"a.md": b"ours"})
    git("add", "a.md")
    git("commit", "-q", "-m", "Ours")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "other")
    with pytest.raises(StateError, match="Git tog inte emot"):
        sent(world)
    assert not world.mailer.letters


def _interrupt(done: int, total: int) -> None:
    if done:
        raise KeyboardInterrupt
