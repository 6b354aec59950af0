"""Where the address came from and why the association may write: said in the first letter (Article 14 GDPR).

The words are the same for all and are part of the digest; a list's own words come from the settings. Who
has had a letter before gets none.
"""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.model.people import Recipient
from newsletter.model.settings import ListWords

_WORDS = {
    "sv": (
        "Det här är det första brevet till dig. Vi fick din adress från {source}. Rättslig grund: {basis}.",
        "listan ”{list}”",
    ),
    "en": (
        "This is the first letter to you. We have your address from {source}. Legal basis: {basis}.",
        "the list “{list}”",
    ),
}
_NO_WORDS = ListWords()


def notice(recipient: Recipient, lists: Mapping[str, ListWords], language: str) -> str:
    """What the first letter to a person says; by the list of the mandate that he is counted by."""
    sentence, unnamed = _WORDS.get(language, _WORDS["sv"])
    name = recipient.mandates[0].list if recipient.mandates else recipient.source
    words = lists.get(name.casefold(), _NO_WORDS)
    source = words.source.strip().rstrip(".") or unnamed.format(list=name)
    basis = words.basis.strip().rstrip(".") or recipient.basis.strip().rstrip(".")
    return sentence.format(source=source, basis=basis)


def wording(lists: Mapping[str, ListWords], language: str) -> str:
    """All that is the same for everybody, for the digest."""
    own = [f"{name}: {words.source} / {words.basis}" for name, words in sorted(lists.items())]
    return "\n".join([*_WORDS.get(language, _WORDS["sv"]), *own])
