"""What the provider's logs say of letters whose answer was lost, and what they do not say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.edges.sendgrid import SendGrid, logs
from newsletter.errors import TransportFailed
from newsletter.model.delivery import Delivery
from newsletter.model.transport import Answer, Outcome
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.sendgrid import Fault, Kind, SendGridServer
from tests.sendgrid.sending import mailer_of, parcel, settings_of


def lost(
    server: SendGridServer, mailer: SendGrid, *numbers: int, batch: str = "", attempt: int = 1
) -> list[Delivery]:
    """Rows whose letters were taken, and whose answer was lost."""
    one = parcel(*numbers, batch=batch, attempt=attempt)
    server.faults.add(Fault(Kind.ACCEPT_THEN_RESET))
    assert {answer.outcome for answer in mailer.attempt(one).values()} == {Outcome.UNKNOWN}
    return list(one.chunk.deliveries)


def outcomes(told: Mapping[str, Answer | None]) -> dict[str, Outcome | None]:
    return {id_[-1]: answer.outcome if answer else None for id_, answer in told.items()}


def calls(server: SendGridServer) -> list[str]:
    return [json.loads(one.body)["query"] for one in server.requests if one.path == "/v3/logs"]


def test_found(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter that the logs know was taken; one that they lack is not spoken of."""
    rows = lost(server, mailer, 1, 2)
    told = mailer.ask([*rows, builders.delivery(3)], NOON)
    assert outcomes(told) == {"1": Outcome.ACCEPTED, "2": Outcome.ACCEPTED}
    assert {answer.words for answer in told.values() if answer} == {server.accepted[0].message_id}


def test_one_call_for_many(server: SendGridServer, mailer: SendGrid) -> None:
    """Letters that left together are asked for together, by their sending and the time."""
    rows = lost(server, mailer, *range(50))
    assert len(mailer.ask(rows, NOON)) == 50
    (query,) = calls(server)
    assert "categories IN ('sending-sending-2026-2')" in query
    assert 'sg_message_id_created_at >= TIMESTAMP "2026-11-17T10:50:00Z"' in query


@pytest.mark.parametrize("hours", [-3, 3])
def test_another_clock(server: SendGridServer, hours: int) -> None:
    """A letter is found by the provider's clock, however wrong ours is."""
    wrong = datetime.fromtimestamp(server.now, UTC) + timedelta(hours=hours)
    mailer = SendGrid(settings_of(server), now=lambda: wrong)
    assert outcomes(mailer.ask(lost(server, mailer, 1), wrong)) == {"1": Outcome.ACCEPTED}
    mailer.close()


def test_lag(server: SendGridServer, mailer: SendGrid) -> None:
    """What the logs do not show yet is not spoken of, and is found later."""
    server.api.logs_lag = 300
    rows = lost(server, mailer, 1)
    assert mailer.ask(rows, NOON) == {}
    server.advance(300)
    assert outcomes(mailer.ask(rows, NOON)) == {"1": Outcome.ACCEPTED}


