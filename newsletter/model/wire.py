"""What may stand in a letter's head, however it leaves: values on one line, addresses as they travel."""

from __future__ import annotations

import re
from functools import lru_cache

from newsletter.errors import InputError

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def clean(value: str) -> str:
    """The value on one line: control characters, line ends and lone surrogates become a space."""
    return _UNPRINTABLE.sub(" ", value).strip()


@lru_cache(maxsize=64)  # the sender's own is asked for in every letter, a recipient's twice
def wire_address(address: str) -> str:
    """The address as it travels: a domain such as å.se as xn--. Raises InputError where it cannot travel."""
    local, _, domain = address.rpartition("@")
    try:
        wire = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        wire = ""
    if not (local.isascii() and re.fullmatch(r"[!-;=?-~]+@[!-;=?-~]+", wire)):
        raise InputError(
            f"Till adressen {clean(address)!r} går inget brev att skriva.",
            why="Före @ går bara a–z, siffror och vissa tecken.",
            do="Rätta adressen i listan och importera den igen med `newsletter people import`.",
        )
    return wire
