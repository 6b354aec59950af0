"""The body of a `mail/send`: what all readers of an edition share, encoded once, and what is each one's own.

    Letter            -> frame      content, pictures, headers, settings; as JSON, once an edition
    Delivery + marks  -> person     one personalization
    frame + people    -> body       the people as JSON, joined with the frame's bytes

https://www.twilio.com/docs/sendgrid/api-reference/mail-send. A mark becomes a substitution tag of its own in
each form: in HTML its value is escaped, in text it is not, and the subject is filled in here. The tags begin
with a word that the letter does not hold; a value that holds it is refused, so that none is read as a tag.
"""

from __future__ import annotations

import hashlib
import html
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.header import Header as EncodedHeader
from typing import Any

import orjson
from sendgrid.helpers import mail

from newsletter.errors import InputError, TransportFailed
from newsletter.model.delivery import Delivery
from newsletter.model.letter import Letter, Mark, Picture, has_marks, marks_in
from newsletter.model.transport import Batch
from newsletter.model.wire import clean, wire_address

MOST_BYTES = 30 * 1024 * 1024  # of a request
MOST_PEOPLE = 1000  # personalizations in a request
SUBSTITUTION_BYTES = 10_000  # of one personalization, as JSON
RESERVED = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
    "to", "from", "subject", "reply-to", "cc", "bcc",
})  # fmt: skip
_DOOR = "list-unsubscribe"
_ONE_CLICK = "list-unsubscribe-post"
_MOST_BYTES_EACH = 12  # of a character in two forms: none is longer than &quot;


@dataclass(frozen=True, slots=True)
class Choices:
    """What is the same for all letters of a sending."""

    clicks: bool = False  # whether the provider counts them
    provider_unsubscribes: bool = False  # its own subscription tracking
    sandbox: bool = False

    @property
    def told(self) -> str:
        """All of it in words that do not change; part of what is approved."""
        clicks = "on" if self.clicks else "off"
        door = "provider" if self.provider_unsubscribes else "mailbox"
        return f"opens off, clicks {clicks}, unsubscribe {door}, sandbox {'on' if self.sandbox else 'off'}"


@dataclass(frozen=True, slots=True)
class Form:
    """A text with a %s where each of its marks stood, and which of the frame's marks these are."""

    words: str
    places: tuple[int, ...]

    def filled(self, values: Sequence[str]) -> str:
        """The text with the values in it, these on one line each, as the words are."""
        return (self.words % tuple([values[place] for place in self.places])).strip()


@dataclass(frozen=True, slots=True)
class Frame:
    """An edition, encoded: all of the body but the people, the sending and the batch."""

    letter: Letter
    stem: str  # what each tag begins with
    marks: tuple[Mark, ...]  # those that are filled in for each reader
    tags: tuple[tuple[str, int], ...]  # and the value for each, of those as they are and then those for HTML
    room: int  # characters of all values together that surely fit
    subject: Form | None  # None where it is the same for all
    headers: tuple[tuple[str, Form], ...]  # those that are each one's own, the door first
    one_click: tuple[str, str] | None  # a header, for those whose door is https
    encoded: bytes  # the fields, from the first name to the closing brace


class Unfit(Exception):
    """No letter can be made for this one delivery; `args[0]` says why, in Swedish."""


def sending_category(sending: str) -> str:
    """What all letters of a sending can be found by in the provider's logs, which know no arguments."""
    return "sending-" + _plain(sending)


def frame(letter: Letter, choices: Choices) -> Frame:
    """The edition, ready for people. Raises TransportFailed for a header that the provider reserves."""
    stem = _stem(letter)
    marks = tuple(mark for mark in Mark if not _is_providers(mark, choices))
    tags = [
        (_tag(stem, form, mark), place + len(marks) * (form == "html"))
        for form, text in (("html", letter.html), ("text", letter.text))
        for place, mark in enumerate(marks)
        if mark.token in text
    ]
    return Frame(
        letter=letter,
        stem=stem,
        marks=marks,
        tags=tuple(tags),
        room=(SUBSTITUTION_BYTES - sum(len(tag) + 6 for tag, _ in tags)) // _MOST_BYTES_EACH,
        subject=_form(letter.subject, marks) if has_marks(letter.subject) else None,
        headers=_own_headers(letter, marks, choices),
        one_click=_one_click(letter, choices),
        encoded=orjson.dumps(shared(letter, choices))[1:],
    )


