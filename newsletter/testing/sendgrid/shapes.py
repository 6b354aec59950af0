"""Shapes of JSON values, and what is wrong with a value that has another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a request."""

    message: str
    field: str | None = None  # its path, with dots

    def told(self) -> dict[str, object]:
        """As the provider tells it."""
        help_ = None if self.field is None else _HELP + self.field.split(".")[0]
        return {"message": self.message, "field": self.field, "help": help_}


Flaws = list[Flaw]
Check = Callable[[Any, str, Flaws], None]  # value, its path, where to add what is wrong


def _typed(kind: type) -> Check:
    def check(value: object, field: str, flaws: Flaws) -> None:
        if type(value) is not kind:
            given = _NAMES.get(type(value), "null")
            flaws.append(Flaw(f"Invalid type. Expected: {_NAMES[kind]}, given: {given}.", field))

    return check


text, integer, boolean = _typed(str), _typed(int), _typed(bool)
anything, a_list = _typed(dict), _typed(list)


def some_text(value: object, field: str, flaws: Flaws) -> None:
    """A string of at least one character."""
    if not isinstance(value, str) or not value:
        name = field.rsplit(".", 1)[-1]
        flaws.append(Flaw(f"The {name} value must be a string at least one character in length.", field))


def texts(value: object, field: str, flaws: Flaws) -> None:
    """An object of strings by any name."""
    anything(value, field, flaws)
    if isinstance(value, dict):
        for key, inner in value.items():
            text(inner, f"{field}.{key}", flaws)


def shape(fields: Mapping[str, Check], *required: str) -> Check:
    """An object of these fields and no others."""

    def check(value: object, field: str, flaws: Flaws) -> None:
        if not isinstance(value, dict):
            anything(value, field, flaws)
            return
        start = f"{field}." if field else ""
        for name, inner in value.items():
            if name in fields:
                fields[name](inner, start + name, flaws)
            else:
                flaws.append(Flaw(f"Additional property {name} is not allowed", field or name))
        flaws.extend(Flaw(f"{name} is required", start + name) for name in required if name not in value)

    return check


def array(item: Check, most: int = 1 << 30) -> Check:
    """A list of at most so many such items."""

    def check(value: object, field: str, flaws: Flaws) -> None:
        if not isinstance(value, list):
            a_list(value, field, flaws)
            return
        if len(value) > most:
            flaws.append(Flaw(f"The {field} array is limited to {most} items.", field))
        for index, inner in enumerate(value):
            item(inner, f"{field}.{index}", flaws)

    return check
