"""Whether a mandate stands, and what that does to segments."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from newsletter import people
from newsletter.model.mandates import Calendar, Standing
from newsletter.model.people import (
    AllOf,
    Among,
    AnyOf,
    Expression,
    Field,
    Mandate,
    Not,
    Recipient,
    Role,
    Segment,
)
from newsletter.people.explaining import explained, said
from newsletter.testing import readers
from newsletter.testing.readers import MEMBERS

AUTUMN = Calendar(date(2026, 11, 17))


def held(role: Role = Role.COUNCIL, **days: date) -> Mandate:
    return Mandate(role, "falun", "val", **days)


def person(*mandates: Mandate) -> Recipient:
    return Recipient("r1", "a@example.org", "A", mandates)


@pytest.mark.parametrize(
    ("on", "council", "board"),
    [
        (date(2026, 10, 14), date(2022, 10, 15), date(2023, 1, 1)),
        (date(2026, 10, 15), date(2026, 10, 15), date(2023, 1, 1)),
        (date(2026, 12, 31), date(2026, 10, 15), date(2023, 1, 1)),
        (date(2027, 1, 1), date(2026, 10, 15), date(2027, 1, 1)),
        (date(2030, 10, 14), date(2026, 10, 15), date(2027, 1, 1)),
        (date(2030, 10, 15), date(2030, 10, 15), date(2027, 1, 1)),
    ],
)
def test_turns(on: date, council: date, board: date) -> None:
    """Councils turn on 15 October of years of elections, boards on 1 January after."""
    assert (Calendar(on).council_turn, Calendar(on).board_turn) == (council, board)


@pytest.mark.parametrize(
    ("mandate", "standing"),
    [
        (held(), Standing.UNCONFIRMED),
        (held(since=date(2022, 10, 15)), Standing.UNCONFIRMED),
        (held(since=date(2026, 10, 15)), Standing.VALID),
        (held(since=date(2022, 10, 15), confirmed=date(2026, 10, 20)), Standing.VALID),
        (held(confirmed=date(2026, 10, 14)), Standing.UNCONFIRMED),
        (held(until=date(2026, 11, 17)), Standing.VALID),
        (held(until=date(2026, 11, 16), confirmed=date(2026, 11, 16)), Standing.ENDED),
        (held(Role.CHAIR, since=date(2023, 1, 1)), Standing.VALID),
        (held(Role.HEAD), Standing.VALID),
    ],
)
def test_standing(mandate: Mandate, standing: Standing) -> None:
    """A mandate's own last day goes first, then what was said since the turn; officials have no periods."""
    assert AUTUMN.standing(mandate) is standing


def test_own_demand() -> None:
    """The workspace may ask for lists that are fresher than the period, and an old demand is no demand."""
    board = held(Role.BOARD, since=date(2023, 1, 1))
    assert Calendar(AUTUMN.on, date(2026, 11, 1)).standing(board) is Standing.UNCONFIRMED
    assert Calendar(AUTUMN.on, date(2022, 1, 1)).standing(board) is Standing.VALID
    assert Calendar(AUTUMN.on, AUTUMN.on + timedelta(days=1)).standing(board) is Standing.VALID


def test_newly_elected() -> None:
    """A politician whose mandate is valid and began within a year is new; an official is not."""
    new = held(Role.CHAIR, since=date(2026, 1, 1))
    assert AUTUMN.states(new) == ("giltigt", "nyvald")
    assert AUTUMN.states(held(Role.CHAIR, since=date(2025, 1, 1))) == ("giltigt",)
    assert AUTUMN.states(held(Role.HEAD, since=date(2026, 1, 1))) == ("giltigt",)


def test_ended_mandates_do_not_count() -> None:
    """Who has another mandate is asked about that alone; who has none left is asked about the old."""
    ended, head = held(until=date(2026, 10, 14)), held(Role.HEAD)
    council = Among(Field.ROLE, ("fullmaktige",))
    assert not people.matches(council, person(ended, head), MEMBERS, AUTUMN)
    assert people.matches(council, person(ended), MEMBERS, AUTUMN)
    assert AUTUMN.has_left_office(person(ended))
    assert not AUTUMN.has_left_office(person(ended, head))
    assert not AUTUMN.has_left_office(person())
    assert AUTUMN.current(person(ended, head)).mandates == (head,)


