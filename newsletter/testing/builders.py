"""Nouns with sane values, so that a test names only what it is about.

Everything is invented and under example.org. Numbers make things differ: ``delivery(3)`` has another id,
recipient and address than ``delivery(4)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from newsletter import send
from newsletter.model import digest as numbers
from newsletter.model.delivery import Chunk, Delivery, DeliveryState, Exclusion, Sending
from newsletter.model.event import Event, EventKind
from newsletter.model.letter import Letter, LetterSender
from newsletter.model.news import NewsItem, Provenance
from newsletter.model.people import Mandate, Member, Recipient, Role
from newsletter.model.transport import Answer, Batch, Outcome, Outgoing, Parcel

NOON = datetime(2026, 11, 17, 11, 0, tzinfo=UTC)
"""When things happen where nothing else is said: noon in Sweden on the day of the issue."""


def member(id: str = "falun", **changes: Any) -> Member:  # noqa: ANN401
    """A member of the association."""
    made = Member(
        id=id, name=id.capitalize(), kind="kommun", county="Dalarna", website=f"https://{id}.example"
    )
    return replace(made, **changes)


def recipient(number: int = 1, *mandates: Mandate, **changes: Any) -> Recipient:  # noqa: ANN401
    """A person with one mandate in Falun's council, or with those that are given."""
    made = Recipient(
        id=f"person-{number:06}",
        address=f"reader.{number}@example.org",
        name=f"Läsare {number}",
        mandates=mandates or (Mandate(Role.COUNCIL, "falun", "fortroendevalda"),),
        basis="berättigat intresse",
        source="people.csv",
    )
    return replace(made, **changes)


def sending(issue: str = "2026-2", **changes: Any) -> Sending:  # noqa: ANN401
    """An issue that is planned by the outbox; its id is made from the issue's."""
    made = Sending(
        id=f"sending-{issue}", issue=issue, digest="0" * 64, transport="outbox", mode="none", planned_at=NOON
    )
    return replace(made, **changes)


def delivery(number: int = 1, *, chunk: int = 0, sending: str = "sending-2026-2", **changes: Any) -> Delivery:  # noqa: ANN401
    """A waiting row of the sending."""
    made = Delivery(
        id=f"{sending}-delivery-{number:06}",
        sending=sending,
        recipient=f"person-{number:06}",
        address=f"reader.{number}@example.org",
        name=f"Läsare {number}",
        edition="politiker",
        member="falun",
        county="Dalarna",
        group="politiker",
        chunk=chunk,
    )
    return made._replace(**changes)


def excluded(number: int = 1, why: Exclusion = Exclusion.LEFT, **changes: Any) -> Delivery:  # noqa: ANN401
    """A row of a candidate who is left out."""
    return delivery(number, chunk=-1, state=DeliveryState.EXCLUDED, reason=why.value, **changes)


def deliveries(count: int, *, per_chunk: int = 2, sending: str = "sending-2026-2") -> list[Delivery]:
    """Waiting rows, cut into chunks."""
    return [delivery(number, chunk=number // per_chunk, sending=sending) for number in range(count)]


def letter(**changes: Any) -> Letter:  # noqa: ANN401
    """A small edition with every personal mark in it."""
    made = Letter(
        issue="2026-2",
        edition="politiker",
        language="sv",
        subject="Nytt från Bergslaget",
        preheader="Kort om allt",
        html='<p>Hej {{name}} i {{member}}!</p><p>{{source}}</p><a href="{{unsubscribe}}">Avsluta</a>',
        text="Hej {{name}} i {{member}}!\n\n{{source}}\n\nAvsluta: {{unsubscribe}}\n",
        pictures=(),
        links=(),
        sender=LetterSender("Föreningen", "nyhetsbrev@bergslaget.example", "kansli@bergslaget.example"),
        headers={"List-Unsubscribe": "<{{unsubscribe}}>", "List-Id": "<nyhetsbrev.bergslaget.example>"},
        source_map={},
        block_bytes={},
    )
    return replace(made, **changes)


def parcel(
    rows: Sequence[Delivery],
    edition: Letter | None = None,
    *,
    batch: Batch | None = None,
    letters: Sequence[Outgoing] | None = None,
) -> Parcel:
    """The rows' chunk ready to leave, for a transport of either kind; `letters` in place of real ones."""
    whole = edition or letter()
    template, members = send.template(whole), {"falun": member()}
    marks = {row.id: send.marks(row, members, "avsluta@bergslaget.example") for row in rows}
    made = [send.outgoing(template, row, marks[row.id], NOON) for row in rows] if letters is None else letters
    first = rows[0] if rows else delivery()
    chunk = Chunk(first.sending, first.chunk, tuple(rows), NOON)
    return Parcel(chunk, whole, tuple(made), marks, batch)


def accepted(words: str = "") -> Answer:
    """The transport took it."""
    return Answer(Outcome.ACCEPTED, words)


def event(number: int = 1, delivery: str = "sending-2026-2-delivery-000001", **changes: Any) -> Event:  # noqa: ANN401
    """A letter that was delivered."""
    return replace(
        Event(id=f"event-{number:06}", delivery=delivery, kind=EventKind.DELIVERED, at=NOON), **changes
    )


def news_item(number: int = 1, **changes: Any) -> NewsItem:  # noqa: ANN401
    """An item of Falun's, with a sure day."""
    made = NewsItem(
        member="falun",
        url=f"https://falun.example/nyheter/{number}",
        title=f"Nyhet {number}",
        lead="Kommunen bygger en ny skola.",
        published=date(2026, 11, 3),
        provenance=Provenance.FEED,
    )
    return replace(made, **changes)


def digest(
    letters: Iterable[Letter],
    recipients: Iterable[str],
    *,
    rule: str = "",
    mode: str = "none",
    transport: str = "outbox",
    wording: str = "",
) -> str:
    """What a whole sending to these ids is known by; below `transport` stand its settings, if it has any."""
    found = numbers.parts(letters, rule=rule, mode=mode, transport=transport, wording=wording)
    return numbers.digest(found, numbers.audience(recipients))
