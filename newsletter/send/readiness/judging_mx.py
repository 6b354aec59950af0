"""MX: can the addresses that readers and servers answer to receive anything."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from newsletter.model.domain import DomainFinding, MailExchanger, SenderDomain
from newsletter.send.readiness.finding import error, fine, silent, warning
from newsletter.send.readiness.zone import Zone

_SUBJECT = "MX"


def findings(sender: SenderDomain, zone: Zone) -> Iterator[DomainFinding]:
    """What each domain that must receive makes of letters to it; each domain once, with what it is for."""
    roles: dict[str, list[str]] = {}
    for mailbox in sender.mailboxes:
        domain = mailbox.address.rpartition("@")[2].lower()
        roles.setdefault(domain, []).append(f"{mailbox.role} {mailbox.address}")
    if sender.transport != "sendgrid":  # there, bounces go to the provider
        roles.setdefault(sender.bounce_domain, []).append("studsar")
    for domain, uses in roles.items():
        yield from _domain(domain, ", ".join(dict.fromkeys(uses)), zone)


def _domain(domain: str, uses: str, zone: Zone) -> Iterator[DomainFinding]:
    answer = zone.mx(domain)
    if answer.trouble:
        yield silent(_SUBJECT, [domain], answer.trouble)
    elif not answer.exists:
        yield error(
            "mx-no-domain",
            _SUBJECT,
            f"Domänen {domain} finns inte.",
            why=f"Ingen post kommer fram till den ({uses}).",
            do="Rätta adressen i newsletter.toml.",
        )
    elif any(not each.host for each in answer.exchangers):
        yield error(
            "mx-null",
            _SUBJECT,
            f"{domain} säger att den inte tar emot e-post (RFC 7505).",
            why=f"Ingen post kommer fram till den ({uses}), och många avvisar brev från en sådan domän.",
            do="Byt till en adress som tar emot post, eller byt MX-posten.",
        )
    elif answer.exchangers:
        yield from _exchangers(domain, uses, answer.exchangers, zone)
    else:
        yield from _fallback(domain, uses, zone)


def _fallback(domain: str, uses: str, zone: Zone) -> Iterator[DomainFinding]:
    """RFC 5321, 5.1: without MX, the domain's own address is tried."""
    answer = zone.addresses(domain)
    if answer.trouble:
        yield silent(_SUBJECT, [domain], answer.trouble)
    elif answer.values:
        yield warning(
            "mx-implicit",
            _SUBJECT,
            f"{domain} har ingen MX-post; post skickas till domänens egen server ({answer.values[0]}).",
            why=f"Det är ofta en webbserver, som inte tar emot brev ({uses}).",
            do="Lägg till en MX-post för den e-postserver som tar emot.",
        )
    else:
        yield error(
            "mx-none",
            _SUBJECT,
            f"{domain} tar inte emot e-post: varken MX-post eller adress finns.",
            why=f"Svar, avanmälningar och studsar går förlorade ({uses}).",
            do="Lägg till en MX-post, eller byt adress i newsletter.toml.",
        )


def _exchangers(
    domain: str, uses: str, exchangers: tuple[MailExchanger, ...], zone: Zone
) -> Iterator[DomainFinding]:
    faults: dict[str, str] = {}
    quiet = []
    for host in dict.fromkeys(each.host for each in exchangers):
        answer, alias = zone.addresses(host), zone.cname(host)
        if answer.trouble or alias.trouble:
            quiet.append(host)
        elif _is_address(host):
            faults[host] = "är en adress och inget namn"
        elif not answer.values:
            faults[host] = "har ingen adress"
        elif alias.values:
            faults[host] = "är ett alias (CNAME), vilket RFC 2181, 10.3 inte tillåter"
    names = list(dict.fromkeys(each.host for each in exchangers))
    dead = [host for host in faults if "alias" not in faults[host]]
    if quiet:
        yield silent(_SUBJECT, quiet)
    if faults:
        told = error if len(dead) == len(names) else warning
        yield told(
            "mx-host",
            _SUBJECT,
            f"{domain}: {'; '.join(f'{host} {fault}' for host, fault in faults.items())}.",
            why=f"Post till domänen kan gå förlorad ({uses}).",
            do="Rätta MX-posten.",
        )
    if not faults and not quiet:
        yield fine("mx", _SUBJECT, f"{domain} tar emot genom {', '.join(names)} ({uses})")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
