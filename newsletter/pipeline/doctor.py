"""``doctor``: what is ready, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from newsletter import gather
from newsletter.errors import NewsletterError
from newsletter.model.domain import DnsRecord, Standing
from newsletter.model.settings import Settings
from newsletter.people import is_reserved
from newsletter.pipeline import issues
from newsletter.pipeline.readiness import Transport, readiness
from newsletter.ports import People, Resolver, Workspace

_SOURCES = "subscribers/sources.toml"


class Health(Enum):
    """How one thing is."""

    FINE = "klart"
    WARNING = "se över"
    BROKEN = "fel"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at, how it is, and what to do where it is not fine."""

    what: str
    health: Health
    detail: str
    do: str = ""
    why: str = ""  # why it matters, and to whom
    rule: str = ""  # of a finding about the domain: spf-many
    records: tuple[DnsRecord, ...] = ()  # to publish in DNS


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything that was looked at, and a letter to whoever keeps the domain; "" where none is needed."""

    diagnoses: tuple[Diagnosis, ...]
    note: str = ""


_HEALTH = {
    Standing.FINE: Health.FINE,
    Standing.WARNING: Health.WARNING,
    Standing.ERROR: Health.BROKEN,
    Standing.UNKNOWN: Health.WARNING,
}


def doctor(
    *,
    workspace: Workspace,
    people: People | None,
    settings: Settings,
    resolver: Resolver,
    transport: Transport,
) -> Checkup:
    """Everything that a workspace needs before a send, in the order it is needed.

    `people` is None where no list was ever taken in. Nothing is changed.
    """
    notes: list[str] = []
    looks: Mapping[str, Callable[[], Iterator[Diagnosis]]] = {
        "Avsändare": lambda: _addresses(settings),
        "DNS": lambda: _domains(settings, resolver, transport, notes),
        "Medlemmar": lambda: _members(workspace),
        "Segment": lambda: _segments(workspace),
        "Mottagare": lambda: _people(people),
        "Nyhetskällor": lambda: _sources(workspace),
        "Nummer": lambda: _issues(workspace, settings),
        "Mätning": lambda: _measuring(settings),
    }
    found = tuple(diagnosis for what, look in looks.items() for diagnosis in _looked(what, look))
    return Checkup(found, "".join(notes))


def _looked(what: str, look: Callable[[], Iterator[Diagnosis]]) -> list[Diagnosis]:
    try:
        return list(look())
    except NewsletterError as error:
        return [Diagnosis(what, Health.BROKEN, str(error), error.do)]


def _addresses(settings: Settings) -> Iterator[Diagnosis]:
    named = {f"senders.{key}.address": sender.address for key, sender in settings.senders.items()}
    named |= {f"senders.{key}.reply_to": sender.reply_to for key, sender in settings.senders.items()}
    named |= {
        "unsubscribe.mailbox": settings.unsubscribe_mailbox,
        "association.contact": settings.association.contact,
    }
    reserved = [name for name, address in named.items() if is_reserved(address)]
    if not reserved:
        yield Diagnosis("Avsändare", Health.FINE, f"{len(settings.senders)} avsändare")
        return
    yield Diagnosis(
        "Avsändare",
        Health.WARNING,
        f"Exempeladresser som ingen post når: {', '.join(reserved)}.",
        "Skriv föreningens egna adresser i newsletter.toml före det första riktiga utskicket.",
    )


def _domains(
    settings: Settings, resolver: Resolver, transport: Transport, notes: list[str]
) -> Iterator[Diagnosis]:
    """What DNS says of the senders' domains; the letter about it is added to the notes."""
    found = readiness(settings, transport, resolver)
    notes.append(found.note)
    for domain in found.examples:
        detail = f"{domain} är ett exempel och finns inte i DNS, så inget slås upp."
        yield Diagnosis("DNS", Health.FINE, detail)
    if found.is_offline:
        yield Diagnosis(
            "DNS",
            Health.WARNING,
            "Ingen namnserver på internet svarar, så SPF, DKIM, DMARC och MX är inte granskade.",
            "Kör `newsletter doctor` igen när datorn har nät.",
        )
    for each in found.findings:
        yield Diagnosis(
            each.subject, _HEALTH[each.standing], each.what, each.do, each.why, each.rule, each.records
        )


def _members(workspace: Workspace) -> Iterator[Diagnosis]:
    found = issues.members(workspace)
    counties = {member.county for member in found.values()}
    yield Diagnosis("Medlemmar", Health.FINE, f"{len(found)} i {len(counties)} län")


def _segments(workspace: Workspace) -> Iterator[Diagnosis]:
    yield Diagnosis("Segment", Health.FINE, f"{len(issues.segments(workspace))} segment")


def _people(people: People | None) -> Iterator[Diagnosis]:
    count = sum(1 for _ in people.everyone()) if people else 0
    if count:
        yield Diagnosis("Mottagare", Health.FINE, f"{count} på listorna")
        return
    yield Diagnosis(
        "Mottagare",
        Health.WARNING,
        "Ingen lista är inläst än.",
        "Läs in en med `newsletter people import FIL --list NAMN --basis GRUND`.",
    )


def _sources(workspace: Workspace) -> Iterator[Diagnosis]:
    text = issues.text(workspace, _SOURCES)
    found = gather.sources(text, _SOURCES, issues.members(workspace))
    unverified = sum(1 for source in found if not source.verified)
    if not unverified:
        yield Diagnosis("Nyhetskällor", Health.FINE, f"{len(found)} källor")
        return
    yield Diagnosis(
        "Nyhetskällor",
        Health.WARNING,
        f"{len(found)} källor, varav {unverified} aldrig är prövade.",
        "Kör `newsletter gather` från kansliet och se vilka som svarar.",
    )


def _issues(workspace: Workspace, settings: Settings) -> Iterator[Diagnosis]:
    for issue in issues.ids(workspace):
        try:
            issues.load(workspace, issue, settings=settings)
        except NewsletterError as error:
            yield Diagnosis(f"Nummer {issue}", Health.BROKEN, str(error), error.do)
        else:
            yield Diagnosis(f"Nummer {issue}", Health.FINE, "går att läsa")


def _measuring(settings: Settings) -> Iterator[Diagnosis]:
    if settings.measuring.mode == "none":
        detail = "Bara vad som kom fram och vilka som lämnade listan räknas; inga klick."
    else:
        detail = f"Klick räknas genom leverantören, enligt beslut: {settings.measuring.decision}"
    yield Diagnosis("Mätning", Health.FINE, detail)
