"""Letters that the provider holds: batches are opened, cancelled so that it is certain, and given back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.edges.sendgrid import SendGrid
from newsletter.errors import TransportFailed
from newsletter.testing.builders import NOON
from newsletter.testing.sendgrid import Fault, Kind, LetterState, SendGridServer
from tests.sendgrid.sending import mailer_of, parcel, settings_of

STATUS = "/v3/user/scheduled_sends"


def held(server: SendGridServer) -> dict[str, str]:
    return dict(server.account.holds())


def test_opened(server: SendGridServer, mailer: SendGrid) -> None:
    """A new batch has a name of its own, and the provider tells the time."""
    server.advance(5)
    first, at = mailer.open_batch(), mailer.clock()
    second = mailer.open_batch()
    assert first != second
    assert at == NOON + timedelta(seconds=5)


def clock_questions(server: SendGridServer) -> int:
    return sum(call.path == STATUS for call in server.requests)


def test_the_last_answer_tells_the_time(server: SendGridServer, mailer: SendGrid) -> None:
    """Just after a parcel was taken the provider is not asked for the time: the answer had it."""
    mailer.attempt(parcel(1, 2))
    assert mailer.clock().timestamp() == server.now
    assert clock_questions(server) == 0


def test_an_older_answer_does_not(server: SendGridServer) -> None:
    """It is asked where one of our clocks has moved on, or back: one is set, the other stands in sleep."""
    ours, ticks = [NOON], [0.0]
    mailer = SendGrid(settings_of(server), now=lambda: ours[0], ticks=lambda: ticks[0])
    for number, (passed, ticked) in enumerate([(1.0, 0.0), (0.0, 1.0), (-0.1, 0.0)], start=1):
        mailer.attempt(parcel(number))
        ours[0] += timedelta(seconds=passed)
        ticks[0] += ticked
        server.advance(3600)
        assert mailer.clock().timestamp() == server.now
        assert clock_questions(server) == number
    mailer.close()


def test_a_refusal_tells_no_time(server: SendGridServer, mailer: SendGrid) -> None:
    """The time is taken from the provider's yes alone: a page from something between us is not its word."""
    server.faults.add(Fault(Kind.HTML_ERROR))
    mailer.attempt(parcel(1))
    mailer.clock()
    assert clock_questions(server) == 1


def test_cancelled(server: SendGridServer, mailer: SendGrid) -> None:
    """None of a cancelled batch leaves, and the moment is the provider's own."""
    batch = mailer.open_batch()
    mailer.attempt(parcel(1, 2, batch=batch))
    server.advance(60)
    assert mailer.cancel(batch) == NOON + timedelta(seconds=60)
    server.advance(7200)
    assert {letter.state for letter in server.accepted} == {LetterState.CANCELLED}


def test_cancelling_again(server: SendGridServer, mailer: SendGrid) -> None:
    """Cancelling once more does no harm, and is confirmed anew."""
    batch = mailer.open_batch()
    mailer.cancel(batch)
    server.advance(1)
    assert mailer.cancel(batch) == NOON + timedelta(seconds=1)
    assert held(server) == {batch: "cancel"}


def test_paused_by_somebody(server: SendGridServer, mailer: SendGrid) -> None:
    """A batch that somebody paused on the provider's page is cancelled all the same."""
    batch = mailer.open_batch()
    server.account.hold(batch, "pause")
    mailer.cancel(batch)
    assert held(server) == {batch: "cancel"}


def test_lost_answer_was_after_all(server: SendGridServer) -> None:
    """Where the cancel's answer is lost it is not known; asking again finds that it took."""
    mailer = mailer_of(server, timeout_seconds=0.3)
    batch = mailer.open_batch()
    server.faults.add(Fault(Kind.ACCEPT_THEN_RESET, STATUS))
    with pytest.raises(TransportFailed, match="inte känt") as caught:
        mailer.cancel(batch)
    assert caught.value.retryable
    assert mailer.cancel(batch) == NOON
    mailer.close()


@pytest.mark.parametrize(
    "kind",
    [Kind.SERVER_ERROR, Kind.HTML_ERROR, Kind.RESET_BEFORE, Kind.TOO_MANY, Kind.REDIRECT, Kind.HANG_BEFORE],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_not_confirmed(server: SendGridServer, kind: Kind, method: str) -> None:
    """Whatever goes wrong with the cancel or with looking, nothing is claimed; trying again confirms it."""
    mailer = mailer_of(server, timeout_seconds=0.3)
    batch = mailer.open_batch()
    server.faults.add(Fault(kind, STATUS, method))
    with pytest.raises(TransportFailed):
        mailer.cancel(batch)
    assert mailer.cancel(batch) == NOON
    mailer.close()


def test_taken_and_not_seen(
    server: SendGridServer, mailer: SendGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancel that was answered with yes and does not show is not confirmed."""
    batch = mailer.open_batch()
    monkeypatch.setattr(server.account, "hold", lambda batch, status: None)
    with pytest.raises(TransportFailed, match="bekräftar inte"):
        mailer.cancel(batch)


def test_stranger(mailer: SendGrid) -> None:
    """A batch that the provider does not know is not cancelled, and it says so."""
    with pytest.raises(TransportFailed, match="invalid batch id") as caught:
        mailer.cancel("never-made")
    assert not caught.value.retryable


def test_an_eleventh(server: SendGridServer, mailer: SendGrid) -> None:
    """Ten are held at most; an eleventh is told of, and fits once one is given back."""
    batches = [mailer.open_batch() for _ in range(11)]
    for batch in batches[:10]:
        mailer.cancel(batch)
    with pytest.raises(TransportFailed, match="Högst 10") as caught:
        mailer.cancel(batches[10])
    assert caught.value.retryable
    mailer.release(batches[0])
    assert mailer.cancel(batches[10]) == NOON


def test_given_back(server: SendGridServer, mailer: SendGrid) -> None:
    """A batch is given back once its letters were thrown away; repeating does no harm, and none leaves."""
    batch = mailer.open_batch()
    mailer.attempt(parcel(1, batch=batch))
    mailer.cancel(batch)
    server.advance(3601)
    mailer.release(batch)
    mailer.release(batch)
    assert held(server) == {}
    assert server.left() == ()


@pytest.mark.parametrize("path", ["/v3/mail/batch", STATUS])
@pytest.mark.parametrize("kind", [Kind.SERVER_ERROR, Kind.ACCEPT_THEN_RESET, Kind.REDIRECT])
def test_failing(server: SendGridServer, mailer: SendGrid, path: str, kind: Kind) -> None:
    """Opening and giving back fail as what they are, never in silence."""
    server.faults.add(Fault(kind, path, ""))
    with pytest.raises(TransportFailed):
        mailer.open_batch() if "batch" in path else mailer.release("b")


def test_without_a_clock(server: SendGridServer, mailer: SendGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that does not tell the time confirms nothing."""
    batch = mailer.open_batch()
    monkeypatch.setattr("newsletter.testing.sendgrid.api.formatdate", lambda *_, **__: "soon")
    with pytest.raises(TransportFailed, match="klockan"):
        mailer.cancel(batch)
