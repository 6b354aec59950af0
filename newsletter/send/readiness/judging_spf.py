"""SPF of the domain that bounces go to: can it be used, does it let our letters through, is it aligned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.model.domain import DnsRecord, DomainFinding, SenderDomain
from newsletter.send.readiness.dmarc import dmarc_walk, is_aligned
from newsletter.send.readiness.finding import error, fine, silent, softened, unknown, warning
from newsletter.send.readiness.services import Service, sending_service
from newsletter.send.readiness.spf import MOST_LOOKUPS, MOST_VOIDS, SpfResult, SpfTrace, spf_result, traced
from newsletter.send.readiness.spf_record import SpfRecord, merged, spf_record, spf_texts
from newsletter.send.readiness.zone import Zone

_SUBJECT = "SPF"
_UNUSABLE = "Mottagarnas servrar kan då inte använda posten (permerror), som om den inte fanns."


def findings(sender: SenderDomain, zone: Zone) -> Iterator[DomainFinding]:
    """What SPF makes of our letters. By SendGrid it is about the domain's other mail, so warnings at most."""
    if sender.transport == "sendgrid":
        yield fine(
            "spf-provider",
            _SUBJECT,
            "SendGrid låter studsar gå till en egen underdomän (em…), och det är där SPF läses för breven.",
            f"Det som står nedan om {sender.domain} gäller föreningens övriga e-post.",
        )
        yield from map(softened, _own(sender, sender.domain, zone, None))
        return
    yield from _own(sender, sender.bounce_domain, zone, sending_service(sender, zone))
    yield from _aligned(sender, zone)


def _own(sender: SenderDomain, domain: str, zone: Zone, service: Service | None) -> Iterator[DomainFinding]:
    answer = zone.txt(domain)
    if answer.trouble:
        yield silent(_SUBJECT, [domain], answer.trouble)
        return
    records = [spf_record(text) for text in spf_texts(answer.values)]
    if not records:
        yield _none(sender, domain, zone, service)
        return
    traces = [traced(record, domain, zone) for record in records]
    host = _Host() if service or not sender.smtp_host else _host(sender, domain, zone)
    missing = [name for name in _needed(sender, service) if not any(name in each.includes for each in traces)]
    dead = {name for trace in traces for name in trace.dead}
    extra = [f"a:{sender.smtp_host}"] if host.refused and not missing else []
    value = merged(records, missing, extra, dead)
    better = (DnsRecord(domain, "TXT", value, replaces=tuple(record.text for record in records)),)
    if len(records) > 1:
        yield error(
            "spf-many",
            _SUBJECT,
            f"{domain} har {len(records)} SPF-poster.",
            why=_UNUSABLE + " En domän får ha exakt en (RFC 7208, 3.2).",
            do="Slå ihop dem till en enda post." + _too_many(value, domain, zone),
            records=better,
        )
        return
    yield from _whole(domain, records[0], traces[0], better)
    yield from _end(domain, records[0], better)
    if missing:
        yield _missing(domain, missing, better)
    elif host.refused:
        yield _refused(sender, domain, host, better)
    elif host.finding:
        yield host.finding


def _too_many(value: str, domain: str, zone: Zone) -> str:
    """What to add where the merged record is too dear."""
    cost = traced(spf_record(value), domain, zone).lookups
    if cost <= MOST_LOOKUPS:
        return ""
    return f" Den kräver {cost} uppslag, så ta bort det som inte används: högst {MOST_LOOKUPS} får göras."


def _needed(sender: SenderDomain, service: Service | None) -> list[str]:
    """What must be included: the settings' word, and what the service needs that letters are handed to."""
    of_service = [service.include] if service and service.include and sender.smtp_host else []
    return list(dict.fromkeys([*(each.lower() for each in sender.spf_includes), *of_service]))


