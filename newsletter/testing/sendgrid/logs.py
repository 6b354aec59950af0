"""The Email Logs API: `POST /v3/logs` and `GET /v3/logs/{sg_message_id}`.

Sources: "Filter all messages" and "Filter messages by ID"
(twilio.com/docs/sendgrid/api-reference/email-logs, tsg_logs_v3 of twilio/sendgrid-oai): the body has
`query`, `limit` (1 to 1000, 10 if left out) and `subusers`; there are no pages; a query is up to 160
conditions joined by AND, without nesting, on just these:

    sg_message_id =    subject =    to_email =    reason =    status IN (...)    categories IN (...)
    sg_message_id_created_at > < >= <=   TIMESTAMP "2026-01-31T12:00:00Z"

So **no query finds a custom argument**: that is told by the second call, letter by letter. Events are kept
30 days.

Assumed: a letter shows once it has left or was discarded (the page speaks of "processed" messages), the
newest first, and not before `logs_lag` seconds have passed since; `sg_message_id_created_at` is when the
request came; a cancelled letter is dropped by `cancel_drop`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from newsletter.testing.sendgrid.account import Letter, LetterState, Mail, Refused

MOST = 1000
CONDITIONS = 160
KEPT_SECONDS = 30 * 86_400

_CONDITION = re.compile(
    r"""\s*(?P<field>\w+)\s*(?P<operator>IN\b|>=|<=|=|>|<)\s*
    (?P<value>TIMESTAMP\s*(?:"[^"]*"|'[^']*') | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'
    | \(\s*(?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))*\s*\))\s*""",
    re.VERBOSE,
)
_AND = re.compile(r"AND\b")
_OPERATORS = {
    "sg_message_id": {"="},
    "subject": {"="},
    "to_email": {"="},
    "reason": {"="},
    "status": {"IN"},
    "categories": {"IN"},
    "sg_message_id_created_at": {">", "<", ">=", "<="},
}
_STATUSES = {"processed", "delivered", "deferred", "dropped", "bounced", "blocked"}
_DELIVERED = "250 2.0.0 OK"

Test = Callable[[Letter], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A query, understood. What concerns a whole request is tested once for all its letters."""

    of_mail: tuple[Callable[[Mail], bool], ...]
    of_letter: tuple[Test, ...]

    def matches(self, mails: Iterable[Mail], now: float, lag: float) -> Iterator[Letter]:
        """The letters that fit and show by now, in the order they came."""
        for mail in mails:
            if mail.accepted_at < now - KEPT_SECONDS or not all(test(mail) for test in self.of_mail):
                continue
            for letter in mail.letters:
                if is_shown(letter, now, lag) and all(test(letter) for test in self.of_letter):
                    yield letter


def query_of(text: str) -> Query:
    """What a query's text says. Raises Refused."""
    of_mail: list[Callable[[Mail], bool]] = []
    of_letter: list[Test] = []
    for count, (field, operator, value) in enumerate(_conditions(text), 1):
        if count > CONDITIONS:
            raise Refused(f"a query may have {CONDITIONS} conditions", "query")
        if operator not in _OPERATORS.get(field, set()):
            raise Refused(f"invalid query: {field} {operator}", "query")
        if field == "sg_message_id_created_at":
            of_mail.append(_created(operator, _moment(value)))
        elif field == "categories":
            of_mail.append(_categorised(set(_quoted(value))))
        else:
            of_letter.append(_letter_test(field, _quoted(value)))
    return Query(tuple(of_mail), tuple(of_letter))


def is_shown(letter: Letter, now: float, lag: float) -> bool:
    """Whether the logs know the letter by now."""
    return letter.state is not LetterState.SCHEDULED and letter.settled_at + lag <= now


def status_of(letter: Letter) -> str:
    """The summary of what happened (EmailLogsMessageStatus)."""
    return letter.bounce or ("delivered" if letter.state is LetterState.LEFT else "dropped")


def reason_of(letter: Letter) -> str:
    """The words that go with the status."""
    if letter.bounce:
        return letter.bounce_reason
    return {LetterState.LEFT: _DELIVERED, LetterState.DROPPED: letter.reason}.get(
        letter.state, "Scheduled send cancelled"
    )


