"""The commands people mandates, audit and explain, from the words typed to what they show and write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people.test_commands import Terminal
from tests.send.world import lay_out

LIST = (
    "Namn,E-post,Medlem,Roll,Från,Till\n"
    "Anna Ek,anna@example.org,hofors,ordforande,,2020-12-31\n"
    "Bo Ek,bo@example.org,hofors,chef,,\n"
)


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A workspace with a chair who has left and a head of office."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    made = Terminal(tmp_path, capsys)
    assert made.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 0, made.err
    return made


def test_mandates(terminal: Terminal) -> None:
    """The member whose chair has left is told of, and a letter to its registrar is written."""
    (member,) = terminal.json("people", "mandates")["members"]
    assert (member["member"], member["posts"]) == (
        "hofors",
        [{"post": "ledning", "ended": 1, "unconfirmed": 0}],
    )
    assert terminal.run("people", "mandates", "--letters", "brev") == 0
    assert "politisk ledning" in terminal.out
    assert sorted(file.name for file in Path("brev").iterdir()) == ["hofors.eml", "hofors.txt"]


def test_audit(terminal: Terminal) -> None:
    """Posts are counted at each member, seats are unknown, and a page is written where it is asked for."""
    (member,) = terminal.json("people", "audit", "--member", "hofors")["members"]
    head = next(one for one in member["posts"] if one["post"] == "chef")
    assert (head["recipients"], head["seats"], head["missing"]) == (1, None, None)
    assert terminal.run("people", "audit") == terminal.run("people", "audit", "--member", "hofors") == 0
    assert "okänt" in terminal.out
    assert terminal.run("people", "audit", "--page", "hofors", "--out", "sida.html") == 0
    assert "Anna" not in Path("sida.html").read_text("utf-8")
    assert terminal.run("people", "audit", "--member", "hofers") == 2
    assert "hofors" in terminal.err


def test_explain(terminal: Terminal) -> None:
    """Who has left every office is in the segment and gets nothing; the reason stands first."""
    told = terminal.json("people", "explain", "anna@example.org")
    assert (told["excluded"], told["mandates"][0]["states"]) == ("ended", ["slut"])
    assert terminal.run("people", "segments", "--explain", "anna@example.org") == 0
    assert terminal.out.startswith("Anna Ek får inga brev: alla uppdrag har upphört.")
    assert "ja  grupp = politiker  (personen: politiker)" in terminal.out
    assert terminal.run("people", "explain", "nobody@example.org") == 2
