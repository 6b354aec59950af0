"""DKIM: is there a key beside each selector that letters are signed with, and can it be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from newsletter.model.domain import DnsRecord, DomainFinding, SenderDomain
from newsletter.send.readiness.dkim import GOOD_BITS, LEAST_BITS, DkimKey, dkim_key, is_key
from newsletter.send.readiness.dmarc import dmarc_walk
from newsletter.send.readiness.finding import error, fine, silent, softened, warning
from newsletter.send.readiness.services import Service, is_target_of, sending_service
from newsletter.send.readiness.zone import Zone

_SUBJECT = "DKIM"
_UNSIGNED = (
    "Breven räknas då som osignerade. Gmail, Yahoo och Microsoft kräver DKIM av den som skickar till många."
)

_USABLE = frozenset({"dkim-key", "dkim-short"})
_SPARE = frozenset({"dkim-missing", "dkim-dangling"})  # beside a key that works, the next key's place


def findings(sender: SenderDomain, zone: Zone) -> Iterator[DomainFinding]:
    """What DKIM makes of our letters."""
    service = sending_service(sender, zone)
    selectors = _selectors(sender, service)
    if not selectors and (trouble := zone.mx(sender.domain).trouble):
        yield silent(_SUBJECT, [sender.domain], trouble)
        return
    if not selectors:
        yield warning(
            "dkim-selectors-unknown",
            _SUBJECT,
            f"Det går inte att se vilka nycklar brev från {sender.domain} signeras med.",
            why="Väljarna (selectors) står i brevens huvud och syns inte i DNS. " + _UNSIGNED,
            do="Fråga den som sköter e-posten, och skriv dem under [dns] dkim_selectors i newsletter.toml.",
        )
        return
    told = [finding for each in selectors for finding in _selector(each, sender, service, zone)]
    if any(each.rule in _USABLE for each in told):
        yield from (_spare(each) if each.rule in _SPARE else each for each in told)
    else:
        yield from _together(told, sender, service) if service else told


def _spare(finding: DomainFinding) -> DomainFinding:
    """A place without a key beside one that works: letters are signed now, not when keys change."""
    why = "Brev signeras i dag med en annan nyckel. När nycklarna byts används den här, och då saknas den."
    return replace(softened(finding), why=why)


def _selectors(sender: SenderDomain, service: Service | None) -> tuple[str, ...]:
    """Those of the settings, of the provider's own answer, and those that the service always uses."""
    named = [*sender.dkim_selectors]
    if sender.authentication:
        hosts = [record.host.lower() for record in sender.authentication.records]
        named += [host.partition("._domainkey.")[0] for host in hosts if "._domainkey." in host]
    elif service and not named:
        named += service.selectors
    return tuple(dict.fromkeys(each.lower() for each in named))


def _together(
    told: Sequence[DomainFinding], sender: SenderDomain, service: Service
) -> Iterator[DomainFinding]:
    """Where none of a service's own keys is there at all: one finding rather than one a selector."""
    if not all(each.rule == "dkim-missing" for each in told):
        yield from told
        return
    records = tuple(record for each in told for record in each.records)
    yield error(
        "dkim-none",
        _SUBJECT,
        f"{sender.domain} saknar DKIM för {service.name} ({', '.join(service.selectors)}).",
        why=_UNSIGNED,
        do=f"Lägg till posterna, som {service.name} har gett dem."
        if records
        else f"Slå på DKIM i {service.console}. Där står posterna tecken för tecken; "
        "de är egna för varje konto och går inte att räkna ut härifrån.",
        records=records,
    )


def _places(sender: SenderDomain, zone: Zone) -> list[str]:
    """Where a key may lie and still be aligned: the sender's domain, and the organization's above it."""
    return list(dict.fromkeys([sender.domain, dmarc_walk(sender.domain, zone).organization]))


