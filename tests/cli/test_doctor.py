"""What doctor and the overview say of a workspace."""

import json
from datetime import date
from pathlib import Path

import pytest

from newsletter.cli import boundary, cli
from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.pipeline.init import init


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh workspace, with the current folder in it."""
    init(Folder(tmp_path), skeleton=shipped("skeleton"), today=date(2027, 1, 4))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_doctor_on_a_fresh_workspace(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fresh workspace is whole; its example addresses and empty list are pointed out, each with a cure."""
    assert boundary.run(cli, ["doctor", "--json"]) == 0
    diagnoses = json.loads(capsys.readouterr().out)["diagnoses"]
    wanting = {each["what"]: each for each in diagnoses if each["health"] != "fine"}
    assert {"Avsändare", "Mottagare"} <= wanting.keys()
    assert all(each["do"] for each in wanting.values())
    assert not [each for each in diagnoses if each["health"] == "broken"]


def test_doctor_finds_what_is_broken(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken issue ends doctor with status 1, and the rest is looked at all the same."""
    issue = workspace / "content/issues/2027-1/issue.md"
    issue.write_text(issue.read_text("utf-8").replace("::: kort", "::: krot"), "utf-8")
    assert boundary.run(cli, ["doctor"]) == 1
    out = capsys.readouterr().out
    assert "content/issues/2027-1/issue.md" in out
    assert "Mätning" in out


def test_overview_names_the_next_step(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The program alone shows each issue and what to run next, as the issue moves on."""
    issue = workspace / "content/issues/2027-1/issue.md"
    own = (
        issue.read_text("utf-8")
        .replace("Så här ser en notis ut", "Spåret byggs")
        .replace("Byt texten", "Läs")
    )
    issue.write_text(own, "utf-8")
    steps = []
    confirmed = ["send", "2027-1", "--confirm", "2027-1"]
    people = ["people", "import", "subscribers/people.csv", "--list", "x", "--basis", "prov", "--confirm"]
    for words in (people, ["build", "2027-1"], confirmed, ["report", "2027-1"]):
        boundary.run(cli, [])
        steps.append(capsys.readouterr().out.split("\n")[2])
        assert boundary.run(cli, words) == 0
        capsys.readouterr()
    boundary.run(cli, [])
    steps.append(capsys.readouterr().out.split("\n")[2])
    expected = ["build 2027-1", "build 2027-1", "check 2027-1", "report 2027-1", "reports/2027-1/report.html"]
    assert all(words in step for words, step in zip(expected, steps, strict=True))


def test_looking_makes_no_state(workspace: Path) -> None:
    """Overview, doctor and build change no state: no database is made by looking."""
    for words in ([], ["doctor"], ["build", "2027-1"], ["check", "2027-1"]):
        boundary.run(cli, words)
    assert not (workspace / ".newsletter").exists()
