"""Letters that the provider holds until they are due, and taking them back.

https://www.twilio.com/docs/sendgrid/api-reference/cancel-scheduled-sends: a cancelled batch stays in the
queue and is thrown away when it is due; a cancel less than ten minutes ahead is not sure to work; at most ten
batches are cancelled or paused at a time, and one of them counts until it is released.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from newsletter.edges.sendgrid.answers import clock, failure, fields
from newsletter.edges.sendgrid.client import Client, Lost, Reply
from newsletter.errors import TransportFailed

_LIMIT = "max limit"  # how the refusal of an eleventh begins
_MOST = 10


def told_time(api: Client) -> datetime:
    """The provider's clock, by a call that changes nothing. Raises TransportFailed."""
    reply = heard(lambda: api.user.scheduled_sends.get())
    if reply.status != 200:
        raise failure(reply)
    return clock(reply)


def opened(api: Client) -> str:
    """The name of a new batch. Raises TransportFailed."""
    reply = heard(lambda: api.mail.batch.post(b"{}"))
    if reply.status != 201:
        raise failure(reply)
    told = fields(reply)
    batch = told.get("batch_id") if isinstance(told, dict) else None
    if not isinstance(batch, str) or not batch:
        raise TransportFailed("SendGrid gav inget namn på bunten.", do="Försök igen.")
    return batch


def cancelled(api: Client, batch: str) -> datetime:
    """Cancel, and look whether it took: when that was seen, by the provider's clock.

    Raises TransportFailed where it was not seen: then it is not known.
    """
    body = json.dumps({"batch_id": batch, "status": "cancel"}).encode()
    reply = heard(lambda: api.user.scheduled_sends.post(body))
    status, at = _status(api, batch) if _may_stand(reply) else ("", None)
    if status == "pause":
        change = json.dumps({"status": "cancel"}).encode()
        reply = heard(lambda: _of(api, batch).patch(change))
        status, at = _status(api, batch)
    if status != "cancel" or at is None:
        raise _not_confirmed(reply)
    return at


def released(api: Client, batch: str) -> None:
    """Give the name back; one that is not held is given back already. Raises TransportFailed."""
    reply = heard(lambda: _of(api, batch).delete())
    if reply.status not in (204, 404):
        raise failure(reply)


def heard(call: Callable[[], Reply]) -> Reply:
    """The answer to a call that may be made again. Raises TransportFailed where none was heard."""
    try:
        return call()
    except Lost as lost:
        raise TransportFailed(
            "Det är inte känt om SendGrid gjorde det.", why=str(lost), do="Försök igen."
        ) from lost


def _may_stand(reply: Reply) -> bool:
    """Whether the batch may have a status now: it was given one, or had one before."""
    return reply.status == 201 or (reply.status == 400 and _LIMIT not in _words(reply))


def _status(api: Client, batch: str) -> tuple[str, datetime | None]:
    """What the provider says of the batch, and its clock; "" where it holds none of that name."""
    reply = heard(lambda: _of(api, batch).get())
    if reply.status != 200:
        raise failure(reply)
    told = fields(reply)
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict) and one.get("batch_id") == batch and isinstance(one.get("status"), str):
            return one["status"], clock(reply)
    return "", None


def _of(api: Client, batch: str) -> Client:
    made: Client = api.user.scheduled_sends._(quote(batch, safe=""))
    return made


def _not_confirmed(reply: Reply) -> TransportFailed:
    if _LIMIT in _words(reply):
        return TransportFailed(
            "SendGrid kan inte hålla tillbaka fler buntar.",
            why=f"Högst {_MOST} får vara stoppade eller pausade på en gång.",
            do="Vänta tills någon av dem har passerat sin tid och lämnats tillbaka, och försök igen.",
        )
    if reply.status < 300:
        return TransportFailed("SendGrid bekräftar inte att bunten är stoppad.", do="Försök igen.")
    return failure(reply)


def _words(reply: Reply) -> str:
    return reply.body.decode("utf-8", "replace").lower()
