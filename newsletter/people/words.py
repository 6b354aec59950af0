"""How people name fields, roles, groups, members and counties, and what they mean by it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from newsletter.model.mandates import NEWLY_ELECTED, Standing
from newsletter.model.people import Field, Group, Member, Role

FIELDS = {
    "roll": Field.ROLE,
    "grupp": Field.GROUP,
    "medlem": Field.MEMBER,
    "län": Field.COUNTY,
    "lista": Field.LIST,
    "språk": Field.LANGUAGE,
    "mandat": Field.MANDATE,
    "tagg": Field.TAG,
    "role": Field.ROLE,
    "group": Field.GROUP,
    "member": Field.MEMBER,
    "county": Field.COUNTY,
    "list": Field.LIST,
    "language": Field.LANGUAGE,
    "mandate": Field.MANDATE,
    "tag": Field.TAG,
    "taggar": Field.TAG,
    "tags": Field.TAG,
}
SWEDISH_FIELDS = tuple(FIELDS)[: len(Field)]

_STANDINGS = {
    "giltigt": Standing.VALID.value,
    "slut": Standing.ENDED.value,
    "obekräftat": Standing.UNCONFIRMED.value,
    "obekraftat": Standing.UNCONFIRMED.value,
    "nyvald": NEWLY_ELECTED,
    "valid": Standing.VALID.value,
    "ended": Standing.ENDED.value,
    "unconfirmed": Standing.UNCONFIRMED.value,
    "new": NEWLY_ELECTED,
}
_LANGUAGES = {"sv": "sv", "svenska": "sv", "swedish": "sv", "en": "en", "engelska": "en", "english": "en"}


def folded(text: str) -> str:
    """The text as people compare it: no case, one kind of space, å as one letter."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Folding can take a text out of NFC (ǰ becomes j and a caron), so it is composed again.
    once = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", once).split())


def names_of_roles() -> Mapping[str, str]:
    """Folded id or Swedish name → role id."""
    names = {folded(role.swedish): role.value for role in Role}
    return names | {role.value: role.value for role in Role}


def names_of_groups() -> Mapping[str, str]:
    """Group id → group id."""
    return {group.value: group.value for group in Group}


def names_of_members(members: Iterable[Member]) -> Mapping[str, str]:
    """Folded name or id → member id."""
    known = list(members)
    return {folded(member.name): member.id for member in known} | {member.id: member.id for member in known}


def names_of_counties(members: Iterable[Member]) -> Mapping[str, str]:
    """Folded county, also as *Örebro län* and *Dalarnas län* → the county as members.csv spells it."""
    counties = list(dict.fromkeys(member.county for member in members))
    long = {folded(f"{county}{ending} län"): county for county in counties for ending in ("s", "")}
    return long | {folded(county): county for county in counties}


def names_of_languages() -> Mapping[str, str]:
    """Folded name or code → code."""
    return _LANGUAGES


def names_of_standings() -> Mapping[str, str]:
    """Folded word → the value of the field *mandat*."""
    return _STANDINGS
