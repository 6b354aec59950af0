"""Parcels, and what a reader would see of one, as the provider's pages say that it makes letters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.edges.sendgrid import SendGrid
from newsletter.model.letter import Letter, Picture
from newsletter.model.settings import SendGridSettings
from newsletter.model.transport import Batch, Parcel
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.sendgrid import SendGridServer

PICTURE = Picture(
    "pictures/bild å.png", "bild@bergslaget.example", "image/png", b"\x89PNG" + bytes(range(256)), 1, 1
)
ILLUSTRATED = builders.letter(pictures=(PICTURE,))
LEAVES_AT = NOON + timedelta(hours=1)


def settings_of(server: SendGridServer, **changes: Any) -> SendGridSettings:
    """Settings that lead to the local server."""
    made = SendGridSettings(url=server.url, api_key=server.key, timeout_seconds=5.0)
    return replace(made, **changes)


def mailer_of(server: SendGridServer, mode: str = "none", **changes: Any) -> SendGrid:
    """The edge, by the local server's clock."""
    now = lambda: datetime.fromtimestamp(server.now, UTC)  # noqa: E731
    return SendGrid(settings_of(server, **changes), mode, now=now)


def parcel(
    *numbers: int, letter: Letter | None = None, batch: str = "", attempt: int = 1, **changes: Any
) -> Parcel:
    """These rows' chunk; with `batch` it is held until `LEAVES_AT`."""
    rows = [builders.delivery(number, attempt=attempt, **changes) for number in numbers]
    held = Batch(batch, "sending-2026-2", LEAVES_AT) if batch else None
    return builders.parcel(rows, letter, batch=held)


def bodies(server: SendGridServer) -> Sequence[Mapping[str, Any]]:
    """What came to mail/send."""
    return [json.loads(one.body) for one in server.requests if one.path == "/v3/mail/send"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter as its reader would see it."""

    subject: str
    text: str
    html: str
    headers: Mapping[str, str]


def seen(body: Mapping[str, Any], place: int, *, backwards: bool = False) -> Seen:
    """What the provider makes of a personalization; in which order it substitutes must not matter."""
    one = body["personalizations"][place]
    tags = list(one.get("substitutions", {}).items())
    text, html = (_substituted(part["value"], tags[::-1] if backwards else tags) for part in body["content"])
    return Seen(
        one.get("subject", body.get("subject", "")),
        text,
        html,
        body.get("headers", {}) | one.get("headers", {}),
    )


def _substituted(text: str, tags: Sequence[tuple[str, str]]) -> str:
    for tag, value in tags:
        text = text.replace(tag, value)
    return text
