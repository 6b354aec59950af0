"""What the local SMTP server takes, offers and refuses."""

from __future__ import annotations

import hashlib
import smtplib
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.testing.smtp import EXTENSIONS, Keep, SmtpServer
from tests.testing.talking import LETTER, Talk


def test_letter_is_kept(smtp: SmtpServer, talk: Talk) -> None:
    """A letter is kept with its envelope, Message-ID, bytes and connection."""
    assert talk.letter() == "250 2.0.0 Ok: queued as 1"
    [letter] = smtp.letters
    assert (letter.envelope_from, letter.rcpt) == ("a@example.org", ("r@example.org",))
    assert (letter.message_id, letter.data, letter.connection) == ("<1@example.org>", LETTER, 1)


def test_standard_client_sends(smtp: SmtpServer) -> None:
    """The standard library sends a message, over STARTTLS that it verifies."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "r@example.org", "Hej på er"
    message.set_content("Hej\n.\n")
    with smtplib.SMTP("localhost", smtp.port) as client:
        client.starttls(context=smtp.certificate.client())
        client.send_message(message)
    assert b"\r\n.\r\n" in smtp.letters[0].data


def test_tls_from_the_first_byte() -> None:
    """Where TLS is implicit, a client that trusts the certificate is served."""
    with (
        SmtpServer(tls=True) as server,
        smtplib.SMTP_SSL("127.0.0.1", server.port, context=server.certificate.client()) as client,
    ):
        client.sendmail("a@example.org", "r@example.org", LETTER)
        assert len(server.letters) == 1


def test_dots_are_undone(smtp: SmtpServer, talk: Talk) -> None:
    """Lines that begin with a doubled dot are kept with one, also the first."""
    talk.letter(b"..a\r\n...\r\nb..\r\n")
    assert smtp.letters[0].data == b".a\r\n..\r\nb..\r\n"


@pytest.mark.parametrize("cut", range(1, 5))
def test_end_may_come_in_pieces(smtp: SmtpServer, talk: Talk, cut: int) -> None:
    """The end of a letter is seen wherever the network cuts it."""
    talk.say("MAIL FROM:<a@example.org>", "RCPT TO:<r@example.org>", "DATA")
    end = b"\r\n.\r\n"
    talk.connection.sendall(b"Hej" + end[:cut])
    smtp.wait(0.01)  # the two parts would else travel as one
    talk.connection.sendall(end[cut:])
    assert talk.reply().startswith("250")
    assert smtp.letters[0].data == b"Hej\r\n"


def test_empty_letter_is_kept(smtp: SmtpServer, talk: Talk) -> None:
    """A letter without a single byte is one."""
    assert talk.letter(b"").startswith("250")
    assert smtp.letters[0].data == b""


@given(
    st.lists(
        st.binary(max_size=20).map(lambda line: line.replace(b"\r", b"").replace(b"\n", b"")), max_size=6
    )
)
def test_any_lines_come_through(lines: list[bytes]) -> None:
    """Any lines come through as they were, dots and all."""
    data = b"".join(line + b"\r\n" for line in lines)
    doubled = b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
    with SmtpServer() as server:
        talk = Talk(server)
        talk.greet()
        answer = talk.letter(doubled, sender="<a@example.org> BODY=8BITMIME")
        talk.close()
        assert answer.startswith("250")
        assert server.letters[0].data == data


def test_commands_come_in_one_piece(smtp: SmtpServer, talk: Talk) -> None:
    """Pipelined commands are answered in order, and the next letter's may follow the dot."""
    start = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<r@example.org>\r\nDATA\r\n"
    talk.connection.sendall(start)
    assert [talk.reply()[:3] for _ in range(3)] == ["250", "250", "354"]
    talk.connection.sendall(LETTER + b".\r\n" + start)
    assert [talk.reply()[:3] for _ in range(4)] == ["250", "250", "250", "354"]
    talk.connection.sendall(LETTER + b".\r\nQUIT\r\n")
    assert [talk.reply()[:3] for _ in range(2)] == ["250", "221"]
    assert len(smtp.letters) == 2


