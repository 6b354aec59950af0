"""The byte template, proved against the email package."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter import send
from newsletter.errors import InputError
from newsletter.model.delivery import Delivery
from newsletter.model.letter import Letter, Mark
from newsletter.model.wire import clean
from newsletter.send.headers import text_line
from tests.send.builders import AT, LETTER, MEMBERS, PICTURE, delivery

TEMPLATE = send.template(LETTER)
MAILBOX = "avsluta@bergslaget.example"


def parsed(data: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(message, EmailMessage)
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def sent(letter: Letter, one: Delivery, marks: dict[Mark, str] | None = None) -> EmailMessage:
    marks = marks if marks is not None else dict(send.marks(one, MEMBERS, MAILBOX))
    data = send.outgoing(send.template(letter), one, marks, AT).data
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    return parsed(data)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content.replace("\r\n", "\n").rstrip("\n")


def by_email_package(letter: Letter, text: str, body: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(body, subtype="html", cte="quoted-printable")
    _, rich = message.iter_parts()
    for picture in letter.pictures:
        main, _, sub = picture.mime.partition("/")
        rich.add_related(picture.data, main, sub, cid=f"<{picture.cid}>")
    return parsed(message.as_bytes())


NASTY = [
    "Åsa Öström",
    'Anna "Ankan" O\'Brien, kommunchef; <b>',
    "Bo\r\nBcc: alla@example.org\r\n\r\nHej",
    "\u2028rad\u2029slut\x00",
    "Linnéa 👩‍👩‍👧 Ek",
    "x" * 300,
    "å" * 300,
    "=?utf-8?b?aGVq?=",
    "a@b <c@d>",
    "&lt;script&gt;{{member}}",
    "=\r\n=3D==",
    ". ",
    "\ud800",
    "",
]
NAMES = st.one_of(st.sampled_from(NASTY), st.text(max_size=80))


@given(NAMES, NAMES)
@example("=", "\r\n.\r\n")
def test_what_is_filled_in_is_what_is_read(name: str, member: str) -> None:
    """Whatever a name holds, the email package reads back the same letter that it would have built itself."""
    marks = {Mark.NAME: name, Mark.MEMBER: member, Mark.UNSUBSCRIBE: "mailto:x@y.example?subject=A&b=1"}
    message = sent(LETTER, delivery(name=name), marks)
    text, body = LETTER.text, LETTER.html
    for mark, value in marks.items():
        parts = text.split(mark.token), body.split(mark.token)
        text = clean(value).replace("{", "\ue000").join(parts[0])
        body = html.escape(clean(value)).replace("{", "\ue000").join(parts[1])
    text, body = text.replace("\ue000", "{"), body.replace("\ue000", "{")
    reference = by_email_package(LETTER, text, body)
    assert part(message, "plain") == part(reference, "plain") == text.rstrip("\n")
    assert part(message, "html") == part(reference, "html")


@given(NAMES)
def test_name_in_the_to_field(name: str) -> None:
    """The To field names the person and holds one address, whatever is in the name."""
    message = sent(LETTER, delivery(name=name))
    (mailbox,) = message["To"].addresses
    assert mailbox.addr_spec == "anna@hofors.example.org"
    # Python 3.11 and 3.12 put a space between the encoded words of a phrase; the next test is exact.
    assert "".join(mailbox.display_name.split()) == "".join(clean(name).split())
    assert sorted(message.keys()) == sorted(sent(LETTER, delivery()).keys())


@given(st.text("åä 😀x", min_size=61, max_size=200))
def test_long_name_is_whole(name: str) -> None:
    """A name of several encoded words is put together again without a space too many."""
    raw = text_line("To", name).decode("ascii").removeprefix("To: ").rstrip("\r\n")
    assert str(make_header(decode_header(raw))) == clean(name)


@given(NAMES, NAMES.filter(lambda text: text.isprintable()))
def test_subject_with_a_mark(name: str, fixed: str) -> None:
    """A mark in the subject is filled in, and the subject reads back the same."""
    subject = fixed.replace("{", "") + " {{name}}"
    one = delivery(name=name)
    message = sent(replace(LETTER, subject=subject), one)
    expected = clean(fixed.replace("{", "") + " " + clean(name))
    assert " ".join(str(message["Subject"]).split()) == " ".join(expected.split())


def test_fields() -> None:
    """From, Reply-To, Subject, Date, Message-ID and the way to leave stand in the letter."""
    message = sent(LETTER, delivery())
    assert str(message["From"]) == "Intresseföreningen Bergslaget <nyhetsbrev@bergslaget.example>"
    assert str(message["Reply-To"]) == "kansli@bergslaget.example"
    assert str(message["Subject"]) == LETTER.subject
    assert parsedate_to_datetime(str(message["Date"])) == AT
    assert str(message["Message-ID"]) == "<0123456789abcdef01234567@bergslaget.example>"
    door = "<mailto:avsluta@bergslaget.example?subject=Avsluta%200123456789abcdef01234567>"
    assert str(message["List-Unsubscribe"]) == door
    assert str(message["List-Id"]) == "<nyhetsbrev.bergslaget.example>"


def test_structure() -> None:
    """Text comes first, then HTML with its pictures beside it."""
    message = sent(LETTER, delivery())
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    picture = list(message.walk())[-1]
    assert picture.get_payload(decode=True) == PICTURE.data
    assert picture["Content-ID"] == "<bro@nyhetsbrev>"
    plain = sent(replace(LETTER, pictures=()), delivery())
    assert [part.get_content_type() for part in plain.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_lines_are_short() -> None:
    """No line of text is longer than the 76 characters of RFC 2045."""
    data = send.outgoing(TEMPLATE, delivery(name="ö" * 500), dict.fromkeys(Mark, "ö" * 500), AT).data
    body = data.partition(b"\r\n\r\n")[2]
    lines = [line for line in body.split(b"\r\n") if not line.startswith(b"Content-")]
    assert max(map(len, lines)) <= 76


def test_same_letter_same_bytes() -> None:
    """The template, its boundaries and the letter are the same each time."""
    marks = send.marks(delivery(), MEMBERS, MAILBOX)
    again = send.outgoing(send.template(LETTER), delivery(), marks, AT)
    assert again == send.outgoing(TEMPLATE, delivery(), marks, AT)


def test_envelope() -> None:
    """A bounce comes back to an address that names the delivery; a domain with å travels as xn--."""
    one = delivery(address="anna@åmål.example.org")
    out = send.outgoing(TEMPLATE, one, send.marks(one, MEMBERS, MAILBOX), AT)
    assert out.envelope_from == "bounces+0123456789abcdef01234567@bergslaget.example"
    assert out.envelope_to == "anna@xn--ml-xiab.example.org"
    assert len(out.envelope_from.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    ("bounces", "address"),
    [
        (send.Bounces(verp=False), "bounces@bergslaget.example"),
        (send.Bounces("retur@post.example"), "retur+0123456789abcdef01234567@post.example"),
        (send.Bounces("retur@åmål.example", verp=False), "retur@xn--ml-xiab.example"),
    ],
)
def test_bounces(bounces: send.Bounces, address: str) -> None:
    """Bounces may go to another mailbox, and to the mailbox alone where it takes no additions."""
    out = send.outgoing(TEMPLATE, delivery(), send.marks(delivery(), MEMBERS, MAILBOX), AT, bounces)
    assert out.envelope_from == address


@pytest.mark.parametrize(
    "address", ["åsa@example.org", "a b@example.org", "a@", "@b", "a@b\r\nc", "a<b@c.example", "x"]
)
def test_address_that_cannot_travel(address: str) -> None:
    """An address that would break the envelope is refused."""
    with pytest.raises(InputError):
        send.wire_address(address)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=300)


@given(TEXTS)
def test_any_text_survives(text: str) -> None:
    """Text of the letter itself is read back to the last space."""
    text = text.replace("{", "").replace("\x85", "").rstrip("\n")
    message = sent(replace(LETTER, text=text, html=text), delivery())
    assert part(message, "plain") == text
    assert part(message, "html") == text


DOTTED = st.text("..a å=\n{", max_size=400)


@given(DOTTED, DOTTED)
@example("." * 300, ".")
@example("a" * 75 + "." * 80, "." * 76)
@example("å" * 12 + "..." + "=" * 30, ".a\n.")
def test_no_line_begins_with_a_dot(text: str, name: str) -> None:
    """No line begins with a dot, at a break or around a gap either, and the text is read back the same."""
    text = text.replace("{", "{{name}}").rstrip("\n")
    letter = replace(LETTER, text=text, html=text)
    one = delivery(name=name)
    marks = {Mark.NAME: name.replace("{", "")}
    out = send.outgoing(send.template(letter), one, marks | dict.fromkeys(set(Mark) - {Mark.NAME}, ""), AT)
    data = out.data
    assert not out.dots
    assert not any(line.startswith(b".") for line in re.split(rb"[\r\n]", data))
    lines = [line for line in data.partition(b"\r\n\r\n")[2].split(b"\r\n") if b"Content-" not in line]
    assert max(map(len, lines)) <= 76
    expected = text.replace("{{name}}", clean(name.replace("{", "")))
    assert part(parsed(data), "plain") == expected.rstrip("\n")
