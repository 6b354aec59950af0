"""What a communicator gets wrong: each mistake is told with file and line, and nothing is written."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from newsletter.cli import boundary, cli
from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.pipeline.init import init

Edit = Callable[[str], str]

ISSUE = "content/issues/2027-1/issue.md"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh workspace that builds, with the current folder in it."""
    init(Folder(tmp_path), skeleton=shipped("skeleton"), today=date(2027, 1, 4))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(root: Path) -> Mapping[str, bytes]:
    """Every file but the state's own, which opening it touches."""
    found = (path for path in root.rglob("*") if path.is_file() and ".newsletter" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def changed(path: Path, old: str, new: str) -> int:
    """Change a text; the line of the change."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("subject: Det", "subject: [Det", "citattecken"),
        ("date: ", "date: igår ", "datum"),
        ("audiences: [alla]", "audiences: [allla]", "alla"),
        ("preheader:", "preheadr:", "preheader"),
        ("ämne=aktuellt", "ämne=aktuelt", "aktuellt"),
        ("::: kort", "::: krot", "kort"),
        ("En notis har", "![Ett hus](pictures/hus.png)\n\nEn notis har", "hus.png"),
        ("https://www.forening.example/", "javascript:alert(1)", "https"),
        ("En notis har", "<b>En</b> notis har", "HTML"),
    ],
)
def test_mistake_in_an_issue(
    workspace: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    """A mistake in the issue ends with status 1, its file and line, and nothing written."""
    line = changed(workspace / ISSUE, old, new)
    before = files(workspace)
    assert boundary.run(cli, ["build", "2027-1"]) == 1
    err = capsys.readouterr().err
    assert f"{ISSUE}:{line}" in err
    assert told.casefold() in err.casefold()
    assert "Gör så här:" in err
    assert files(workspace) == before


@pytest.mark.parametrize("command", ["build", "check", "send"])
def test_template_with_a_syntax_error(
    workspace: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """A template of the workspace that cannot be read is told by its file and line, by every verb."""
    template = shipped("letters")["letter.mjml.j2"].decode()
    (workspace / "templates").mkdir(exist_ok=True)
    (workspace / "templates" / "letter.mjml.j2").write_text(template + "\n{% if %}\n", "utf-8")
    words = ["people", "import", "subscribers/people.csv", "--list", "x", "--basis", "prov", "--confirm"]
    assert boundary.run(cli, words) == 0
    capsys.readouterr()
    before = files(workspace)
    assert boundary.run(cli, [command, "2027-1"]) == 1
    err = capsys.readouterr().err
    assert f"templates/letter.mjml.j2:{template.count(chr(10)) + 2}" in err
    assert files(workspace) == before


def test_list_with_a_wrong_column(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list whose column nobody knows is refused whole, with file and line and the column meant."""
    people = workspace / "subscribers/people.csv"
    changed(people, "E-post", "E-pst")
    before = files(workspace)
    words = ["people", "import", "subscribers/people.csv", "--list", "x", "--basis", "prov", "--confirm"]
    assert boundary.run(cli, words) == 1
    err = capsys.readouterr().err
    assert "subscribers/people.csv:1" in err
    assert "E-post" in err
    assert files(workspace) == before
    assert boundary.run(cli, ["people", "list", "--json"]) == 0
    assert '"people": []' in capsys.readouterr().out


def test_segment_that_cannot_be_read(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A segment's wrong word is told with its line and the nearest right one."""
    line = changed(
        workspace / "subscribers/segments.toml", 'where = "grupp = politiker"', 'where = "grup = politiker"'
    )
    assert boundary.run(cli, ["people", "segments"]) == 1
    err = capsys.readouterr().err
    assert f"subscribers/segments.toml:{line}" in err
    assert "grupp" in err


def test_settings_with_a_wrong_key(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt setting stops every verb with its line."""
    line = changed(workspace / "newsletter.toml", "postal_address", "postal_adress")
    assert boundary.run(cli, ["build", "2027-1"]) == 1
    assert f"newsletter.toml:{line}" in capsys.readouterr().err


def test_issue_that_is_not_there(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An issue that does not exist is told with the one that was meant."""
    assert boundary.run(cli, ["build", "2027-11"]) == 1
    assert "2027-1" in capsys.readouterr().err
