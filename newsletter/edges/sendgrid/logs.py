"""Asking the provider's logs what became of letters: `POST /v3/logs` and `GET /v3/logs/{sg_message_id}`.

https://www.twilio.com/docs/sendgrid/api-reference/email-logs. A query knows addresses, categories and times,
no custom arguments and no pages: at most 1,000 rows come, so the time is cut until fewer do. Where a single
second holds as many, the rest are asked for by address. Rows of one sending are told from others by its
category, and an address stands in a sending once.

    status                                      means
    processed, delivered, deferred, bounced,    it was taken: accepted (what followed is told by events)
    blocked
    dropped, in this very attempt               rejected in its words: the address had bounced, left …
    dropped by a cancel, in this very attempt   it never left (None)
    dropped, in another attempt or none told    nothing is said
    no row                                      nothing is said: the logs lag behind, by minutes at times
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.edges.sendgrid.answers import cleaned
from newsletter.edges.sendgrid.payload import sending_category
from newsletter.model.delivery import Delivery
from newsletter.model.transport import Answer, Outcome
from newsletter.model.wire import wire_address

MOST_ROWS = 1000
TAKEN = frozenset({"processed", "delivered", "deferred", "bounced", "blocked"})
DROPPED = "dropped"
_CLOCKS_DIFFER = timedelta(minutes=10)  # how much earlier than `since` the provider may think it was
_FIRST_WINDOW = timedelta(minutes=20)  # most letters in doubt stand close to when they were attempted
_SECOND = timedelta(seconds=1)

Row = Mapping[str, Any]
Search = Callable[[str], Sequence[Row]]  # a query → its rows, at most MOST_ROWS
Details = Callable[[str], Row]  # sg_message_id → all that is known of the letter


@dataclass
class Inquiry:
    """Which letters of one sending are in doubt, and what has been found out about them."""

    sending: str
    search: Search
    details: Details
    by_address: dict[str, Delivery]  # as it travels, in lower case; those without an answer yet
    found: dict[str, Answer | None] = field(default_factory=dict)
    crowded: bool = False  # whether a second held more rows than one call gives

    def run(self, since: datetime, now: datetime) -> Mapping[str, Answer | None]:
        """What the logs say, earliest first, until all are found or the time is up. What `search` raises."""
        for start, end in _windows(since - _CLOCKS_DIFFER, now + _CLOCKS_DIFFER):
            self._look(start, end)
            if not self.by_address:
                return self.found
        if self.crowded:
            for address in list(self.by_address):
                self._judge(self.search(f"{self._condition} AND to_email = {_text(address)}"))
        return self.found

    @property
    def _condition(self) -> str:
        return f"categories IN ('{sending_category(self.sending)}')"

    def _look(self, start: datetime, end: datetime) -> None:
        """Judge the rows of a time, cut in two while it holds too many; nothing when all are found."""
        if not self.by_address:
            return
        created = f">= {_moment(start)} AND sg_message_id_created_at < {_moment(end)}"
        rows = self.search(f"{self._condition} AND sg_message_id_created_at {created}")
        self._judge(rows)
        if len(rows) < MOST_ROWS:
            return
        half = (start + (end - start) / 2).replace(microsecond=0)
        if end - start <= _SECOND:
            self.crowded = True
        else:
            self._look(start, half)
            self._look(half, end)

    def _judge(self, rows: Sequence[Row]) -> None:
        for row in rows:
            address = str(row.get("to_email", "")).lower()
            delivery = self.by_address.get(address)
            if delivery is not None and self._answered(delivery, row):
                del self.by_address[address]

    def _answered(self, delivery: Delivery, row: Row) -> bool:
        """Whether the row settles the delivery; if so its answer is kept."""
        status = row.get("status")
        if status in TAKEN:
            self.found[delivery.id] = Answer(
                Outcome.ACCEPTED, cleaned(row.get("sg_message_id")).split(".")[0]
            )
            return True
        if status != DROPPED or not isinstance(row.get("sg_message_id"), str):
            return False
        details = self.details(row["sg_message_id"])
        if not _is_of(details, delivery):
            return False
        self.found[delivery.id] = _dropped(details, row)
        return True


def asked(
    deliveries: Sequence[Delivery], since: datetime, now: datetime, search: Search, details: Details
) -> Mapping[str, Answer | None]:
    """What the logs say of the deliveries; one that they say nothing of is absent."""
    found: dict[str, Answer | None] = {}
    for sending in dict.fromkeys(delivery.sending for delivery in deliveries):
        ours = {wire_address(one.address).lower(): one for one in deliveries if one.sending == sending}
        found |= Inquiry(sending, search, details, ours).run(since, now)
    return found


def _is_of(details: Row, delivery: Delivery) -> bool:
    """Whether the letter is of this very attempt: an earlier one's end says nothing of it."""
    args = details.get("custom_args")
    own = {"delivery": delivery.id, "attempt": str(delivery.attempt)}
    return isinstance(args, dict) and all(args.get(name) == value for name, value in own.items())


def _dropped(details: Row, row: Row) -> Answer | None:
    events = details.get("events")
    names = (
        {one.get("event") for one in events if isinstance(one, dict)} if isinstance(events, list) else set()
    )
    if "cancel_drop" in names:
        return None
    return Answer(Outcome.REJECTED, cleaned(row.get("reason")) or "SendGrid skickade det aldrig.")


def _windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time cut in windows, each twice as long as the one before; on whole seconds, without a gap."""
    here, length = start.replace(microsecond=0), _FIRST_WINDOW
    while here < end:
        yield here, here + length
        here, length = here + length, length * 2


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime('TIMESTAMP "%Y-%m-%dT%H:%M:%SZ"')


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
