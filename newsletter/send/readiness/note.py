"""The records to publish, as a text to paste into a letter to whoever keeps the domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsletter.model.domain import DnsRecord, DomainFinding

_STRING = 255  # bytes of one character-string (RFC 1035, 3.3); a longer value is several


def note(findings: Sequence[DomainFinding], association: str) -> str:
    """The letter; empty where nothing is to be changed."""
    records: dict[DnsRecord, DomainFinding] = {}
    for finding in findings:
        for record in finding.records:
            records.setdefault(record, finding)
    if not records:
        return ""
    lines = [
        "Hej!",
        "",
        f"{association} skickar nyhetsbrev. För att de ska komma fram behöver posterna nedan finnas i DNS.",
        "Värdena ska stå tecken för tecken. Sist i varje punkt står raden som den skrivs i en zonfil.",
    ]
    for number, (record, finding) in enumerate(records.items(), start=1):
        lines += ["", *_asked(number, record, finding)]
    return "\n".join([*lines, ""])


def _asked(number: int, record: DnsRecord, finding: DomainFinding) -> Iterator[str]:
    verb = "Ändra" if record.replaces else "Lägg till"
    yield f"{number}. {verb} ({finding.subject}): {finding.what}"
    yield f"   Namn:   {record.name}"
    yield f"   Typ:    {record.type}"
    yield f"   TTL:    {record.ttl}"
    for old in record.replaces:
        yield f"   Ta bort: {old}"
    yield f"   Värde:  {record.value}"
    yield f"   {zone_line(record)}"


def zone_line(record: DnsRecord) -> str:
    """The record as a line of a zone file (RFC 1035, 5)."""
    if record.type == "TXT":
        data = " ".join(f'"{part}"' for part in _strings(record.value))
    else:
        data = record.value.rstrip(".") + "."
    return f"{record.name}. {record.ttl} IN {record.type} {data}"


def _strings(value: str) -> list[str]:
    """The value in pieces that fit, cut between characters; quotes and backslashes escaped."""
    pieces = [value[at : at + _STRING] for at in range(0, len(value), _STRING)] or [""]
    return [piece.replace("\\", "\\\\").replace('"', '\\"') for piece in pieces]
