"""Who is in which segment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from newsletter.model.people import (
    AllOf,
    Among,
    AnyOf,
    Expression,
    Field,
    Mandate,
    Member,
    Not,
    Recipient,
    Segment,
)


def matches(expression: Expression, recipient: Recipient, members: Mapping[str, Member]) -> bool:
    """Whether the expression holds for the person; `x != y` holds when no mandate at all has y."""
    match expression:
        case Among(Field.LANGUAGE, values):
            return recipient.language in values
        case Among(field, values):
            return any(_value(field, mandate, members) in values for mandate in recipient.mandates)
        case AllOf(parts):
            return all(matches(part, recipient, members) for part in parts)
        case AnyOf(parts):
            return any(matches(part, recipient, members) for part in parts)
        case Not(part):
            return not matches(part, recipient, members)


def segments_of(
    recipient: Recipient, segments: Sequence[Segment], members: Mapping[str, Member]
) -> tuple[str, ...]:
    """The ids of the segments that the person is in, in the order of the file."""
    return tuple(segment.id for segment in segments if matches(segment.where, recipient, members))


def overlaps(memberships: Iterable[Sequence[str]]) -> Mapping[tuple[str, str], int]:
    """How many are in both of two segments, for each pair that shares somebody; (s, s) is the count of s."""
    counts: Counter[tuple[str, str]] = Counter()
    for ids in memberships:
        counts.update((first, second) for index, first in enumerate(ids) for second in ids[index:])
    return counts


def audience_rule(audiences: Sequence[str], segments: Sequence[Segment]) -> str:
    """The rule that the audience was frozen by: each segment's id and expression, as text for the digest."""
    by_id = {segment.id: segment for segment in segments}
    return "\n".join(f"{id_}: {by_id[id_].where!r}" for id_ in audiences)


def _value(field: Field, mandate: Mandate, members: Mapping[str, Member]) -> str:
    match field:
        case Field.ROLE:
            return mandate.role.value
        case Field.GROUP:
            return mandate.role.group.value
        case Field.MEMBER:
            return mandate.member
        case Field.LIST:
            return mandate.list
    member = members.get(mandate.member)
    return member.county if member else ""
