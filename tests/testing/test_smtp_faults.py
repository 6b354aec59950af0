"""How the local SMTP server fails on order, and that it never loses count over it."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections import Counter

import pytest

from newsletter.testing.smtp import Fault, Keep, Kind, SmtpServer, Step
from tests.testing.talking import LETTER, Talk


def started(server: SmtpServer) -> Talk:
    talk = Talk(server)
    talk.greet()
    return talk


@pytest.mark.parametrize(
    ("step", "kept"), [(Step.MAIL, 0), (Step.RCPT, 0), (Step.DATA, 0), (Step.DOT, 0), (Step.ANSWER, 1)]
)
def test_ordered_rejection(smtp: SmtpServer, talk: Talk, step: Step, kept: int) -> None:
    """A rejection on order is spoken at its step, with its code and text, and strikes once."""
    smtp.faults.add(Fault(Kind.REJECT, step, 452, "4.2.2 Full"))
    assert talk.letter() == "452 4.2.2 Full"
    assert len(smtp.letters) == kept
    talk.say("RSET")
    assert talk.letter().startswith("250")


def test_rejection_of_one_address(smtp: SmtpServer, talk: Talk) -> None:
    """A rejection may concern one address alone."""
    smtp.faults.add(Fault(Kind.REJECT, Step.RCPT, 550, "5.1.1 Unknown", address="gone@", times=0))
    talk.say("MAIL FROM:<a@example.org>")
    answers = talk.say("RCPT TO:<gone@example.org>", "RCPT TO:<r@example.org>", "RCPT TO:<gone@example.org>")
    assert [answer[:3] for answer in answers] == ["550", "250", "550"]


def test_greeting_may_be_421(smtp: SmtpServer) -> None:
    """A server that is busy says 421 in place of its greeting, and hangs up."""
    smtp.faults.add(Fault(Kind.REJECT, Step.CONNECT, 421, "4.3.2 Busy"))
    with pytest.raises(smtplib.SMTPConnectError, match="421"):
        smtplib.SMTP("127.0.0.1", smtp.port)


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET])
@pytest.mark.parametrize(
    ("step", "answered", "kept"),
    [
        (Step.MAIL, False, 0),
        (Step.MAIL, True, 0),
        (Step.RCPT, False, 0),
        (Step.RCPT, True, 0),
        (Step.DATA, False, 0),
        (Step.DATA, True, 0),
        (Step.MIDST, False, 0),
        (Step.DOT, False, 0),
        (Step.ANSWER, False, 1),
    ],
)
def test_dropped_connection(
    smtp: SmtpServer, talk: Talk, kind: Kind, step: Step, answered: bool, kept: int
) -> None:
    """A dropped connection says nothing more; only past the last step is the letter kept."""
    smtp.faults.add(Fault(kind, step, answered=answered))
    last = "?"
    try:
        for command in ("MAIL FROM:<a@example.org>", "RCPT TO:<r@example.org>", "DATA", LETTER + b"."):
            [last] = talk.say(command)
            if not last:
                break
    except ConnectionError:
        last = ""
    assert last == ""
    assert len(smtp.letters) == kept
    again = started(smtp)
    assert again.letter().startswith("250")
    again.close()


@pytest.mark.parametrize("step", [Step.CONNECT, Step.EHLO])
def test_dropped_before_anything(smtp: SmtpServer, step: Step) -> None:
    """A connection may be dropped before the greeting, or at EHLO."""
    smtp.faults.add(Fault(Kind.DROP, step))
    talk = Talk(smtp)
    assert (talk.greeting == "") == (step is Step.CONNECT)
    if step is Step.EHLO:
        assert talk.say("EHLO client.example.org") == [""]
    talk.close()


def test_dropped_after_ehlo(smtp: SmtpServer) -> None:
    """A connection may be dropped once EHLO was answered."""
    smtp.faults.add(Fault(Kind.DROP, Step.EHLO, answered=True))
    talk = Talk(smtp)
    assert "PIPELINING" in talk.greet()
    assert talk.reply() == ""
    talk.close()


@pytest.mark.parametrize(("step", "kept"), [(Step.MAIL, 0), (Step.DOT, 0), (Step.ANSWER, 1)])
def test_hanging_server_says_nothing(smtp: SmtpServer, talk: Talk, step: Step, kept: int) -> None:
    """A server that hangs at a step says nothing until the client gives up."""
    smtp.faults.add(Fault(Kind.HANG, step))
    talk.connection.settimeout(0.05)
    with pytest.raises(TimeoutError):
        talk.letter()
    assert len(smtp.letters) == kept


def test_server_ends_though_a_client_hangs() -> None:
    """The server's block ends while a client is silent, and while a fault is."""
    with SmtpServer() as server:
        silent = Talk(server)
        server.faults.add(Fault(Kind.HANG, Step.ANSWER))
        waiting = started(server)
        waiting.say("MAIL FROM:<a@example.org>", "RCPT TO:<r@example.org>", "DATA")
        waiting.connection.sendall(LETTER + b".\r\n")
        while not server.letters:
            server.wait(0.001)
    assert [silent.reply(), waiting.reply()] == ["", ""]
    silent.close()
    waiting.close()


