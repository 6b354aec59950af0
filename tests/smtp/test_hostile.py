"""Servers that are not servers: whatever they say, the edge ends, within bounds, with the right answer."""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Iterator

import pytest

from newsletter.edges.smtp import Smtp
from newsletter.errors import TransportFailed
from newsletter.model.transport import Answer
from newsletter.testing.loopback import Loopback
from tests.smtp.builders import letter, letters, of, outcomes, settings

EHLO = b"250-mail.example.org\r\n250 PIPELINING\r\n"
GO_AHEAD = b"250 ok\r\n250 ok\r\n354 go\r\n"
BAD = {
    "multiline without end": (b"250-" + b"x" * 500 + b"\r\n") * 20_000,
    "line without end": b"250 " + b"x" * 10_000_000,
    "binary": bytes(range(256)) * 100,
    "http": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "no code": b"hello\r\n",
    "code alone is too short": b"25\r\n",
    "code of nothing": b"199 x\r\n",
    "code too large": b"650 x\r\n",
    "glued": b"250ok\r\n",
    "nothing": b"",
    "empty line": b"\r\n",
    "nulls": b"\0" * 100_000,
}


class Scripted(Loopback):
    """Says one thing after each piece that it hears, the first at once, then closes."""

    def __init__(self, *says: bytes) -> None:
        super().__init__()
        self.says = says
        self.heard = b""

    def talk(self, connection: socket.socket, number: int) -> None:
        """Say the next thing whenever something was heard."""
        for index, said in enumerate(self.says):
            if index and not self._hear(connection):
                return
            connection.sendall(said)

    def _hear(self, connection: socket.socket) -> bool:
        more = connection.recv(1 << 20)
        self.heard += more
        return bool(more)


@pytest.fixture
def edges() -> Iterator[list[Smtp]]:
    """Edges to close in the end."""
    made: list[Smtp] = []
    yield made
    for edge in made:
        edge.close()


def attempt(edges: list[Smtp], server: Scripted, count: int = 1) -> dict[str, Answer]:
    edges.append(Smtp(settings(server.port, timeout_seconds=2.0), patience=1.0))
    return dict(edges[-1].attempt(of(*letters(count))))


@pytest.mark.parametrize("said", BAD.values(), ids=BAD)
@pytest.mark.parametrize("place", ["greeting", "EHLO"])
def test_before_any_letter(edges: list[Smtp], said: bytes, place: str) -> None:
    """What is no SMTP before the first letter is a failed transport, and is not read to its end."""
    script = [said] if place == "greeting" else [b"220 hi\r\n", said]
    with Scripted(*script) as server:
        tracemalloc.start()
        with pytest.raises(TransportFailed) as caught:
            attempt(edges, server)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert caught.value.retryable
    assert peak < 5_000_000


@pytest.mark.parametrize("said", BAD.values(), ids=BAD)
def test_in_place_of_go_ahead(edges: list[Smtp], said: bytes) -> None:
    """What is no SMTP before the content is a failed transport; the content does not go out."""
    with Scripted(b"220 hi\r\n", EHLO, said) as server:
        with pytest.raises(TransportFailed):
            attempt(edges, server)
        assert b"Subject" not in server.heard


@pytest.mark.parametrize("said", BAD.values(), ids=BAD)
def test_in_place_of_the_answer(edges: list[Smtp], said: bytes) -> None:
    """What is no SMTP in place of the answer leaves the letter unknown."""
    with Scripted(b"220 hi\r\n", EHLO, GO_AHEAD, said) as server:
        assert outcomes(attempt(edges, server)) == {"d1": "unknown"}


@pytest.mark.parametrize("code", [354, 334])
def test_unexpected_answer(edges: list[Smtp], code: int) -> None:
    """An answer that is neither yes nor no leaves the letter unknown."""
    with Scripted(b"220 hi\r\n", EHLO, GO_AHEAD, f"{code} go on\r\n".encode()) as server:
        assert outcomes(attempt(edges, server)) == {"d1": "unknown"}


@pytest.mark.parametrize(
    "said",
    [b"250 ok\r\n250 ok\r\n250 ok\r\n", b"354 a\r\n250 ok\r\n354 go\r\n", b"250 ok\r\n354 a\r\n354 b\r\n"],
)
def test_wrong_go_ahead(edges: list[Smtp], said: bytes) -> None:
    """Replies that do not belong to their commands let no content go out."""
    with Scripted(b"220 hi\r\n", EHLO, said) as server:
        with pytest.raises(TransportFailed):
            attempt(edges, server)
        assert b"Subject" not in server.heard


