"""Whatever goes wrong on the way, an answer never says more than is known, by the provider's own record."""

from __future__ import annotations

import json
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping

import pytest

from newsletter.edges.sendgrid import SendGrid
from newsletter.errors import TransportFailed
from newsletter.model.settings import SendGridSettings
from newsletter.model.transport import Answer, Outcome, Parcel
from newsletter.testing import builders
from newsletter.testing.certificate import loopback_certificate
from newsletter.testing.loopback import Loopback, wait_for_end
from newsletter.testing.sendgrid import Fault, Kind, SendGridServer
from tests.sendgrid.sending import ILLUSTRATED, mailer_of, parcel

PATIENCE = 0.4  # seconds; a local server that means to answer does so sooner


@pytest.fixture
def hasty(server: SendGridServer) -> Iterator[SendGrid]:
    """The edge with little patience."""
    mailer = mailer_of(server, timeout_seconds=PATIENCE)
    yield mailer
    mailer.close()


def outcomes(answers: Mapping[str, Answer]) -> set[Outcome]:
    return {answer.outcome for answer in answers.values()}


@pytest.mark.parametrize(
    ("kind", "was_taken"),
    [
        (Kind.SERVER_ERROR, False),
        (Kind.ACCEPT_THEN_ERROR, True),
        (Kind.HTML_ERROR, False),
        (Kind.ACCEPT_THEN_HTML, True),
        (Kind.RESET_BEFORE, False),
        (Kind.HANG_BEFORE, False),
        (Kind.ACCEPT_THEN_RESET, True),
        (Kind.ACCEPT_THEN_HANG, True),
        (Kind.SLOW, True),
    ],
)
def test_unknown(server: SendGridServer, hasty: SendGrid, kind: Kind, was_taken: bool) -> None:
    """Where the answer is lost or odd all are unknown, taken or not, and no second call is made."""
    server.faults.add(Fault(kind, seconds=0.05))
    assert outcomes(hasty.attempt(parcel(1, 2, letter=ILLUSTRATED))) == {Outcome.UNKNOWN}
    assert bool(server.accepted) is was_taken
    assert len(server.requests) == 1
    assert outcomes(hasty.attempt(parcel(3))) == {Outcome.ACCEPTED}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_errors(server: SendGridServer, hasty: SendGrid, status: int) -> None:
    """A 5xx leaves all unknown, and says which it was."""
    server.faults.add(Fault(Kind.SERVER_ERROR, status=status))
    (answer,) = hasty.attempt(parcel(1)).values()
    assert answer == Answer(Outcome.UNKNOWN, f"SendGrid svarade {status}.")


def test_too_many(server: SendGridServer, hasty: SendGrid) -> None:
    """A 429 says that none left, and how long to wait."""
    server.faults.add(Fault(Kind.TOO_MANY, seconds=17))
    with pytest.raises(TransportFailed) as caught:
        hasty.attempt(parcel(1))
    assert (caught.value.retryable, caught.value.retry_after) == (True, 17.0)
    assert server.accepted == ()


def test_rate_limit_by_its_reset(server: SendGridServer, hasty: SendGrid) -> None:
    """The provider's own limit tells the moment of its reset, and the next period is answered again."""
    server.api.rate_limit, server.api.rate_seconds = 1, 60.0
    hasty.attempt(parcel(1))
    with pytest.raises(TransportFailed) as caught:
        hasty.attempt(parcel(2))
    server.advance(caught.value.retry_after or 0)
    assert outcomes(hasty.attempt(parcel(2))) == {Outcome.ACCEPTED}


def test_redirect(server: SendGridServer, hasty: SendGrid) -> None:
    """A redirect is not followed, accepts nothing, and is told of."""
    with SendGridServer() as elsewhere:
        server.faults.add(Fault(Kind.REDIRECT, location=f"{elsewhere.url}/v3/mail/send"))
        with pytest.raises(TransportFailed, match="307") as caught:
            hasty.attempt(parcel(1))
        assert elsewhere.requests == []
    assert not caught.value.retryable
    assert server.accepted == ()


