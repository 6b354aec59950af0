"""Web addresses that stand bare in the text: a reader expects to be able to press them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.model.prose import Link, Text
from newsletter.write.addresses import can_be_opened

_ADDRESS = re.compile(r"(?<![\w@/.:=-])https?://[^\s<>\"”“’‘`|\\]+")
_CLOSING = {")": "(", "]": "[", "}": "{"}
_POINTS = ".,;:!?'…*_~"


def pieces(text: str, line: int) -> Iterator[Text | Link]:
    """The text, which begins on `line`, cut at the addresses in it; line feeds become blanks."""
    start = 0
    for found in _ADDRESS.finditer(text):
        address = _without_points(found[0])
        if can_be_opened(address):
            yield from _said(text[start : found.start()])
            yield Link(address, (Text(address),), line + text.count("\n", 0, found.start()))
            start = found.start() + len(address)
    yield from _said(text[start:])


def _said(text: str) -> Iterator[Text]:
    if text:
        yield Text(text.replace("\n", " "))


def _without_points(address: str) -> str:
    """The address without what belongs to the sentence around it; a bracket opened in it is its own."""
    while address:
        last = address[-1]
        foreign = last in _CLOSING and address.count(last) > address.count(_CLOSING[last])
        if not foreign and last not in _POINTS:
            break
        address = address[:-1]
    return address
