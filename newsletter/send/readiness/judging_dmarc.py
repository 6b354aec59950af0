"""DMARC: what receivers are told to do with letters that only claim to be ours, and who is told of them."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.domain import DnsRecord, DomainFinding, SenderDomain
from newsletter.send.readiness.dmarc import DmarcRecord, dmarc_texts, dmarc_walk
from newsletter.send.readiness.finding import error, fine, silent, warning
from newsletter.send.readiness.zone import Zone

_SUBJECT = "DMARC"
_ASKED = "Gmail, Yahoo och Microsoft kräver DMARC av den som skickar till många, och avvisar annars breven."


def findings(sender: SenderDomain, zone: Zone) -> Iterator[DomainFinding]:
    """What DMARC makes of our letters."""
    walk = dmarc_walk(sender.domain, zone)
    if walk.trouble:
        yield silent(_SUBJECT, [walk.trouble], zone.txt(walk.trouble).trouble)
    elif walk.repeated:
        yield error(
            "dmarc-many",
            _SUBJECT,
            f"_dmarc.{sender.domain} har {len(walk.repeated)} DMARC-poster.",
            why="Då gäller ingen av dem. " + _ASKED,
            do="Behåll en.",
            records=(_suggested(sender, replaces=walk.repeated),),
        )
    elif walk.record is None:
        yield _none(sender, zone)
    else:
        yield from _record(walk.record, sender)
        yield from _reports(walk.record, walk.organization, zone)


def _suggested(sender: SenderDomain, replaces: tuple[str, ...] = ()) -> DnsRecord:
    """What can do no harm and begins to tell: no letter is stopped by it, and reports come."""
    mailbox = sender.dmarc_reports or f"dmarc@{sender.domain}"
    value = f"v=DMARC1; p=none; rua=mailto:{mailbox}"
    return DnsRecord(f"_dmarc.{sender.domain}", "TXT", value, replaces=replaces)


def _none(sender: SenderDomain, zone: Zone) -> DomainFinding:
    record = _suggested(sender)
    if dmarc_texts(zone.txt(sender.domain).values):
        what = f"DMARC-posten för {sender.domain} ligger på fel namn."
        do = f"Flytta den från {sender.domain} till _dmarc.{sender.domain}."
    else:
        what = f"{sender.domain} har ingen DMARC-post."
        do = f"Lägg till posten, och ordna brevlådan {record.value.rpartition(':')[2]} för rapporterna."
    return error("dmarc-none", _SUBJECT, what, why=_ASKED, do=do, records=(record,))


def _record(record: DmarcRecord, sender: SenderDomain) -> Iterator[DomainFinding]:
    place = f"_dmarc.{record.name}"
    policy = record.policy_for(sender.domain)
    if record.faults:
        told = error if any(each.startswith(("p=", "p ")) for each in record.faults) else warning
        yield told(
            "dmarc-syntax",
            _SUBJECT,
            f"DMARC-posten i {place} har fel: {'; '.join(record.faults)}.",
            why="Mottagare bortser från det felaktiga, ibland från hela posten. " + _ASKED,
            do="Rätta posten.",
            records=(DnsRecord(place, "TXT", _mended(record, sender), replaces=(record.text,)),),
        )
    elif policy == "none":
        yield fine(
            "dmarc-none-policy",
            _SUBJECT,
            f"{place}: p=none",
            "Det räcker för att få skicka. Läs rapporterna några veckor; när all egen e-post klarar sig, höj "
            "till p=quarantine, så stoppas förfalskade brev.",
        )
    else:
        yield fine("dmarc-policy", _SUBJECT, f"{place}: {policy} för brev som inte klarar DMARC")
    if not record.tags.get("rua"):
        yield warning(
            "dmarc-no-reports",
            _SUBJECT,
            f"DMARC-posten i {place} ber inte om rapporter (rua).",
            why="Ingen på kansliet får då veta om egna brev stoppas eller om någon förfalskar dem.",
            do="Lägg till rua, och ordna brevlådan.",
            records=(DnsRecord(place, "TXT", _mended(record, sender), replaces=(record.text,)),),
        )


def _mended(record: DmarcRecord, sender: SenderDomain) -> str:
    """The same record, with what cannot be read mended and reports asked for."""
    faulty = {fault.partition("=")[0] for fault in record.faults}
    kept = {
        tag: value
        for tag, value in record.tags.values.items()
        if tag not in faulty and tag not in ("v", "p", "rua")
    }
    mailboxes = record.reports or (sender.dmarc_reports or f"dmarc@{record.name}",)
    rua = ",".join(f"mailto:{each}" for each in mailboxes)
    said = {"v": "DMARC1", "p": record.policy, "rua": rua, **kept}
    return "; ".join(f"{tag}={value}" for tag, value in said.items())


def _reports(record: DmarcRecord, organization: str, zone: Zone) -> Iterator[DomainFinding]:
    """RFC 9990, 4 (before: RFC 7489, 7.1): another organization must say that it takes the reports."""
    for mailbox in record.reports:
        domain = mailbox.rpartition("@")[2].lower()
        if domain == record.name or domain.endswith(f".{organization}") or domain == organization:
            continue
        name = f"{record.name}._report._dmarc.{domain}"
        answer = zone.txt(name)
        if answer.trouble:
            yield silent(_SUBJECT, [name], answer.trouble)
        elif not dmarc_texts(answer.values):
            yield warning(
                "dmarc-reports-refused",
                _SUBJECT,
                f"{domain} har inte sagt ja till DMARC-rapporter för {record.name}.",
                why=f"Rapporterna till {mailbox} skickas då inte.",
                do=f"Be den som sköter {domain} lägga till posten, eller välj en egen brevlåda.",
                records=(DnsRecord(name, "TXT", "v=DMARC1"),),
            )
