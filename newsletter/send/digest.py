"""What a sending binds to, as one number: :mod:`newsletter.model.digest`, for letters and recipients."""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.model import digest as numbers
from newsletter.model.digest import letter_digest
from newsletter.model.letter import Letter

__all__ = ["digest", "letter_digest"]


def digest(
    letters: Iterable[Letter],
    recipients: Iterable[str],
    *,
    rule: str,
    mode: str,
    transport: str,
    wording: str = "",
) -> str:
    """The hex digest of a whole sending; `recipients` are ids, each once, in any order.

    `transport` is its name and, on the lines below, its settings.
    """
    found = numbers.parts(letters, rule=rule, mode=mode, transport=transport, wording=wording)
    return numbers.digest(found, numbers.audience(recipients))