def test_piece_is_refused_where_not_offered() -> None:
    """Commands in one piece are refused by a server that did not offer PIPELINING."""
    with SmtpServer(without=["PIPELINING"]) as server:
        talk = Talk(server)
        talk.greet()
        talk.connection.sendall(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<r@example.org>\r\n")
        assert talk.reply()[:3] == "503"
        talk.close()


def test_letter_before_354_is_refused(talk: Talk) -> None:
    """A letter that comes in one piece with DATA is not read as one."""
    talk.say("MAIL FROM:<a@example.org>", "RCPT TO:<r@example.org>")
    talk.connection.sendall(b"DATA\r\nQUIT\r\n")
    assert [talk.reply()[:3], talk.reply()[:3]] == ["503", "221"]


def test_everything_is_offered(smtp: SmtpServer) -> None:
    """All extensions are offered, SIZE with its limit."""
    talk = Talk(smtp)
    assert {line.split()[0] for line in talk.greet()} == EXTENSIONS
    talk.close()


@pytest.mark.parametrize("extension", sorted(EXTENSIONS))
def test_each_extension_can_be_left_out(extension: str) -> None:
    """An extension that is left out is not offered."""
    with SmtpServer(without=[extension]) as server:
        talk = Talk(server)
        assert extension not in {line.split()[0] for line in talk.greet()}
        talk.close()


@pytest.mark.parametrize(
    ("extension", "command"),
    [
        ("SIZE", "MAIL FROM:<a@example.org> SIZE=10"),
        ("8BITMIME", "MAIL FROM:<a@example.org> BODY=8BITMIME"),
        ("SMTPUTF8", "MAIL FROM:<a@example.org> SMTPUTF8"),
        ("DSN", "MAIL FROM:<a@example.org> ENVID=1"),
        ("STARTTLS", "STARTTLS"),
    ],
)
def test_what_is_not_offered_is_refused(extension: str, command: str) -> None:
    """The parameter or command of an extension that is left out is refused."""
    with SmtpServer(without=[extension]) as server:
        talk = Talk(server)
        talk.greet()
        assert talk.say(command)[0][:3] in ("555", "502")
        talk.close()


def test_codes_are_plain_where_not_offered() -> None:
    """Without ENHANCEDSTATUSCODES a reply has its three digits alone."""
    with SmtpServer(without=["ENHANCEDSTATUSCODES"]) as server:
        talk = Talk(server)
        talk.greet()
        assert talk.say("NOOP") == ["250 Ok"]
        talk.close()


def test_notices_are_kept(smtp: SmtpServer, talk: Talk) -> None:
    """What is asked of delivery notices is kept, decoded."""
    talk.letter(
        sender="<a@example.org> RET=HDRS ENVID=id+2B1",
        reader="<r@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;r+2B@x",
    )
    [letter] = smtp.letters
    assert (letter.envid, letter.envelope.ret) == ("id+1", "HDRS")
    assert (letter.recipients[0].notify, letter.recipients[0].orcpt) == (("FAILURE", "DELAY"), "rfc822;r+@x")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("MAIL FROM:<>", "250"),
        ("mail from:<a@example.org>", "250"),
        ("MAIL FROM: <a@example.org>", "501"),
        ("MAIL FROM:a@example.org", "501"),
        ("MAIL FROM:<a>", "501"),
        ("MAIL FROM:<a@example.org", "501"),
        (f"MAIL FROM:<{'a' * 65}@example.org>", "501"),
        ('MAIL FROM:<"a b"@example.org>', "250"),
        ("MAIL FROM:<å@example.org>", "553"),
        ("MAIL FROM:<å@example.org> SMTPUTF8", "250"),
        ("MAIL FROM:<a@example.org> SIZE=1 SIZE=1", "501"),
        ("MAIL FROM:<a@example.org> SIZE=x", "501"),
        ("MAIL FROM:<a@example.org> SIZE=99999999999", "552"),
        ("MAIL FROM:<a@example.org> BODY=9BIT", "501"),
        ("MAIL FROM:<a@example.org> RET=ALL", "501"),
        ("MAIL FROM:<a@example.org> ENVID=+1", "501"),
        ("MAIL FROM:<a@example.org> COLOUR=red", "555"),
        ("MAIL FROM:<a@example.org> AUTH=<>", "555"),
        ("RCPT TO:<r@example.org>", "503"),
        ("DATA", "503"),
        ("NOOP", "250"),
        ("RSET", "250"),
        ("VRFY r", "252"),
        ("HELP", "214"),
        ("EXPN list", "502"),
        ("AUTH PLAIN", "502"),
        ("HEJ", "500"),
        ("EHLO", "501"),
        ("HELO", "501"),
        ("HELO client", "250"),
        ("QUIT", "221"),
    ],
)
def test_command_has_its_reply(talk: Talk, command: str, code: str) -> None:
    """A command that comes after EHLO is answered with the code that the RFCs give it."""
    assert talk.say(command)[0][:3] == code


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("MAIL FROM:<b@example.org>", "503"),
        ("DATA", "554"),
        ("RCPT TO:<>", "501"),
        ("RCPT TO:<ö@example.org>", "553"),
        ("RCPT TO:<r@example.org> NOTIFY=NEVER,FAILURE", "501"),
        ("RCPT TO:<r@example.org> NOTIFY=NEVER", "250"),
        ("RCPT TO:<r@example.org> ORCPT=r@example.org", "501"),
        ("RCPT TO:<r@example.org> RET=HDRS", "555"),
    ],
)
def test_command_in_a_transaction_has_its_reply(talk: Talk, command: str, code: str) -> None:
    """A command that comes after MAIL is answered with the code that the RFCs give it."""
    talk.say("MAIL FROM:<a@example.org>")
    assert talk.say(command)[0][:3] == code


