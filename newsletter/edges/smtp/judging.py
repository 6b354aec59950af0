"""What a server's reply means for one letter, and when it is about all of them.

A server that letters are handed to (RFC 6409) answers for us: some of its refusals are about the account or
the sender. They would come for each recipient in turn, so that one of them says it all.
"""

from __future__ import annotations

import re

from newsletter.edges.smtp.wire import Reply
from newsletter.model.transport import Answer, Outcome

_OUTCOMES = {2: Outcome.ACCEPTED, 4: Outcome.DEFERRED, 5: Outcome.REJECTED}
_ACCOUNT_CODES = frozenset({530, 534, 535, 538})  # RFC 4954, 6
_ACCOUNT_STATUS = frozenset({
    # IANA, "SMTP Enhanced Status Codes": credentials, mechanism, encryption, disabled, trust, sender's system
    "5.7.8", "5.7.9", "5.7.11", "5.7.13", "5.7.14", "5.1.8",
    # Microsoft, "Non-delivery reports in Exchange Online": not logged in, no right to send as, blocked, quota
    "5.7.30", "5.7.57", "5.7.60", "5.7.139", "5.2.252", "5.1.90", "5.7.501", "5.7.502", "5.7.503", "5.7.705",
    "5.7.708", "5.7.750",
    # Google, "SMTP error reference": the day's limit
    "5.4.5",
})  # fmt: skip
_ABOUT_LETTER = frozenset({"5.2.3", "5.3.4", "5.6.3", "5.6.7"})  # too large, or of a kind that does not pass
# "Relay access denied", as most servers say; and Microsoft's for the sender's own quota or full mailbox
_ACCOUNT_WORDS = re.compile(r"\brelay|\bSTOREDRV\.(?:Client)?Submi", re.I)
_WAIT = re.compile(r"\b(?:in|after|within)\s+(\d{1,5})\s*(s|m|h)", re.I)
_CLOCK = re.compile(r"\b(\d\d):(\d\d):(\d\d)\b")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST_WAIT = 86_400.0  # seconds


def answer(reply: Reply) -> Answer | None:
    """The outcome that a reply gives a letter; None where it gives none."""
    outcome = _OUTCOMES.get(reply.kind)
    if outcome is None:
        return None
    retry_after = wish(reply.words) if outcome is Outcome.DEFERRED else None
    return Answer(outcome, reply.words, retry_after)


def is_about_sender(reply: Reply) -> bool:
    """Whether a refusal of MAIL is about us. It names no recipient: all but what is about the letter is."""
    return reply.kind == 5 and reply.code != 552 and reply.status not in _ABOUT_LETTER


def is_about_account(reply: Reply) -> bool:
    """Whether a refusal after MAIL is about us, and not about the recipient or the letter."""
    if reply.kind != 5:
        return False
    told = reply.code in _ACCOUNT_CODES or reply.status in _ACCOUNT_STATUS
    return told or _ACCOUNT_WORDS.search(reply.words) is not None


def wish(words: str) -> float | None:
    """The seconds that the server asks for, as greylisting servers write them."""
    if found := _WAIT.search(words):
        return min(float(found[1]) * _UNITS[found[2].lower()], _LONGEST_WAIT)
    if found := _CLOCK.search(words):
        hours, minutes, seconds = (float(part) for part in found.groups())
        return min(hours * 3600 + minutes * 60 + seconds, _LONGEST_WAIT)
    return None
