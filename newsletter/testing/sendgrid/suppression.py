"""Addresses that the provider does not write to, and why.

Source: the Suppressions API (twilio.com/docs/sendgrid/api-reference/bounces-api and its neighbours,
tsg_suppressions_v3 of twilio/sendgrid-oai): lists by `start_time` and `end_time` (both inclusive), `limit`
(at most 500, which we take for the default too), `offset`, and `email`, which an address begins with.
Blocks are told, but later letters leave all the same ("Blocks", …/ui/sending-email/blocks).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

PAGE = 500  # entries at most

LISTS = ("bounces", "blocks", "spam_reports", "invalid_emails", "unsubscribes")
_DROPS = {  # list → the reason that a dropped letter is given (Event Webhook reference, "dropped")
    "bounces": "Bounced Address",
    "spam_reports": "Spam Reporting Address",
    "invalid_emails": "Invalid",
    "unsubscribes": "Unsubscribed Address",
}
_FIELDS = {  # list → what an entry tells besides address and time
    "bounces": ("reason", "status"),
    "blocks": ("reason", "status"),
    "spam_reports": ("ip",),
    "invalid_emails": ("reason",),
    "unsubscribes": (),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One address on one list."""

    email: str
    created: int  # seconds since 1970
    reason: str = ""
    status: str = ""  # RFC 3463
    ip: str = "127.0.0.1"

    def told(self, name: str) -> dict[str, object]:
        """The entry as the list of this name shows it."""
        more = {field: getattr(self, field) for field in _FIELDS[name]}
        return {"created": self.created, "email": self.email} | more


class Suppressions:
    """The lists."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lists: dict[str, dict[str, Entry]] = {name: {} for name in LISTS}

    def put(self, name: str, entry: Entry) -> None:
        """Put an address on a list, or anew."""
        with self._lock:
            self._lists[name][entry.email.lower()] = entry

    def remove(self, name: str, address: str) -> bool:
        """Take an address from a list; whether it stood there."""
        with self._lock:
            return self._lists[name].pop(address.lower(), None) is not None

    def on(self, name: str, address: str) -> Entry | None:
        """The entry of an address."""
        return self._lists[name].get(address.lower())

    def drop_reason(self, address: str) -> str:
        """Why a letter to this address would be dropped; "" where it would leave."""
        key = address.lower()
        return next((why for name, why in _DROPS.items() if key in self._lists[name]), "")

    def page(self, name: str, query: Mapping[str, str]) -> list[dict[str, object]]:
        """What the list answers to this query. Raises ValueError for a number that is none."""
        start, end = int(query.get("start_time", 0)), int(query.get("end_time", 1 << 62))
        limit, offset = int(query.get("limit", PAGE)), int(query.get("offset", 0))
        if not 1 <= limit <= PAGE or offset < 0:
            raise ValueError("limit")
        beginning = query.get("email", "").rstrip("%").lower()
        with self._lock:
            entries = sorted(self._lists[name].values(), key=lambda entry: (-entry.created, entry.email))
        fitting = [e for e in entries if start <= e.created <= end and e.email.lower().startswith(beginning)]
        return [entry.told(name) for entry in fitting[offset : offset + limit]]