def shared(letter: Letter, choices: Choices) -> dict[str, Any]:
    """The fields that an edition's readers share, as the package's own helpers build them."""
    stem = _stem(letter)
    made = mail.Mail()
    made.from_email = mail.From(letter.sender.address, clean(letter.sender.name) or None)
    if letter.sender.reply_to:
        made.reply_to = mail.ReplyTo(letter.sender.reply_to)
    words = "".join(part for part in marks_in(letter.subject) if isinstance(part, str))
    made.subject = mail.Subject(clean(words) or letter.issue)  # a personalization's own goes over it
    made.add_content(mail.Content("text/plain", _tagged(letter.text, stem, "text", choices)))
    made.add_content(mail.Content("text/html", _tagged(letter.html, stem, "html", choices)))
    for picture in letter.pictures:
        made.add_attachment(_attachment(picture))
    for name, value in _common_headers(letter, choices):
        made.add_header(mail.Header(name, _ascii(value)))
    made.mail_settings = _mail_settings(choices)
    made.tracking_settings = _tracking(_tag(stem, "any", Mark.UNSUBSCRIBE), choices)
    told: dict[str, Any] = made.get()
    return told


def person(frame: Frame, delivery: Delivery, marks: Mapping[Mark, str]) -> dict[str, Any]:
    """One reader's personalization; no personal data in its arguments. Raises Unfit."""
    values = [clean(marks[mark]) for mark in frame.marks]
    together = "".join(values)
    if frame.stem in together:
        raise Unfit("Ett värde innehåller samma tecken som märkena i brevet.")
    cells = values + ([html.escape(value) for value in values] if _is_special(together) else values)
    made = {
        "to": [_recipient(delivery)],
        "custom_args": {
            "delivery": delivery.id,
            "attempt": str(delivery.attempt),
            "sending": delivery.sending,
        },
    }
    if frame.tags:
        made["substitutions"] = filled = {tag: cells[place] for tag, place in frame.tags}
        if len(together) > frame.room and len(orjson.dumps(filled)) > SUBSTITUTION_BYTES:
            raise Unfit(f"Det personliga är längre än de {SUBSTITUTION_BYTES} byte som SendGrid tar emot.")
    if frame.subject and (subject := frame.subject.filled(values)):
        made["subject"] = subject  # where none is left the shared one stands: it may not be empty
    if frame.headers:
        made["headers"] = _headers(frame, values)
    return made


def _is_special(text: str) -> bool:
    """Whether `html.escape` changes it."""
    return "&" in text or "<" in text or ">" in text or '"' in text or "'" in text


def body(frame: Frame, people: Sequence[Mapping[str, Any]], sending: str, batch: Batch | None) -> bytes:
    """The whole request. Raises TransportFailed where it is larger than the provider takes."""
    own = orjson.dumps({"personalizations": people, **per_parcel(frame.letter, sending, batch)})
    whole = b"".join((memoryview(own)[:-1], b",", frame.encoded))
    if len(people) > MOST_PEOPLE or len(whole) > MOST_BYTES:
        raise TransportFailed(
            f"SendGrid tar inte emot så mycket på en gång: {len(people)} brev, {len(whole) >> 20} MB.",
            why=f"Högst {MOST_PEOPLE} brev och {MOST_BYTES >> 20} MB går i en begäran.",
            do="Sänk chunk under [sendgrid] i newsletter.toml.",
            retryable=False,
        )
    return whole


def per_parcel(letter: Letter, sending: str, batch: Batch | None) -> dict[str, Any]:
    """The fields that belong to one request. No personal data: the provider keeps them for long."""
    made: dict[str, Any] = {"categories": [_plain(letter.issue), sending_category(sending)]}
    if batch is not None:
        made |= {"batch_id": batch.id, "send_at": int(batch.leaves_at.timestamp())}
    return made


def _plain(name: str) -> str:
    """An id as a category: ASCII, at most 200 of the 255 characters."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[:200]


def _stem(letter: Letter) -> str:
    """A word that the letter does not hold; the same letter gives the same word."""
    seed = hashlib.blake2b("\0".join((letter.subject, letter.html, letter.text)).encode("utf-8", "replace"))
    while True:
        stem = "nl" + seed.hexdigest()[:8]
        if stem not in letter.html and stem not in letter.text:
            return stem
        seed.update(b"again")


def _tag(stem: str, form: str, mark: Mark) -> str:
    return f"-{stem}-{form}-{mark.value}-"


def _tagged(text: str, stem: str, form: str, choices: Choices) -> str:
    """The text with a tag where each mark stood."""

    def tag(mark: Mark) -> str:
        return _tag(stem, "any" if _is_providers(mark, choices) else form, mark)

    return "".join(tag(part) if isinstance(part, Mark) else part for part in marks_in(text))


def _is_providers(mark: Mark, choices: Choices) -> bool:
    """Whether the provider fills the mark in itself."""
    return choices.provider_unsubscribes and mark is Mark.UNSUBSCRIBE


def _recipient(delivery: Delivery) -> dict[str, str]:
    try:
        address = wire_address(delivery.address)
    except InputError as error:
        raise Unfit("Till adressen går inget brev att skriva.") from error
    name = clean(delivery.name)
    if "," in name or ";" in name:
        name = _in_quotes(name)
    return {"email": address, "name": name} if name else {"email": address}


def _in_quotes(name: str) -> str:
    """The name in quotes: at a comma the provider would cut it in two and take half for an address.

    github.com/sendgrid/sendgrid-python/issues/291, and its sisters in the other libraries
    """
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _headers(frame: Frame, values: Sequence[str]) -> dict[str, str]:
    """The reader's own headers; one click is promised where his door is https (RFC 8058)."""
    made = {name: _ascii(form.filled(values)) for name, form in frame.headers}
    if frame.one_click and "<https:" in made[frame.headers[0][0]]:
        name, value = frame.one_click
        made[name] = value
    return made


