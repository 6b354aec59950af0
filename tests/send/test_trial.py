"""Trial letters: marked, harmless, to a few, and outside everything that is counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest

from newsletter import send as stage
from newsletter.errors import InputError, PartlySent, UsageError
from newsletter.model.transport import Answer, Parcel
from newsletter.pipeline import trial
from newsletter.ports import Mailer
from newsletter.testing import builders
from newsletter.testing.mailer import FakeMailer, Fault
from newsletter.testing.smtp import SmtpServer
from newsletter.testing.store import StandingClock
from tests.send.local import by_sendgrid, by_smtp, got

OURS = builders.letter()
TWO = (OURS, builders.letter(edition="alla", subject="Till alla"))
TO = ("kansli@forening.se", "anna@kommun.se", "bo@region.se")


def tried(mailer: Mailer, bounces: stage.Bounces | None = None) -> Sequence[trial.Tried]:
    """Two editions to three people."""
    numbers = count(1)
    return trial.trial(
        TWO,
        TO,
        mailer=mailer,
        clock=StandingClock(),
        new_id=lambda: f"{next(numbers):024x}",
        bounces=bounces or stage.Bounces(),
    )


def read(mailer: FakeMailer) -> list[EmailMessage]:
    return [message_from_bytes(one.data, policy=policy.default) for one in mailer.letters.values()]


def test_every_edition_to_each() -> None:
    """Each address gets each edition, once, and is told of with what became of it."""
    mailer = FakeMailer()
    found = tried(mailer)
    assert [(one.edition, one.address) for one in found] == [(e.edition, to) for e in TWO for to in TO]
    assert len(mailer.letters) == len(TWO) * len(TO)
    assert set(mailer.times.values()) == {1}
    trial.raise_if_partly(found, "2026-2")


def test_marked() -> None:
    """The subject says that it is a trial."""
    mailer = FakeMailer()
    tried(mailer)
    assert {message["Subject"] for message in read(mailer)} == {
        "[TEST] Nytt från Bergslaget",
        "[TEST] Till alla",
    }


def test_nobody_leaves_by_a_trial() -> None:
    """No header and no link of a trial leads to the way out: whoever presses it leaves no list."""
    mailer = FakeMailer()
    tried(mailer)
    for message in read(mailer):
        assert message["List-Unsubscribe"] is None
        assert message["List-Unsubscribe-Post"] is None
        assert message["List-Id"]
        for part in message.walk():
            if part.get_content_maintype() == "text":
                assert "mailto:" not in part.get_content()
                assert "about:blank#test" in part.get_content()


def test_personal_marks_are_filled_in() -> None:
    """Who looks at a trial sees where the name and the member stand."""
    mailer = FakeMailer()
    tried(mailer)
    text = read(mailer)[0].get_body(("plain",))
    assert text
    assert "Hej Provläsare i Provmedlemmen!" in text.get_content()


def test_bounces_go_where_those_of_the_sending_do() -> None:
    """The envelope's sender is the one that the sending will have: a server that takes it takes both."""
    mailer = FakeMailer()
    tried(mailer, stage.Bounces("studs@forening.se", verp=False))
    assert {one.envelope_from for one in mailer.letters.values()} == {"studs@forening.se"}


def test_no_more_at_a_time_than_the_transport_takes() -> None:
    """The letters are handed over in parcels of the transport's size."""
    sizes: list[int] = []

    class Counting(FakeMailer):
        def attempt(self, parcel: Parcel) -> Mapping[str, Answer]:
            sizes.append(len(parcel.letters))
            return super().attempt(parcel)

    tried(Counting())
    assert sizes == [2, 1, 2, 1]


@pytest.mark.parametrize("fault", [Fault.REJECT, Fault.LOSE_ANSWER, Fault.DEFER])
def test_one_that_did_not_go(fault: Fault) -> None:
    """Where a trial letter was not accepted, for whatever reason, the status is 5 and its address is told."""
    found = tried(FakeMailer({1: fault}))
    with pytest.raises(PartlySent, match="1 av 6 provbrev") as caught:
        trial.raise_if_partly(found, "2026-2")
    assert caught.value.exit_code == 5
    assert TO[1] in caught.value.why
    assert "--test anna@kommun.se" in caught.value.do


# --- to whom


def test_seeds() -> None:
    """The word seeds stands for the addresses in the settings; nobody is named twice."""
    found = trial.addresses(["seeds", "a@kommun.se"], ["a@kommun.se", "b@kommun.se"], local=False)
    assert found == ("a@kommun.se", "b@kommun.se")


def test_no_seeds() -> None:
    """Where the settings have none, that is said with the line to write."""
    with pytest.raises(InputError, match="Inga provadresser") as caught:
        trial.addresses(["seeds"], [], local=True)
    assert "seeds = [" in caught.value.do


def test_no_address() -> None:
    """What is no address is refused as a mistake in the command."""
    with pytest.raises(UsageError, match="ingen adress"):
        trial.addresses(["anna"], [], local=True)


@pytest.mark.parametrize("given", [["anna@example.org"], ["seeds"]])
def test_examples_are_not_written_to(given: list[str]) -> None:
    """Where letters leave the machine an example's address is refused, also as a seed; else it is fine."""
    with pytest.raises(InputError, match="exempeladress"):
        trial.addresses(given, ["bo@kommun.example"], local=False)
    assert trial.addresses(given, ["bo@kommun.example"], local=True)


# --- by the real edges


def test_by_smtp(tmp_path: Path) -> None:
    """A trial reaches a mail server, and the ledger knows nothing of it."""
    with SmtpServer() as server, by_smtp(tmp_path, server) as real:
        tried(real.world.mailer)
        assert got(server) == dict.fromkeys(TO, 2)
        assert real.world.store.book.sending("2026-2") is None


def test_by_sendgrid(tmp_path: Path) -> None:
    """A trial by SendGrid leaves at once, and the provider adds no way out of its own."""
    with by_sendgrid(tmp_path) as (real, server):
        tried(real.world.mailer)
        bodies = [json.loads(one.body) for one in server.requests if one.path == "/v3/mail/send"]
        assert len(server.left()) == len(TWO) * len(TO)
        for body in bodies:
            assert "send_at" not in body
            assert "List-Unsubscribe" not in json.dumps(body)
            assert "mailto:" not in json.dumps(body["personalizations"])
            assert body["tracking_settings"]["subscription_tracking"] == {"enable": False}
