"""What the provider itself says of the domain."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.domain import DnsRecord, DomainFinding, ProviderRecord, SenderDomain
from newsletter.send.readiness.dmarc import is_aligned
from newsletter.send.readiness.finding import error, fine, unknown
from newsletter.send.readiness.zone import Zone

_SUBJECT = "SendGrid"


def findings(sender: SenderDomain, zone: Zone) -> Iterator[DomainFinding]:
    """Whether the provider takes the domain for set up, and what it lacks."""
    if sender.transport != "sendgrid":
        return
    told = sender.authentication
    if told is None:
        yield unknown(
            "provider-unasked",
            _SUBJECT,
            f"SendGrid är inte tillfrågat om {sender.domain}.",
            do="Se efter i SendGrid, under Settings och Sender Authentication: där ska stå Verified.",
        )
    elif not is_aligned(told.domain.lower(), sender.domain, zone, strict=False):
        yield error(
            "provider-other-domain",
            _SUBJECT,
            f"SendGrid är inställt för {told.domain}, och avsändaren står på {sender.domain}.",
            why="Signaturen talar då för någon annan än den som läsaren ser, och DMARC underkänner breven.",
            do=f"Lägg till {sender.domain} i SendGrid, under Sender Authentication.",
        )
    elif told.is_valid:
        yield fine("provider-valid", _SUBJECT, f"SendGrid godkänner {told.domain}.")
    else:
        yield _invalid(told.domain, told.records)


def _invalid(domain: str, records: tuple[ProviderRecord, ...]) -> DomainFinding:
    lacking = tuple(each for each in records if not each.is_valid)
    return error(
        "provider-invalid",
        _SUBJECT,
        f"SendGrid godkänner inte {domain}"
        + (f": {len(lacking)} av {len(records)} poster saknas eller är fel." if lacking else "."),
        why="Breven signeras då för sendgrid.net och inte för föreningen, och DMARC underkänner dem.",
        do="Lägg till posterna och tryck sedan Verify i SendGrid.",
        records=tuple(DnsRecord(each.host.lower(), each.type.upper(), each.data) for each in lacking),
    )
