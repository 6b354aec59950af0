"""Keyed hashes: what is known again with the key and a guess, and says nothing without."""

from __future__ import annotations

import hmac

from newsletter.model.people import address_key
from newsletter.model.rights import PSEUDONYM


def of_address(key: bytes, address: str) -> str:
    """The same for every spelling of one address."""
    return of(key, address_key(address))


def of_person(key: bytes, id: str) -> str:
    """Of a person's opaque id; never the same as that of an address."""
    return of(key, f"person\x00{id}")


def of(key: bytes, text: str) -> str:
    """HMAC-SHA256, in hex."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def pseudonym(address_hmac: str) -> str:
    """What stands in the log of changes for the id of somebody who was erased."""
    return PSEUDONYM + address_hmac[:32]
