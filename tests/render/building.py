"""Small issues, settings and pictures for the tests of render and check."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from newsletter import render
from newsletter.model.issue import Block, BlockKind, CalendarEntry, EventFacts, FigureEntry, Issue, IssueKind
from newsletter.model.letter import Edition, Letter, LetterSender
from newsletter.model.news import Pick, PickLink
from newsletter.model.prose import Image, Inline, Link, Paragraph, Text
from newsletter.model.settings import Association, Settings, Topic
from newsletter.model.where import Where

ROOT = Path(__file__).parents[2]
FILE = "content/issues/2026-2/issue.md"
SENDER = LetterSender("Föreningen", "brev@forening.example", "kansli@forening.example")
SETTINGS = Settings(
    association=Association(
        name="Föreningen Exempel",
        short_name="Exempel",
        postal_address="Exempelgatan 1, 123 45 Exempelstad",
        website="https://www.forening.example",
        contact="kansli@forening.example",
    ),
    senders={"kansliet": SENDER},
    unsubscribe_mailbox="avsluta@forening.example",
    topics=(Topic("projekt", "Projekt"), Topic("eu", "EU:s politik")),
)


def png(width: int = 1104, height: int = 620) -> bytes:
    """A whole PNG of one grey."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def says(text: str, line: int = 20) -> Paragraph:
    """A paragraph of plain text."""
    return Paragraph((Text(text),), line)


def links(href: str, text: str, line: int = 21) -> Paragraph:
    """A paragraph that is one link."""
    return Paragraph((Link(href, (Text(text),), line),), line)


def inline(text: str) -> tuple[Inline, ...]:
    """Plain inline text."""
    return (Text(text),)


def block(kind: BlockKind = BlockKind.CARD, **values: Any) -> Block:
    """A block with an id, a place and what the test is about."""
    return Block(**{"id": kind.value, "kind": kind, "where": Where(FILE, 19), **values})


def card(*nodes: Any, **values: Any) -> Block:
    """A card about a project."""
    given = {"id": "ett-projekt", "title": "Ett projekt", "topic": "projekt", **values}
    return block(nodes=nodes or (says("Det går bra."),), **given)


EVERY_KIND = (
    block(BlockKind.TEXT, nodes=(says("Hej {{name}} i {{member}}!"),)),
    card(
        Image("pictures/tag.png", "Ett tåg på en bro", 22),
        says("Vi bygger."),
        links("https://www.forening.example/projekt", "Läs om projektet"),
    ),
    block(
        BlockKind.INVITATION,
        title="Möte i Ludvika",
        nodes=(says("Välkommen."),),
        event=EventFacts(date(2027, 3, 18), "10.00–15.30", "Ludvika", date(2027, 2, 25)),
        action=Link("https://www.forening.example/anmalan", inline("Anmäl dig till mötet"), 30),
    ),
    block(
        BlockKind.CALENDAR,
        entries=(
            CalendarEntry(date(2027, 1, 28), inline("Styrelsemöte"), "13.00", 41),
            CalendarEntry(date(2026, 12, 8), inline("Julmöte"), "", 42),
        ),
    ),
    block(
        BlockKind.BUTTON, action=Link("https://www.forening.example/las", inline("Läs verksamhetsplanen"), 50)
    ),
    block(BlockKind.QUOTE, nodes=(says("Gränser får inte bli hinder."),), by="Planen"),
    block(BlockKind.FIGURES, figures=(FigureEntry("40 %", inline("av Sveriges exportvärde"), 60),)),
    block(BlockKind.MEMBER_NEWS, nodes=(says("Ur medlemmarnas flöden."),)),
)
PICKS = (
    Pick(
        id="sater-resecentrum",
        member="sater",
        url="https://www.sater.example/resecentrum",
        title="Resecentrum får klartecken",
        lead="Bygget börjar i vår.",
        published=date(2026, 11, 3),
        topic="eu",
        source_title="Klartecken",
        source_lead="",
        also=(PickLink("hofors", "https://www.hofors.example/resecentrum"),),
        line=4,
    ),
)
MEMBERS = {"sater": "Säters kommun", "hofors": "Hofors kommun"}
PICTURES = {"content/issues/2026-2/pictures/tag.png": png()}


def issue(*blocks: Block, **values: Any) -> Issue:
    """An issue of November 2026."""
    whole = Issue(
        id="2026-2",
        title="Nyhetsbrev nr 2 · 2026",
        subject="Nya spår och en dag i Ludvika",
        preheader="Vad vi gör, vart vi samlas och hur du nominerar.",
        date=date(2026, 11, 17),
        language="sv",
        kind=IssueKind.NEWSLETTER,
        sender="kansliet",
        audiences=("politiker",),
        blocks=blocks or EVERY_KIND,
        where=Where(FILE),
        lines={"subject": 4, "preheader": 5, "sender": 9},
    )
    return replace(whole, **values)


def edition(*blocks: Block, picks: tuple[Pick, ...] = PICKS, **values: Any) -> Edition:
    """The one edition of such an issue."""
    whole = issue(*blocks, **values)
    return Edition("alla", whole, (), whole.blocks, picks)


def defaults() -> dict[str, str]:
    """The program's own templates."""
    return {file.name: file.read_text("utf-8") for file in (ROOT / "newsletter/letters").glob("*.mjml.j2")}


def letter(
    *blocks: Block,
    templates: Mapping[str, str] | None = None,
    pictures: Mapping[str, bytes] | None = None,
    picks: tuple[Pick, ...] = PICKS,
    settings: Settings = SETTINGS,
    **values: Any,
) -> Letter:
    """The letter of an edition in the neutral theme; `templates` lie over the program's."""
    return render.letter(
        edition(*blocks, picks=picks, **values),
        templates=defaults() | dict(templates or {}),
        theme=render.theme(),
        settings=settings,
        pictures=PICTURES if pictures is None else pictures,
        members=MEMBERS,
    )