def _none(sender: SenderDomain, domain: str, zone: Zone, service: Service | None) -> DomainFinding:
    """No record at all: one for whoever is known to send; where nobody is, whoever takes mail in."""
    needed = _needed(sender, service) or [each for each in [service.include if service else ""] if each]
    extra = [f"a:{sender.smtp_host}"] if sender.smtp_host and not needed else []
    if not needed and not extra and zone.exchangers(domain):
        extra = ["mx"]
    ready = bool(needed or extra)
    ask = "Skriv under [dns] spf_includes i newsletter.toml vem som skickar er e-post, så skrivs posten ut."
    return error(
        "spf-none",
        _SUBJECT,
        f"{domain} har ingen SPF-post.",
        why="Då kan vem som helst skicka i föreningens namn, och Gmail, Yahoo och Microsoft avvisar utskick.",
        do="Lägg till posten. Skickar fler än de som står i den i ert namn, ta med dem." if ready else ask,
        records=(DnsRecord(domain, "TXT", merged([], needed, extra)),) if ready else (),
    )


def _whole(
    domain: str, record: SpfRecord, trace: SpfTrace, better: tuple[DnsRecord, ...]
) -> Iterator[DomainFinding]:
    """Whether receivers can follow it to its end."""
    if record.faults:
        yield error(
            "spf-syntax",
            _SUBJECT,
            f"SPF-posten för {domain} går inte att tolka: {'; '.join(record.faults)}.",
            why=_UNUSABLE,
            do="Rätta det; i förslaget är det som inte går att läsa borttaget.",
            records=better,
        )
    for fault in dict.fromkeys(trace.faults):
        yield error(
            "spf-broken-include",
            _SUBJECT,
            f"SPF-posten för {domain}: {fault}.",
            why=_UNUSABLE,
            do="Ta bort den hänvisningen, eller be den som äger domänen att rätta den.",
            records=better if any(name in fault for name in trace.dead) else (),
        )
    yield from _bounded(domain, trace)
    if trace.silent:
        yield silent(_SUBJECT, trace.silent)
    if not (record.faults or trace.faults or trace.silent) and trace.lookups <= MOST_LOOKUPS:
        cost = f"{trace.lookups} av {MOST_LOOKUPS} uppslag"
        yield fine("spf-whole", _SUBJECT, f"{domain}: {record.text} ({cost})")


def _bounded(domain: str, trace: SpfTrace) -> Iterator[DomainFinding]:
    if trace.lookups > MOST_LOOKUPS:
        dearest = sorted(trace.by_term.items(), key=lambda each: (-each[1], each[0]))
        told = ", ".join(f"{term} ({cost})" for term, cost in dearest)
        yield error(
            "spf-lookups",
            _SUBJECT,
            f"SPF-posten för {domain} kräver {trace.lookups} uppslag; högst {MOST_LOOKUPS} får göras.",
            why=_UNUSABLE + " Gränsen står i RFC 7208, 4.6.4.",
            do=f"Ta bort det som inte längre används, dyrast först: {told}.",
        )
    if len(trace.voids) > MOST_VOIDS:
        yield error(
            "spf-void",
            _SUBJECT,
            f"SPF-posten för {domain} frågar efter namn som saknas: {', '.join(trace.voids)}.",
            why=_UNUSABLE + f" Högst {MOST_VOIDS} får vara tomma (RFC 7208, 4.6.4).",
            do="Ta bort de hänvisningarna.",
        )


