"""What is known of those who send for others: how they show, and what they need in DNS.

Sources, read in 2026: Microsoft Learn, *Set up SPF* and *How to use DKIM for email in your custom domain*;
Google Workspace Admin Help, *Set up SPF* and *Set up DKIM*; Twilio SendGrid Docs, *How to Set Up Domain
Authentication*.
"""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.model.domain import SenderDomain
from newsletter.send.readiness.zone import Zone


@dataclass(frozen=True, slots=True)
class Service:
    """A service that sends for others."""

    name: str
    smtp_hosts: tuple[str, ...]  # that letters are handed to, or the ends of their names
    mail_hosts: tuple[str, ...]  # ends of its mail exchangers' names
    include: str  # "" where SPF of the sender's domain need not name it
    selectors: tuple[str, ...]
    targets: tuple[str, ...]  # ends of the names that its selectors are aliases of; () where they are TXT
    console: str  # where the exact records stand, in Swedish


MICROSOFT = Service(
    "Microsoft 365",
    ("smtp.office365.com", ".mail.protection.outlook.com", ".mx.microsoft"),
    (".mail.protection.outlook.com", ".mx.microsoft"),
    "spf.protection.outlook.com",
    ("selector1", "selector2"),
    (".onmicrosoft.com", ".dkim.mail.microsoft"),
    "Microsoft Defender (security.microsoft.com), under Email authentication settings och DKIM",
)
GOOGLE = Service(
    "Google Workspace",
    ("smtp.gmail.com", "smtp-relay.gmail.com"),
    (".google.com", ".googlemail.com"),
    "_spf.google.com",
    ("google",),
    (),
    "Googles administratörskonsol, under Gmail och Autentisera e-post",
)
SENDGRID = Service(
    "SendGrid",
    ("smtp.sendgrid.net", "smtp.eu.sendgrid.net"),
    (".sendgrid.net",),
    "",
    ("s1", "s2"),
    (".sendgrid.net",),
    "SendGrid, under Settings och Sender Authentication",
)
SERVICES = (MICROSOFT, GOOGLE, SENDGRID)


def sending_service(sender: SenderDomain, zone: Zone) -> Service | None:
    """Who letters leave by, where it shows; for SMTP without a host, the service that takes mail in."""
    if sender.transport == "sendgrid":
        return SENDGRID
    if sender.smtp_host:
        return next((one for one in SERVICES if _ends(sender.smtp_host, one.smtp_hosts)), None)
    hosts = [each.host for each in zone.exchangers(sender.domain)]
    return next((one for one in SERVICES if any(_ends(host, one.mail_hosts) for host in hosts)), None)


def _ends(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or (name.startswith(".") and host.endswith(name)) for name in names)


def is_target_of(service: Service, name: str) -> bool:
    """Whether an alias leads to the service, as far as it is known where its aliases lead."""
    return not service.targets or _ends(name, service.targets)
