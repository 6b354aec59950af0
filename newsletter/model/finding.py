"""What the check found in a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from newsletter.model.where import Where


class Severity(Enum):
    """An error blocks sending; a warning wants a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: what, where, why it matters to whom, and how to mend it."""

    rule: str  # short, steady, kebab-case English: html-too-big
    severity: Severity
    what: str
    where: Where | None
    why: str
    do: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Probes:
    """What was asked of the outside before the check: link → "" (fine) or what was wrong."""

    links: Mapping[str, str] = field(default_factory=dict)