def _end(domain: str, record: SpfRecord, better: tuple[DnsRecord, ...]) -> Iterator[DomainFinding]:
    """How it ends: what becomes of servers that it does not name."""
    end = record.all
    if end and end.qualifier == "+":
        yield error(
            "spf-pass-all",
            _SUBJECT,
            f"SPF-posten för {domain} slutar med {end.text}.",
            why="Den godkänner alla servrar i världen, så skräppost i föreningens namn ser äkta ut.",
            do="Byt slutet till ~all.",
            records=better,
        )
    elif (end is None and record.redirect is None) or (end and end.qualifier == "?"):
        yield warning(
            "spf-open-end",
            _SUBJECT,
            f"SPF-posten för {domain} säger inget om servrar som den inte nämner.",
            why="Mottagarna får då ingen hjälp att skilja era brev från förfalskade.",
            do="Avsluta posten med ~all.",
            records=better,
        )
    if any(term.name == "ptr" for term in record.mechanisms):
        yield warning(
            "spf-ptr",
            _SUBJECT,
            f"SPF-posten för {domain} använder ptr.",
            why="Det är långsamt och avrått (RFC 7208, 5.5); flera mottagare bortser från det.",
            do="Ta bort ptr.",
            records=better,
        )


def _missing(domain: str, missing: Sequence[str], better: tuple[DnsRecord, ...]) -> DomainFinding:
    return error(
        "spf-not-included",
        _SUBJECT,
        f"SPF-posten för {domain} tar inte med {', '.join(missing)}.",
        why="Breven lämnar därifrån, så mottagarna ser dem som skickade av någon obehörig.",
        do="Ändra posten.",
        records=better,
    )


@dataclass(frozen=True, slots=True)
class _Host:
    """Whether the server that letters are handed to may send: which addresses may not, or what to say."""

    refused: tuple[str, ...] = ()
    finding: DomainFinding | None = None


def _host(sender: SenderDomain, domain: str, zone: Zone) -> _Host:
    host, answer = sender.smtp_host, zone.addresses(sender.smtp_host)
    if answer.trouble:
        return _Host(finding=silent(_SUBJECT, [host], answer.trouble))
    if not answer.values:
        return _Host(
            finding=warning(
                "spf-host-unknown",
                _SUBJECT,
                f"E-postservern {host} finns inte i DNS.",
                why="Då går det varken att skicka dit eller att se om SPF släpper fram den.",
                do="Kontrollera serverns namn i newsletter.toml.",
            )
        )
    results = {address: spf_result(address, domain, zone) for address in answer.values}
    if SpfResult.TEMPERROR in results.values():
        found = unknown("spf-host-silent", _SUBJECT, f"Det går inte att se om SPF släpper fram {host}.")
        return _Host(finding=found)
    refused = tuple(address for address, result in results.items() if result is not SpfResult.PASS)
    return _Host(refused, None if refused else fine("spf-host", _SUBJECT, f"{host} får skicka för {domain}."))


def _refused(sender: SenderDomain, domain: str, host: _Host, better: tuple[DnsRecord, ...]) -> DomainFinding:
    return warning(
        "spf-host-refused",
        _SUBJECT,
        f"SPF-posten för {domain} släpper inte fram {sender.smtp_host} ({', '.join(host.refused)}).",
        why="Om den servern själv lämnar breven vidare ser mottagarna dem som obehöriga.",
        do="Ändra posten. Lämnas breven vidare av andra servrar: fråga leverantören efter deras include "
        "och skriv den under [dns] spf_includes.",
        records=better,
    )


def _aligned(sender: SenderDomain, zone: Zone) -> Iterator[DomainFinding]:
    """Whether SPF speaks for the domain that the reader sees."""
    walk = dmarc_walk(sender.domain, zone)
    strict = bool(walk.record and walk.record.is_strict("aspf"))
    if is_aligned(sender.bounce_domain, sender.domain, zone, strict=strict):
        return
    reason = " (aspf=s kräver samma domän)" if strict else ""
    yield warning(
        "spf-misaligned",
        _SUBJECT,
        f"Studsar går till {sender.bounce_domain}, och avsändaren står på {sender.domain}.",
        why=f"SPF räknas då inte för DMARC{reason}; bara DKIM gör det.",
        do=f"Låt studsar gå till {sender.domain}"
        + ("." if strict else f" eller en underdomän, eller se till att DKIM är satt för {sender.domain}."),
    )
