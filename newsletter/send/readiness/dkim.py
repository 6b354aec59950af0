"""DKIM key records (RFC 6376, 3.6.1; RFC 8463 for Ed25519)."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.send.readiness.tags import tags

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

LEAST_BITS = 1024  # RFC 8301, 3.2: verifiers take no shorter key for valid
GOOD_BITS = 2048
_ED25519_BYTES = 32


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key record that can be read, with its faults told."""

    kind: str  # rsa or ed25519
    bits: int  # 0 where there is no key to measure
    is_revoked: bool
    is_trial: bool  # t=y: receivers are to treat the letter as unsigned
    faults: tuple[str, ...]  # each makes the key unusable; in Swedish


def is_key(text: str) -> bool:
    """Whether a TXT record beside a selector is meant as a key; ``v`` need not be there."""
    found = tags(text)
    return "p" in found.values or found.get("v").upper() == "DKIM1"


def dkim_key(text: str) -> DkimKey:
    """The key that any text holds."""
    found = tags(text)
    kind = found.get("k", "rsa").lower()
    faults = list(found.faults)
    if "v" in found.values and (found.values["v"] != "DKIM1" or found.first != "v"):
        faults.append("v ska vara DKIM1 och stå först")
    if "h" in found.values and "sha256" not in _listed(found.get("h")):
        faults.append("h utesluter sha256, som är den enda metod som gäller")
    if "s" in found.values and not {"*", "email"} & _listed(found.get("s")):
        faults.append("s utesluter e-post")
    if "p" not in found.values:
        faults.append("p saknas")
    packed = re.sub(r"\s", "", found.get("p"))
    bits, fault = _bits(kind, packed) if packed else (0, "")
    faults += [fault] if fault else []
    revoked = "p" in found.values and not packed
    return DkimKey(kind, bits, revoked, "y" in _listed(found.get("t")), tuple(faults))


def _listed(value: str) -> set[str]:
    return {each.strip().lower() for each in value.split(":")}


def _bits(kind: str, packed: str) -> tuple[int, str]:
    """The key's length, and what is wrong with it."""
    try:
        data = b64decode(packed, validate=True)
    except ValueError:
        return 0, "p är inte base64: nyckeln är avklippt eller felskriven"
    if kind == "ed25519":
        return (256, "") if len(data) == _ED25519_BYTES else (0, "p är ingen Ed25519-nyckel om 32 byte")
    if kind != "rsa":
        return 0, f"k={kind[:20]} är ingen nyckeltyp som mottagare känner"
    key = _rsa(data)
    return (key.key_size, "") if key else (0, "p är ingen RSA-nyckel: den är avklippt eller felskriven")


def _rsa(data: bytes) -> RSAPublicKey | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None