def test_still_held(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter that the provider still holds is not spoken of."""
    batch = mailer.open_batch()
    assert mailer.ask(lost(server, mailer, 1, batch=batch), NOON) == {}


def test_bounced_was_taken(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter that came back was taken all the same: the bounce is told by an event."""
    rows = lost(server, mailer, 1, 2)
    server.bounce(rows[0].address)
    server.block(rows[1].address)
    told = mailer.ask(rows, NOON)
    assert outcomes(told) == {"1": Outcome.ACCEPTED, "2": Outcome.ACCEPTED}


def test_dropped(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter that the provider never sent is rejected in its words."""
    server.bounce("reader.1@example.org")
    told = mailer.ask(lost(server, mailer, 1, 2), NOON)
    assert outcomes(told) == {"1": Outcome.REJECTED, "2": Outcome.ACCEPTED}
    assert told["sending-2026-2-delivery-000001"] == Answer(Outcome.REJECTED, "Bounced Address")


def test_cancelled(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter that was thrown away by a cancel never left."""
    batch = mailer.open_batch()
    rows = lost(server, mailer, 1, batch=batch)
    mailer.cancel(batch)
    server.advance(3601)
    assert outcomes(mailer.ask(rows, NOON)) == {"1": None}


def test_end_of_an_earlier_attempt(server: SendGridServer, mailer: SendGrid) -> None:
    """That an earlier attempt was thrown away says nothing of the one in doubt."""
    batch = mailer.open_batch()
    rows = lost(server, mailer, 1, batch=batch)
    mailer.cancel(batch)
    server.advance(3601)
    assert mailer.ask([row._replace(attempt=2) for row in rows], NOON) == {}


def test_later_attempt_left(server: SendGridServer, mailer: SendGrid) -> None:
    """Where one attempt was thrown away and another left, the letter left."""
    batch = mailer.open_batch()
    lost(server, mailer, 1, batch=batch)
    mailer.cancel(batch)
    rows = lost(server, mailer, 1, attempt=2)
    server.advance(3601)
    assert outcomes(mailer.ask(rows, NOON)) == {"1": Outcome.ACCEPTED}


def test_another_sending(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter of another sending to the same address is none of ours."""
    lost(server, mailer, 1)
    theirs = builders.delivery(1, sending="sending-2026-3", id="x1")
    assert mailer.ask([theirs], NOON) == {}


def test_two_sendings(server: SendGridServer, mailer: SendGrid) -> None:
    """Rows of several sendings are each asked for by their own."""
    rows = lost(server, mailer, 1)
    assert outcomes(mailer.ask([builders.delivery(2, sending="s2"), *rows], NOON)) == {"1": Outcome.ACCEPTED}


def test_capital_letters(server: SendGridServer, mailer: SendGrid) -> None:
    """An address is the same in capital letters."""
    one = builders.parcel([builders.delivery(1, address="Anna.Ek@Example.org")])
    mailer.attempt(one)
    assert len(mailer.ask(one.chunk.deliveries, NOON)) == 1


def test_time_is_cut(server: SendGridServer, mailer: SendGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a call holds as many rows as it may, the time is cut until each holds fewer; all are found."""
    monkeypatch.setattr(logs, "MOST_ROWS", 10)
    rows: list[Delivery] = []
    for minute in range(20):
        rows += lost(server, mailer, *range(minute * 5, minute * 5 + 5))
        server.advance(60)
    assert len(mailer.ask(rows, NOON)) == 100
    assert not [query for query in calls(server) if "to_email" in query]


def test_crowded_second(server: SendGridServer, mailer: SendGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one second holds more than a call gives, those in doubt are asked for by address."""
    monkeypatch.setattr(logs, "MOST_ROWS", 10)
    mailer.attempt(parcel(*range(100, 160)))
    rows = lost(server, mailer, 1, 2, 3)
    mailer.attempt(parcel(*range(200, 260)))
    assert len(mailer.ask(rows, NOON)) == 3
    assert 'to_email = "reader.1@example.org"' in calls(server)[-3]


def test_found_early_is_asked_no_more(server: SendGridServer, mailer: SendGrid) -> None:
    """Days later the first call still finds letters close to when they were attempted."""
    rows = lost(server, mailer, 1)
    server.advance(20 * 86_400)
    assert len(mailer.ask(rows, NOON)) == 1
    assert len(calls(server)) == 1


def test_calls_are_few(server: SendGridServer, mailer: SendGrid) -> None:
    """A letter that is nowhere in 29 days of logs costs few calls."""
    server.advance(29 * 86_400)
    assert mailer.ask([builders.delivery(1)], NOON) == {}
    assert len(calls(server)) < 15


@pytest.mark.parametrize(
    "kind", [Kind.SERVER_ERROR, Kind.HTML_ERROR, Kind.ACCEPT_THEN_RESET, Kind.TOO_MANY, Kind.REDIRECT]
)
def test_nobody_answers(server: SendGridServer, mailer: SendGrid, kind: Kind) -> None:
    """Where the logs do not answer, it is told, and nothing is said of any letter."""
    rows = lost(server, mailer, 1)
    server.faults.add(Fault(kind, "/v3/logs"))
    with pytest.raises(TransportFailed):
        mailer.ask(rows, NOON)


def test_without_leave_to_read(server: SendGridServer) -> None:
    """A key that may not read the logs is told of, with what to do."""
    server.api.keys[server.key] = ("mail.send",)
    mailer = mailer_of(server)
    with pytest.raises(TransportFailed) as caught:
        mailer.ask([builders.delivery(1)], NOON)
    mailer.close()
    assert "behörigheter" in caught.value.do


@pytest.mark.parametrize("answer", [b"[]", b"{}", b'{"messages": 1}', b'{"messages": ["x"]}', b"x"])
def test_unreadable(
    server: SendGridServer, mailer: SendGrid, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """An answer of another shape is no answer."""
    monkeypatch.setattr("newsletter.testing.sendgrid.api._json", lambda status, value: _reply(answer))
    with pytest.raises(TransportFailed):
        mailer.ask([builders.delivery(1)], NOON)


def _reply(body: bytes) -> object:
    from newsletter.testing.sendgrid.wire import Reply

    return Reply(200, body)


@pytest.mark.parametrize(
    "details", [{}, {"custom_args": None}, {"custom_args": {"delivery": "x"}}, {"custom_args": []}]
)
def test_dropped_without_arguments(details: dict[str, object]) -> None:
    """A drop whose attempt is not told settles nothing."""
    row = {"to_email": "reader.1@example.org", "status": "dropped", "sg_message_id": "m", "reason": "x"}
    assert logs.asked([builders.delivery(1)], NOON, NOON, lambda query: [row], lambda id_: details) == {}


def test_unknown_status() -> None:
    """A status that the table lacks settles nothing."""
    row = {"to_email": "reader.1@example.org", "status": "teleported", "sg_message_id": "m"}
    assert logs.asked([builders.delivery(1)], NOON, NOON, lambda query: [row], lambda id_: {}) == {}


def windows(days: float) -> Iterator[tuple[datetime, datetime]]:
    return logs._windows(NOON, NOON + timedelta(days=days))


@pytest.mark.parametrize("days", [0.001, 1, 30])
def test_windows(days: float) -> None:
    """Windows follow each other without a gap, from the first moment to past the last."""
    made = list(windows(days))
    assert made[0][0] == NOON
    assert made[-1][1] >= NOON + timedelta(days=days)
    assert [end for _, end in made[:-1]] == [start for start, _ in made[1:]]
    assert all(start.tzinfo is UTC for start, _ in made)
