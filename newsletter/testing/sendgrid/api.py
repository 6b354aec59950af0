"""The API itself: which call is which, who may make it, and what it is answered.

Sources: the pages named in each part, and for all of them "Authentication", "Errors", "Responses" and "Rate
Limits" (twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api). The refusals of the batch
calls are worded as in sendgrid/docs pull request 1276. Which scopes the newer calls need is assumed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from threading import Lock

from newsletter.testing.sendgrid import logs, mail
from newsletter.testing.sendgrid.account import Account, Refused
from newsletter.testing.sendgrid.stats import stats
from newsletter.testing.sendgrid.suppression import LISTS, Entry
from newsletter.testing.sendgrid.taking import letters_of, mail_of
from newsletter.testing.sendgrid.wire import Head, Reply

SEND = "/v3/mail/send"
_JSON = "application/json"


@dataclass
class Api:
    """The provider, spoken to in calls. Any thread may call."""

    account: Account
    keys: dict[str, tuple[str, ...]]  # each API key with its scopes
    checked: bool  # whether mail/send is held to the documented limits
    logs_lag: float  # seconds before a letter shows in the logs
    rate_limit: int  # calls of one path that are answered in each period
    rate_seconds: float  # how long a period is
    domains: list[dict[str, object]] = field(default_factory=list)  # authenticated ones, as they are told
    _rates: Counter[tuple[str, int]] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def answer(self, head: Head, body: bytes) -> Reply:
        """What the provider answers to a call, with the headers that tell the rate."""
        limits = self._rate(head.path)
        if limits is None:
            return self.too_many(self.rate_seconds)
        scopes = self.keys.get(head.headers.get("authorization", "").removeprefix("Bearer "))
        if scopes is None:
            reply = refusal(401, "The provided authorization grant is invalid, expired, or revoked")
        else:
            try:
                reply = self._called(head, body, scopes)
            except Refused as refused:
                reply = refusal(refused.status, refused.message, refused.field)
        told = limits | {"Date": formatdate(self.account.now, usegmt=True)}
        return Reply(reply.status, reply.body, told | dict(reply.headers))

    def _rate(self, path: str) -> dict[str, str] | None:
        """The headers that tell what is left of this period's calls; None when nothing is."""
        period = int(self.account.now // self.rate_seconds)
        with self._lock:
            self._rates[path, period] += 1
            left = self.rate_limit - self._rates[path, period]
            if len(self._rates) > 1000:
                self._rates = Counter({key: count for key, count in self._rates.items() if key[1] == period})
        return None if left < 0 else self._limits(left)

    def _limits(self, left: int) -> dict[str, str]:
        end = int((self.account.now // self.rate_seconds + 1) * self.rate_seconds)
        named = {"Limit": self.rate_limit, "Remaining": left, "Reset": end}
        return {f"X-RateLimit-{name}": str(value) for name, value in named.items()}

    def too_many(self, seconds: float) -> Reply:
        """429, to be tried again after so many seconds ("Rate Limits")."""
        reply = refusal(429, "too many requests")
        more = {"Retry-After": str(max(1, round(seconds)))}
        return Reply(429, reply.body, dict(reply.headers) | self._limits(0) | more)

    def _called(self, head: Head, body: bytes, scopes: tuple[str, ...]) -> Reply:
        start, _, last = head.path.rpartition("/")
        for path, tail in ((head.path, ""), (start + "/*", last)):
            if path in _CALLS:
                scope, call = _CALLS[path].get(head.method, ("", None))
                if call is None:
                    raise Refused("method not allowed", status=405)
                if scope and scope not in scopes:
                    raise Refused("access forbidden", status=403)
                return call(self, head, body, tail)
        raise Refused("not found", status=404)

    def _send(self, head: Head, body: bytes, _: str) -> Reply:
        if len(body) > mail.MESSAGE_BYTES:
            raise Refused("content too large", status=413)
        if head.headers.get("content-type", "").split(";")[0].strip().lower() != _JSON:
            raise Refused(f"Content-Type should be {_JSON}.", status=415)
        request = _read(body)
        now = self.account.now
        if self.checked and (found := mail.flaws_of(request, now, self.account.knows)):
            return _json(400, {"errors": [flaw.told() for flaw in found]})
        try:
            if mail.is_sandboxed(request):
                return Reply(200)
            taken = mail_of(request, now, len(body))
            letters = list(letters_of(request, taken))
        except (KeyError, TypeError, AttributeError) as error:
            raise Refused("Bad Request") from error  # only where nothing was checked
        self.account.accept(taken, letters)
        return Reply(202, b"", {"X-Message-Id": taken.message_id})

    def _new_batch(self, head: Head, body: bytes, _: str) -> Reply:
        return _json(201, {"batch_id": self.account.new_batch()})

    def _batch(self, head: Head, body: bytes, batch: str) -> Reply:
        if not self.account.knows(batch):
            raise Refused("invalid batch id")
        return _json(200, {"batch_id": batch})

    def _holds(self, head: Head, body: bytes, batch: str) -> Reply:
        held = self.account.holds()
        return _json(200, [{"batch_id": id_, "status": status} for id_, status in held if batch in ("", id_)])

    def _hold(self, head: Head, body: bytes, _: str) -> Reply:
        request = _read(body)
        batch, status = request.get("batch_id"), _status(request)
        if not isinstance(batch, str):
            raise Refused("invalid batch id", "batch_id")
        self.account.hold(batch, status)
        return _json(201, {"batch_id": batch, "status": status})

    def _change(self, head: Head, body: bytes, batch: str) -> Reply:
        self.account.change(batch, _status(_read(body)))
        return Reply(204)

    def _release(self, head: Head, body: bytes, batch: str) -> Reply:
        self.account.release(batch)
        return Reply(204)

    def _logs(self, head: Head, body: bytes, _: str) -> Reply:
        request = _read(body)
        query, limit = request.get("query"), request.get("limit", 10)
        if type(limit) is not int or not 1 <= limit <= logs.MOST:
            raise Refused(f"limit must be from 1 to {logs.MOST}", "limit")
        if query is not None and not isinstance(query, str):
            raise Refused("query must be a string", "query")
        asked = logs.query_of(query) if query else logs.Query((), ())
        found = list(asked.matches(self.account.mails(), self.account.now, self.logs_lag))
        return _json(200, {"messages": [logs.row(letter) for letter in reversed(found[-limit:])]})

    def _log(self, head: Head, body: bytes, id_: str) -> Reply:
        taken = self.account.mail(id_.split(".")[0])
        for letter in taken.letters if taken else ():
            if letter.sg_message_id == id_ and logs.is_shown(letter, self.account.now, self.logs_lag):
                return _json(200, logs.details(letter))
        raise Refused("message not found", status=404)

    def _suppressions(self, head: Head, body: bytes, _: str) -> Reply:
        name = head.path.rpartition("/")[2]
        try:
            return _json(200, self.account.suppressions.page(name, head.query))
        except ValueError as error:
            raise Refused("invalid parameter") from error

    def _global(self, head: Head, body: bytes, address: str) -> Reply:
        entry = self.account.suppressions.on("unsubscribes", address)
        return _json(200, {"recipient_email": entry.email} if entry else {})

    def _add_global(self, head: Head, body: bytes, _: str) -> Reply:
        addresses = _read(body).get("recipient_emails")
        if not isinstance(addresses, list) or not all(isinstance(address, str) for address in addresses):
            raise Refused("recipient_emails must be a list of addresses", "recipient_emails")
        for address in addresses:
            self.account.suppress("unsubscribes", Entry(address, int(self.account.now)))
        return _json(201, {"recipient_emails": addresses})

    def _remove_global(self, head: Head, body: bytes, address: str) -> Reply:
        self.account.suppressions.remove("unsubscribes", address)
        return Reply(204)

    def _stats(self, head: Head, body: bytes, _: str) -> Reply:
        today = datetime.fromtimestamp(self.account.now, UTC).date()
        return _json(200, stats(self.account.mails(), head.query, today))

    def _domains(self, head: Head, body: bytes, _: str) -> Reply:
        wanted = head.query.get("domain", "")
        return _json(200, [domain for domain in self.domains if wanted in ("", domain["domain"])])

    def _scopes(self, head: Head, body: bytes, _: str) -> Reply:
        key = head.headers.get("authorization", "").removeprefix("Bearer ")
        return _json(200, {"scopes": list(self.keys[key])})


Call = Callable[[Api, Head, bytes, str], Reply]

# Path (a last * is what follows the last slash) → method → the scope that the key needs, and the call.
_CALLS: dict[str, dict[str, tuple[str, Call]]] = {
    SEND: {"POST": ("mail.send", Api._send)},
    "/v3/mail/batch": {"POST": ("mail.batch.create", Api._new_batch)},
    "/v3/mail/batch/*": {"GET": ("mail.batch.read", Api._batch)},
    "/v3/user/scheduled_sends": {
        "POST": ("user.scheduled_sends.create", Api._hold),
        "GET": ("user.scheduled_sends.read", Api._holds),
    },
    "/v3/user/scheduled_sends/*": {
        "GET": ("user.scheduled_sends.read", Api._holds),
        "PATCH": ("user.scheduled_sends.update", Api._change),
        "DELETE": ("user.scheduled_sends.delete", Api._release),
    },
    "/v3/logs": {"POST": ("messages.read", Api._logs)},
    "/v3/logs/*": {"GET": ("messages.read", Api._log)},
    "/v3/asm/suppressions/global": {"POST": ("asm.groups.suppressions.create", Api._add_global)},
    "/v3/asm/suppressions/global/*": {
        "GET": ("asm.groups.suppressions.read", Api._global),
        "DELETE": ("asm.groups.suppressions.delete", Api._remove_global),
    },
    "/v3/stats": {"GET": ("stats.read", Api._stats)},
    "/v3/whitelabel/domains": {"GET": ("whitelabel.read", Api._domains)},
    "/v3/scopes": {"GET": ("", Api._scopes)},
}
_CALLS.update({f"/v3/suppression/{name}": {"GET": ("suppression.read", Api._suppressions)} for name in LISTS})

SCOPES = tuple(sorted({scope for methods in _CALLS.values() for scope, _ in methods.values() if scope}))


def _read(body: bytes) -> dict[str, object]:
    """The JSON object of a body. Raises Refused."""
    try:
        request = json.loads(body)
    except ValueError as error:
        raise Refused("Bad Request") from error
    if not isinstance(request, dict):
        raise Refused("Bad Request")
    return request


def _status(request: Mapping[str, object]) -> str:
    status = request.get("status")
    if status not in ("cancel", "pause"):
        raise Refused("status must be cancel or pause", "status")
    return str(status)


def _json(status: int, value: object) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": _JSON})


def refusal(status: int, message: str, about: str | None = None) -> Reply:
    """An error in the documented shape."""
    return _json(status, {"errors": [{"message": message, "field": about, "help": None}]})