def test_greylisting_defers_each_pair_once() -> None:
    """Each pair of sender and recipient is deferred the first time and taken the second."""
    with SmtpServer(greylisting=True) as server:
        talk = started(server)
        codes = []
        for reader in ("r@example.org", "s@example.org", "r@example.org"):
            codes.append(talk.letter(reader=f"<{reader}>")[:3])
            talk.say("RSET")
        talk.close()
    assert codes == ["450", "450", "250"]


def test_letters_per_connection_are_bounded() -> None:
    """After so many letters the next MAIL is answered with 421, and the connection ends."""
    with SmtpServer(letters_per_connection=2) as server:
        talk = started(server)
        assert [talk.letter()[:3] for _ in range(3)] == ["250", "250", "421"]
        assert talk.reply() == ""
        talk.close()
        assert len(server.letters) == 2


def test_recipients_are_bounded() -> None:
    """Beyond the bound a recipient is answered with 452."""
    with SmtpServer(max_recipients=1) as server:
        talk = started(server)
        talk.say("MAIL FROM:<a@example.org>", "RCPT TO:<r@example.org>")
        assert talk.say("RCPT TO:<s@example.org>")[0].startswith("452")
        talk.close()


def test_half_a_letter_is_none(smtp: SmtpServer, talk: Talk) -> None:
    """A client that dies in the midst of a letter has sent nothing."""
    talk.say("MAIL FROM:<a@example.org>", "RCPT TO:<r@example.org>", "DATA")
    talk.connection.sendall(LETTER)
    talk.connection.shutdown(socket.SHUT_WR)
    assert talk.reply() == ""
    assert smtp.letters == []


def seeded_codes(seed: int) -> list[str]:
    with SmtpServer() as server:
        server.faults.seeded(
            seed, {Fault(Kind.REJECT, Step.DOT): 0.3, Fault(Kind.REJECT, Step.MAIL, 550): 0.2}
        )
        talk = started(server)
        codes = []
        for _ in range(40):
            codes.append(talk.letter()[:3])
            talk.say("RSET")
        talk.close()
        return codes


def test_seed_decides_the_faults() -> None:
    """The same seed brings the same faults, another seed others."""
    first = seeded_codes(1)
    assert first == seeded_codes(1) != seeded_codes(2)
    assert set(first) == {"250", "451", "550"}


def test_many_clients_at_once() -> None:
    """Letters from many connections are all kept, each once, and the connections counted."""
    with SmtpServer(keep=Keep.ID) as server:

        def run(number: int) -> None:
            talk = started(server)
            for index in range(50):
                talk.letter(b"Message-ID: <%d.%d@example.org>\r\n\r\nHej\r\n" % (number, index))
            talk.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counted = Counter(letter.message_id for letter in server.letters)
        assert [letter.number for letter in server.letters] == list(range(1, 201))
    assert (len(counted), set(counted.values()), server.connections) == (200, {1}, 4)
    assert 1 <= server.peak <= 4