def _selector(
    selector: str, sender: SenderDomain, service: Service | None, zone: Zone
) -> Iterator[DomainFinding]:
    names = [f"{selector}._domainkey.{domain}" for domain in _places(sender, zone)]
    answers = [(name, zone.txt(name), zone.cname(name)) for name in names]
    name, texts, alias = next(
        ((name, txt, to) for name, txt, to in answers if txt.values or to.values), answers[0]
    )
    if texts.trouble or alias.trouble:
        yield silent(_SUBJECT, [name], texts.trouble or alias.trouble)
        return
    target = alias.values[0] if alias.values else ""
    if service and selector in service.selectors and target and not is_target_of(service, target):
        yield _elsewhere(name, target, service)
        return
    keys = [value for value in texts.values if is_key(value)]
    if not keys:
        yield _missing(name, target, sender, service)
    elif len(keys) > 1:
        yield error(
            "dkim-many",
            _SUBJECT,
            f"{name} har {len(keys)} nycklar.",
            why="Vilken som gäller är då slumpen (RFC 6376, 3.6.2.2).",
            do="Ta bort de gamla, så att en blir kvar.",
        )
    else:
        yield _key(name, target, dkim_key(keys[0]))


def _elsewhere(name: str, target: str, service: Service) -> DomainFinding:
    return error(
        "dkim-elsewhere",
        _SUBJECT,
        f"{name} leder till {target}, som inte hör till {service.name}.",
        why="Signaturen går då inte att pröva. " + _UNSIGNED,
        do=f"Byt till värdet i {service.console}.",
    )


def _missing(name: str, target: str, sender: SenderDomain, service: Service | None) -> DomainFinding:
    if target:
        return error(
            "dkim-dangling",
            _SUBJECT,
            f"{name} leder till {target}, men där finns ingen nyckel.",
            why=_UNSIGNED,
            do=f"Slå på signeringen i {service.console}." if service else "Fråga leverantören efter nyckeln.",
        )
    records = _given(name, sender)
    where = service.console if service else "e-postserverns inställningar för DKIM"
    return error(
        "dkim-missing",
        _SUBJECT,
        f"{name} finns inte.",
        why=_UNSIGNED,
        do="Lägg till posten." if records else f"Lägg till posten; värdet står i {where}.",
        records=records,
    )


def _given(name: str, sender: SenderDomain) -> tuple[DnsRecord, ...]:
    """The record as the provider gave it."""
    records = sender.authentication.records if sender.authentication else ()
    return tuple(
        DnsRecord(each.host.lower(), each.type.upper(), each.data)
        for each in records
        if each.host.lower() == name
    )


def _key(name: str, target: str, key: DkimKey) -> DomainFinding:
    if key.is_revoked:
        return error(
            "dkim-revoked",
            _SUBJECT,
            f"Nyckeln i {name} är återkallad (p är tomt).",
            why=_UNSIGNED,
            do="Signera med en annan väljare, eller publicera en ny nyckel här.",
        )
    if key.faults:
        return error(
            "dkim-syntax",
            _SUBJECT,
            f"Nyckeln i {name} går inte att använda: {'; '.join(key.faults)}.",
            why=_UNSIGNED,
            do="Klistra in hela värdet på nytt. Långa värden delas i strängar om högst 255 tecken.",
        )
    return _strength(name, target, key)


def _strength(name: str, target: str, key: DkimKey) -> DomainFinding:
    length = "Ed25519" if key.kind == "ed25519" else f"RSA {key.bits} bitar"
    if key.kind == "rsa" and key.bits < LEAST_BITS:
        return error(
            "dkim-weak",
            _SUBJECT,
            f"Nyckeln i {name} är för kort: {length}.",
            why="Mottagare godtar ingen under 1 024 bitar (RFC 8301); den går att knäcka.",
            do="Skapa en ny nyckel om 2 048 bitar.",
        )
    if key.is_trial:
        return warning(
            "dkim-trial",
            _SUBJECT,
            f"Nyckeln i {name} är märkt som prov (t=y).",
            why="Mottagare ska då behandla breven som osignerade.",
            do="Ta bort t=y.",
        )
    if key.kind == "rsa" and key.bits < GOOD_BITS:
        return warning(
            "dkim-short",
            _SUBJECT,
            f"Nyckeln i {name} är kort: {length}.",
            why="Den godtas ännu, men 2 048 bitar är det som rekommenderas (RFC 8301).",
            do="Byt till en nyckel om 2 048 bitar nästa gång nycklar byts.",
        )
    return fine("dkim-key", _SUBJECT, f"{name}: {length}" + (f", hos {target}" if target else ""))
