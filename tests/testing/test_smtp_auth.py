"""Who may send by the local SMTP server, and over which connections."""

from __future__ import annotations

import base64
import smtplib
import socket
from collections.abc import Iterator

import pytest

from newsletter.testing.smtp import SmtpServer
from tests.testing.talking import LETTER, Talk


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def plain(user: str, password: str) -> str:
    return b64(f"\0{user}\0{password}")


def xoauth2(user: str, token: str) -> str:
    return b64(f"user={user}\x01auth=Bearer {token}\x01\x01")


@pytest.fixture
def guarded() -> Iterator[SmtpServer]:
    with SmtpServer(passwords={"user": "lösen"}, tokens={"user": "token"}) as server:
        yield server


@pytest.fixture
def talk(guarded: SmtpServer) -> Iterator[Talk]:
    talk = Talk(guarded)
    talk.greet()
    yield talk
    talk.close()


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_standard_client_logs_in(mechanism: str) -> None:
    """The standard library logs in by PLAIN and by LOGIN, and the letter is that user's."""
    with SmtpServer(passwords={"user": "secret"}) as server, smtplib.SMTP("127.0.0.1", server.port) as client:
        client.ehlo()
        client.esmtp_features["auth"] = mechanism
        client.login("user", "secret")
        client.sendmail("a@example.org", "r@example.org", LETTER)
        assert server.letters[0].user == "user"


def test_stranger_may_not_send(talk: Talk) -> None:
    """Where users are known, a letter from nobody in particular is refused."""
    assert talk.letter().startswith("530")


@pytest.mark.parametrize(
    "commands",
    [
        [f"AUTH PLAIN {plain('user', 'lösen')}"],
        ["AUTH PLAIN", plain("user", "lösen")],
        ["AUTH LOGIN", b64("user"), b64("lösen")],
        [f"AUTH LOGIN {b64('user')}", b64("lösen")],
        [f"AUTH XOAUTH2 {xoauth2('user', 'token')}"],
        ["AUTH XOAUTH2", xoauth2("user", "token")],
    ],
)
def test_user_is_proved(guarded: SmtpServer, talk: Talk, commands: list[str]) -> None:
    """A password or a token, at once or when asked for, lets its user send."""
    assert talk.say(*commands)[-1].startswith("235")
    assert talk.letter().startswith("250")
    assert guarded.letters[0].user == "user"


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ([f"AUTH PLAIN {plain('user', 'wrong')}"], "535"),
        ([f"AUTH PLAIN {b64('user')}"], "501"),
        (["AUTH PLAIN !"], "501"),
        (["AUTH LOGIN", b64("nobody"), b64("lösen")], "535"),
        (["AUTH LOGIN", "*"], "501"),
        (["AUTH CRAM-MD5"], "504"),
        ([f"AUTH XOAUTH2 {xoauth2('user', 'old')}", ""], "535"),
    ],
)
def test_wrong_proof_is_refused(talk: Talk, commands: list[str], code: str) -> None:
    """A wrong password, token, form or mechanism is refused, and the user stays unknown."""
    assert talk.say(*commands)[-1][:3] == code
    assert talk.letter().startswith("530")


def test_old_token_is_explained(talk: Talk) -> None:
    """A token that is no good is first answered with a challenge that says so."""
    [challenge] = talk.say(f"AUTH XOAUTH2 {xoauth2('user', 'old')}")
    assert b'"status":"401"' in base64.b64decode(challenge.removeprefix("334 "))


def test_passwords_need_tls() -> None:
    """Where passwords may not go in the clear, AUTH is offered over TLS alone."""
    with SmtpServer(passwords={"user": "secret"}, auth_in_clear=False) as server:
        talk = Talk(server)
        assert not any(line.startswith("AUTH") for line in talk.greet())
        assert talk.say("AUTH PLAIN")[0].startswith("538")
        talk.close()
        with smtplib.SMTP("localhost", server.port) as client:
            client.starttls(context=server.certificate.client())
            client.login("user", "secret")


def test_what_came_before_tls_counts_for_nothing(guarded: SmtpServer) -> None:
    """A command that is smuggled in behind STARTTLS is not carried out."""
    guarded.notes_lines = True
    talk = Talk(guarded)
    talk.greet()
    talk.connection.sendall(b"STARTTLS\r\nNOOP\r\n")
    assert talk.reply().startswith("220")
    context = guarded.certificate.client()
    talk.connection = context.wrap_socket(talk.connection, server_hostname="localhost")
    talk.replies = talk.connection.makefile("rb")
    assert talk.say("MAIL FROM:<a@example.org>")[0].startswith("503")
    assert (1, "NOOP") not in guarded.lines
    talk.close()


def test_server_ends_though_a_client_hangs_in_tls() -> None:
    """The server's block ends while a client owes it a TLS greeting."""
    with SmtpServer(tls=True) as server:
        client = socket.create_connection(("127.0.0.1", server.port))
        while not server.connections:
            server.wait(0.001)
    assert client.recv(1) == b""
    client.close()