def _form(text: str, marks: Sequence[Mark]) -> Form:
    """The text, to be filled in; a mark that is the provider's stays as it stood."""
    parts = [part if isinstance(part, str) or part in marks else part.token for part in marks_in(text)]
    words = ["%s" if isinstance(part, Mark) else part.replace("%", "%%") for part in parts]
    return Form(clean("".join(words)), tuple(marks.index(part) for part in parts if isinstance(part, Mark)))


def _own_headers(letter: Letter, marks: Sequence[Mark], choices: Choices) -> tuple[tuple[str, Form], ...]:
    """The headers that are each reader's own, the door first."""
    own = [
        (name, value)
        for name, value in letter.headers.items()
        if name.lower() != _ONE_CLICK and not _is_left(name, choices) and _is_own(name, value)
    ]
    own.sort(key=lambda each: each[0].lower() != _DOOR)
    return tuple((name, _form(value, marks)) for name, value in own)


def _one_click(letter: Letter, choices: Choices) -> tuple[str, str] | None:
    """The promise that the door takes one click; none where there is none or no door of ours."""
    by_name = {name.lower(): (name, value) for name, value in letter.headers.items()}
    if choices.provider_unsubscribes or _DOOR not in by_name or _ONE_CLICK not in by_name:
        return None
    name, value = by_name[_ONE_CLICK]
    return name, _ascii(clean(value))


def _common_headers(letter: Letter, choices: Choices) -> Iterator[tuple[str, str]]:
    for name, value in letter.headers.items():
        if name.lower() in RESERVED:
            raise TransportFailed(
                f"Brevhuvudet {name} går inte att skicka med SendGrid.",
                why="SendGrid skriver det självt.",
                retryable=False,
            )
        if not _is_left(name, choices) and not _is_own(name, value):
            yield name, clean(value)


def _is_own(name: str, value: str) -> bool:
    """Whether the header differs between readers; the door and its one click are kept together."""
    return has_marks(value) or name.lower() in (_DOOR, _ONE_CLICK)


def _is_left(name: str, choices: Choices) -> bool:
    """Whether the header is left to the provider: it writes its own door, and two would contradict."""
    return choices.provider_unsubscribes and name.lower() in (_DOOR, _ONE_CLICK)


def _ascii(value: str) -> str:
    """The value in ASCII, as encoded words (RFC 2047) where it is not; the provider takes it as it is."""
    return value if value.isascii() else EncodedHeader(value, "utf-8").encode(linesep="").replace("\n", "")


def _attachment(picture: Picture) -> mail.Attachment:
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", picture.path.rpartition("/")[2]) or "picture"
    return mail.Attachment(
        file_content=mail.FileContent(b64encode(picture.data).decode("ascii")),
        file_name=mail.FileName(name),
        file_type=mail.FileType(picture.mime),
        disposition=mail.Disposition("inline"),
        content_id=mail.ContentId(picture.cid),
    )


def _mail_settings(choices: Choices) -> mail.MailSettings:
    """No footer, whatever the account's default is."""
    return mail.MailSettings(
        footer_settings=mail.FooterSettings(enable=False), sandbox_mode=mail.SandBoxMode(choices.sandbox)
    )


def _tracking(unsubscribe_tag: str, choices: Choices) -> mail.TrackingSettings:
    """All of it, always: what is left out, the account's defaults would decide, and they add a pixel."""
    tag = mail.SubscriptionSubstitutionTag(unsubscribe_tag) if choices.provider_unsubscribes else None
    return mail.TrackingSettings(
        click_tracking=mail.ClickTracking(enable=choices.clicks, enable_text=False),
        open_tracking=mail.OpenTracking(enable=False),
        subscription_tracking=mail.SubscriptionTracking(choices.provider_unsubscribes, substitution_tag=tag),
        ganalytics=mail.Ganalytics(enable=False),
    )
