"""What the provider's answers mean, by table.

    mail/send answered                          means
    202 with X-Message-Id                       accepted, all; its words are the message id's first part
    200 to a request in sandbox                 accepted, all; nothing leaves, and the words say so
    400 that names personalizations             those are rejected in its words; the others did not leave
    400 about the request itself                none left; trying again is no use
    401, 403                                    none left; the key, or what it may do, is wrong
    429                                         none left; try again after what it says
    3xx                                         none left: we follow none, and a redirect accepts nothing
    413 and other 4xx in the provider's JSON    none left; trying again is no use
    5xx, 408                                    unknown, all
    anything else: HTML, another 2xx, 4xx that  unknown, all
    is not the provider's own
    no connection                               none left
    a connection that broke, hung or dripped    unknown, all

Sources: "Responses", "Errors" and "Rate Limits" of twilio.com/docs/sendgrid/api-reference. Addresses and keys
are taken out of the provider's words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from newsletter.edges.sendgrid.client import Reply
from newsletter.errors import TransportFailed
from newsletter.model.transport import Answer, Outcome
from newsletter.model.wire import clean

_MOST_WORDS = 300  # characters of the provider's that are kept
_LONGEST_WAIT = 3600.0  # seconds; a clock that is far off must not stop a sending for days
_PERSONALIZATION = re.compile(r"personalizations?\.(\d+)(?:\.|$)")
_ADDRESS = re.compile(r"[^\s<>\[\]\"']+@[^\s<>\[\]\"']+")
_KEY = re.compile(r"SG\.[\w.-]+|Bearer \S+")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One of the errors in an answer."""

    words: str
    place: int | None  # index of the personalization that it is about; None: the request itself


def answers(reply: Reply, deliveries: Sequence[str], *, sandbox: bool) -> Mapping[str, Answer]:
    """What the answer to a `mail/send` says of each delivery, these in the request's order.

    Raises TransportFailed where none left.
    """
    told = _for_all(reply, sandbox=sandbox)
    if told is not None:
        return dict.fromkeys(deliveries, told)
    complaints = _complaints(reply)
    if reply.status == 400 and complaints:
        return _rejected(reply, complaints, deliveries)
    if _is_refusal(reply, complaints):
        raise failure(reply)
    return dict.fromkeys(deliveries, Answer(Outcome.UNKNOWN, f"SendGrid svarade {reply.status}."))


def failure(reply: Reply) -> TransportFailed:
    """A call that the provider did not do, in words for who has to do something about it."""
    status, words = reply.status, _said(_complaints(reply))
    if status in (401, 403):
        return _forbidden(status, words)
    if status == 429:
        return TransportFailed(
            "SendGrid vill ha färre frågor just nu.",
            why=words,
            do="Vänta en stund.",
            retry_after=_wait(reply),
        )
    if 300 <= status < 400:
        return TransportFailed(
            f"SendGrid hänvisar till en annan adress (svar {status}).",
            why="Vi följer inga omdirigeringar: nyckeln ska bara gå till SendGrid.",
            do="Kontrollera region under [sendgrid] i newsletter.toml, och NEWSLETTER_SENDGRID_URL.",
            retryable=False,
        )
    passing = status >= 500 or status == 408 or status < 400
    what = f"SendGrid svarade {status}" + (" och gjorde ingenting." if not passing else ".")
    return TransportFailed(what, why=words, do="Försök senare." if passing else "", retryable=passing)


def clock(reply: Reply) -> datetime:
    """The provider's time at the answer, by its Date (RFC 9110, 6.6.1). Raises TransportFailed."""
    try:
        return parsedate_to_datetime(reply.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError) as error:
        raise TransportFailed("SendGrid sade inte vad klockan var.", do="Försök igen.") from error


def message_id(reply: Reply) -> str:
    """What the ids of the request's letters begin with, in events too; "" where there is none."""
    return _short(reply.headers.get("x-message-id", ""))[:100]


