"""A letter encoded once, with gaps for what is personal.

    multipart/alternative
    ├── text/plain; charset=utf-8                quoted-printable
    └── multipart/related                        where the letter has pictures
        ├── text/html; charset=utf-8             quoted-printable
        └── image/…                              base64, Content-ID

A gap in a quoted-printable text stands between two soft line breaks, so that whatever fills it starts on a
line of its own and the encoded text around it stays as it is. Boundaries begin with ``=_``, which neither
quoted-printable nor base64 can contain, and are derived from the letter: the same letter, the same bytes.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from newsletter.model.digest import letter_digest
from newsletter.model.letter import Letter, LetterSender, Mark, Picture, has_marks, marks_in
from newsletter.send.headers import mailbox_line, raw_line, text_line
from newsletter.send.quoted import SOFT_BREAK, quoted


class Form(Enum):
    """How a gap is filled."""

    TEXT = "text"  # a mark's value, quoted-printable
    HTML = "html"  # the same, escaped first
    TO = "to"  # the field To, whole
    DATE = "date"  # the field Date, whole
    MESSAGE_ID = "message-id"  # the field Message-ID, whole
    SUBJECT = "subject"  # the field Subject, whole, its marks filled in
    FIELD = "field"  # any other field, whole, its marks filled in


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where something personal goes."""

    form: Form
    mark: Mark | None = None  # TEXT and HTML
    name: str = ""  # FIELD
    value: str = ""  # SUBJECT and FIELD, with marks


@dataclass(frozen=True, slots=True)
class Template:
    """An edition as bytes: a segment, a place, a segment … and a segment at last.

    What goes in is worked out once for each gap, however many places have the same.
    """

    edition: str
    sender: LetterSender
    segments: tuple[bytes, ...]
    gaps: tuple[Gap, ...]  # each once
    places: tuple[int, ...]  # the gap of each place, by its number; one fewer than the segments


Piece = bytes | Gap


def template(letter: Letter) -> Template:
    """The letter's template; the same letter gives the same bytes."""
    segments: list[bytes] = [b""]
    gaps: dict[Gap, int] = {}
    places: list[int] = []
    for piece in _message(letter):
        if isinstance(piece, Gap):
            places.append(gaps.setdefault(piece, len(gaps)))
            segments.append(b"")
        else:
            segments[-1] += piece
    return Template(letter.edition, letter.sender, tuple(segments), tuple(gaps), tuple(places))


def _message(letter: Letter) -> Iterator[Piece]:
    stem = "=_" + letter_digest(letter)[:32]
    yield from _fields(letter)
    yield f'Content-Type: multipart/alternative; boundary="{stem}a"\r\n\r\n'.encode()
    yield from _part(f"{stem}a", _text_part("plain", letter.text, Form.TEXT))
    html = _text_part("html", letter.html, Form.HTML)
    yield from _part(f"{stem}a", _related(f"{stem}r", html, letter.pictures) if letter.pictures else html)
    yield f"--{stem}a--\r\n".encode()


def _fields(letter: Letter) -> Iterator[Piece]:
    sender = letter.sender
    yield mailbox_line("From", sender.name, sender.address)
    yield Gap(Form.TO)
    if sender.reply_to:
        yield mailbox_line("Reply-To", "", sender.reply_to)
    yield _subject(letter.subject)
    yield Gap(Form.DATE)
    yield Gap(Form.MESSAGE_ID)
    for name, value in letter.headers.items():
        yield Gap(Form.FIELD, name=name, value=value) if has_marks(value) else raw_line(name, value)
    yield b"MIME-Version: 1.0\r\n"


def _subject(subject: str) -> Piece:
    return Gap(Form.SUBJECT, value=subject) if has_marks(subject) else text_line("Subject", subject)


def _part(boundary: str, pieces: Iterable[Piece]) -> Iterator[Piece]:
    yield f"--{boundary}\r\n".encode()
    yield from pieces
    yield b"\r\n"


def _text_part(subtype: str, text: str, form: Form) -> Iterator[Piece]:
    yield f"Content-Type: text/{subtype}; charset=utf-8\r\n".encode()
    yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    for piece in marks_in(text):
        if isinstance(piece, Mark):
            yield SOFT_BREAK
            yield Gap(form, mark=piece)
            yield SOFT_BREAK
        else:
            yield quoted(piece)


def _related(boundary: str, html: Iterable[Piece], pictures: Iterable[Picture]) -> Iterator[Piece]:
    yield f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"\r\n\r\n'.encode()
    yield from _part(boundary, html)
    for picture in pictures:
        yield from _part(boundary, [_picture(picture)])
    yield f"--{boundary}--\r\n".encode()


def _picture(picture: Picture) -> bytes:
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", picture.path.rpartition("/")[2])
    fields = (
        f'Content-Type: {picture.mime}; name="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.cid}>\r\n"
        f'Content-Disposition: inline; filename="{name}"\r\n\r\n'
    )
    return fields.encode("ascii") + encodebytes(picture.data).rstrip(b"\n").replace(b"\n", b"\r\n")
