"""What the local SendGrid takes, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.testing.sendgrid import SendGridServer
from newsletter.testing.sendgrid.mail import flaws_of
from tests.testing.calling import NOON, Caller, letter

ONE = {"to": [{"email": "r@example.org"}]}


def people(count: int) -> list[dict[str, str]]:
    return [{"email": f"r{i}@example.org"} for i in range(count)]


def test_fit_letter_is_queued(call: Caller) -> None:
    """A letter that is fit is answered with 202, an id and an empty body."""
    answer = call.send()
    assert (answer.status, answer.body) == (202, b"")
    assert answer.headers["X-Message-Id"] == call.server.left()[0].message_id


def test_each_address_has_its_letter(call: Caller) -> None:
    """Every address of every personalization gets one letter, with its own arguments over the request's."""
    call.send(2, custom_args={"sending": "s", "delivery": "?"})
    assert [(one.address, dict(one.custom_args)) for one in call.server.accepted] == [
        ("r0@example.org", {"sending": "s", "delivery": "d0"}),
        ("r1@example.org", {"sending": "s", "delivery": "d1"}),
    ]


def test_sandbox_sends_nothing(call: Caller) -> None:
    """In the sandbox a fit letter is answered with 200, and nobody gets it."""
    assert call.send(mail_settings={"sandbox_mode": {"enable": True}}).status == 200
    assert call.server.accepted == ()


def test_thousand_people_fit(call: Caller) -> None:
    """A request may have exactly 1000 personalizations."""
    assert call.send(1000).status == 202


@pytest.mark.parametrize(
    ("more", "field"),
    [
        pytest.param({"personalizations": None}, "personalizations", id="nobody"),
        pytest.param({"personalizations": []}, "personalizations", id="none"),
        pytest.param({"personalizations": [ONE] * 1001}, "personalizations", id="too many"),
        pytest.param({"personalizations": [{"to": people(501)}] * 2}, "personalizations", id="1002 people"),
        pytest.param({"personalizations": [{}]}, "personalizations.0.to", id="no to"),
        pytest.param(
            {"personalizations": [{"to": [{"email": "x"}]}]}, "personalizations.0.to.0.email", id="bad to"
        ),
        pytest.param(
            {"personalizations": [ONE | {"cc": [{"email": "R@example.org"}]}]},
            "personalizations.0",
            id="twice",
        ),
        pytest.param(
            {"personalizations": [ONE | {"substitutions": {"-a-": "x" * 10_000}}]},
            "personalizations.0.substitutions",
            id="long substitutions",
        ),
        pytest.param(
            {"personalizations": [ONE | {"send_at": int(NOON) + 73 * 3600}]},
            "personalizations.0.send_at",
            id="one too far ahead",
        ),
        pytest.param({"from": None}, "from", id="no sender"),
        pytest.param({"from": {"name": "Namn"}}, "from", id="sender without address"),
        pytest.param({"from": {"email": "å@example.org"}}, "from.email", id="sender in Unicode"),
        pytest.param({"subject": None}, "subject", id="no subject"),
        pytest.param({"subject": ""}, "subject", id="empty subject"),
        pytest.param({"content": None}, "content", id="no content"),
        pytest.param(
            {"content": [{"type": "text/html", "value": ""}]}, "content.0.value", id="empty content"
        ),
        pytest.param(
            {"content": [{"type": "text/html", "value": "a"}, {"type": "text/plain", "value": "a"}]},
            "content",
            id="HTML first",
        ),
        pytest.param({"content": [{"type": "text/plain", "value": "a"}] * 2}, "content", id="text twice"),
        pytest.param({"custom_args": {"a": "x" * 10_000}}, "custom_args", id="long arguments"),
        pytest.param({"categories": [f"c{i}" for i in range(11)]}, "categories", id="eleven categories"),
        pytest.param({"categories": ["c" * 256]}, "categories.0", id="long category"),
        pytest.param({"categories": ["möte"]}, "categories.0", id="category in Unicode"),
        pytest.param({"categories": ["c", "c"]}, "categories", id="category twice"),
        pytest.param({"categories": "c"}, "categories", id="category as text"),
        pytest.param({"ip_pool_name": "p"}, "ip_pool_name", id="short pool"),
        pytest.param({"send_at": int(NOON) + 72 * 3600 + 1}, "send_at", id="too far ahead"),
        pytest.param({"send_at": "1800000000"}, "send_at", id="time as text"),
        pytest.param({"send_at": True}, "send_at", id="time as boolean"),
        pytest.param({"batch_id": "made-up"}, "batch_id", id="unknown batch"),
        pytest.param({"headers": {"subject": "x"}}, "headers", id="reserved header"),
        pytest.param({"headers": {"X-SG-EID": "x"}}, "headers", id="their header"),
        pytest.param({"headers": {"X A": "x"}}, "headers", id="header with a space"),
        pytest.param({"headers": {"X-A": 1}}, "headers.X-A", id="header as number"),
        pytest.param(
            {"reply_to": {"email": "a@example.org"}, "reply_to_list": []}, "reply_to", id="two replies"
        ),
        pytest.param({"asm": {"groups_to_display": [1]}}, "asm.group_id", id="asm without a group"),
        pytest.param(
            {"asm": {"group_id": 1, "groups_to_display": [1] * 26}}, "asm.groups_to_display", id="26 groups"
        ),
        pytest.param(
            {"tracking_settings": {"click_tracking": {"enable": "no"}}},
            "tracking_settings.click_tracking.enable",
            id="tracking as text",
        ),
        pytest.param({"tracking_settings": {"clicks": {}}}, "tracking_settings", id="unknown tracking"),
        pytest.param({"colour": "red"}, "colour", id="unknown field"),
        pytest.param(
            {"attachments": [{"content": "!", "filename": "a"}]}, "attachments.0.content", id="base64"
        ),
        pytest.param({"attachments": [{"content": "QQ=="}]}, "attachments.0.filename", id="no filename"),
        pytest.param(
            {"attachments": [{"content": "QQ==", "filename": "a.png", "disposition": "inline"}]},
            "attachments.0.content_id",
            id="inline without an id",
        ),
    ],
)
def test_unfit_letter_is_refused(call: Caller, more: dict[str, Any], field: str) -> None:
    """What breaks a documented limit is answered with 400 that names the field, and nobody gets a letter."""
    answer = call.send(**more)
    assert answer.status == 400
    assert field in answer.fields
    assert set(answer.json["errors"][0]) == {"message", "field", "help"}
    assert call.server.accepted == ()


