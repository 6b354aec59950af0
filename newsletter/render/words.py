"""The few words that a letter says by itself, in the letter's language."""

from __future__ import annotations

from collections.abc import Mapping

_SWEDISH = {
    "contents": "I det här numret",
    "when": "När",
    "where": "Var",
    "rsvp": "Svara senast",
    "calendar": "Kalender",
    "member_news": "Nytt från medlemmarna",
    "also": "Också",
    "at": "kl.",
    "unsubscribe": "Avsluta utskicken",
    "contact": "Frågor eller nya uppgifter",
    "other_news": "Övrigt",
    "picture": "Bild",
    "own_kommun": "Från din kommun",
    "own_region": "Från din region",
    "your_member": "din organisation",
    "why": "Du får brevet för att din adress finns på vår sändlista.",
}
_ENGLISH = {
    "contents": "In this issue",
    "when": "When",
    "where": "Where",
    "rsvp": "Reply by",
    "calendar": "Calendar",
    "member_news": "News from our members",
    "also": "Also",
    "at": "at",
    "unsubscribe": "Unsubscribe",
    "contact": "Questions or new details",
    "other_news": "Other",
    "picture": "Picture",
    "own_kommun": "From your municipality",
    "own_region": "From your region",
    "your_member": "your organisation",
    "why": "You get this letter because your address is on our mailing list.",
}

WORDS: Mapping[str, Mapping[str, str]] = {"sv": _SWEDISH, "en": _ENGLISH}


def of(language: str) -> Mapping[str, str]:
    """The words of a language; Swedish where it is not known."""
    return WORDS.get(language, _SWEDISH)
