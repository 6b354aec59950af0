"""What the check found in a letter, and what it was told of the outside beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from newsletter.model.where import Where


class Severity(Enum):
    """An error blocks sending; a warning wants a look, or a reason to let it stand."""

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


class Reach(Enum):
    """What asking for an address gave."""

    FINE = "fine"  # it answered
    MOVED = "moved"  # it answered from another address
    DEAD = "dead"  # the site says that there is no such page
    UNKNOWN = "unknown"  # nobody can tell: no network, a silent site, one that lets no program in


@dataclass(frozen=True, slots=True)
class Probe:
    """What asking for one address gave."""

    reach: Reach
    words: str = ""  # what was wrong, for the reader of the finding
    onward: str = ""  # MOVED: where it answered from


@dataclass(frozen=True, slots=True)
class SpamRule:
    """One rule of a spam filter that a letter met."""

    name: str
    points: float  # what it adds; negative where it speaks for the letter


@dataclass(frozen=True, slots=True)
class SpamVerdict:
    """What a spam filter says of one letter."""

    points: float
    rules: tuple[SpamRule, ...]


@dataclass(frozen=True, slots=True)
class Probes:
    """What was asked of the outside before the check. An address that is not here was not asked for."""

    links: Mapping[str, Probe] = field(default_factory=dict)
    spam: Mapping[str, SpamVerdict] = field(default_factory=dict)  # by edition
