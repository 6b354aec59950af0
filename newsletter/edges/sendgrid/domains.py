"""What the provider says of senders' domains that were set up with it.

https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication: `valid` is what its last look in DNS
gave, not what stands there now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.errors import TransportFailed
from newsletter.model.domain import DomainAuthentication, ProviderRecord


def authentications(told: Any) -> tuple[DomainAuthentication, ...]:  # noqa: ANN401  (JSON)
    """The domains that were set up, those first that the provider found in DNS. Raises TransportFailed."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise TransportFailed("SendGrid svarade med något annat än en lista över domäner.")
    return tuple(sorted(map(_read, told), key=lambda one: not one.is_valid))


def _read(one: Mapping[str, Any]) -> DomainAuthentication:
    return DomainAuthentication(
        str(one.get("domain", "")).lower(), one.get("valid") is True, tuple(_records(one.get("dns")))
    )


def _records(dns: object) -> Iterator[ProviderRecord]:
    for record in dns.values() if isinstance(dns, dict) else ():
        if isinstance(record, dict) and all(isinstance(record.get(name), str) for name in ("host", "data")):
            type_ = str(record.get("type", "cname")).upper()
            yield ProviderRecord(type_, record["host"], record["data"], record.get("valid") is True)
