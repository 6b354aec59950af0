"""The locks name no host and no folder, hash every line, and hold what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")

Pins = dict[str, tuple[str, int]]


def _name(requirement: str) -> str:
    """The normalized project name at the start of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def _pins(lock: str) -> Pins:
    """Each pinned project with its version and the number of its hashes; anything else is an error."""
    pins: Pins = {}
    logical = re.sub(r"\\\n", " ", lock)
    for line in (line for line in logical.splitlines() if line.strip() and not line.lstrip().startswith("#")):
        pin = re.fullmatch(r"([\w.-]+)==(\S+)( ; [^#]*?)?((?: +--hash=sha256:[0-9a-f]{64})+) *", line)
        assert pin, f"not a pinned, hashed requirement: {line}"
        pins[_name(pin[1])] = (pin[2], pin[4].count("--hash"))
    return pins


def _hosts(lock: str) -> list[str]:
    """The lines that name a host, a URL, an index or a folder."""
    telling = re.compile(
        r"://|^\s*-|\bfile:|(?<![\w=.])/\w|\b[a-z0-9-]+\.(?:org|com|net|io|dev|se|eu|local|internal|example)\b",
        re.IGNORECASE,
    )
    return [line for line in lock.splitlines() if telling.search(re.sub(r"--hash=\S+", "", line))]


def _read(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host(lock: str) -> None:
    """A lock works with whatever index and mirror a machine is set up for."""
    assert not _hosts(_read(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_hashed(lock: str) -> None:
    """Every requirement is pinned and has at least one SHA-256."""
    assert _pins(_read(lock))


def test_developers_run_what_users_run() -> None:
    """The developers' lock holds the whole run lock, in the same versions."""
    run, dev = (_pins(_read(lock)) for lock in LOCKS)
    assert run.items() <= dev.items()


def test_lock_holds_what_the_project_asks_for() -> None:
    """Each dependency of pyproject.toml, and what builds the project, is in the run lock."""
    project = tomllib.loads(_read("pyproject.toml"))
    asked = project["project"]["dependencies"] + project["build-system"]["requires"]
    assert {_name(requirement) for requirement in asked} <= set(_pins(_read("requirements.lock")))


@pytest.mark.parametrize(
    "planted",
    [
        "--index-url https://example.org/simple",
        "six @ file:///srv/six.whl",
        "# via -r /home/me/requirements.in",
        "# from mirror.example",
        "--find-links wheels",
    ],
)
def test_planted_host_is_found(planted: str) -> None:
    """A host, an index or a folder in a lock is seen."""
    assert _hosts(planted)
