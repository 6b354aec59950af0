"""Header fields as bytes: RFC 5322 lines, RFC 2047 words where ASCII does not do.

No value can end its line: what is no character to print becomes a space first.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator

from newsletter.model.wire import clean, wire_address

_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_NAME = re.compile(r"[!-9;-~]+")
_SHORT = 60  # characters that fit on the first line beside the field's name
_WORD_BYTES = 39  # as base64 with its frame: 64 characters of the 76 that a line may have
_LONGEST = 900  # RFC 5322: a line has at most 998


def text_line(name: str, value: str) -> bytes:
    """A field of running text, such as Subject."""
    value = clean(value)
    fits = value.isascii() and len(value) <= _SHORT and "=?" not in value
    return _line(name, value.encode("ascii") if fits else _words(value))


def raw_line(name: str, value: str) -> bytes:
    """A field with its own grammar, such as List-Unsubscribe, as it is; as words where it is no ASCII."""
    value = clean(value)
    fits = value.isascii() and len(value) <= _LONGEST
    return _line(name, value.encode("ascii") if fits else _words(value))


def mailbox_line(name: str, person: str, address: str) -> bytes:
    """A field that holds one mailbox: From, To, Reply-To."""
    person = clean(person)
    where = b"<" + wire_address(address).encode("ascii") + b">"
    if not person:
        return _line(name, where)
    phrase = _phrase(person)
    fold = b"\r\n " if len(phrase) + len(where) > _SHORT else b" "
    return _line(name, phrase + fold + where)


def _line(name: str, value: bytes) -> bytes:
    if not _NAME.fullmatch(name):
        raise ValueError(f"no header field can be named {name!r}")
    return name.encode("ascii") + b": " + value + b"\r\n"


def _phrase(person: str) -> bytes:
    if not person.isascii() or len(person) > _SHORT or "=?" in person:
        return _words(person)
    if _PLAIN_PHRASE.fullmatch(person):
        return person.encode("ascii")
    return b'"' + re.sub(r'(["\\])', r"\\\1", person).encode("ascii") + b'"'


def _words(value: str) -> bytes:
    """Encoded words, one a line; no character is cut in two."""
    return b"\r\n ".join(b"=?utf-8?b?" + b64encode(part) + b"?=" for part in _pieces(value))


def _pieces(value: str) -> Iterator[bytes]:
    piece = b""
    for character in value:
        encoded = character.encode()
        if len(piece) + len(encoded) > _WORD_BYTES:
            yield piece
            piece = b""
        piece += encoded
    yield piece
