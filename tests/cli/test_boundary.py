"""What a user sees when something is wrong."""

from pathlib import Path

import click
import pytest

from newsletter.cli import COMMANDS, boundary, cli, journal
from newsletter.errors import (
    ChecksFailed,
    ConfirmationNeeded,
    InputError,
    NewsletterError,
    NotApproved,
    PartlySent,
    Problem,
    Problems,
    Where,
)


def ending(error: BaseException) -> int:
    @click.command()
    def fails() -> None:
        raise error

    return boundary.run(fails, [])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("x"), 1),
        (ConfirmationNeeded("x"), 2),
        (ChecksFailed("x"), 3),
        (NotApproved("x"), 4),
        (PartlySent("x"), 5),
        (KeyboardInterrupt(), 130),
        (click.UsageError("x"), 2),
    ],
)
def test_exit_status(
    error: BaseException, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each kind of error ends the program with the status that the design gives it."""
    monkeypatch.chdir(tmp_path)
    assert ending(error) == status


def test_a_defect_is_told_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    """An error that nobody thought of ends with status 1, with its own words and what to do with them."""
    assert ending(RuntimeError("oops")) == 1
    err = capsys.readouterr().err
    assert "RuntimeError: oops" in err
    assert "Gör så här:" in err


def test_error_says_what_where_why_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """An error is told on stderr with all its parts and nothing on stdout."""
    boundary.say(
        NewsletterError("Bilden saknas.", where=Where("a.md", 7), why="Ingen fil.", do="Lägg dit den.")
    )
    out, err = capsys.readouterr()
    assert out == ""
    assert "a.md:7: Bilden saknas." in err
    assert "Varför: Ingen fil." in err
    assert "Gör så här: Lägg dit den." in err


def test_problems_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Several mistakes are counted and listed, each with its own place."""
    boundary.say(Problems([Problem("Ett.", Where("a.md", 1)), Problem("Två.", Where("a.md", 2))]))
    err = capsys.readouterr().err
    assert err.startswith("2 fel:")
    assert "a.md:1: Ett." in err
    assert "a.md:2: Två." in err


def test_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt command ends with status 2 and the one that was meant."""
    assert boundary.run(cli, ["bild"]) == 2
    assert "build" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The help of every command, and of each of its own, holds an example."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for words in [[name], *([name, sub] for sub in getattr(command, "commands", {}))]:
        boundary.run(cli, [*words, "--help"])
        out = capsys.readouterr().out
        assert "Exempel:" in out, words
        assert "newsletter " + name in out.split("Exempel:")[1], words


@pytest.mark.parametrize("name", COMMANDS)
def test_the_journal_knows_every_command(name: str) -> None:
    """The log has words for each command and each of its own: nobody reads of half a command."""
    command = cli.get_command(click.Context(cli), name)
    for sub in getattr(command, "commands", {}):
        assert journal._words([name, sub, "anna@example.org"]) == f"newsletter {name} {sub}"


def test_journal_keeps_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log names the command and its options but no value that a person typed."""
    (tmp_path / ".newsletter").mkdir()
    monkeypatch.chdir(tmp_path)
    boundary.run(cli, ["people", "list", "--segment=anna@example.org", "bo@example.org"])
    text = (tmp_path / ".newsletter" / "log").read_text()
    assert "newsletter people list --segment" in text
    assert "@" not in text
