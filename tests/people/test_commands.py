"""The commands people, send and status, from the words typed to the exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli import cli
from newsletter.cli.boundary import run
from tests.send.world import lay_out

LIST = (
    "Namn,E-post,Medlem,Roll\nAnna Ek,anna@example.org,hofors,ordforande\nBo Ek,bo@example.org,hofors,chef\n"
)


class Terminal:
    """Runs commands in a workspace and reads what they show."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.root, self._capture = root, capture
        self.out = self.err = ""

    def run(self, *words: str) -> int:
        """The exit status."""
        self._capture.readouterr()
        status = run(cli, ["--workspace", str(self.root), *words])
        self.out, self.err = self._capture.readouterr()
        return status

    def json(self, *words: str) -> Any:
        """What a command that must succeed answers with --json."""
        assert self.run(*words, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A workspace with a list that is not taken in yet."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    return Terminal(tmp_path, capsys)


def test_import_then_list(terminal: Terminal) -> None:
    """A list is shown, then taken in, then listed and counted."""
    shown = terminal.json("people", "import", "list.csv")
    assert (shown["counts"]["new"], shown["confirmed"]) == (2, False)
    assert terminal.json("people", "list")["people"] == []
    assert terminal.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 0
    assert "Anna Ek" in terminal.out
    people = terminal.json("people", "list", "--segment", "politiker")["people"]
    assert [(one["address"], one["segments"]) for one in people] == [("anna@example.org", ["politiker"])]
    counts = terminal.json("people", "segments")
    assert {one["id"]: one["count"] for one in counts["segments"]} == {"politiker": 1, "tjanstepersoner": 1}
    assert terminal.run("people", "list") == terminal.run("people", "segments") == 0


def test_wrong_column(terminal: Terminal) -> None:
    """A wrong column is told with file, line, reason and remedy; the status is 1 and nothing is written."""
    (terminal.root / "list.csv").write_text(LIST.replace("Roll", "Parti"), "utf-8")
    assert terminal.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 1
    assert "list.csv:1" in terminal.err
    assert "artikel 9" in terminal.err
    assert terminal.json("people", "list")["people"] == []


def test_send_and_status(terminal: Terminal) -> None:
    """The plan stops with 2, the confirmed send with 0, the second run with 0, and the numbers agree."""
    assert terminal.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 0
    assert terminal.run("send", "2026-2") == 2
    assert "--confirm 2026-2" in terminal.err
    assert terminal.json("status", "2026-2")["equation"] is None
    assert terminal.json("send", "2026-2", "--confirm", "2026-2")["equation"]["accepted"] == 2
    assert terminal.json("send", "2026-2", "--confirm", "2026-2")["already_sent"]
    found = terminal.json("status", "2026-2")
    assert (found["state"], found["equation"]["holds"]) == ("done", True)
    assert len(list((terminal.root / "outbox" / "2026-2").iterdir())) == found["equation"]["accepted"]
    assert terminal.run("status", "2026-2") == 0
    assert "2 skickade" in terminal.out


def test_dry_run(terminal: Terminal) -> None:
    """A dry run shows the plan as JSON and leaves no outbox."""
    terminal.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm")
    plan = terminal.json("send", "2026-2", "--dry-run")
    assert (plan["candidates"], plan["requests"]) == (2, 2)
    assert not (terminal.root / "outbox").exists()


@pytest.mark.parametrize(
    "words", [["people"], ["people", "import"], ["people", "list"], ["people", "segments"]]
)
def test_help_has_an_example(terminal: Terminal, words: list[str]) -> None:
    """The help of each command shows how it is used."""
    assert terminal.run(*words, "--help") == 0
    assert "Exempel:" in terminal.out
