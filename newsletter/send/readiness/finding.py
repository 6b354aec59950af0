"""Findings about a domain, made in few words."""

from __future__ import annotations

from dataclasses import replace

from newsletter.model.domain import DnsRecord, DomainFinding, Standing


def fine(rule: str, subject: str, what: str, why: str = "") -> DomainFinding:
    """A thing that is as it should be."""
    return DomainFinding(rule, subject, Standing.FINE, what, why)


def warning(
    rule: str, subject: str, what: str, *, why: str, do: str, records: tuple[DnsRecord, ...] = ()
) -> DomainFinding:
    """A thing that makes letters less trusted."""
    return DomainFinding(rule, subject, Standing.WARNING, what, why, do, records)


def error(
    rule: str, subject: str, what: str, *, why: str, do: str, records: tuple[DnsRecord, ...] = ()
) -> DomainFinding:
    """A thing for which letters are refused."""
    return DomainFinding(rule, subject, Standing.ERROR, what, why, do, records)


def unknown(rule: str, subject: str, what: str, *, do: str = "") -> DomainFinding:
    """A thing that nobody answered about."""
    return DomainFinding(rule, subject, Standing.UNKNOWN, what, "", do)


def silent(subject: str, names: list[str] | tuple[str, ...], trouble: str = "") -> DomainFinding:
    """Names that no name server answered about."""
    why = f" ({trouble})" if trouble else ""
    return unknown(
        f"{subject.lower()}-silent",
        subject,
        f"Ingen namnserver svarade om {', '.join(dict.fromkeys(names))}{why}.",
        do="Kör `newsletter doctor` igen om en stund.",
    )


def softened(finding: DomainFinding) -> DomainFinding:
    """The finding as a warning at most."""
    return replace(finding, standing=Standing.WARNING) if finding.standing is Standing.ERROR else finding
