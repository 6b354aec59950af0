"""SendGrid's events, by table.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event

The provider's words map to ours by the tables below; a word that is not there is kept as OTHER.
Our own argument `delivery` travels with every letter and comes back in every row.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime

from newsletter.errors import Problem, Problems
from newsletter.model.event import Event, EventKind
from newsletter.model.where import Where
from newsletter.track.rows import rows

KINDS = {
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "bounce": EventKind.BOUNCED_HARD,
    "blocked": EventKind.BLOCKED,
    "dropped": EventKind.BLOCKED,
    "click": EventKind.CLICKED,
    "unsubscribe": EventKind.LEFT,
    "group_unsubscribe": EventKind.LEFT,
    "spamreport": EventKind.COMPLAINED,
}

# A bounce's own type, where it says more than the event.
BOUNCE_TYPES = {"blocked": EventKind.BLOCKED, "expired": EventKind.BOUNCED_SOFT}

# The receiving server's enhanced status (RFC 3463), longest match first; 5.2.2 is a full mailbox.
BOUNCE_STATUSES = {
    "5.2.2": EventKind.BOUNCED_SOFT,
    "5.7": EventKind.BLOCKED,
    "4": EventKind.BOUNCED_SOFT,
}

# SendGrid never tried, because the address had failed, left or complained before.
DROP_REASONS = {
    "bounced address": EventKind.BOUNCED_HARD,
    "invalid": EventKind.BOUNCED_HARD,
    "unsubscribed address": EventKind.LEFT,
    "spam reporting address": EventKind.COMPLAINED,
}


def events(payload: bytes, path: str) -> tuple[Event, ...]:
    """The events of a file: a JSON array, or JSON lines. Raises Problems, all at once; then none is taken."""
    found: list[Event] = []
    problems: list[Problem] = []
    for line, row in rows(payload, path):
        mistake = _mistake(row)
        if mistake:
            problems.append(_problem(mistake, Where(path, line)))
        elif isinstance(row, dict):
            found.append(_event(row))
    Problems.raise_if(problems)
    return tuple(found)


def _mistake(row: object) -> str:
    """What is wrong with the row, or an empty string."""
    if not isinstance(row, dict):
        return "Raden är ingen händelse."
    if not isinstance(row.get("event"), str) or not row["event"]:
        return "Raden saknar event, som säger vad som hände."
    if _moment(row.get("timestamp")) is None:
        return "Raden saknar en giltig timestamp, sekunder sedan 1970."
    return ""


def _problem(what: str, where: Where) -> Problem:
    why = "En händelse har minst event och timestamp, som i SendGrids format. Hela filen lämnas orörd."
    return Problem(what, where=where, why=why, do="Hämta filen på nytt, eller ta bort raden.")


def _moment(value: object) -> datetime | None:
    try:
        seconds = float(value) if isinstance(value, int | float | str) and value is not True else math.nan
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _event(row: Mapping[str, object]) -> Event:
    raw = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    at = _moment(row.get("timestamp"))
    assert at is not None  # _mistake has looked
    return Event(
        id=_word(row, "sg_event_id") or _own_id(raw),
        delivery=_word(row, "delivery"),
        kind=kind(row),
        at=at,
        url=_word(row, "url"),
        agent=_word(row, "useragent"),
        words=" ".join(filter(None, (_word(row, "event"), _word(row, "type"), _word(row, "reason")))),
        raw=raw,
    )


def _own_id(raw: str) -> str:
    """An id for a row without one: the same row is taken in once."""
    return "row-" + hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()[:32]


def _word(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def kind(row: Mapping[str, object]) -> EventKind:
    """What the row tells, by the tables."""
    event = _word(row, "event").lower()
    told = KINDS.get(event, EventKind.OTHER)
    if event == "bounce":
        by_status = _by_start(BOUNCE_STATUSES, _word(row, "status"), told)
        return BOUNCE_TYPES.get(_word(row, "type").lower(), by_status)
    if event == "dropped":
        return _by_start(DROP_REASONS, _word(row, "reason").lower(), told)
    return told


def _by_start(table: Mapping[str, EventKind], words: str, otherwise: EventKind) -> EventKind:
    return next((kind for start, kind in table.items() if words.startswith(start)), otherwise)
