"""The commands of sending, from the words typed to the exit status, by each transport."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsletter.testing.sendgrid import SendGridServer
from newsletter.testing.smtp import Fault, Kind, SmtpServer, Step
from tests.people.test_commands import LIST, Terminal
from tests.send.world import ISSUE, TEXT, lay_out

CONFIRMED = ("send", ISSUE, "--confirm", ISSUE)
FIX = f"{ISSUE}-rattelse"
FIX_FILE = f"content/issues/{FIX}/issue.md"
LATE = "2099-12-01 08:00"


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A workspace with two people on its list."""
    lay_out(tmp_path)
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("SENDGRID_API_KEY", "NEWSLETTER_SENDGRID_URL", "NEWSLETTER_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    found = Terminal(tmp_path, capsys)
    assert found.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 0
    return found


def add(terminal: Terminal, toml: str) -> None:
    file = terminal.root / "newsletter.toml"
    file.write_text(file.read_text("utf-8") + toml, "utf-8")


@dataclass
class Post:
    """A workspace that sends by a mail server of its own."""

    terminal: Terminal
    server: SmtpServer

    def in_doubt(self) -> None:
        """Send with one answer lost."""
        self.server.faults.add(Fault(Kind.DROP, Step.ANSWER))
        assert self.terminal.run(*CONFIRMED) == 5


@pytest.fixture
def post(terminal: Terminal) -> Iterator[Post]:
    with SmtpServer() as server:
        add(
            terminal,
            f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nauth = "none"\n'
            "per_minute = 0.0\nconnections = 1\n",
        )
        yield Post(terminal, server)


@pytest.fixture
def sendgrid(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[SendGridServer]:
    with SendGridServer(keep_bodies=True) as server:
        monkeypatch.setenv("NEWSLETTER_SENDGRID_URL", server.url)
        monkeypatch.setenv("SENDGRID_API_KEY", server.key)
        yield server


# --- the plan


def test_plan_by_outbox(terminal: Terminal) -> None:
    """The plan by the outbox: how many, to whom, that they go at once; status 2, and nothing on stdout."""
    assert terminal.run("send", ISSUE) == 2
    assert terminal.out == ""
    for told in (
        f"{ISSUE}: Nytt från föreningen",
        "2 brev ska ut till utkorgen, ett i varje fil.",
        "utgåva politiker: 1, bland dem",
        "segment politiker: 1",
        "grupp tjanstepersoner: 1",
        "medlemmar: Hofors kommun 2",
        "Breven går genast när planen bekräftas.",
        "Mätning: ingen. Fingeravtryck: ",
        f"--confirm {ISSUE}",
    ):
        assert told in terminal.err


def test_plan_by_smtp(post: Post) -> None:
    """The plan by a mail server speaks of letters, not of calls, and of the rate where there is one."""
    assert post.terminal.run("send", ISSUE) == 2
    assert "2 brev ska ut genom e-postservern, ett i taget." in post.terminal.err
    assert "anrop" not in post.terminal.err
    assert "Takten" not in post.terminal.err
    file = post.terminal.root / "newsletter.toml"
    file.write_text(file.read_text("utf-8").replace("per_minute = 0.0", "per_minute = 0.5"), "utf-8")
    assert post.terminal.run("send", ISSUE) == 2
    assert "Takten är högst 0,5 brev i minuten, så det tar omkring 4 minuter." in post.terminal.err


def test_plan_by_smtp_at_an_hour(post: Post) -> None:
    """With a time the plan says when, and that the program must be running then, and how."""
    assert post.terminal.run("send", ISSUE, "--at", LATE) == 2
    assert "Breven går 2099-12-01 kl. 08.00." in post.terminal.err
    assert "måste det här kommandot vara igång" in post.terminal.err
    assert f"newsletter resume {ISSUE}" in post.terminal.err


def test_plan_by_sendgrid(terminal: Terminal, sendgrid: SendGridServer) -> None:
    """The plan by SendGrid tells the requests, when the letters leave and until when they can be stopped."""
    assert terminal.run("send", ISSUE) == 2
    assert "2 brev ska ut med SendGrid, i 2 anrop." in terminal.err
    clock = r"\d{4}-\d\d-\d\d kl\. \d\d\.\d\d"
    assert re.search(rf"Breven går {clock}, om planen bekräftas nu\.", terminal.err)
    assert re.search(rf"De kan tas tillbaka till {clock} med `newsletter cancel {ISSUE}`", terminal.err)
    assert not [one for one in sendgrid.requests if one.method == "POST"]


def test_plan_as_json(terminal: Terminal, sendgrid: SendGridServer) -> None:
    """As JSON the plan is data on stdout, with the same status."""
    assert terminal.run("send", ISSUE, "--json") == 2
    plan = terminal.json("send", ISSUE, "--dry-run")
    assert (plan["schema"], plan["transport"], plan["candidates"], plan["requests"]) == (1, "sendgrid", 2, 2)
    assert plan["leaves_at"] > plan["stoppable_until"]
    assert plan["per_minute"] == 0
    assert (plan["excluded"], plan["resumed"], plan["warnings"]) == ({}, False, [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--at", "i morgon"), "ingen tid"),
        (("--at", "2001-01-01 08:00"), "redan passerat"),
        (("--at", "2099-03-29 02:30"), "finns inte"),
        (("--confirm", "2026-1"), "inte numrets namn"),
        (("--correction", "brev.txt"), "ingen rättelse"),
        (("--correction", FIX_FILE), "inte skickats"),
        (("--test", "anna@example.org", "--confirm", ISSUE), "--test och --confirm"),
        (("--test", "anna@example.org", "--at", LATE), "--test och --at"),
        (("--test", "anna@example.org", "--dry-run"), "--test och --dry-run"),
        (("--test", "anna"), "ingen adress"),
        (("--via", "brevduva"), "outbox"),
    ],
)
def test_what_cannot_be_meant(terminal: Terminal, words: tuple[str, ...], told: str) -> None:
    """A command that cannot be meant ends with 2, says why, and sends nothing."""
    folder = terminal.root / Path(FIX_FILE).parent
    folder.mkdir()
    (folder / "issue.md").write_text(TEXT.replace("number: 2026-2", f"number: {FIX}"), "utf-8")
    assert terminal.run("send", ISSUE, *words) == 2
    assert told in terminal.err
    assert not (terminal.root / "outbox").exists()


def test_a_warning_stops_it(terminal: Terminal) -> None:
    """A warning is shown in the plan with what to do, and refuses the confirmed sending with 3."""
    file = terminal.root / f"content/issues/{ISSUE}/issue.md"
    file.write_text(TEXT.replace("Nytt från föreningen", "NYTT FRÅN FÖRENINGEN"), "utf-8")
    assert terminal.run("send", ISSUE) == 2
    assert "  varning: " in terminal.err
    assert "De rättas, eller får stå med ett skäl" in terminal.err
    assert terminal.run(*CONFIRMED) == 3
    assert "# newsletter: allow subject-shouts because" in terminal.err


# --- trials and corrections


def test_trial(terminal: Terminal) -> None:
    """A trial tells each letter on stdout, lies beside the outbox, and leaves the issue unplanned."""
    assert terminal.run("send", ISSUE, "--test", "anna@example.org", "--test", "bo@example.org") == 0
    assert terminal.out.splitlines() == [
        f"{address}: utgåva {edition}, skickat"
        for edition in ("alla", "politiker")
        for address in ("anna@example.org", "bo@example.org")
    ]
    assert len(list((terminal.root / f"outbox/{ISSUE}/test").iterdir())) == 4
    assert terminal.json("status", ISSUE)["equation"] is None


def test_trial_as_json(terminal: Terminal) -> None:
    """As JSON each trial letter has its address, edition and outcome; seeds are those of the settings."""
    add(terminal, '[sending]\nseeds = ["anna@example.org"]\n')
    told = terminal.json("send", ISSUE, "--test", "seeds")
    assert told["schema"] == 1
    assert told["letters"][0] == {
        "address": "anna@example.org",
        "edition": "alla",
        "outcome": "accepted",
        "words": "",
    }


def test_trial_that_did_not_go(post: Post) -> None:
    """A trial that the server refuses is told with its words, with 5."""
    post.server.faults.add(Fault(Kind.REJECT, Step.RCPT, 550, "5.1.1 Finns inte"))
    assert post.terminal.run("send", ISSUE, "--test", "anna@example.org") == 5
    assert "avvisat 550 5.1.1 Finns inte" in post.terminal.out


def test_trial_has_no_live_door(terminal: Terminal, sendgrid: SendGridServer) -> None:
    """A trial by SendGrid has no way out, also where the provider's own is used for real letters."""
    add(terminal, '[sendgrid]\nunsubscribe = "provider"\n')
    assert terminal.run("send", ISSUE, "--test", "anna@example.org") == 0
    bodies = b"".join(one.body for one in sendgrid.requests if one.path == "/v3/mail/send")
    assert b'"subscription_tracking":{"enable":false}' in bodies.replace(b" ", b"")
    assert b"about:blank#test" in bodies


def test_correction(terminal: Terminal) -> None:
    """A correction is tried, planned and sent under its own name, to those who got the letter."""
    assert terminal.run(*CONFIRMED) == 0
    folder = terminal.root / Path(FIX_FILE).parent
    folder.mkdir()
    text = TEXT.replace("number: 2026-2", f"number: {FIX}").replace("Nytt från", "Rättelse från")
    (folder / "issue.md").write_text(text, "utf-8")
    words = ("send", ISSUE, "--correction", FIX_FILE)
    assert terminal.run(*words, "--test", "anna@example.org") == 0
    assert (terminal.root / f"outbox/{FIX}/test").is_dir()
    assert terminal.run(*words) == 2
    assert f"--confirm {FIX}" in terminal.err
    assert terminal.json(*words, "--confirm", FIX)["equation"]["accepted"] == 2


# --- steering


def test_nothing_is_planned(terminal: Terminal) -> None:
    """Before the plan there is nothing to pause, go on with, take back or settle: 2, and status says so."""
    for words in (
        ("pause", ISSUE),
        ("resume", ISSUE),
        ("cancel", ISSUE, "--confirm", ISSUE),
        ("resolve", ISSUE),
    ):
        assert terminal.run(*words) == 2, words
    assert terminal.run("status", ISSUE) == 0
    assert "Inget är planerat" in terminal.out


def test_pause_resume(post: Post) -> None:
    """What the server's trouble paused says why; pause, resume and status agree, and all is sent."""
    add(post.terminal, "[sending]\ngive_up_after = 1\n")
    post.server.faults.add(Fault(Kind.REJECT, Step.CONNECT, 421, "4.3.2 Stängt", times=3))
    assert post.terminal.run(*CONFIRMED) == 1
    assert "Utskicket är pausat." in post.terminal.err
    assert f"newsletter resume {ISSUE}" in post.terminal.err
    found = post.terminal.json("status", ISSUE)
    assert found["state"] == "paused"
    assert found["paused"]
    assert post.terminal.run("pause", ISSUE) == 2
    assert "redan pausat" in post.terminal.err
    post.server.faults.clear()
    done = post.terminal.json("resume", ISSUE)
    assert (done["state"], done["equation"]["accepted"]) == ("done", 2)
    assert post.terminal.run("resume", ISSUE) == 2


def test_status_of_a_pause(post: Post) -> None:
    """The reason that a person gave for a pause stands as a sentence, whether or not he ended it."""
    post.in_doubt()
    assert post.terminal.run("resolve", ISSUE, "--again", "alla", "--because", "det står i loggen") == 0
    assert post.terminal.run("pause", ISSUE, "--because", "fel datum i kalendern") == 0
    assert "Pausat." in post.terminal.err
    assert post.terminal.run("status", ISSUE) == 0
    assert f"pausat: fel datum i kalendern. Fortsätt med `newsletter resume {ISSUE}`" in post.terminal.out


def test_resolve(post: Post) -> None:
    """What a mail server cannot tell is named; a person decides with a reason, else it is held."""
    post.in_doubt()
    assert post.terminal.run("status", ISSUE) == 0
    assert "en e-postserver kan inte svara" in post.terminal.out
    (held,) = post.terminal.json("resolve", ISSUE)["unknown"]
    assert post.terminal.run("resolve", ISSUE) == 0
    assert held["address"] in post.terminal.out
    assert "--left ADRESS" in post.terminal.err
    assert post.terminal.run("resolve", ISSUE, "--left", held["address"]) == 2
    assert "--because" in post.terminal.err
    assert post.terminal.run("resolve", ISSUE, "--left", "x@example.org", "--because", "svar") == 2
    assert post.terminal.run("resolve", ISSUE, "--left", "a", "--again", "b") == 2
    done = post.terminal.json("resolve", ISSUE, "--left", held["address"], "--because", "svar")
    assert (done["state"], done["equation"]["accepted"], done["unknown"]) == ("done", 2, [])


def test_cancel_needs_the_name(terminal: Terminal) -> None:
    """Taking back is confirmed by the issue's name; what has all gone cannot be taken back."""
    assert terminal.run(*CONFIRMED) == 0
    assert terminal.run("cancel", ISSUE) == 2
    assert f"--confirm {ISSUE}" in terminal.err
    assert terminal.run("cancel", ISSUE, "--confirm", ISSUE) == 2
    assert "2 brev har redan gått" in terminal.err


def test_held_then_taken_back(terminal: Terminal, sendgrid: SendGridServer) -> None:
    """What SendGrid holds is told of by send and status, is taken back by cancel, and stays so."""
    assert terminal.run(*CONFIRMED) == 0
    assert f"med `newsletter cancel {ISSUE}`" in terminal.err
    assert terminal.run("status", ISSUE) == 0
    assert "leverantören håller breven till" in terminal.out
    assert "De kan tas tillbaka" in terminal.out
    assert terminal.json("status", ISSUE)["stoppable"] is True
    assert terminal.run("cancel", ISSUE, "--confirm", ISSUE) == 0
    assert "2 brev är återtagna." in terminal.err
    found = terminal.json("status", ISSUE)
    assert (found["state"], found["equation"]["cancelled"], found["held_until"]) == ("cancelled", 2, None)
    assert terminal.run("status", ISSUE) == 0
    assert "Utskicket är återtaget" in terminal.out
    sendgrid.advance(7200)
    assert not sendgrid.left()


def test_another_transport(post: Post) -> None:
    """What began by one transport is finished by it: another is refused, and none need be named."""
    post.in_doubt()
    assert post.terminal.run(*CONFIRMED, "--via", "outbox") == 2
    assert "påbörjades med smtp" in post.terminal.err


def test_taken_back_twice(terminal: Terminal, sendgrid: SendGridServer) -> None:
    """Taking back what is taken back already is told, and is no error: a run may have been cut off."""
    assert terminal.run(*CONFIRMED) == 0
    assert terminal.run("cancel", ISSUE, "--confirm", ISSUE) == 0
    assert terminal.run("cancel", ISSUE, "--confirm", ISSUE) == 0
    assert "Allt som gick att ta tillbaka är redan återtaget." in terminal.err


def test_why_it_gave_up(post: Post) -> None:
    """A pause after too many failures says how many, and what the server said, in whole sentences."""
    add(post.terminal, "[sending]\ngive_up_after = 1\n")
    post.server.faults.add(Fault(Kind.REJECT, Step.CONNECT, 421, "4.3.2 Stängt", times=3))
    assert post.terminal.run(*CONFIRMED) == 1
    (why,) = [line for line in post.terminal.err.splitlines() if "Varför:" in line]
    assert "1 försök i rad misslyckades. " in why
    assert "421 4.3.2 Stängt" in why