def test_nobody_there() -> None:
    """Where nobody listens, none left, and it may be tried again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    mailer = SendGrid(SendGridSettings(url=f"http://127.0.0.1:{port}", api_key="SG.x"))
    with pytest.raises(TransportFailed, match="gick inte att nå") as caught:
        mailer.attempt(parcel(1))
    assert caught.value.retryable


@pytest.mark.parametrize(("key", "status"), [("SG.another.key", 401), ("", 403)])
def test_forbidden(server: SendGridServer, key: str, status: int) -> None:
    """A key that is wrong, or may not send, stops all for good and says what to do."""
    server.api.keys[server.key] = ()
    mailer = mailer_of(server, api_key=key or server.key)
    with pytest.raises(TransportFailed) as caught:
        mailer.attempt(parcel(1))
    mailer.close()
    assert not caught.value.retryable
    assert ("SENDGRID_API_KEY" if status == 401 else "behörigheter") in caught.value.do
    assert server.accepted == ()


def test_too_large_for_the_provider(
    server: SendGridServer, hasty: SendGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 413 says that none left, for good."""
    monkeypatch.setattr("newsletter.testing.sendgrid.mail.MESSAGE_BYTES", 100)
    with pytest.raises(TransportFailed, match="413") as caught:
        hasty.attempt(parcel(1))
    assert not caught.value.retryable


def test_too_large(server: SendGridServer, hasty: SendGrid) -> None:
    """What is larger than the provider takes is not even sent."""
    huge = builders.letter(text="x" * (31 * 1024 * 1024))
    one = parcel(1)
    with pytest.raises(TransportFailed, match="31 MB"):
        hasty.attempt(Parcel(one.chunk, huge, (), one.personal))
    assert server.requests == []


RATES = {
    Fault(Kind.TOO_MANY): 0.1,
    Fault(Kind.SERVER_ERROR): 0.1,
    Fault(Kind.ACCEPT_THEN_ERROR): 0.1,
    Fault(Kind.ACCEPT_THEN_RESET): 0.1,
    Fault(Kind.RESET_BEFORE): 0.1,
    Fault(Kind.ACCEPT_THEN_HTML): 0.05,
    Fault(Kind.REDIRECT): 0.05,
    Fault(Kind.ACCEPT_THEN_HANG): 0.02,
}


@pytest.mark.parametrize("seed", range(5))
def test_never_more_than_is_known(server: SendGridServer, seed: int) -> None:
    """Through a hundred calls of which half go wrong, accepted is taken, and what did not leave was not."""
    server.faults.seeded(seed, RATES)
    mailer = mailer_of(server, timeout_seconds=0.15)
    told: dict[str, Outcome] = {}
    for number in range(100):
        one = parcel(number)
        try:
            told |= {id_: answer.outcome for id_, answer in mailer.attempt(one).items()}
        except TransportFailed:
            told[one.chunk.deliveries[0].id] = Outcome.DEFERRED
    mailer.close()
    taken = [letter.custom_args["delivery"] for letter in server.accepted]
    assert len(taken) == len(set(taken))
    assert {id_ for id_, outcome in told.items() if outcome is Outcome.ACCEPTED} <= set(taken)
    assert not {id_ for id_, outcome in told.items() if outcome is Outcome.DEFERRED} & set(taken)
    assert {Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.DEFERRED} == set(told.values())


class Saying(Loopback):
    """A server that says the same to every caller, whatever he sends."""

    def __init__(self, *answer: bytes, repeats: int = 1, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._answer, self._repeats, self._tls = answer, repeats, tls

    def talk(self, connection: socket.socket, number: int) -> None:
        """Wait for a whole request, answer, and say no more."""
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
            self.exchanged(number, connection)
        _skip_request(connection)
        connection.sendall(self._answer[0])
        for _ in range(self._repeats - 1):
            connection.sendall(self._answer[-1])
        wait_for_end(connection)


def _skip_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)


class Deaf(Loopback):
    """A server that takes nothing in."""

    def talk(self, connection: socket.socket, number: int) -> None:
        """Let the caller wait."""
        self.wait(30)


def test_request_that_does_not_go() -> None:
    """A request that nobody takes in is given up, and leaves all unknown."""
    one = parcel(1)
    huge = builders.letter(text="x" * (8 * 1024 * 1024))
    with Deaf() as server:
        url = f"http://127.0.0.1:{server.port}"
        mailer = SendGrid(SendGridSettings(url=url, api_key="SG.x", timeout_seconds=0.2))
        assert outcomes(mailer.attempt(Parcel(one.chunk, huge, (), one.personal))) == {Outcome.UNKNOWN}
        mailer.close()


def said(*answer: bytes, repeats: int = 1) -> set[Outcome] | str:
    """What becomes of a parcel when the answer is this."""
    with Saying(*answer, repeats=repeats) as server:
        url = f"http://127.0.0.1:{server.port}"
        mailer = SendGrid(SendGridSettings(url=url, api_key="SG.x", timeout_seconds=PATIENCE))
        try:
            return outcomes(mailer.attempt(parcel(1, 2)))
        except TransportFailed as failed:
            return failed.what
        finally:
            mailer.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nX-Message-Id: x\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 13\r\n\r\n<html></html>",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\nX-Message-Id: x\r\nContent-Length: 9\r\n\r\nx",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 2",
        b"\x00\x01\x02\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\nContent-Length: x\r\n\r\n",
    ],
)
def test_odd_answers(answer: bytes) -> None:
    """An answer that is not the provider's own leaves all unknown."""
    assert said(answer) == {Outcome.UNKNOWN}