def test_sorting_remembers_rightly() -> None:
    """Asked again and again, about whomever, the answer is what the segments say."""
    random = Random(7)
    parts = tuple(Segment(f"s{at}", "S", readers.expression(random)) for at in range(6))
    sorting = people.Sorting(parts, MEMBERS, AUTUMN)
    for number in range(300):
        one = readers.person(random, number)
        assert sorting.of(one) == people.segments_of(one, parts, MEMBERS, AUTUMN)


def _toml(text: str) -> str:
    return "'''" + text + "'''"


def _plainly(expression: Expression, one: Recipient, calendar: Calendar) -> bool:
    """The same question, answered anew without the stage: by sets of values, and a last day of its own."""
    standing = [each for each in one.mandates if not (each.until and each.until < calendar.on)]
    counted = standing or list(one.mandates)
    match expression:
        case AllOf(parts):
            return False not in [_plainly(part, one, calendar) for part in parts]
        case AnyOf(parts):
            return True in [_plainly(part, one, calendar) for part in parts]
        case Not(part):
            return _plainly(part, one, calendar) is False
        case Among(field, values):
            asked = {
                Field.ROLE: {each.role.value for each in counted},
                Field.GROUP: {each.role.group.value for each in counted},
                Field.MEMBER: {each.member for each in counted},
                Field.LIST: {each.list for each in counted},
                Field.COUNTY: {
                    MEMBERS[m].county if (m := each.member) in MEMBERS else "" for each in counted
                },
                Field.LANGUAGE: {one.language},
                Field.TAG: set(one.tags),
                Field.MANDATE: {state for each in counted for state in _states(each, calendar.on)},
            }
            return bool(asked[field] & set(values))


def _states(mandate: Mandate, on: date) -> set[str]:
    if mandate.until and mandate.until < on:
        return {"slut"}
    politician = mandate.role.group.value == "politiker"
    days = [date(year, 10, 15) for year in (2018, 2022, 2026)]
    if mandate.role is not Role.COUNCIL:
        days = [date(day.year + 1, 1, 1) for day in days]
    turn = max(day for day in days if day <= on)
    said_since = [day for day in (mandate.since, mandate.confirmed) if day and day >= turn]
    if politician and not mandate.until and not said_since:
        return {"obekraftat"}
    is_new = politician and mandate.since and (on - mandate.since).days <= 365
    return {"giltigt", "nyvald"} if is_new else {"giltigt"}


def test_explanations_are_right() -> None:
    """Of 1,000 people and segments at random, each explanation says what an independent judge says."""
    random, held_ = Random(2026), 0
    for number in range(1000):
        one, where = readers.person(random, number), readers.expression(random)
        calendar = Calendar(readers.day(random))
        reason = explained(where, one, MEMBERS, calendar)
        assert reason.holds == _plainly(where, one, calendar)
        assert reason.holds == people.matches(where, one, MEMBERS, calendar)
        assert explained(Not(where), one, MEMBERS, calendar).holds is not reason.holds
        held_ += reason.holds
    assert 200 < held_ < 800


def test_said_is_read_as_the_same() -> None:
    """An expression as the explanation says it, read again, asks the same of everybody."""
    random = Random(3)
    crowd = [readers.person(random, number) for number in range(60)]
    for _ in range(150):
        where = _known(readers.expression(random))
        (read,) = people.segments(f'[s]\nname="S"\nwhere={_toml(said(where))}\n', "s", MEMBERS)
        for one in crowd:
            asked = [people.matches(each, one, MEMBERS, AUTUMN) for each in (where, read.where)]
            assert asked[0] == asked[1], said(where)


def _known(expression: Expression) -> Expression:
    """Without what no segment can be written with: unknown members, and no county."""
    match expression:
        case Among(field, values):
            kept = tuple(value for value in values if value not in ("", "okänd"))
            return Among(field, kept or ("sv",) if field is Field.LANGUAGE else kept or _first(field))
        case Not(part):
            return Not(_known(part))
        case AllOf(parts):
            return AllOf(tuple(_known(part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_known(part) for part in parts))


def _first(field: Field) -> tuple[str]:
    return ("Dalarna",) if field is Field.COUNTY else ("falun",)
