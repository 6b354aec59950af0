"""People and segments of every sort, for tests that compare one answer with another.

All of it is invented, and the same for the same `random.Random`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from newsletter.model.mandates import NEWLY_ELECTED, Standing
from newsletter.model.people import (
    AllOf,
    Among,
    AnyOf,
    Expression,
    Field,
    Group,
    Mandate,
    Member,
    Not,
    Recipient,
    Role,
)

MEMBERS = {
    id: Member(id, f"{id.capitalize()} kommun", "kommun", county)
    for id, county in (
        ("hofors", "Gävleborg"),
        ("falun", "Dalarna"),
        ("avesta", "Dalarna"),
        ("hagfors", "Värmland"),
    )
}
_LISTS = ("val", "tjänster", "övriga")
_TAGS = ("bruk 2.0", "100%", "a_b", "ab", "årsmöte")
_FIRST = date(2022, 1, 1)
_VALUES = {
    Field.ROLE: tuple(role.value for role in Role),
    Field.GROUP: tuple(group.value for group in Group),
    Field.MEMBER: (*MEMBERS, "okänd"),
    Field.COUNTY: ("Dalarna", "Gävleborg", "Värmland", ""),
    Field.LIST: _LISTS,
    Field.LANGUAGE: ("sv", "en"),
    Field.MANDATE: (*(standing.value for standing in Standing), NEWLY_ELECTED),
    Field.TAG: _TAGS,
}


def day(random: Random) -> date:
    """A day of two periods of office; turns of councils and boards oftener than other days."""
    turns = (date(2022, 10, 15), date(2023, 1, 1), date(2026, 10, 15), date(2027, 1, 1))
    near = random.choice(turns) + timedelta(days=random.choice((-1, 0, 1)))
    return near if random.random() < 0.4 else _FIRST + timedelta(days=random.randrange(365 * 8))


def mandate(random: Random) -> Mandate:
    """A mandate with some of its days known, at a member that is not always known either."""
    since, until, confirmed = (day(random) if random.random() < 0.5 else None for _ in range(3))
    member = random.choice((*MEMBERS, *MEMBERS, "okänd", ""))
    return Mandate(random.choice(tuple(Role)), member, random.choice(_LISTS), since, until, confirmed)


def person(random: Random, number: int) -> Recipient:
    """Somebody with up to three mandates, seldom none."""
    held = tuple(mandate(random) for _ in range(random.choice((0, 1, 1, 1, 2, 3))))
    tags = tuple(tag for tag in _TAGS if random.random() < 0.2)
    address = f"reader.{number}@example.org"
    language = random.choice(("sv", "sv", "en"))
    return Recipient(f"person-{number:06}", address, f"Läsare {number}", held, language, tags=tags)


def expression(random: Random, depth: int = 3) -> Expression:
    """A segment's expression, at most `depth` deep."""
    kind = random.choice(("among", "among", "not", "all", "any")) if depth else "among"
    if kind == "among":
        field = random.choice(tuple(Field))
        values = random.sample(_VALUES[field], min(len(_VALUES[field]), random.choice((1, 1, 2, 3))))
        return Among(field, tuple(values))
    if kind == "not":
        return Not(expression(random, depth - 1))
    parts = tuple(expression(random, depth - 1) for _ in range(random.choice((2, 2, 3))))
    return AllOf(parts) if kind == "all" else AnyOf(parts)
