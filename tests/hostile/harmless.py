"""What may come out of a parser: plain text of a sane length, and http(s) addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from urllib.parse import urlsplit

from tests.hostile.conftest import SECRET

_ADDRESSES = frozenset({"url", "image", "page", "link", "href"})
_TAG = re.compile(r"<\s*/?\s*[a-zA-Z!?]")
_LONGEST = {"body": 100_000}
_LONG = 2000
_SHOWN = frozenset({"\n"})


def faults(value: object) -> list[str]:
    """What is wrong with a result, field by field; nothing where it is harmless."""
    return [
        f"{name}: {fault}: {text[:120]!r}"
        for name, text in _texts(value, "")
        for fault in _faults(name, text)
    ]


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif is_dataclass(value):
        for part in fields(value):
            yield from _texts(getattr(value, part.name), part.name)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, name)


def _faults(name: str, text: str) -> Iterator[str]:
    if SECRET in text:
        yield "holds what stands in a file"
    if len(text) > _LONGEST.get(name, _LONG):
        yield f"is {len(text)} characters long"
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _SHOWN for char in text):
        yield "holds characters that control or hide"
    if name in _ADDRESSES:
        if text and not _is_web(text):
            yield "is no http(s) address"
    elif _TAG.search(text):
        yield "holds a tag"


def _is_web(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and text.isascii()
    )
