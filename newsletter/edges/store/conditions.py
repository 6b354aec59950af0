"""A segment's expression as SQL over `person` and `mandate`: the same answer as the stage `people` gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true

from newsletter.edges.store.schema import mandate, person
from newsletter.model.mandates import NEWLY_ELECTED, Calendar, Standing
from newsletter.model.people import AllOf, Among, AnyOf, Expression, Field, Group, Member, Not, Role

Condition = ColumnElement[bool]

_POLITICIANS = [role.value for role in Role if role.group is Group.POLITICIANS]
_OTHER = mandate.alias()  # the same person's other mandates


def condition(expression: Expression, members: Mapping[str, Member], calendar: Calendar) -> Condition:
    """What holds of a row of `person` where the expression holds for the person."""
    match expression:
        case Among(Field.LANGUAGE, values):
            return person.c.language.in_(values)
        case Among(Field.TAG, values):
            return or_(false(), *(person.c.tags.contains(f"\n{tag}\n", autoescape=True) for tag in values))
        case Among(field, values):
            counts = or_(_stands(calendar), not_(_some_stands(calendar)))
            return _held(and_(_has(field, values, members, calendar), counts))
        case AllOf(parts):
            return and_(true(), *(condition(part, members, calendar) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(condition(part, members, calendar) for part in parts))
        case Not(part):
            return not_(condition(part, members, calendar))


def _held(what: Condition) -> Condition:
    """The person has a mandate of which this holds."""
    return exists().where(mandate.c.place == person.c.place, what).correlate(person)


def _stands(calendar: Calendar) -> Condition:
    return or_(mandate.c.until.is_(None), mandate.c.until >= calendar.on)


def _some_stands(calendar: Calendar) -> Condition:
    standing = or_(_OTHER.c.until.is_(None), _OTHER.c.until >= calendar.on)
    return exists().where(_OTHER.c.place == mandate.c.place, standing).correlate(mandate)


def _has(field: Field, values: Sequence[str], members: Mapping[str, Member], calendar: Calendar) -> Condition:
    match field:
        case Field.ROLE:
            return mandate.c.role.in_(values)
        case Field.GROUP:
            return mandate.c.role.in_([role.value for role in Role if role.group.value in values])
        case Field.MEMBER:
            return mandate.c.member.in_(values)
        case Field.LIST:
            return mandate.c.list.in_(values)
        case Field.COUNTY:
            return _in_county(values, members)
        case Field.MANDATE:
            return or_(false(), *(_is(value, calendar) for value in values))
    raise ValueError(f"no mandate answers for {field}")


def _in_county(values: Sequence[str], members: Mapping[str, Member]) -> Condition:
    inside = mandate.c.member.in_([one.id for one in members.values() if one.county in values])
    # Who stands for no known member is in no county, and an expression may ask for that.
    return or_(inside, mandate.c.member.not_in(list(members))) if "" in values else inside


def _is(value: str, calendar: Calendar) -> Condition:
    if value == Standing.ENDED.value:
        return not_(_stands(calendar))
    if value == Standing.UNCONFIRMED.value:
        return _is_unconfirmed(calendar)
    valid = and_(_stands(calendar), not_(_is_unconfirmed(calendar)))
    return and_(valid, _is_new(calendar)) if value == NEWLY_ELECTED else valid


def _is_new(calendar: Calendar) -> Condition:
    return and_(
        mandate.c.role.in_(_POLITICIANS), mandate.c.since.is_not(None), mandate.c.since >= calendar.newly
    )


def _is_unconfirmed(calendar: Calendar) -> Condition:
    """Whether nobody has said since the turn that it goes on; nulls are asked for, or SQL would not know."""
    return or_(
        false(),
        *(
            and_(
                mandate.c.role == role,
                mandate.c.until.is_(None),
                or_(mandate.c.since.is_(None), mandate.c.since < turn),
                or_(mandate.c.confirmed.is_(None), mandate.c.confirmed < turn),
            )
            for role in _POLITICIANS
            if (turn := calendar.turn(Role(role))) is not None
        ),
    )