def test_one_reply_too_many(edges: list[Smtp]) -> None:
    """A reply that nobody asked for is not taken for the answer to a letter."""
    with Scripted(b"220 hi\r\n", EHLO, GO_AHEAD + b"250 surprise\r\n", b"550 no\r\n") as server:
        with pytest.raises(TransportFailed):
            attempt(edges, server)
        assert b"Subject" not in server.heard


def test_lone_dot(edges: list[Smtp]) -> None:
    """Where the recipient is refused and the server says 354 all the same, the letter ends with a lone dot.

    The answer to that is about nobody: the refusal stands (RFC 2920, 3.1), and the next letter goes on.
    """
    refused = b"250 ok\r\n550 5.1.1 nobody\r\n354 go\r\n"
    with Scripted(b"220 hi\r\n", EHLO, refused, b"250 took it\r\n", GO_AHEAD, b"250 2.0.0 ok\r\n") as server:
        answers = attempt(edges, server, 2)
        assert outcomes(answers) == {"d1": "rejected", "d2": "accepted"}
        assert answers["d1"].words == "550 5.1.1 nobody"
        assert b"DATA\r\n.\r\nMAIL FROM:<bounces+d2" in server.heard
        assert b"Subject: Brev 1" not in server.heard


def test_lone_dot_not_answered(edges: list[Smtp]) -> None:
    """A connection that ends after the lone dot changes nothing for the letter that was refused."""
    refused = b"250 ok\r\n450 later\r\n354 go\r\n"
    with Scripted(b"220 hi\r\n", EHLO, refused, b"") as server:
        assert outcomes(attempt(edges, server)) == {"d1": "deferred"}


def test_refused_sender_and_accepted_recipient(edges: list[Smtp]) -> None:
    """A server that refuses MAIL and takes the rest all the same is not given a dot to take a letter by."""
    odd = b"451 4.3.0 later\r\n250 ok\r\n354 go\r\n"
    with Scripted(b"220 hi\r\n", EHLO, odd, b"250 took it\r\n") as server:
        assert outcomes(attempt(edges, server)) == {"d1": "deferred"}
        assert b"\r\n.\r\n" not in server.heard


def test_words_are_bounded_and_printable(edges: list[Smtp]) -> None:
    """What a server says is kept on one line, without control characters, and not at any length."""
    said = b"550-5.1.1 \x1b[31mred\x00\xff\r\n550 " + b"y" * 2000 + b"\r\n"
    with Scripted(b"220 hi\r\n", EHLO, GO_AHEAD, said) as server:
        words = attempt(edges, server)["d1"].words
    assert words.startswith("550 5.1.1 [31mred yyy")
    assert len(words) <= 300
    assert words.isprintable()


def test_bare_line_feeds(edges: list[Smtp]) -> None:
    """Lines that end in LF alone are understood: their meaning is not in doubt."""
    with Scripted(b"220 hi\n", EHLO.replace(b"\r", b""), GO_AHEAD.replace(b"\r", b""), b"250 ok\n") as server:
        assert outcomes(attempt(edges, server)) == {"d1": "accepted"}


def test_said_in_the_clear(edges: list[Smtp]) -> None:
    """What is said in the clear after STARTTLS does not count as said under TLS (RFC 3207, 5)."""
    early = b"220 go\r\n250 AUTH PLAIN\r\n"
    with Scripted(b"220 hi\r\n", b"250-x\r\n250 STARTTLS\r\n", early) as server:
        edges.append(Smtp(settings(server.port, security="starttls"), patience=1.0))
        with pytest.raises(TransportFailed) as caught:
            edges[0].attempt(of(letter(1)))
        assert not caught.value.retryable
        assert "krypterad" in caught.value.what


def test_drip(edges: list[Smtp]) -> None:
    """A reply that comes a byte at a time has no longer than one that comes whole."""
    with _Dripping() as server:
        edges.append(Smtp(settings(server.port, timeout_seconds=0.3), patience=1.0))
        with pytest.raises(TransportFailed) as caught:
            edges[0].attempt(of(letter(1)))
        assert "svarade inte inom 0.3 sekunder" in caught.value.what


class _Dripping(Loopback):
    def talk(self, connection: socket.socket, number: int) -> None:
        connection.sendall(b"220 ")
        while self.wait(0.05):
            connection.sendall(b"x")
