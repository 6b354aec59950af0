"""How the local SendGrid fails on order, and that it never loses count over it."""

from __future__ import annotations

import http.client
import socket
import threading
from collections import Counter

import pytest

from newsletter.testing.sendgrid import Fault, Kind, SendGridServer
from tests.testing.calling import Caller


def test_answers_tell_the_rate(call: Caller) -> None:
    """Every answer tells the limit, what is left of it, and when it begins anew."""
    headers = call.send().headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("10000", "9999")
    assert int(headers["X-RateLimit-Reset"]) > call.server.now


def test_too_fast_caller_waits() -> None:
    """Beyond the limit the answer is 429, until the next period."""
    with SendGridServer(rate_limit=1, rate_seconds=60, clock=lambda: 60.0) as server:
        call = Caller(server)
        assert [call.send().status, call.send().status] == [202, 429]
        server.advance(60)
        assert call.send().status == 202
        call.connection.close()


def test_ordered_429_says_when(call: Caller) -> None:
    """A 429 on order says when to try again, and nothing was done."""
    call.server.faults.add(Fault(Kind.TOO_MANY, seconds=7))
    answer = call.send()
    assert (answer.status, answer.headers["Retry-After"], answer.messages) == (
        429,
        "7",
        ["too many requests"],
    )
    assert call.server.accepted == ()


@pytest.mark.parametrize(
    ("kind", "status", "kept"),
    [
        (Kind.SERVER_ERROR, 503, 0),
        (Kind.ACCEPT_THEN_ERROR, 503, 1),
        (Kind.HTML_ERROR, 502, 0),
        (Kind.ACCEPT_THEN_HTML, 502, 1),
        (Kind.REDIRECT, 307, 0),
        (Kind.SLOW, 202, 1),
    ],
)
def test_answered_fault(call: Caller, kind: Kind, status: int, kept: int) -> None:
    """A fault with an answer gives it, has or has not done the call, and strikes once."""
    call.server.faults.add(Fault(kind, seconds=0))
    assert (call.send().status, len(call.server.accepted)) == (status, kept)
    assert call.send().status == 202


@pytest.mark.parametrize(("kind", "kept"), [(Kind.RESET_BEFORE, 0), (Kind.ACCEPT_THEN_RESET, 1)])
def test_reset_gives_no_answer(call: Caller, kind: Kind, kept: int) -> None:
    """A reset connection gives no answer, whether the letter was taken or not."""
    call.server.faults.add(Fault(kind))
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        call.send()
    assert len(call.server.accepted) == kept


@pytest.mark.parametrize(("kind", "kept"), [(Kind.HANG_BEFORE, 0), (Kind.ACCEPT_THEN_HANG, 1)])
def test_hanging_server_says_nothing(call: Caller, kind: Kind, kept: int) -> None:
    """A server that hangs says nothing until the caller gives up, whether the letter was taken or not."""
    call.server.faults.add(Fault(kind))
    call.connection.timeout = 0.05
    with pytest.raises(TimeoutError):
        call.send()
    assert len(call.server.accepted) == kept


def test_server_ends_though_a_call_hangs() -> None:
    """The server's block ends while a caller still waits for an answer."""
    with SendGridServer() as server:
        server.faults.add(Fault(Kind.ACCEPT_THEN_HANG))
        call = Caller(server)
        failed: list[BaseException] = []

        def waiting() -> None:
            try:
                call.send()
            except (OSError, http.client.HTTPException) as error:
                failed.append(error)

        thread = threading.Thread(target=waiting)
        thread.start()
        while not server.accepted:
            server.wait(0.001)
    thread.join(5)
    call.connection.close()
    assert len(failed) == 1


def test_fault_waits_for_its_turn(call: Caller) -> None:
    """A fault lets as many calls pass as it is told, strikes as often, and leaves other paths alone."""
    call.server.faults.add(Fault(Kind.SERVER_ERROR, skip=1, times=2, status=500))
    assert call.batch()
    assert [call.send().status for _ in range(4)] == [202, 500, 500, 202]


def seeded_statuses(seed: int) -> list[int]:
    with SendGridServer() as server:
        server.faults.seeded(seed, {Fault(Kind.SERVER_ERROR): 0.3, Fault(Kind.TOO_MANY): 0.2})
        call = Caller(server)
        statuses = [call.send().status for _ in range(40)]
        call.connection.close()
        return statuses


def test_seed_decides_the_faults() -> None:
    """The same seed brings the same faults, another seed others, and each kind at something like its rate."""
    first = seeded_statuses(1)
    assert first == seeded_statuses(1) != seeded_statuses(2)
    assert set(first) == {202, 429, 503}


def test_requests_are_noted_with_their_bodies(call: Caller) -> None:
    """Each call is noted before it is answered: method, path, size, and the body where bodies are kept."""
    call.server.faults.add(Fault(Kind.HTML_ERROR))
    call.send()
    [request] = call.server.requests
    assert (request.method, request.path, request.size) == ("POST", "/v3/mail/send", len(request.body))
    assert b"Hej" in request.body


def test_half_a_call_counts_for_nothing(call: Caller) -> None:
    """A caller that dies in the midst of a body has sent nothing."""
    with socket.create_connection(("127.0.0.1", call.server.port)) as caller:
        caller.sendall(b"POST /v3/mail/send HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
    assert call.send().status == 202
    assert len(call.server.accepted) == 1


def test_many_callers_at_once() -> None:
    """Calls from many threads are all counted, each letter once."""
    with SendGridServer() as server:

        def run(number: int) -> None:
            call = Caller(server)
            for index in range(20):
                call.send(personalizations=[{"to": [{"email": f"r{number}.{index}@example.org"}]}])
            call.connection.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counted = Counter(letter.address for letter in server.left())
    assert (len(counted), set(counted.values())) == (80, {1})
