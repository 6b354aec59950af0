"""Who is in which segment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from newsletter.model.mandates import Calendar
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


def matches(
    expression: Expression,
    recipient: Recipient,
    members: Mapping[str, Member],
    calendar: Calendar | None = None,
) -> bool:
    """Whether the expression holds for the person; `x != y` holds when no mandate that counts has y.

    Those count that have not ended by the calendar, or all where every one has. Without a calendar all do,
    and none has any standing.
    """
    counted = calendar.current(recipient) if calendar else recipient
    return _holds(expression, counted, members, calendar)


def _holds(
    expression: Expression, counted: Recipient, members: Mapping[str, Member], calendar: Calendar | None
) -> bool:
    match expression:
        case Among(field, values):
            return not set(values).isdisjoint(answers(field, counted, members, calendar))
        case AllOf(parts):
            return all(_holds(part, counted, members, calendar) for part in parts)
        case AnyOf(parts):
            return any(_holds(part, counted, members, calendar) for part in parts)
        case Not(part):
            return not _holds(part, counted, members, calendar)


def answers(
    field: Field, counted: Recipient, members: Mapping[str, Member], calendar: Calendar | None
) -> tuple[str, ...]:
    """What a person, given with the mandates that count, answers when a segment asks for the field."""
    if field is Field.LANGUAGE:
        return (counted.language,)
    if field is Field.TAG:
        return counted.tags
    if field is Field.MANDATE:
        found = [state for held in counted.mandates for state in (calendar.states(held) if calendar else ())]
    else:
        found = [_value(field, held, members) for held in counted.mandates]
    return tuple(dict.fromkeys(found))


def segments_of(
    recipient: Recipient,
    segments: Sequence[Segment],
    members: Mapping[str, Member],
    calendar: Calendar | None = None,
) -> tuple[str, ...]:
    """The ids of the segments that the person is in, in the order of the file."""
    counted = calendar.current(recipient) if calendar else recipient
    return tuple(one.id for one in segments if _holds(one.where, counted, members, calendar))


class Sorting:
    """Says who is in which segment, and remembers the answer: a million people have few kinds of mandates."""

    _KINDS = 20_000  # remembered at a time

    def __init__(
        self, segments: Sequence[Segment], members: Mapping[str, Member], calendar: Calendar | None = None
    ) -> None:
        self._segments, self._members, self._calendar = tuple(segments), members, calendar
        self._known: dict[tuple[object, ...], tuple[tuple[Mandate, ...], tuple[str, ...]]] = {}

    def of(self, recipient: Recipient) -> tuple[str, ...]:
        """The ids of the segments that the person is in, in the order of the file."""
        # By identity: the store makes equal mandates once, and comparing them would take most of the time.
        # What was asked about is kept, so that no other mandate can come to stand in its place.
        kind = (*map(id, recipient.mandates), recipient.language, recipient.tags)
        known = self._known.get(kind)
        if known is None:
            if len(self._known) >= self._KINDS:
                self._known.clear()
            found = segments_of(recipient, self._segments, self._members, self._calendar)
            known = self._known[kind] = (recipient.mandates, found)
        return known[1]


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
        case Field.LANGUAGE | Field.MANDATE | Field.TAG:
            raise ValueError(f"no mandate answers for {field}")
    member = members.get(mandate.member)
    return member.county if member else ""
