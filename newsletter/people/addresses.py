"""What a cell of addresses holds: one or several, with names, links, and characters that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from newsletter.people.words import folded

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[^\s<>;,:\"'()|/@]+")
_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_ANGLED = re.compile(r"([^<>;]*)<([^<>]*)>")
_BETWEEN = re.compile(r"[;,|/\s]+")
_LINK = re.compile(r"mailto:\s*([^?\s>;,\"]*)(?:\?[^\s>;,\"]*)?", re.IGNORECASE)
_LONGEST_LOCAL, _LONGEST = 64, 254
NOT_ASCII = "Före @ går bara a–z, siffror och vissa tecken: många servrar tar inte emot annat."
NO_ADDRESS = "En adress ser ut som namn@kommun.se."


def listed(cell: str) -> tuple[tuple[str, str], ...]:
    """The (name, address) pairs in the cell, as written; an address may still be none."""
    text = _UNSEEN.sub("", cell).replace("\u00a0", " ").strip(" \t;,")
    if _PLAIN.fullmatch(text):
        return (("", text.rstrip(".")),)
    text = re.sub(r"\s*@\s*", "@", _LINK.sub(r"\1", text))
    if "<" in text:
        return tuple(_angled(text)) or (("", text),)
    words = [word.strip("\"'().:") for word in _BETWEEN.split(text)]
    return tuple(("", word) for word in words if word and word not in ("och", "eller", "samt"))


def _angled(text: str) -> Iterator[tuple[str, str]]:
    """Addresses in angle brackets with their names, and those that stand bare beside them."""
    after = 0
    for found in _ANGLED.finditer(text):
        yield from _bare(text[after : found.start()])
        yield from _bare(found[1])
        name = " ".join(word for word in found[1].split() if "@" not in word)
        yield name.strip(" \"',"), found[2].strip()
        after = found.end()
    yield from _bare(text[after:])


def _bare(text: str) -> Iterator[tuple[str, str]]:
    words = (word.strip("\"'().:") for word in _BETWEEN.split(text) if "@" in word)
    return (("", word) for word in words)


def apart(name: str, found: list[tuple[str, str]]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Several addresses under one name are one person's; with names of their own they are several people."""
    if len(found) == 1:
        return [(name or found[0][0], found[0][1], ())]
    names = [part.strip() for part in re.split(r"\s*[;/]\s*|\s+och\s+", name) if part.strip()]
    if len(found) > 1 and len(names) == len(found):
        return [(own, address, ()) for own, (_, address) in zip(names, found, strict=True)]
    told = {folded(own) for own, _ in found if own}
    if name or (len(told) == 1 and found[0][0]):
        first = [(name or next(own for own, _ in found if own), found[0][1])] if found else []
        return [(own, address, tuple(other for _, other in found[1:])) for own, address in first]
    return [(own, address, ()) for own, address in found]


def checked(address: str) -> tuple[str, str]:
    """The address in its normal form, or "" and why it is none."""
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        return "", NOT_ASCII
    if len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        return _validated(address)
    known, why = _domain(domain)
    whole = f"{local}@{known}"
    return ("", NO_ADDRESS) if not known or len(whole.encode()) > _LONGEST else (whole, why)


@lru_cache(maxsize=5000)
def _domain(domain: str) -> tuple[str, str]:
    whole, why = _validated(f"a@{domain}")
    return whole.rpartition("@")[2], why


def _validated(address: str) -> tuple[str, str]:
    try:
        found = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        return "", NO_ADDRESS
    return found.normalized, ""
