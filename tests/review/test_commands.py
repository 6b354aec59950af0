"""``newsletter review``, from the words typed to the exit status, over a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people.test_commands import LIST, Terminal
from tests.send.world import ISSUE, SETTINGS, lay_out

APPROVE = ("review", ISSUE, "approve", "--by", "Anna Berg")
SUPPRESS = ("people", "suppress", "bo@example.org", "--reason", "left", "--source", "samtal")
MORE = "Cia Berg,cia@example.org,falun,fullmaktige\n"


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A workspace with two people on its list, that asks for one approval."""
    lay_out(tmp_path)
    (tmp_path / "newsletter.toml").write_text(SETTINGS + "[sending]\napprovals = 1\n", "utf-8")
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("SENDGRID_API_KEY", "NEWSLETTER_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    found = Terminal(tmp_path, capsys)
    assert found.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 0
    return found


def test_shown_then_approved(terminal: Terminal) -> None:
    """What is approved is shown first; with the issue's name it is approved, and a file says so."""
    assert terminal.run(*APPROVE) == 2
    for told in ("Nytt från föreningen", "Vad som händer", "kansli@", "2 mottagare", "utgåva politiker: 1"):
        assert told in terminal.err
    assert "--confirm 2026-2" in terminal.err
    assert terminal.run(*APPROVE, "--confirm", ISSUE) == 0
    assert terminal.out.startswith("Anna Berg har godkänt 2026-2: content/issues/2026-2/review/")
    path = terminal.root / terminal.out.split(": ")[1].strip()
    assert path.is_file()
    assert "1 av 1 godkännanden gäller. Det räcker." in terminal.err


def test_status(terminal: Terminal) -> None:
    """The status says who has approved; after a change it says what, and that it voids."""
    assert terminal.run("review", ISSUE) == 0
    assert "Ingen har godkänt" in terminal.out
    assert terminal.run(*APPROVE, "--confirm", ISSUE) == 0
    assert terminal.run("review", ISSUE, "status") == 0
    assert "Anna Berg" in terminal.out
    assert "på arbetsytans dator: gäller\n" in terminal.out
    text = terminal.root / f"content/issues/{ISSUE}/issue.md"
    text.write_text(text.read_text("utf-8").replace("Nytt från", "Nytt ur"), "utf-8")
    assert terminal.run("review", ISSUE) == 0
    assert "gäller inte längre" in terminal.out
    assert "Ämnesraden i alla utgåvor är ändrad." in terminal.out
    assert "0 av 1 godkännanden gäller. Det räcker inte." in terminal.err


def test_json(terminal: Terminal) -> None:
    """Each answer can be had as JSON, with all that the words say."""
    assert terminal.run(*APPROVE, "--json") == 2
    assert '"readers": 2' in terminal.out
    done = terminal.json(*APPROVE, "--confirm", ISSUE)
    assert (done["schema"], done["by"], done["how"], done["approved"]) == (1, "Anna Berg", "terminal", True)
    assert terminal.run(*SUPPRESS) == 0
    found = terminal.json("review", ISSUE, "status")
    (one,) = found["approvals"]
    assert (found["approved"], found["readers"], one["holds"], one["voided_by"]) == (True, 1, True, [])
    assert (one["added"], one["gone"]) == (0, 1)
    assert [(gone["name"], gone["why"]) for gone in one["gone_known"]] == [("Bo Ek", "left")]


def test_options_without_a_word(terminal: Terminal) -> None:
    """An option straight after the issue is one of status, and help can be had everywhere."""
    assert terminal.json("review", ISSUE) == terminal.json("review", ISSUE, "status")
    for words in (("review",), ("review", ISSUE), ("review", "approve"), ("review", ISSUE, "approve")):
        assert terminal.run(*words, "--help") == 0
        assert "Exempel:" in terminal.out


def test_who_is_gone_is_listed(terminal: Terminal) -> None:
    """Who has left is named; who was erased is counted and cannot be named; neither voids."""
    assert terminal.run(*APPROVE, "--confirm", ISSUE) == 0
    assert terminal.run(*SUPPRESS) == 0
    assert terminal.run("people", "erase", "anna@example.org", "--confirm", "anna@example.org") == 0
    assert terminal.run("review", ISSUE) == 0
    assert "2 av 2 får det inte längre:" in terminal.out
    assert "Bo Ek: har lämnat listan" in terminal.out
    assert "1 som inte visas" in terminal.out
    assert ": gäller\n" in terminal.out


def test_who_was_added_voids(terminal: Terminal) -> None:
    """A new person on the list voids the approval."""
    assert terminal.run(*APPROVE, "--confirm", ISSUE) == 0
    (terminal.root / "list.csv").write_text(LIST + MORE, "utf-8")
    assert terminal.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 0
    assert terminal.run("review", ISSUE) == 0
    assert "En mottagare har tillkommit." in terminal.out


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("review",), 2, "NUMMER"),
        (("review", ISSUE, "godkann"), 2, "approve eller status"),
        (("review", "approve", ISSUE), 2, "Skriv numret först"),
        (("review", ISSUE, "approve"), 2, "--by"),
        ((*APPROVE, "--via", "brevduva"), 2, "outbox"),
        (("review", ISSUE, "approve", "--by", " "), 2, "ett namn"),
        (("review", "2026-9"), 1, "finns inte"),
        ((*APPROVE, "--confirm", "2026-1"), 2, "inte numrets namn"),
    ],
)
def test_what_cannot_be_meant(
    terminal: Terminal, words: tuple[str, ...], status: int, told: str
) -> None:  # fmt: skip
    """A command that cannot be meant says what to type."""
    assert terminal.run(*words) == status
    assert told in terminal.err + terminal.out


def test_errors_of_the_check(terminal: Terminal) -> None:
    """A letter with an error is not approved, with the check's own status."""
    text = terminal.root / f"content/issues/{ISSUE}/issue.md"
    text.write_text(text.read_text("utf-8").replace("Hej", "Hej TODO"), "utf-8")
    assert terminal.run(*APPROVE, "--confirm", ISSUE) == 3
    assert "kan inte gå" in terminal.err


def test_a_broken_approval(terminal: Terminal) -> None:
    """A file with the marks of a merge is named with its line."""
    folder = terminal.root / f"content/issues/{ISSUE}/review"
    folder.mkdir()
    (folder / "a.approval.toml").write_text("<<<<<<< HEAD\n", "utf-8")
    assert terminal.run("review", ISSUE) == 1
    assert f"content/issues/{ISSUE}/review/a.approval.toml:1:" in terminal.err


def test_the_journal_names_nobody(terminal: Terminal) -> None:
    """The log says that something was approved, and not by whom."""
    assert terminal.run(*APPROVE, "--confirm", ISSUE) == 0
    log = (terminal.root / ".newsletter/log").read_text("utf-8")
    assert "newsletter review approve --workspace --by --confirm status=0" in log
    assert "Anna" not in log


def test_what_is_kept_names_no_reader(terminal: Terminal) -> None:
    """The file that goes to git holds neither a reader's name nor an address."""
    assert terminal.run(*APPROVE, "--confirm", ISSUE) == 0
    (file,) = (terminal.root / f"content/issues/{ISSUE}/review").iterdir()
    text = file.read_text("utf-8")
    assert "example.org" not in text
    assert "Ek" not in text