def test_arguments_are_strings(call: Caller) -> None:
    """A custom argument that is no string is answered with no more than "Bad Request"."""
    assert call.send(custom_args={"a": 1}).messages == ["Bad Request"]


def test_arguments_are_measured_together(call: Caller) -> None:
    """The request's arguments and the personalization's share the 10,000 bytes."""
    both = [ONE | {"custom_args": {"a": "x" * 6000}}]
    assert call.send(personalizations=both, custom_args={"b": "x" * 6000}).status == 400


def test_subject_may_stand_in_every_personalization(call: Caller) -> None:
    """A request without a subject is fit if every personalization has one."""
    assert call.send(personalizations=[ONE | {"subject": "Hej"}], subject=None).status == 202


def test_all_mistakes_are_told_at_once(call: Caller) -> None:
    """One answer names everything that is wrong."""
    assert set(call.send(subject=None, colour="red").fields) == {"subject", "colour"}


def test_full_tracking_settings_are_taken(call: Caller) -> None:
    """Tracking settings written out in full are fit."""
    settings = {
        "click_tracking": {"enable": True, "enable_text": False},
        "open_tracking": {"enable": False},
        "subscription_tracking": {"enable": True, "text": "a", "html": "b", "substitution_tag": "[leave]"},
        "ganalytics": {"enable": False},
    }
    assert call.send(tracking_settings=settings).status == 202


def test_too_large_letter_is_refused(call: Caller) -> None:
    """More than 30 MB is answered with 413."""
    assert call("POST", "/v3/mail/send", b" " * (30 * 1024 * 1024 + 1)).status == 413


def test_broken_json_is_refused(call: Caller) -> None:
    """What is no JSON is answered with 400."""
    assert call("POST", "/v3/mail/send", b"{").messages == ["Bad Request"]


def test_other_content_type_is_refused(call: Caller) -> None:
    """A body that is not said to be JSON is answered with 415."""
    answer = call("POST", "/v3/mail/send", letter(), **{"Content-Type": "text/plain"})
    assert answer.status == 415


def test_chunked_body_is_read(sendgrid: SendGridServer, call: Caller) -> None:
    """A body may come in chunks, without a length."""
    data = json.dumps(letter()).encode()
    said = {"Authorization": f"Bearer {sendgrid.key}", "Content-Type": "application/json"}
    call.connection.request("POST", "/v3/mail/send", iter([data[:9], data[9:]]), said, encode_chunked=True)
    answer = call.connection.getresponse()
    answer.read()
    assert answer.status == 202


def test_sink_takes_what_it_can_read() -> None:
    """Without checks an unfit letter is taken, and one that cannot be read is refused."""
    with SendGridServer(checked=False) as server:
        call = Caller(server)
        assert call.send(subject=None).status == 202
        assert call("POST", "/v3/mail/send", {"personalizations": 1}).status == 400
        call.connection.close()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["email", "to", "cc", "subject", "type", "send_at", "enable"]), inner
        )
    ),
    max_leaves=8,
)
REQUESTS = st.dictionaries(
    st.sampled_from([*letter(), "headers", "categories", "custom_args", "asm", "send_at"]), VALUES
)


@given(REQUESTS)
def test_any_json_is_looked_at(request_: dict[str, Any]) -> None:
    """Whatever the shape of a request, the answer is a list of what is wrong with it."""
    assert isinstance(flaws_of(letter() | request_, NOON, lambda batch: True), list)