def test_ehlo_comes_first(smtp: SmtpServer) -> None:
    """MAIL before EHLO is out of place."""
    talk = Talk(smtp)
    assert talk.say("MAIL FROM:<a@example.org>")[0][:3] == "503"
    talk.close()


@pytest.mark.parametrize("command", ["RSET", "EHLO again"])
def test_transaction_is_given_up(talk: Talk, command: str) -> None:
    """RSET, and EHLO as well, begin anew."""
    talk.say("MAIL FROM:<a@example.org>", command)
    assert talk.say("MAIL FROM:<a@example.org>")[0][:3] == "250"


def test_long_command_ends_the_talk(talk: Talk) -> None:
    """A line without end is answered with 500, and the connection ends."""
    assert talk.say("X" * 9000)[0][:3] == "500"
    assert talk.reply() == ""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a\nb\r\n", "554"),
        (b"a\rb\r\n", "554"),
        (b"a" * 998 + b"\r\n", "250"),
        (b"." + b"." + b"a" * 997 + b"\r\n", "250"),
        (b"a" * 1000 + b"\r\n", "554"),
        ("å\r\n".encode(), "554"),
        (b"a" * 900 + b"\r\n" + b"b" * 900 + b"\r\n", "552"),
    ],
)
def test_unfit_letter_is_refused(data: bytes, code: str) -> None:
    """Bare line ends, long lines, undeclared 8-bit and too many bytes are refused, and nothing is kept."""
    with SmtpServer(max_bytes=1500) as server:
        talk = Talk(server)
        talk.greet()
        assert talk.letter(data)[:3] == code
        assert len(server.letters) == (code == "250")
        talk.close()


def test_eight_bits_are_taken_when_declared(smtp: SmtpServer, talk: Talk) -> None:
    """8-bit bytes are taken after BODY=8BITMIME."""
    assert talk.letter("å\r\n".encode(), sender="<a@example.org> BODY=8BITMIME")[:3] == "250"
    assert smtp.letters[0].envelope.eight_bit


@pytest.mark.parametrize("keep", [Keep.ID, Keep.DIGEST])
def test_long_runs_keep_little(keep: Keep) -> None:
    """A long run keeps Message-IDs, or digests as well, and no bytes."""
    with SmtpServer(keep=keep) as server:
        talk = Talk(server)
        talk.greet()
        talk.letter()
        talk.close()
        [letter] = server.letters
    assert (letter.message_id, letter.size, letter.data) == ("<1@example.org>", len(LETTER), b"")
    assert letter.digest == (hashlib.sha256(LETTER).hexdigest() if keep is Keep.DIGEST else "")


def test_commands_are_noted(smtp: SmtpServer, talk: Talk) -> None:
    """Each command is noted with its connection, where that is asked for."""
    talk.say("NOOP")
    assert smtp.lines == [(1, "EHLO client.example.org"), (1, "NOOP")]
