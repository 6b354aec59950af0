"""Letters, people and rows for the tests of sending."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newsletter.model.delivery import Delivery, Sending
from newsletter.model.letter import Letter, LetterLink, LetterSender, Picture
from newsletter.model.people import Mandate, Member, Recipient, Role

AT = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
KEY = b"k" * 32
MEMBERS = {
    "hofors": Member("hofors", "Hofors kommun", "kommun", "Gävleborg"),
    "falun": Member("falun", "Falu kommun", "kommun", "Dalarna"),
}
PICTURE = Picture(
    "content/issues/2026-2/pictures/bro ö.png", "bro@nyhetsbrev", "image/png", bytes(range(256)), 1104, 400
)
LETTER = Letter(
    issue="2026-2",
    edition="alla",
    language="sv",
    subject="Nytt från Bergslaget: vår, sommar och höst – läs mer om vad som händer i länen",
    preheader="Kort om allt",
    html=(
        '<p style="margin:0">Hej {{name}} i {{member}}! 1 = 1 &amp; åäö</p>\n'
        + "<p>"
        + "långt " * 40
        + "</p>\n"
        + '<a href="{{unsubscribe}}">Avsluta</a>{{name}}{{name}}'
    ),
    text="Hej {{name}}!\n\n.ensam punkt\nFrom och med nu \n\tindrag\nAvsluta: {{unsubscribe}}\n{{member}}",
    pictures=(PICTURE,),
    links=(LetterLink("https://www.bergslaget.example/a", "Läs", "kort-1"),),
    sender=LetterSender(
        "Intresseföreningen Bergslaget", "nyhetsbrev@bergslaget.example", "kansli@bergslaget.example"
    ),
    headers={"List-Unsubscribe": "<{{unsubscribe}}>", "List-Id": "<nyhetsbrev.bergslaget.example>"},
    source_map={},
    block_bytes={},
)
SENDING = Sending("s1", "2026-2", "d", "outbox", "none", AT)


def delivery(**changes: Any) -> Delivery:
    """A delivery to Anna in Hofors."""
    anna = Delivery(
        id="0123456789abcdef01234567",
        sending="s1",
        recipient="r1",
        address="anna@hofors.example.org",
        name="Anna Ek",
        edition="alla",
        member="hofors",
        county="Gävleborg",
        group="tjanstepersoner",
        chunk=0,
    )
    return anna._replace(**changes)


def recipient(number: int, member: str = "hofors", role: Role = Role.HEAD) -> Recipient:
    """The person with this number."""
    return Recipient(
        f"r{number}", f"p{number}@example.org", f"Person {number}", (Mandate(role, member, "val"),)
    )
