"""The body of a request: what the provider would make of it is the letter that another transport sends."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sendgrid.helpers import mail as package

from newsletter import send
from newsletter.edges.sendgrid import payload
from newsletter.edges.sendgrid.payload import Choices
from newsletter.errors import TransportFailed
from newsletter.model.letter import Letter, Mark
from newsletter.model.transport import Batch
from newsletter.model.wire import clean
from newsletter.testing import builders
from newsletter.testing.builders import NOON
from newsletter.testing.sendgrid.mail import flaws_of
from tests.sendgrid.sending import ILLUSTRATED, LEAVES_AT, PICTURE, Seen, seen

PLAIN = Choices()
BATCH = Batch("b1", "sending-2026-2", LEAVES_AT)
LETTER = replace(ILLUSTRATED, subject="Nytt till {{name}} i {{member}}")
DOOR = {"List-Unsubscribe": "<https://x.example/{{unsubscribe}}>", "List-Unsubscribe-Post": "One-Click"}
NASTY = [
    "Åsa Öström",
    'Anna "Ankan" O\'Brien, kommunchef; <b>',
    "Bo\r\nBcc: alla@example.org\r\n\r\nHej",
    "\u2028rad\u2029slut\x00",
    "Linnéa 👩‍👩‍👧 Ek",
    "å" * 300,
    "&lt;script&gt;{{member}}",
    "-nl-html-name-",
    "[unsubscribe] %name% <% %> $1 \\1 \\u0041",
    "\ud800",
    "",
]
VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))


def request(
    letter: Letter, marks: Mapping[Mark, str], *, choices: Choices = PLAIN, **changes: Any
) -> dict[str, Any]:
    """What is sent for two readers, of which the second has these marks."""
    rows = [builders.delivery(1), builders.delivery(2, **changes)]
    own = {rows[0].id: send.marks(rows[0], {}, "a@b.example"), rows[1].id: marks}
    frame = payload.frame(letter, choices)
    people = [payload.person(frame, row, own[row.id]) for row in rows]
    whole = payload.body(frame, people, "sending-2026-2", BATCH)
    read: dict[str, Any] = json.loads(whole)
    assert whole == json.dumps(read, ensure_ascii=False, separators=(",", ":")).encode()
    assert not flaws_of(read, NOON.timestamp(), lambda batch: batch == "b1")
    return read


def marks(
    name: str = "Anna", member: str = "Falun", source: str = "", door: str = "mailto:a@b.c"
) -> dict[Mark, str]:
    return {Mark.NAME: name, Mark.MEMBER: member, Mark.SOURCE: source, Mark.UNSUBSCRIBE: door}


def read_by_mail(letter: Letter, own: Mapping[Mark, str], **changes: Any) -> EmailMessage:
    """The letter that leaves as bytes, read by the email package."""
    data = send.outgoing(send.template(letter), builders.delivery(2, **changes), own, NOON).data
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


@given(VALUES, VALUES, VALUES, VALUES)
@example("&", "<", '"', "mailto:x@y.example?subject=A&b=1")
def test_reader_sees_the_same_letter(name: str, member: str, source: str, door: str) -> None:
    """Whatever a value holds, the provider's letter is the one that SMTP carries, in any order of filling."""
    own = marks(name, member, source, door)
    body = request(LETTER, own, name=name)
    made = seen(body, 1)
    assert made == seen(body, 1, backwards=True)
    message = read_by_mail(LETTER, own, name=name)
    assert made.text.rstrip("\n") == part(message, "plain").rstrip("\n")
    assert made.html == part(message, "html").rstrip("\n")
    assert made.subject.split() == str(message["Subject"]).split()
    told = made.headers["List-Unsubscribe"]
    assert told.isascii()
    decoded = str(make_header(decode_header(told)))
    assert decoded == clean("<" + clean(door) + ">")


@given(VALUES)
def test_name(name: str) -> None:
    """The reader's name is his own, in quotes where the provider would cut it in two."""
    (to,) = request(LETTER, marks(), name=name)["personalizations"][1]["to"]
    assert to["email"] == "reader.2@example.org"
    told = to.get("name", "")
    if told != clean(name):
        assert "," in name or ";" in name
        told = told.removeprefix('"').removesuffix('"').replace('\\"', '"').replace("\\\\", "\\")
    assert told == clean(name)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ek, Anna", '"Ek, Anna"'),
        ("Anna; Bo", '"Anna; Bo"'),
        ('Ek, "Ankan" \\ Anna', '"Ek, \\"Ankan\\" \\\\ Anna"'),
        ('Anna "Ankan" Ek', 'Anna "Ankan" Ek'),
    ],
)
def test_name_in_quotes(name: str, told: str) -> None:
    """A name with a comma or a semicolon goes in quotes; another goes as it is."""
    (to,) = request(LETTER, marks(), name=name)["personalizations"][1]["to"]
    assert to["name"] == told