@pytest.mark.parametrize(("size", "expected"), [(1_000_000, Outcome.ACCEPTED), (9_000_000, Outcome.UNKNOWN)])
def test_large_answer(size: int, expected: Outcome) -> None:
    """An answer that is larger than any of the provider's is not read to its end, and leaves all unknown."""
    head = f"HTTP/1.1 202 Accepted\r\nX-Message-Id: x\r\nContent-Length: {size}\r\n\r\n"
    assert said(head.encode(), b"x" * 1_000_000, repeats=size // 1_000_000 + 1) == {expected}


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([{"message": "m", "field": "personalizations.1.to.0.email"}], {Outcome.REJECTED, Outcome.DEFERRED}),
        ([{"message": "m", "field": f"personalizations.{place}"} for place in (0, 1)], {Outcome.REJECTED}),
        ([{"message": "m", "field": "personalizations.7.to"}], "SendGrid svarade 400 och gjorde ingenting."),
        ([{"message": "m", "field": "personalizations"}], "SendGrid svarade 400 och gjorde ingenting."),
        ([{"message": "m", "field": None}], "SendGrid svarade 400 och gjorde ingenting."),
        (
            [{"message": "m", "field": "personalizations.0"}, {"message": "n", "field": "from"}],
            "SendGrid svarade 400 och gjorde ingenting.",
        ),
        ("nonsense", {Outcome.UNKNOWN}),
        ([], {Outcome.UNKNOWN}),
    ],
)  # fmt: skip
def test_refusals(errors: object, expected: object) -> None:
    """A 400 rejects whom it names; one about the request itself, or nobody in it, fails as a whole."""
    body = json.dumps({"errors": errors}).encode()
    head = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert said(head + body) == expected


def test_no_addresses_in_the_words() -> None:
    """The provider's words are kept short, without addresses and keys."""
    words = "We found the first duplicate instance of [anna@example.org] with SG.abc.def " + "x" * 1000
    body = json.dumps({"errors": [{"message": words, "field": "personalizations.0"}]}).encode()
    with Saying(f"HTTP/1.1 400 Bad\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body) as server:
        mailer = SendGrid(SendGridSettings(url=f"http://127.0.0.1:{server.port}", api_key="SG.x"))
        (answer,) = mailer.attempt(parcel(1)).values()
        mailer.close()
    assert answer.words.startswith("We found the first duplicate instance of [[adress]] with [nyckel] xx")
    assert len(answer.words) == 300


def test_tls_is_checked() -> None:
    """A certificate that nothing vouches for stops all before a letter goes; a trusted one does not."""
    answer = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: x\r\nContent-Length: 0\r\n\r\n"
    certificate = loopback_certificate()
    with Saying(answer, tls=certificate.server()) as server:
        settings = SendGridSettings(url=f"https://127.0.0.1:{server.port}", api_key="SG.x")
        stranger, friend = SendGrid(settings), SendGrid(settings, tls=certificate.client())
        with pytest.raises(TransportFailed, match="certifikat") as caught:
            stranger.attempt(parcel(1))
        assert outcomes(friend.attempt(parcel(1))) == {Outcome.ACCEPTED}
        friend.close()
        stranger.close()
    assert not caught.value.retryable


def test_key_stays_here(server: SendGridServer, hasty: SendGrid, caplog: pytest.LogCaptureFixture) -> None:
    """The key, and whom letters go to, stand in no log, no error and no representation."""
    caplog.set_level(logging.DEBUG)
    shown = [repr(hasty), repr(hasty._api), repr(hasty._calls)]
    for kind in (Kind.SERVER_ERROR, Kind.ACCEPT_THEN_RESET, Kind.TOO_MANY):
        server.faults.add(Fault(kind))
        shown.append(_repr_of(lambda: hasty.attempt(parcel(1))))
    server.api.keys.clear()
    shown.append(_repr_of(lambda: hasty.attempt(parcel(1))))
    everything = caplog.text + "".join(shown)
    assert server.key not in everything
    assert "reader.1" not in everything


def _repr_of(call: Callable[[], object]) -> str:
    try:
        return repr(call())
    except TransportFailed as failed:
        return repr(failed.__dict__) + repr(failed)
