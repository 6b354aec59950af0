"""The SMTP edge against a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from newsletter.edges.smtp import Smtp, features
from newsletter.errors import TransportFailed
from newsletter.model.settings import SmtpSettings
from newsletter.model.transport import Carries
from newsletter.ports import Mailer
from newsletter.testing.smtp import Fault, Kind, SmtpServer, Step
from tests.outbox.contract import MailerContract
from tests.smtp.builders import BODY, assert_true, letter, letters, of, outcomes, settings, taken
from tests.smtp.conftest import EdgeTo

PIPELINING = pytest.mark.parametrize("without", [(), ("PIPELINING",)], ids=["pipelining", "one-by-one"])


class TestSmtp(MailerContract):
    """The contract over a real server."""

    @pytest.fixture
    def mailer(self, edge_to: EdgeTo) -> Iterator[Mailer]:
        """The edge, and a server that takes everything."""
        with SmtpServer() as server:
            yield edge_to(server)


class TestOneByOne(MailerContract):
    """The contract where the server offers nothing beyond RFC 5321."""

    @pytest.fixture
    def mailer(self, edge_to: EdgeTo) -> Iterator[Mailer]:
        """The edge, and a server of few words."""
        with SmtpServer(
            without=["PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"]
        ) as server:
            yield edge_to(server)


@PIPELINING
def test_letters_arrive_as_they_were(edge_to: EdgeTo, without: tuple[str, ...]) -> None:
    """Each letter arrives once, in order, byte for byte, over one connection."""
    sent = letters(20, BODY)
    with SmtpServer(without=without) as server:
        edge = edge_to(server)
        answers = {**edge.attempt(of(*sent[:9])), **edge.attempt(of(*sent[9:]))}
        edge.close()
        assert [kept.data for kept in server.letters] == [one.data for one in sent]
        assert set(outcomes(answers).values()) == {"accepted"}
        assert server.connections == 1


def test_accepted_words(edge_to: EdgeTo) -> None:
    """The server's words about a letter it took are kept: they name the letter in its log."""
    with SmtpServer() as server:
        assert edge_to(server).attempt(of(letter(1)))["d1"].words == "250 2.0.0 Ok: queued as 1"


def test_one_round_trip_a_letter(edge_to: EdgeTo) -> None:
    """With pipelining a letter's end and the next letter's commands go out together."""
    with SmtpServer(notes_lines=True) as server:
        edge_to(server).attempt(of(*letters(3)))
        verbs = [line.split(" ")[0] for _, line in server.lines]
        assert verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3]


@pytest.mark.parametrize(
    "body",
    [
        b".\r\n",
        b"..\r\n.\r\n...\r\n",
        b"x\r\n.",
        b"x",
        b"",
        b"\r\n\r\n.hej\r\n\r\n",
        b"x\r\n.\r\nMAIL FROM:<a@b.example>\r\n",
    ],
)
@PIPELINING
def test_dots(edge_to: EdgeTo, body: bytes, without: tuple[str, ...]) -> None:
    """A dot at a line's start neither ends the letter nor gets lost; an unended last line is ended."""
    with SmtpServer(without=without) as server:
        answers = edge_to(server).attempt(of(letter(1, body), letter(2)))
        assert outcomes(answers) == {"d1": "accepted", "d2": "accepted"}
        expected = letter(1, body).data
        assert server.letters[0].data == (expected if expected.endswith(b"\r\n") else expected + b"\r\n")
        assert taken(server) == ["d1", "d2"]


