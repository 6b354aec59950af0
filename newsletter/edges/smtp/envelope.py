"""What a server offers, and what MAIL and RCPT say of a letter in return.

SIZE (RFC 1870), PIPELINING (2920), STARTTLS (3207), DSN (3461), AUTH (4954), 8BITMIME (6152) and
SMTPUTF8 (6531).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.model.transport import Outgoing

_ADDRESS = re.compile(r"[^\s<>@\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+")
_NO_XTEXT = re.compile(rb"[^!-*,-<>-~]")  # all but what stands for itself (RFC 3461, 4)
_LONGEST_ENVID = 100  # characters (RFC 3461, 4.4)


@dataclass(frozen=True, slots=True)
class Offers:
    """What the server can do, as its reply to EHLO says."""

    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    notices: bool = False  # DSN
    starttls: bool = False
    size: bool = False
    most_bytes: int = 0  # of one letter; 0: it does not say
    mechanisms: frozenset[str] = frozenset()  # of AUTH


def offers(lines: Sequence[str]) -> Offers:
    """What the lines of a reply to EHLO offer; the first is the server's name."""
    words = [line.upper().replace("AUTH=", "AUTH ").split() for line in lines[1:]]
    told: dict[str, set[str]] = {}
    for name, *parameters in filter(None, words):
        told.setdefault(name, set()).update(parameters)
    most = next((one for one in told.get("SIZE", ()) if one.isascii() and one.isdigit()), "0")
    return Offers(
        pipelining="PIPELINING" in told,
        eight_bit="8BITMIME" in told,
        utf8="SMTPUTF8" in told,
        notices="DSN" in told,
        starttls="STARTTLS" in told,
        size="SIZE" in told,
        most_bytes=int(most[:18]),
        mechanisms=frozenset(told.get("AUTH", ())),
    )


def misfit(letter: Outgoing, offered: Offers) -> str:
    """Why this server could never take the letter, in words; empty where it can."""
    addresses = (letter.envelope_from, letter.envelope_to)
    if not all(_ADDRESS.fullmatch(address) for address in addresses):
        return "Kuvertets adress går inte att skriva till."
    if not all(address.isascii() for address in addresses) and not offered.utf8:
        return "Adressen har andra tecken än a–z, och servern tar inte emot sådana (SMTPUTF8)."
    if not letter.data.isascii() and not offered.eight_bit:
        return "Brevet har tecken som servern inte tar emot (8BITMIME)."
    if 0 < offered.most_bytes < len(letter.data):
        return f"Brevet är {len(letter.data)} byte, och servern tar emot högst {offered.most_bytes}."
    return ""


def commands(letter: Outgoing, offered: Offers) -> tuple[bytes, bytes, bytes]:
    """MAIL, RCPT and DATA for a letter that fits."""
    mail = f"MAIL FROM:<{letter.envelope_from}>"
    recipient = f"RCPT TO:<{letter.envelope_to}>"
    if offered.size:
        mail += f" SIZE={len(letter.data)}"
    if not letter.data.isascii():
        mail += " BODY=8BITMIME"
    if not (letter.envelope_from.isascii() and letter.envelope_to.isascii()):
        mail += " SMTPUTF8"
    if offered.notices:
        mail += " RET=HDRS" + _envid(letter.delivery)
        recipient += " NOTIFY=FAILURE,DELAY"
    return f"{mail}\r\n".encode(), f"{recipient}\r\n".encode(), b"DATA\r\n"


def xtext(text: str) -> str:
    """The text as a DSN parameter's value (RFC 3461, 4)."""
    return _NO_XTEXT.sub(lambda found: b"+%02X" % found[0][0], text.encode()).decode("ascii")


def _envid(delivery: str) -> str:
    encoded = xtext(delivery)
    return f" ENVID={encoded}" if 0 < len(encoded) <= _LONGEST_ENVID else ""
