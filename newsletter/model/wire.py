"""What may stand in a letter's head, however it leaves: values on one line, addresses as they travel."""

from __future__ import annotations

import re
from functools import lru_cache

from newsletter.errors import InputError

_WIRE = re.compile(r"[!-;=?-~]+")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def clean(value: str) -> str:
    """The value on one line: control characters, line ends and lone surrogates become a space."""
    if value.isprintable():  # nothing below is; most values are names, and this is ten times as fast
        return value.strip()
    return _UNPRINTABLE.sub(" ", value).strip()


def wire_address(address: str) -> str:
    """The address as it travels: a domain such as å.se as xn--. Raises InputError where it cannot travel."""
    local, _, domain = address.rpartition("@")
    wire = _wire_domain(domain)
    if not (wire and _WIRE.fullmatch(local)):
        raise InputError(
            f"Till adressen {clean(address)!r} går inget brev att skriva.",
            why="Före @ går bara a–z, siffror och vissa tecken.",
            do="Rätta adressen i listan och importera den igen med `newsletter people import`.",
        )
    return f"{local}@{wire}"


@lru_cache(maxsize=1024)  # many readers share few domains
def _wire_domain(domain: str) -> str:
    """The domain in A-labels (RFC 5890); "" where it has none, or none that can travel."""
    try:
        wire = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return wire if _WIRE.fullmatch(wire) else ""
