"""The report's nouns: the one published cube and what is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Which members are counted together because they are too small alone; member id → group id."""

    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cube:
    """Counts by cell, nothing finer; every page and export reads this and nothing else."""

    issue: str
    sending: str
