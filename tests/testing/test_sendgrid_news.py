"""What the local SendGrid tells of letters and addresses afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.testing.sendgrid import LetterState
from tests.testing.calling import NOON, Caller


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(NOON + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_logs_find_by_category_and_time(call: Caller) -> None:
    """The letters of a chunk are found by its category and the hour in which it was accepted."""
    call.send(2, categories=["chunk-1"])
    call.send(categories=["chunk-2"])
    call.server.advance(3600)
    call.send(categories=["chunk-1"])
    query = f"categories IN ('chunk-1', 'x') AND sg_message_id_created_at < TIMESTAMP \"{moment(60)}\""
    assert sorted(row["to_email"] for row in call.logs(query)) == ["r0@example.org", "r1@example.org"]


def test_logs_tell_a_summary(call: Caller) -> None:
    """A row tells sender, reader, subject, status and when the message was made."""
    call.send()
    [row] = call.logs()
    assert row.pop("sg_message_id") == call.server.accepted[0].sg_message_id
    assert row == {
        "from_email": "news@example.org",
        "subject": "Hej på er",
        "to_email": "r0@example.org",
        "reason": "250 2.0.0 OK",
        "status": "delivered",
        "sg_message_id_created_at": moment(0),
    }


def test_logs_tell_custom_arguments_by_id(call: Caller) -> None:
    """The custom arguments of a letter are told by its id, with its events."""
    call.send(categories=["c"])
    told = call("GET", f"/v3/logs/{call.logs()[0]['sg_message_id']}").json
    assert (told["custom_args"], told["category"]) == ({"delivery": "d0"}, ["c"])
    assert [event["event"] for event in told["events"]] == ["processed", "delivered"]
    assert len({event["sg_event_id"] for event in told["events"]}) == 2


def test_unknown_id_is_not_found(call: Caller) -> None:
    """An id that no letter has is answered with 404."""
    assert call("GET", "/v3/logs/made-up.0").status == 404


def test_logs_lag(call: Caller) -> None:
    """A letter does not show before the logs have caught up with it."""
    call.server.logs_lag = 60
    call.send()
    assert call.logs() == []
    call.server.advance(60)
    assert len(call.logs()) == 1


def test_logs_know_no_letter_that_waits(call: Caller) -> None:
    """A scheduled letter does not show before its time; a cancelled one shows as dropped then."""
    batch = call.batch()
    call.send(send_at=int(NOON) + 3600, batch_id=batch)
    call.hold(batch)
    assert call.logs() == []
    call.server.advance(3600)
    assert [row["status"] for row in call.logs()] == ["dropped"]


def test_logs_give_ten_unless_asked(call: Caller) -> None:
    """Without a limit ten rows are told, the newest first."""
    call.send(12)
    rows = call("POST", "/v3/logs", {}).json["messages"]
    assert [row["to_email"] for row in rows] == [f"r{i}@example.org" for i in range(11, 1, -1)]


@pytest.mark.parametrize("limit", [0, 1001, "10", True])
def test_logs_have_no_pages(call: Caller, limit: object) -> None:
    """More than 1000 rows cannot be asked for."""
    assert call("POST", "/v3/logs", {"limit": limit}).status == 400


def test_logs_forget_after_thirty_days(call: Caller) -> None:
    """After 30 days a letter shows no more."""
    call.send()
    call.server.advance(31 * 86_400)
    assert call.logs() == []


@pytest.mark.parametrize(
    "query",
    [
        "unique_args['delivery'] = 'd0'",
        "custom_args = 'd0'",
        "to_email IN ('r0@example.org')",
        "status = 'delivered'",
        "status IN ('gone')",
        "(to_email = 'r0@example.org')",
        "to_email = 'a' OR to_email = 'b'",
        "to_email = 'a' AND",
        "sg_message_id_created_at > '2026-01-01T00:00:00Z'",
        'sg_message_id_created_at > TIMESTAMP "soon"',
        'to_email = TIMESTAMP "2026-01-01T00:00:00Z"',
        " AND ".join(["to_email = 'a'"] * 161),
    ],
)
def test_logs_refuse_other_queries(call: Caller, query: str) -> None:
    """A field, an operator or a form that the page does not name is answered with 400."""
    assert call("POST", "/v3/logs", {"query": query}).status == 400


@pytest.mark.parametrize(
    "query",
    [
        'to_email = "r1@example.org"',
        "subject = 'Hej på er'",
        "reason = '250 2.0.0 OK' AND status IN ('delivered')",
    ],
)
def test_logs_take_the_named_fields(call: Caller, query: str) -> None:
    """Address, subject, reason and status can be asked for."""
    call.send(2)
    assert "r1@example.org" in [row["to_email"] for row in call.logs(query)]


def test_bounce_is_told_and_suppressed(call: Caller) -> None:
    """A bounced address shows as such, is listed, and gets nothing more."""
    call.send()
    call.server.bounce("R0@example.org", "550 5.1.1 Gone")
    call.send(2)
    assert [letter.state for letter in call.server.accepted] == [
        LetterState.LEFT,
        LetterState.DROPPED,
        LetterState.LEFT,
    ]
    assert [row["status"] for row in call.logs("to_email = 'r0@example.org'")] == ["dropped", "bounced"]
    [entry] = call("GET", "/v3/suppression/bounces").json
    assert entry == {
        "created": int(NOON),
        "email": "R0@example.org",
        "reason": "550 5.1.1 Gone",
        "status": "5.1.1",
    }


def test_block_holds_nothing_back(call: Caller) -> None:
    """A blocked address is listed, and later letters go to it all the same."""
    call.send()
    call.server.block("r0@example.org")
    call.send()
    assert [row["status"] for row in call.logs()] == ["delivered", "blocked"]
    assert len(call("GET", "/v3/suppression/blocks").json) == 1


def test_bypassing_reaches_the_suppressed(call: Caller) -> None:
    """With list management bypassed a suppressed address is written to."""
    call.server.unsubscribe("r0@example.org")
    call.send(mail_settings={"bypass_list_management": {"enable": True}})
    assert len(call.server.left()) == 1


def test_suppressions_are_paged(call: Caller) -> None:
    """A list is cut by time, beginning of address, limit and offset."""
    for number in range(4):
        call.server.spam_report(f"r{number}@example.org")
        call.server.advance(10)
    path = (
        f"/v3/suppression/spam_reports?start_time={int(NOON) + 10}&end_time={int(NOON) + 30}&limit=1&offset=1"
    )
    assert [entry["email"] for entry in call("GET", path).json] == ["r2@example.org"]
    assert [entry["email"] for entry in call("GET", "/v3/suppression/spam_reports?email=r1").json] == [
        "r1@example.org"
    ]
    assert call("GET", "/v3/suppression/spam_reports?limit=501").status == 400


def test_global_suppressions_come_and_go(call: Caller) -> None:
    """An address is put among those who left all letters, shown there, and taken away."""
    call("POST", "/v3/asm/suppressions/global", {"recipient_emails": ["r@example.org"]})
    path = "/v3/asm/suppressions/global/r@example.org"
    assert call("GET", path).json == {"recipient_email": "r@example.org"}
    assert [entry["email"] for entry in call("GET", "/v3/suppression/unsubscribes").json] == ["r@example.org"]
    assert call("DELETE", path).status == 204
    assert call("GET", path).json == {}


def test_stats_count_by_day(call: Caller) -> None:
    """What happened is counted by day."""
    call.server.invalid("r1@example.org")
    call.send(3)
    call.server.bounce("r0@example.org")
    day = moment(0)[:10]
    [row] = call("GET", f"/v3/stats?start_date={day}&aggregated_by=day").json
    metrics = row["stats"][0]["metrics"]
    assert row["date"] == day
    told = {
        name: metrics[name] for name in ("requests", "processed", "delivered", "bounces", "invalid_emails")
    }
    assert told == {"requests": 3, "processed": 2, "delivered": 1, "bounces": 1, "invalid_emails": 1}


def test_stats_need_a_start(call: Caller) -> None:
    """Without `start_date` the answer is 400."""
    assert call("GET", "/v3/stats").fields == ["start_date"]


def test_domains_tell_their_records(call: Caller) -> None:
    """An authenticated domain is told with its DNS records, found or not."""
    call.server.authenticate("example.org", valid=False)
    [domain] = call("GET", "/v3/whitelabel/domains?domain=example.org").json
    assert (domain["valid"], domain["dns"]["dkim1"]["host"]) == (False, "s1._domainkey.example.org")


def test_scopes_are_the_keys(call: Caller) -> None:
    """A key is told what it may do, and may do no more."""
    call.server.api.keys["SG.small"] = ("mail.batch.create",)
    small = Caller(call.server, "SG.small")
    assert small("GET", "/v3/scopes").json == {"scopes": ["mail.batch.create"]}
    assert small.send().status == 403
    small.connection.close()


def test_wrong_key_is_refused(call: Caller) -> None:
    """Without a key that was given out the answer is 401 in the documented shape."""
    stranger = Caller(call.server, "SG.stranger")
    answer = stranger.send()
    stranger.connection.close()
    assert answer.status == 401
    assert set(answer.json["errors"][0]) == {"message", "field", "help"}
    assert call.server.accepted == ()


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v3/nothing", 404), ("PUT", "/v3/scopes", 405)]
)
def test_other_calls_are_refused(call: Caller, method: str, path: str, status: int) -> None:
    """A path or method that is not the API's is told so."""
    assert call(method, path).status == status
