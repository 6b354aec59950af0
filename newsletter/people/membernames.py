"""Which member a cell means: matched generously, never by likeness alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from newsletter.model.people import Member
from newsletter.people.words import folded

_MOST = 5  # choices that are told


@dataclass(frozen=True, slots=True)
class Meant:
    """The member's id, or "" and what to choose between (names; nothing where none is near)."""

    id: str
    choices: tuple[str, ...] = ()
    ambiguous: bool = False


class MemberNames:
    """What the members are called: *Falu kommun*, *Falun*, *Falu kn*, *kommunen Falun*, *falun.se*."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._names: dict[str, str] = {}
        self._exact: dict[str, set[str]] = {}
        self._loose: dict[str, set[str]] = {}  # without dots over letters, where nobody else is spelt so
        for member in members:
            self._names[member.id] = member.name
            for alias in _aliases(member):
                self._exact.setdefault(alias, set()).add(member.id)
                self._loose.setdefault(_ascii(alias), set()).add(member.id)

    def meant(self, cell: str) -> Meant:
        """The member, where the cell is one of its names and of no other's."""
        key = _key(cell)
        for names in (self._exact, self._loose):
            found = names.get(key if names is self._exact else _ascii(key), set())
            if len(found) == 1:
                return Meant(next(iter(found)))
            if found:
                return Meant("", self._named(found), ambiguous=True)
        return Meant("", self._named(self._near(key)))

    def _near(self, key: str) -> Iterable[str]:
        begun = [alias for alias in self._exact if len(key) > 2 and alias.startswith(f"{key} ")]
        close = begun or get_close_matches(key, list(self._exact), n=_MOST, cutoff=0.75)
        return dict.fromkeys(id_ for alias in close for id_ in sorted(self._exact[alias]))

    def _named(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._names[id_] for id_ in list(ids)[:_MOST])


def _aliases(member: Member) -> Iterator[str]:
    name, id_ = _key(member.name), _key(member.id)
    yield name
    yield id_
    if host := re.sub(r"^https?://(?:www\.)?|/.*$", "", folded(member.website)):
        yield from (host, _key(f"www.{host}"))
    if name.startswith("region "):
        yield name.removesuffix(" län")
    if name.endswith(" kommun"):
        for place in _places(name.removesuffix(" kommun"), id_):
            yield from (place, f"{place} kommun", f"{place} kn", f"{place} k n", f"kommunen {place}")


def _places(name: str, id_: str) -> Iterator[str]:
    """*Säters* and *Säter*, *Falu* and *Falun*: the genitive goes where the id shows that it is one."""
    yield name
    yield id_
    if name.endswith("s") and _ascii(name[:-1]) == id_:
        yield name[:-1]


def _key(text: str) -> str:
    return " ".join(re.sub(r"[-–_,;:/]+|\.(?=\s|$)", " ", folded(text)).split())


def _ascii(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))
