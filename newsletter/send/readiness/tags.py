"""Lists of ``tag=value;``, as DKIM and DMARC write them (RFC 6376, 3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags in the order they stand; the first of two alike counts. Names in lower case."""

    values: dict[str, str]
    faults: tuple[str, ...]  # what is no tag, in Swedish

    @property
    def first(self) -> str:
        """The tag that stands first."""
        return next(iter(self.values), "")

    def get(self, name: str, default: str = "") -> str:
        """A tag's value."""
        return self.values.get(name, default)


def tags(text: str) -> Tags:
    """What any text has of tags."""
    values: dict[str, str] = {}
    faults: list[str] = []
    for part in text.split(";"):
        name, sign, value = (each.strip() for each in part.partition("="))
        if not name and not sign:
            continue
        if not sign or not _TAG.fullmatch(name):
            faults.append(f"”{part.strip()[:40]}” är inte på formen namn=värde")
        elif name.lower() in values:
            faults.append(f"{name.lower()} står två gånger")
        else:
            values[name.lower()] = value
    return Tags(values, tuple(faults))