def fields(reply: Reply) -> Any:  # noqa: ANN401  (JSON is whatever it is)
    """The JSON of an answer. Raises TransportFailed where it is none."""
    try:
        return json.loads(reply.body)
    except ValueError as error:
        raise TransportFailed("SendGrid svarade med något som inte går att läsa.") from error


def cleaned(words: object) -> str:
    """The provider's words on one line, short, without addresses and keys; "" where they are no words."""
    return _short(_KEY.sub("[nyckel]", _ADDRESS.sub("[adress]", words))) if isinstance(words, str) else ""


def _for_all(reply: Reply, *, sandbox: bool) -> Answer | None:
    """What is the same for all, and needs no look at the body."""
    if reply.status == 202 and message_id(reply):
        return Answer(Outcome.ACCEPTED, message_id(reply))
    if reply.status == 200 and sandbox:
        return Answer(Outcome.ACCEPTED, "Sandlåda: granskat, och ingenting lämnar SendGrid.")
    return None


def _is_refusal(reply: Reply, complaints: Sequence[Complaint]) -> bool:
    """Whether it is certain that nothing left."""
    if reply.status in (401, 403, 413, 429) or 300 <= reply.status < 400:
        return True
    return 400 <= reply.status < 500 and reply.status != 408 and bool(complaints)


def _rejected(
    reply: Reply, complaints: Sequence[Complaint], deliveries: Sequence[str]
) -> Mapping[str, Answer]:
    """Those that are complained about are rejected; the rest did not leave, and may go without them."""
    named: dict[int, Answer] = {}
    for one in complaints:
        if one.place is None or one.place >= len(deliveries):
            raise failure(reply)
        named.setdefault(one.place, Answer(Outcome.REJECTED, one.words or "SendGrid svarade 400."))
    others = Answer(Outcome.DEFERRED, "Ett annat brev i samma begäran avvisades.", retry_after=0.0)
    return {id_: named.get(place, others) for place, id_ in enumerate(deliveries)}


def _complaints(reply: Reply) -> tuple[Complaint, ...]:
    """The errors of an answer in the provider's own shape; none where it has another."""
    try:
        told = json.loads(reply.body)
    except ValueError:
        return ()
    errors = told.get("errors") if isinstance(told, dict) else None
    return tuple(_complaint(one) for one in errors or () if isinstance(one, dict))


def _complaint(told: Mapping[str, object]) -> Complaint:
    about = told.get("field")
    found = _PERSONALIZATION.match(about) if isinstance(about, str) else None
    return Complaint(cleaned(told.get("message")), int(found[1]) if found else None)


def _said(complaints: Sequence[Complaint]) -> str:
    words = dict.fromkeys(one.words for one in complaints if one.words)
    return _short("SendGrid säger: " + " ".join(words)) if words else ""


def _forbidden(status: int, words: str) -> TransportFailed:
    what = (
        "SendGrid godtar inte nyckeln." if status == 401 else "Nyckeln till SendGrid får inte göra det här."
    )
    do = (
        "Kontrollera SENDGRID_API_KEY, och att nyckeln hör till den region som står under [sendgrid]."
        if status == 401
        else "Ge nyckeln de behörigheter som står i docs/sendgrid.md."
    )
    return TransportFailed(what, why=words, do=do, retryable=False)


def _wait(reply: Reply) -> float | None:
    """Seconds until the provider wants to be asked again, where it says."""
    after = reply.headers.get("retry-after", "").strip()
    if after.isascii() and after.isdigit():
        return min(float(after[:9]), _LONGEST_WAIT)
    reset = reply.headers.get("x-ratelimit-reset", "").strip()
    if not (reset.isascii() and reset.isdigit()):
        return None
    try:
        now = clock(reply)
    except TransportFailed:
        now = datetime.now(UTC)
    return min(max(0.0, float(reset[:12]) - now.timestamp()), _LONGEST_WAIT)


def _short(words: str) -> str:
    return clean(words)[:_MOST_WORDS]