@pytest.mark.parametrize("ending", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r"])
def test_no_letter_within_a_letter(edge_to: EdgeTo, ending: bytes) -> None:
    """What some servers take for the end of a letter goes out with its dot doubled."""
    smuggled = letter(1, b"x" + ending + b"MAIL FROM:<a@b.example>\r\n")
    with SmtpServer(checks_lines=False) as server:
        edge_to(server).attempt(of(smuggled))
        assert server.letters[0].size == len(smuggled.data) + 1


def test_envelope(edge_to: EdgeTo) -> None:
    """The delivery is in the envelope's sender and in ENVID; notices are asked for, with headers alone."""
    odd = letter(2, delivery="a+b=c d")
    with SmtpServer() as server:
        edge_to(server).attempt(of(letter(1), odd))
        first, second = server.letters
    assert (first.envelope_from, first.rcpt) == ("bounces+d1@x.example", ("p1@example.org",))
    assert (first.envid, first.envelope.ret) == ("d1", "HDRS")
    assert set(first.recipients[0].notify) == {"FAILURE", "DELAY"}
    assert second.envid == "a+b=c d"


def test_no_notices_where_not_offered(edge_to: EdgeTo) -> None:
    """A server without DSN is not asked for notices."""
    with SmtpServer(without=["DSN"]) as server:
        edge_to(server).attempt(of(letter(1)))
        assert (server.letters[0].envid, server.letters[0].recipients[0].notify) == ("", ())


def test_utf8_address(edge_to: EdgeTo) -> None:
    """An address with å before the @ is written to where the server offers SMTPUTF8, and so marked."""
    with SmtpServer() as server:
        edge_to(server).attempt(of(letter(1, envelope_to="åsa@example.org"), letter(2)))
        assert server.letters[0].rcpt == ("åsa@example.org",)
        assert [kept.envelope.utf8 for kept in server.letters] == [True, False]


@pytest.mark.parametrize(
    ("without", "changes", "word"),
    [
        (["SMTPUTF8"], {"envelope_to": "åsa@example.org"}, "SMTPUTF8"),
        (["8BITMIME"], {"data": "Subject: å\r\n\r\n".encode()}, "8BITMIME"),
        ([], {"data": b"x" * 2001}, "2001 byte"),
        ([], {"envelope_to": "a@b.example>\r\nRCPT TO:<c@d.example"}, "Kuvertets"),
        ([], {"envelope_from": "a b@c.example"}, "Kuvertets"),
        ([], {"envelope_to": ""}, "Kuvertets"),
    ],
)
def test_letter_that_does_not_fit(
    edge_to: EdgeTo, without: list[str], changes: dict[str, Any], word: str
) -> None:
    """A letter that the server could never take is rejected in words, unsent; the others go."""
    with SmtpServer(without=without, max_bytes=2000) as server:
        answers = edge_to(server).attempt(of(letter(1), letter(2, **changes), letter(3)))
        assert outcomes(answers) == {"d1": "accepted", "d2": "rejected", "d3": "accepted"}
        assert word in answers["d2"].words
        assert taken(server) == ["d1", "d3"]


@PIPELINING
@pytest.mark.parametrize("step", [Step.RCPT, Step.DATA, Step.DOT])
@pytest.mark.parametrize(("code", "outcome"), [(450, "deferred"), (550, "rejected")])
def test_refusal_of_one(
    edge_to: EdgeTo, without: tuple[str, ...], step: Step, code: int, outcome: str
) -> None:
    """A letter that is refused for now is deferred, for good rejected, with the server's words; others go."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(Kind.REJECT, step, code, f"{code // 100}.1.1 No such user", skip=1))
        sent = letters(4)
        answers = edge_to(server).attempt(of(*sent))
        assert outcomes(answers) == {"d1": "accepted", "d2": outcome, "d3": "accepted", "d4": "accepted"}
        assert answers["d2"].words == f"{code} {code // 100}.1.1 No such user"
        assert_true(server, sent, answers)


@PIPELINING
def test_sender_put_off(edge_to: EdgeTo, without: tuple[str, ...]) -> None:
    """4xx to MAIL defers that letter alone."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(Kind.REJECT, Step.MAIL, 452, "4.3.1 Later", skip=1))
        answers = edge_to(server).attempt(of(*letters(3)))
        assert outcomes(answers) == {"d1": "accepted", "d2": "deferred", "d3": "accepted"}


@PIPELINING
def test_refusal_then_next_parcel(edge_to: EdgeTo, without: tuple[str, ...]) -> None:
    """A parcel whose last letter was refused leaves nothing behind for the next on the same connection."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(Kind.REJECT, Step.DATA, 554, "5.0.0 No", skip=1))
        edge = edge_to(server)
        edge.attempt(of(*letters(2)))
        assert outcomes(edge.attempt(of(letter(3)))) == {"d3": "accepted"}
        assert server.connections == 1


def test_greylisting(edge_to: EdgeTo) -> None:
    """A greylisting server defers each letter once and takes it the next time."""
    with SmtpServer(greylisting=True) as server:
        edge, sent = edge_to(server), letters(3)
        assert set(outcomes(edge.attempt(of(*sent))).values()) == {"deferred"}
        assert set(outcomes(edge.attempt(of(*sent))).values()) == {"accepted"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.1 Greylisted, try again in 300 seconds", 300.0),
        ("4.7.1 please come back in 00:05:00", 300.0),
        ("4.2.0 try again after 2 hours", 7200.0),
        ("4.7.0 in 99999 hours", 86_400.0),
        ("4.7.1 Greylisted", None),
    ],
)
def test_wish_of_the_server(edge_to: EdgeTo, text: str, seconds: float | None) -> None:
    """Where the server says how long to wait, a deferral tells it."""
    with SmtpServer() as server:
        server.faults.add(Fault(Kind.REJECT, Step.RCPT, 451, text))
        assert edge_to(server).attempt(of(letter(1)))["d1"].retry_after == seconds


@PIPELINING
def test_server_ends_after_some(edge_to: EdgeTo, without: tuple[str, ...]) -> None:
    """A server that takes a few letters a connection gets as many connections as it takes."""
    with SmtpServer(without=without, letters_per_connection=3) as server:
        sent = letters(10)
        answers = edge_to(server).attempt(of(*sent))
        assert set(outcomes(answers).values()) == {"accepted"}
        assert server.connections == 4
        assert_true(server, sent, answers)


def test_server_that_takes_none(edge_to: EdgeTo) -> None:
    """421 to the first letter of a new connection is a failed transport; nobody knocks on and on."""
    with SmtpServer() as server:
        server.faults.add(Fault(Kind.REJECT, Step.MAIL, 421, "4.3.2 Closing, back in 1 minute", times=0))
        with pytest.raises(TransportFailed) as caught:
            edge_to(server).attempt(of(*letters(3)))
        assert caught.value.retryable
        assert caught.value.retry_after == 60.0
        assert "4.3.2 Closing" in caught.value.what
        assert server.connections == 1


def test_our_own_bound(edge_to: EdgeTo) -> None:
    """No connection carries, or begins on, more letters than the settings say."""
    with SmtpServer(notes_lines=True) as server:
        edge = edge_to(server, letters_per_connection=2)
        edge.attempt(of(*letters(5)))
        edge.attempt(of(letter(6)))
        assert [kept.connection for kept in server.letters] == [1, 1, 2, 2, 3, 3]
        assert sum(line.startswith("MAIL") for _, line in server.lines) == 6


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET])
def test_idle_connection_was_closed(edge_to: EdgeTo, kind: Kind) -> None:
    """A kept connection that the server has closed meanwhile is replaced, and nobody notices."""
    with SmtpServer() as server:
        edge = edge_to(server)
        edge.attempt(of(letter(1)))
        server.faults.add(Fault(kind, Step.MAIL))
        assert outcomes(edge.attempt(of(letter(2), letter(3)))) == {"d2": "accepted", "d3": "accepted"}
        assert taken(server) == ["d1", "d2", "d3"]
        assert server.connections == 2


def test_several_threads(edge_to: EdgeTo) -> None:
    """Several threads send at once, each by its own connection, and nobody gets a letter twice."""
    sent = letters(80, BODY)
    with SmtpServer() as server:
        edge = edge_to(server, connections=4)
        with ThreadPoolExecutor(4) as pool:
            parts = pool.map(lambda start: edge.attempt(of(*sent[start : start + 8])), range(0, 80, 8))
            answers = {key: answer for part in parts for key, answer in part.items()}
        edge.close()
        assert set(outcomes(answers).values()) == {"accepted"}
        assert_true(server, sent, answers)
        assert server.connections <= 4


REFUSALS = [
    (Step.MAIL, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender"),
    (Step.MAIL, 530, "5.7.0 Authentication required"),
    (Step.MAIL, 553, "Sender address rejected"),
    (Step.RCPT, 554, "5.7.1 Relay access denied"),
    (Step.RCPT, 550, "5.7.8 Who are you"),
    (Step.DOT, 554, "5.2.252 SendAsDenied; not allowed to send as"),
    (Step.DOT, 554, "5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException"),
]


@PIPELINING
@pytest.mark.parametrize(("step", "code", "text"), REFUSALS)
def test_account_refused(edge_to: EdgeTo, without: tuple[str, ...], step: Step, code: int, text: str) -> None:
    """A refusal of the account or sender rejects nobody: it stops the run, says why and what to do."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(Kind.REJECT, step, code, text, times=0))
        with pytest.raises(TransportFailed) as caught:
            edge_to(server).attempt(of(*letters(5)))
        assert not caught.value.retryable
        assert text in caught.value.why
        assert "kontot" in caught.value.do
        assert sum(server.faults.struck.values()) == 1


@PIPELINING
@pytest.mark.parametrize(("step", "code", "text"), REFUSALS)
def test_account_refused_midway(
    edge_to: EdgeTo, without: tuple[str, ...], step: Step, code: int, text: str
) -> None:
    """Where some of the parcel has left those are answered, and the others put off: the next parcel stops."""
    with SmtpServer(without=without) as server:
        server.faults.add(Fault(Kind.REJECT, step, code, text, times=0, skip=2))
        sent = letters(5)
        answers = edge_to(server).attempt(of(*sent))
        assert list(outcomes(answers).values()) == ["accepted"] * 2 + ["deferred"] * 3
        assert {answers[one].words for one in ("d3", "d4", "d5")} == {""}
        assert_true(server, sent, answers)


def test_too_large_for_the_server(edge_to: EdgeTo) -> None:
    """A letter whose size the server refuses at MAIL is about that letter, not about us."""
    with SmtpServer() as server:
        server.faults.add(Fault(Kind.REJECT, Step.MAIL, 552, "5.3.4 Too big"))
        assert outcomes(edge_to(server).attempt(of(*letters(2)))) == {"d1": "rejected", "d2": "accepted"}


def test_nobody_there() -> None:
    """A server that is not there is a failed transport; trying again may help."""
    with SmtpServer() as server:
        port = server.port
    with pytest.raises(TransportFailed) as caught:
        Smtp(settings(port)).attempt(of(letter(1)))
    assert caught.value.retryable
    assert f"127.0.0.1:{port} går inte att nå" in caught.value.what


@pytest.mark.parametrize("host", ["a..b", "x" * 300, "ingen.invalid"])
def test_host_that_is_none(host: str) -> None:
    """A name that leads nowhere is a failed transport, in words."""
    with pytest.raises(TransportFailed):
        Smtp(settings(1, host=host, security="tls", timeout_seconds=1.0)).attempt(of(letter(1)))


def test_no_host() -> None:
    """Without a server in the settings nothing is tried, and the error says where to write it."""
    with pytest.raises(TransportFailed) as caught:
        Smtp(SmtpSettings()).attempt(of(letter(1)))
    assert not caught.value.retryable
    assert "[smtp]" in caught.value.why


def test_gone_midway(edge_to: EdgeTo) -> None:
    """A server that goes away between two connections puts off what was not begun, without blaming it."""
    with SmtpServer() as server:
        server.faults.add(
            Fault(Kind.REJECT, Step.CONNECT, 554, "5.3.2 Gone", skip=1),
            Fault(Kind.DROP, Step.MAIL, skip=1),
        )
        sent = letters(3)
        answers = edge_to(server).attempt(of(*sent))
        assert outcomes(answers) == {"d1": "accepted", "d2": "deferred", "d3": "deferred"}
        assert answers["d2"].words == answers["d3"].words == ""


def test_unencrypted_stays_here() -> None:
    """Without encryption nothing goes to another machine, whatever the settings say."""
    with pytest.raises(TransportFailed) as caught:
        Smtp(settings(25, host="192.0.2.1", auth="password", username="u")).attempt(of(letter(1)))
    assert not caught.value.retryable
    assert "okrypterade" in caught.value.what


def test_nothing_to_send(edge_to: EdgeTo) -> None:
    """A parcel without letters opens no connection."""
    with SmtpServer() as server:
        assert edge_to(server).attempt(of()) == {}
        assert server.connections == 0


def test_takes_leave(edge_to: EdgeTo) -> None:
    """Closing says QUIT on every kept connection."""
    with SmtpServer(notes_lines=True) as server:
        edge = edge_to(server)
        edge.attempt(of(letter(1)))
        edge.close()
        assert server.lines[-1][1] == "QUIT"


@pytest.mark.parametrize(("per_minute", "chunk"), [(0.0, 8), (30.0, 1), (599.0, 1), (600.0, 8)])
def test_features(per_minute: float, chunk: int) -> None:
    """Slow sending claims one letter at a time; what is approved names host and bounces, no secret."""
    told = features(
        SmtpSettings("mail.example.org", connections=3, per_minute=per_minute, secret="hemligt", verp=False)
    )
    assert (told.name, told.carries, told.answers, told.holds) == ("smtp", Carries.BYTES, False, False)
    assert (told.chunk, told.workers, told.per_minute, told.local) == (chunk, 3, per_minute, False)
    assert "mail.example.org" in told.settings
    assert "hemligt" not in repr(told)
    assert told.settings != features(SmtpSettings("mail.example.org")).settings


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("10.0.0.1", False)],
)
def test_local(host: str, local: bool) -> None:
    """Only a server on this machine is local."""
    assert features(SmtpSettings(host)).local is local
