"""Why one person is or is not in a segment: each condition, true or false, and what the person answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.model.mandates import Calendar
from newsletter.model.people import AllOf, Among, AnyOf, Expression, Field, Member, Not, Recipient
from newsletter.people import words
from newsletter.people.matching import answers


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition, whether it holds for the person, what the person answered, and the conditions in it."""

    says: str  # the condition as it may be written in segments.toml
    holds: bool
    answer: str = ""  # empty where there are parts
    parts: tuple[Reason, ...] = ()


def explained(
    expression: Expression, recipient: Recipient, members: Mapping[str, Member], calendar: Calendar
) -> Reason:
    """Every condition of the expression, judged for the person by the mandates that count."""
    return _reason(expression, calendar.current(recipient), members, calendar)


def _reason(
    expression: Expression, counted: Recipient, members: Mapping[str, Member], calendar: Calendar
) -> Reason:
    match expression:
        case Among(field, values):
            found = answers(field, counted, members, calendar)
            answer = ", ".join(value for value in found if value) or "ingenting"
            return Reason(said(expression), any(value in values for value in found), answer)
        case Not(part):
            inner = _reason(part, counted, members, calendar)
            return Reason(said(expression), not inner.holds, inner.answer, inner.parts)
        case AllOf(parts) | AnyOf(parts):
            inners = tuple(_reason(part, counted, members, calendar) for part in parts)
            every = isinstance(expression, AllOf)
            held = [inner.holds for inner in inners]
            return Reason(said(expression), all(held) if every else any(held), parts=inners)


def said(expression: Expression) -> str:
    """The expression as it may be written; read again, it is the same."""
    match expression:
        case Among(field, (value,)):
            return f"{_named(field)} = {_quoted(value)}"
        case Among(field, values):
            return f"{_named(field)} in ({', '.join(_quoted(value) for value in values)})"
        case Not(Among(field, (value,))):
            return f"{_named(field)} != {_quoted(value)}"
        case Not(part):
            return f"inte {_grouped(part)}"
        case AllOf(parts):
            return " och ".join(_grouped(part) for part in parts)
        case AnyOf(parts):
            return " eller ".join(_grouped(part) for part in parts)


def _grouped(part: Expression) -> str:
    return f"({said(part)})" if isinstance(part, AllOf | AnyOf) else said(part)


def _named(field: Field) -> str:
    return next(word for word in words.SWEDISH_FIELDS if words.FIELDS[word] is field)


def _quoted(value: str) -> str:
    return value if value.replace("-", "").isalnum() and value not in _RESERVED else f'"{value}"'


_RESERVED = frozenset(("och", "and", "eller", "or", "inte", "not", "in", "i"))