def row(letter: Letter) -> dict[str, object]:
    """A letter in the answer to a query (EmailLogsMessage)."""
    return {
        "from_email": letter.mail.sender,
        "sg_message_id": letter.sg_message_id,
        "subject": letter.subject,
        "to_email": letter.address,
        "reason": reason_of(letter),
        "status": status_of(letter),
        "sg_message_id_created_at": _written(letter.mail.accepted_at),
    }


def details(letter: Letter) -> dict[str, object]:
    """All that is known of one letter (EmailLogsGetMessageByIdResponse)."""
    told = row(letter)
    del told["reason"], told["sg_message_id_created_at"]
    return told | {
        "api_key_id": "local",
        "client_ip": "127.0.0.1",
        "category": list(letter.mail.categories),
        "custom_args": dict(letter.custom_args),
        "events": [_event(letter, *happened) for happened in _happened(letter)],
    }


def _conditions(text: str) -> Iterator[tuple[str, str, str]]:
    place = 0
    while True:
        found = _CONDITION.match(text, place)
        if found is None:
            raise Refused(f"invalid query at character {place}", "query")
        yield found["field"], found["operator"], found["value"]
        place = found.end()
        if place == len(text):
            return
        joined = _AND.match(text, place)
        if joined is None:
            raise Refused(f"invalid query at character {place}", "query")
        place = joined.end()


def _quoted(value: str) -> list[str]:
    if value.startswith("TIMESTAMP"):
        raise Refused("invalid query: this field takes no TIMESTAMP", "query")
    return [
        re.sub(r"\\(.)", r"\1", a or b)
        for a, b in re.findall(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", value)
    ]


def _moment(value: str) -> float:
    text = re.sub(r"^TIMESTAMP\s*", "", value)
    try:
        moment = datetime.fromisoformat(text[1:-1].replace("Z", "+00:00"))
    except ValueError as error:
        raise Refused(f"invalid query: {value} is no timestamp", "query") from error
    if text == value or moment.tzinfo is None:
        raise Refused(f"invalid query: {value} is no timestamp", "query")
    return moment.timestamp()


def _created(operator: str, moment: float) -> Callable[[Mail], bool]:
    tests: Mapping[str, Callable[[Mail], bool]] = {
        ">": lambda mail: mail.accepted_at > moment,
        "<": lambda mail: mail.accepted_at < moment,
        ">=": lambda mail: mail.accepted_at >= moment,
        "<=": lambda mail: mail.accepted_at <= moment,
    }
    return tests[operator]


def _categorised(names: set[str]) -> Callable[[Mail], bool]:
    return lambda mail: not names.isdisjoint(mail.categories)


def _letter_test(field: str, values: list[str]) -> Test:
    if field == "status":
        if not set(values) <= _STATUSES:
            raise Refused("invalid query: unknown status", "query")
        return lambda letter: status_of(letter) in values
    read: Mapping[str, Callable[[Letter], str]] = {
        "sg_message_id": lambda letter: letter.sg_message_id,
        "subject": lambda letter: letter.subject,
        "to_email": lambda letter: letter.address,
        "reason": reason_of,
    }
    text, value = read[field], values[0]
    return lambda letter: text(letter) == value


def _happened(letter: Letter) -> Iterator[tuple[str, float, Mapping[str, object]]]:
    if letter.state is LetterState.LEFT:
        yield "processed", letter.settled_at, {}
        if letter.bounce:
            kind = "blocked" if letter.bounce == "blocked" else "bounce"
            yield "bounce", letter.bounced_at, {"type": kind, "reason": letter.bounce_reason}
        else:
            yield "delivered", letter.settled_at, {"response": _DELIVERED, "ip": "127.0.0.1"}
    else:
        name = "dropped" if letter.state is LetterState.DROPPED else "cancel_drop"
        yield name, letter.settled_at, {"reason": reason_of(letter)}


def _event(letter: Letter, name: str, at: float, more: Mapping[str, object]) -> dict[str, object]:
    digest = hashlib.sha256(f"{letter.sg_message_id} {name}".encode()).hexdigest()
    return {
        "event": name,
        "email": letter.address,
        "sg_message_id": letter.sg_message_id,
        "sg_event_id": digest[:22],
        "smtp-id": f"<{letter.message_id}@local>",
        "timestamp": int(at),
        "category": list(letter.mail.categories),
        "custom_args": dict(letter.custom_args),
    } | dict(more)


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