@given(
    st.lists(st.sampled_from([*(mark.token for mark in Mark), "x", "-", "nl", "{{", "}}", " "]), max_size=12)
)
def test_marks_anywhere(pieces: list[str]) -> None:
    """Marks may touch each other, stand twice or not at all."""
    text = "." + "".join(pieces)
    letter = builders.letter(text=text, html=f"<p>{text}</p>", subject=text)
    own = marks("A&B", "-", "nl", "mailto:x")
    body = request(letter, own)
    made = seen(body, 1)
    filled = made.text
    for mark, value in own.items():
        text = text.replace(mark.token, value)
    assert filled == text
    assert made.html == f"<p>{text.replace('A&B', 'A&amp;B')}</p>"


def test_value_that_looks_like_a_tag() -> None:
    """A value that holds what the letter's tags begin with is refused, and never read as one."""
    frame = payload.frame(LETTER, Choices())
    with pytest.raises(payload.Unfit, match="samma tecken"):
        payload.person(frame, builders.delivery(1), marks(name=f"-{frame.stem}-html-member-"))


def test_letter_that_holds_its_own_stem() -> None:
    """Tags begin with a word that the letter does not hold, whatever it holds."""
    frame = payload.frame(LETTER, Choices())
    again = payload.frame(replace(LETTER, text=LETTER.text + frame.stem), Choices())
    assert again.stem not in again.letter.text


@pytest.mark.parametrize("clicks", [False, True])
@pytest.mark.parametrize("door", [False, True])
@pytest.mark.parametrize("sandbox", [False, True])
def test_settings_in_full(clicks: bool, door: bool, sandbox: bool) -> None:
    """Every tracking setting stands in every request, so that no default of the account's decides."""
    body = request(LETTER, marks(), choices=Choices(clicks, door, sandbox))
    told = body["tracking_settings"]
    tag = told["subscription_tracking"].pop("substitution_tag", None)
    assert told == {
        "click_tracking": {"enable": clicks, "enable_text": False},
        "open_tracking": {"enable": False},
        "subscription_tracking": {"enable": door},
        "ganalytics": {"enable": False},
    }
    assert (tag is not None) is door
    assert body["mail_settings"] == {"footer": {"enable": False}, "sandbox_mode": {"enable": sandbox}}


def test_provider_unsubscribes() -> None:
    """With the provider's own door its tag stands where the mark stood, and no second door is in the head."""
    letter = replace(LETTER, headers={**LETTER.headers, **DOOR})
    body = request(letter, marks(door="mailto:never"), choices=Choices(provider_unsubscribes=True))
    tag = body["tracking_settings"]["subscription_tracking"]["substitution_tag"]
    made = seen(body, 1)
    assert f'<a href="{tag}">' in made.html
    assert f"Avsluta: {tag}" in made.text
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & set(made.headers)
    assert "never" not in json.dumps(body)


@pytest.mark.parametrize(
    ("door", "one_click"), [("<https://x.example/{{unsubscribe}}>", True), ("<{{unsubscribe}}>", False)]
)
def test_one_click(door: str, one_click: bool) -> None:
    """One click is promised where the door is https, and nowhere else (RFC 8058)."""
    letter = builders.letter(
        headers={"List-Unsubscribe-Post": DOOR["List-Unsubscribe-Post"], "List-Unsubscribe": door}
    )
    made = seen(request(letter, marks()), 1)
    assert ("List-Unsubscribe-Post" in made.headers) is one_click
    assert made.headers["List-Unsubscribe"] == door.replace("{{unsubscribe}}", "mailto:a@b.c")


def test_headers_in_ascii() -> None:
    """What is the same for all stands once; what is no ASCII goes as encoded words on one line."""
    letter = builders.letter(headers={"X-Note": "Räksmörgås " * 20, "List-Id": "<a.example>"})
    body = request(letter, marks())
    assert "headers" not in body["personalizations"][1]
    told = body["headers"]["X-Note"]
    assert told.isascii()
    assert "\n" not in told
    assert str(make_header(decode_header(told))) == ("Räksmörgås " * 20).strip()


@pytest.mark.parametrize("name", ["Reply-To", "bcc", "X-SG-ID", "Received"])
def test_reserved(name: str) -> None:
    """A header that the provider keeps for itself is refused, never dropped."""
    with pytest.raises(TransportFailed, match=name) as caught:
        payload.frame(builders.letter(headers={name: "x {{name}}"}), Choices())
    assert not caught.value.retryable


def test_pictures() -> None:
    """A picture travels inside, under the id that the HTML names it by."""
    (told,) = request(LETTER, marks())["attachments"]
    assert b64decode(told.pop("content")) == PICTURE.data
    assert told == {
        "type": "image/png",
        "filename": "bild_.png",
        "disposition": "inline",
        "content_id": "bild@bergslaget.example",
    }


