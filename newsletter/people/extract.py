"""All that is held about one person, as the person may have it: JSON for machines, a page for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.model.people import Suppression
from newsletter.model.rights import Held, HeldLetter

SUPPRESSIONS: Mapping[Suppression, str] = {
    Suppression.LEFT: "personen har avslutat utskicken",
    Suppression.COMPLAINED: "personen har anmält brevet som skräppost",
    Suppression.BOUNCED: "adressen tog inte emot brev",
    Suppression.ERASED: "personen har bett att få bli glömd",
}
_STATES = {
    "excluded": "utelämnat",
    "waiting": "väntar",
    "attempting": "på väg",
    "accepted": "skickat",
    "rejected": "avvisat",
    "unknown": "oklart om det kom iväg",
    "cancelled": "återkallat",
}
_FIELDS = {
    "id": "Id",
    "address": "E-post",
    "name": "Namn",
    "language": "Språk",
    "basis": "Rättslig grund",
    "source": "Varifrån adressen kommer",
    "role": "Roll",
    "member": "Medlem",
    "list": "Lista",
    "since": "Från och med",
    "until": "Till och med",
    "confirmed": "Senast bekräftat",
    "tags": "Taggar",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:0 0 1.5rem}th,td{text-align:left;vertical-align:top;"
    "padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ccc}"
)


def extract_json(held: Held, *, association: str, at: datetime) -> str:
    """The whole of it; names of fields as the program has them."""
    person = asdict(held.recipient) if held.recipient else None
    data = {
        "schema": 1,
        "association": association,
        "made_at": at,
        "address": held.address,
        "person": person,
        "suppression": asdict(held.suppression) if held.suppression else None,
        "log": [asdict(entry) for entry in held.log],
        "letters": [_letter(one) for one in held.letters],
    }
    return json.dumps(_plain(data), ensure_ascii=False, indent=2) + "\n"


def extract_html(held: Held, *, association: str, contact: str, at: datetime, zone: ZoneInfo) -> str:
    """A page that says the same in Swedish."""
    parts = [
        f"<h1>Det som {escape(association)} har sparat om {escape(held.address)}</h1>",
        f"<p>Utdrag enligt artikel 15 i dataskyddsförordningen, {_when(at, zone)}. Frågor, rättelser och "
        f"radering: {escape(contact)}.</p>",
        *_person(held),
        "<h2>Spärr</h2>",
        *_suppression(held, zone),
        "<h2>Brev</h2>",
        _letters(held, zone),
        "<h2>Ändringar</h2>",
        _table(
            ("När", "Vad", "Varför", "Kommando"),
            [(_when(one.at, zone), one.what, one.why, one.command) for one in held.log],
        ),
    ]
    body = "\n".join(parts)
    head = f'<meta charset="utf-8"><title>Registerutdrag</title><style>{_STYLE}</style>'
    return (
        f'<!doctype html>\n<html lang="sv"><head>{head}</head>\n<body><main>\n{body}\n</main></body></html>\n'
    )


def _person(held: Held) -> Iterator[str]:
    yield "<h2>Person</h2>"
    if held.recipient is None:
        yield "<p>Adressen står inte på någon lista.</p>"
        return
    fields = {name: value for name, value in asdict(held.recipient).items() if name != "mandates"}
    yield _table(("Uppgift", "Värde"), [(_FIELDS.get(name, name), _shown(v)) for name, v in fields.items()])
    yield "<h2>Uppdrag</h2>"
    mandates = [asdict(one) for one in held.recipient.mandates]
    names = list(mandates[0]) if mandates else []
    rows = [[_shown(one[name]) for name in names] for one in mandates]
    yield _table([_FIELDS.get(name, name) for name in names], rows)


def _suppression(held: Held, zone: ZoneInfo) -> Iterator[str]:
    if held.suppression is None:
        yield "<p>Adressen är inte spärrad.</p>"
        return
    found = held.suppression
    told = f"{SUPPRESSIONS[found.reason]} ({_when(found.at, zone)}; {found.source})"
    yield f"<p>Inga brev skickas: {escape(told)}. Spärren sparas som en nyckelhash, utan adress.</p>"


def _letters(held: Held, zone: ZoneInfo) -> str:
    rows = [
        (
            one.issue,
            _when(one.delivery.settled_at, zone) if one.delivery.settled_at else "",
            _STATES[one.delivery.state.value],
            "; ".join(
                f"{_when(event.at, zone)} {event.kind.value} {event.url}".strip() for event in one.events
            ),
        )
        for one in held.letters
    ]
    return _table(("Nummer", "När", "Läge", "Händelser"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>Inget är sparat.</p>"
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _letter(one: HeldLetter) -> dict[str, Any]:
    return {"issue": one.issue, **one.delivery._asdict(), "events": [asdict(event) for event in one.events]}


def _plain(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """The value in JSON's own kinds."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: object) -> str:
    if isinstance(value, Enum):
        return str(getattr(value, "swedish", value.value))
    if isinstance(value, list | tuple):
        return ", ".join(_shown(each) for each in value)
    return "" if value is None else str(value)


def _when(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
