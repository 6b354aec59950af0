"""Whatever a caller says, the local servers serve the next; a server's thread that dies fails the test."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.testing.loopback import Loopback
from newsletter.testing.sendgrid import SendGridServer
from newsletter.testing.smtp import SmtpServer
from tests.testing.calling import Caller
from tests.testing.talking import Talk

VERBS = [
    "EHLO x", "HELO x", "MAIL FROM:<a@example.org>", "MAIL FROM:", "RCPT TO:<a@example.org>", "RCPT TO:",
    "DATA", "AUTH PLAIN", "AUTH LOGIN", "AUTH XOAUTH2", "RSET", "STARTTLS", "QUIT", ".", "",
]  # fmt: skip
MORE = [
    "", "", "", "<", ">", " SIZE=", "9", " SMTPUTF8", " ENVID=", "+", " NOTIFY=", " BODY=8BITMIME", " ",
    "dQ==", "*", "å", "\ud800", "\0", "\r", "\n",
]  # fmt: skip
SPEECH = st.lists(
    st.tuples(st.sampled_from(VERBS), st.sampled_from(MORE), st.sampled_from(MORE)), max_size=12
).map(lambda said: "".join("".join(words) + "\r\n" for words in said).encode("utf-8", "surrogatepass"))
LINES = [
    "Content-Length: 2", "Content-Length: x", "Content-Length: -1", "Transfer-Encoding: chunked", "zz", "0",
    "-5", "Expect: 100-continue", ":", "",
]  # fmt: skip
HEADS = [
    "POST /v3/mail/send", "POST /v3/logs", "POST /v3/user/scheduled_sends", "GET /v3/logs/%ff", "GET",
    "GET /v3/stats?start_date=x", "GET /v3/suppression/bounces?limit=x", "POST /v3/asm/suppressions/global",
]  # fmt: skip
BODIES = ["", "{}", "[]", "{", '{"query": 1}', '{"query": "\\ud800"}', '{"recipient_emails": [1]}']
REQUEST = st.tuples(
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(LINES), max_size=4),
    st.sampled_from(BODIES),
    st.booleans(),
).map(
    lambda said: "\r\n".join(
        [
            said[0] + " HTTP/1.1",
            "Authorization: Bearer SG.open",
            "Content-Type: application/json",
            *([f"Content-Length: {len(said[2])}"] if said[3] else []),
            *said[1],
            "",
            said[2],
        ]
    ).encode()
)
quietly = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def speak(server: Loopback, speech: bytes) -> None:
    """Say it all, hear the answers out, and go."""
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as caller,
        contextlib.suppress(OSError),
    ):
        caller.sendall(speech)
        caller.shutdown(socket.SHUT_WR)
        while caller.recv(65536):
            pass


@pytest.fixture
def guarded() -> Iterator[SmtpServer]:
    with SmtpServer(passwords={"u": "p"}, tokens={"u": "t"}) as server:
        yield server


@quietly
@given(speech=SPEECH)
def test_smtp_survives(smtp: SmtpServer, guarded: SmtpServer, speech: bytes) -> None:
    """An SMTP client may say anything, and the next one is greeted."""
    for server in (smtp, guarded):
        speak(server, speech)
        talk = Talk(server)
        assert talk.greeting.startswith("220")
        talk.close()


@quietly
@given(request_=REQUEST)
def test_sendgrid_survives(sendgrid: SendGridServer, request_: bytes) -> None:
    """An HTTP client may say anything, and the next one is answered."""
    sendgrid.api.keys["SG.open"] = sendgrid.api.keys[sendgrid.key]
    speak(sendgrid, request_)
    call = Caller(sendgrid)
    assert call("GET", "/v3/scopes").status == 200
    call.connection.close()