@pytest.mark.parametrize(
    ("subject", "shared"), [("Nytt till {{name}}", "Nytt till"), ("{{name}}", "2026-2"), ("Nytt", "Nytt")]
)
def test_shared_subject(subject: str, shared: str) -> None:
    """A request always has a subject, as the provider asks for; a personal one goes over it."""
    body = request(builders.letter(subject=subject), marks())
    assert body["subject"] == shared
    assert seen(body, 1).subject == subject.replace("{{name}}", "Anna")


def test_subject_of_nothing() -> None:
    """Where a reader's own subject would be empty the shared one stands: none may be empty."""
    assert seen(request(builders.letter(subject="{{name}}"), marks(name="")), 1).subject == "2026-2"


def test_plain_subject() -> None:
    """A subject without marks stands once, and the sender and where answers go stand beside it."""
    body = request(builders.letter(), marks())
    assert body["subject"] == "Nytt från Bergslaget"
    assert "subject" not in body["personalizations"][1]
    assert body["from"] == {"email": "nyhetsbrev@bergslaget.example", "name": "Föreningen"}
    assert body["reply_to"] == {"email": "kansli@bergslaget.example"}
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]


def test_time_and_batch() -> None:
    """A held request names its batch and when it is due, in whole seconds; another names neither."""
    assert payload.per_parcel(LETTER, "s", BATCH) | {"categories": []} == {
        "categories": [],
        "batch_id": "b1",
        "send_at": 1_794_916_800,
    }
    assert datetime.fromtimestamp(1_794_916_800, LEAVES_AT.tzinfo) == LEAVES_AT
    assert set(payload.per_parcel(LETTER, "s", None)) == {"categories"}


def test_categories() -> None:
    """Categories are ASCII and few, whatever the issue is called; no edition and no person stands in them."""
    told = payload.per_parcel(builders.letter(issue="våren 2027", edition="politiker"), "s 1", None)
    assert told["categories"] == ["v_ren_2027", "sending-s_1"]


@given(st.integers(0, 40))
def test_bytes_are_joined_as_json_would(count: int) -> None:
    """The joined bytes are the plain request, encoded as a whole."""
    frame = payload.frame(LETTER, Choices())
    people = [payload.person(frame, builders.delivery(n), marks(f"Läsare {n}")) for n in range(count)]
    plain = {
        "personalizations": people,
        **payload.per_parcel(LETTER, "s", BATCH),
        **payload.shared(LETTER, Choices()),
    }
    assert (
        payload.body(frame, people, "s", BATCH)
        == json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    )


def test_as_the_package_builds_it() -> None:
    """A personalization is what the package's own helpers would have made of it."""
    frame = payload.frame(LETTER, Choices())
    made = payload.person(frame, builders.delivery(1), marks())
    by_package = package.Personalization()
    by_package.add_to(package.To("reader.1@example.org", "Läsare 1"))
    for tag, value in made["substitutions"].items():
        by_package.add_substitution(package.Substitution(tag, value))
    for name, value in made["custom_args"].items():
        by_package.add_custom_arg(package.CustomArg(name, value))
    by_package.add_header(package.Header("List-Unsubscribe", made["headers"]["List-Unsubscribe"]))
    by_package.subject = "Nytt till Anna i Falun"
    assert by_package.get() == made


@pytest.mark.parametrize("value", ["ö" * 5_200, "<" * 2_200, "😀" * 2_600])
def test_too_much_that_is_personal(value: str) -> None:
    """More than the provider substitutes is refused for the one reader."""
    with pytest.raises(payload.Unfit, match="10000"):
        payload.person(payload.frame(LETTER, Choices()), builders.delivery(1), marks(source=value))


@given(st.integers(1000, 1500), st.sampled_from(["a", "ö", "<", '"', "😀", "\\"]))
def test_limit_is_the_providers(count: int, character: str) -> None:
    """What is not refused is within the provider's limit, and little is refused that would be."""
    frame = payload.frame(LETTER, Choices())
    try:
        made = payload.person(frame, builders.delivery(1), marks(source=character * count))
    except payload.Unfit:
        assert len(character.encode()) * count * 2 > 1000
    else:
        told = json.dumps(made["substitutions"], ensure_ascii=False, separators=(",", ":")).encode()
        assert len(told) <= payload.SUBSTITUTION_BYTES


def test_seen_is_what_is_seen() -> None:
    """The reading that the tests above lean on fills in what is personal, and nothing else."""
    body = {
        "personalizations": [{"substitutions": {"-a-": "1", "-b-": "2"}, "headers": {"X": "y"}}],
        "content": [{"value": "-a- -c-"}, {"value": "<-b->"}],
        "subject": "s",
    }
    assert seen(body, 0) == Seen("s", "1 -c-", "<2>", {"X": "y"})
