"""The report's nouns: the one published cube and what is computed from it.

A :class:`Response` is what became of one letter. It lives only while a cube is counted and is neither
kept nor shown. A :class:`Cube` is what may be published, and every page and export reads it and
nothing else, so that no two can disagree. It is kept as canonical JSON (:func:`cube_json`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

# --- one letter, before it is counted ----------------------------------------------------------


class Fate(Enum):
    """What became of an accepted letter, folded from its events in any order."""

    DELIVERED = "delivered"  # the receiving server took it
    HARD = "hard"  # the address does not exist
    SOFT = "soft"  # it could not be delivered this time; a deferral for 72 hours ends here
    BLOCKED = "blocked"  # refused for what it was or whence it came
    PENDING = "pending"  # nothing final yet, and the letter is younger than 72 hours
    SILENT = "silent"  # no news at all in 72 hours


@dataclass(frozen=True, slots=True)
class Response:
    """What became of one letter. Never kept, never shown: only counted."""

    fate: Fate
    left: bool = False
    complained: bool = False
    read: frozenset[str] = frozenset()  # blocks with a human click
    perhaps: frozenset[str] = frozenset()  # blocks with an unsure click and no human one
    human: int = 0  # clicks on content links
    unsure: int = 0
    machine: int = 0
    unknown: int = 0  # events of a kind that nobody knows
    simulated: bool = False  # at least one of its events comes from simulated readers
    last: datetime | None = None  # its newest event; UTC


# --- what may be published ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What is counted together because it is too small alone: id → the cell's id (`a+b`).

    An id is a member's, or `group:` and a Group's value. Kept for a mandate period; it only ever grows
    coarser. Whoever is alone is not in it.
    """

    groups: Mapping[str, str] = field(default_factory=dict)


class Dimension(Enum):
    """By what a cell is cut. Role × member and role × county are never cut."""

    ALL = "all"
    GROUP = "group"
    COUNTY = "county"
    MEMBER = "member"


BANDS = ((0, 10), (10, 20), (20, 30), (30, 100))
"""The classes of rates by member, in per cent: [0, 10) [10, 20) [20, 30) [30, 100]."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One published cell: at least k recipients whose letter was delivered."""

    dimension: Dimension
    key: tuple[str, ...]  # what is counted together: group values, counties or member ids, sorted
    n: int  # letters delivered
    readers: int | None = None  # of them with a human click; None: not published
    lenient: int | None = None  # of them with a human or an unsure click; ALL only
    band: int | None = None  # MEMBER only: index into BANDS, in place of readers


@dataclass(frozen=True, slots=True)
class ArticleCell:
    """Readers of one article in one group; an empty key: in all groups."""

    block: str
    key: tuple[str, ...]
    n: int  # delivered letters that held the article; 0: nobody of the group got it
    readers: int | None = None  # None: hidden
    few: bool = False  # hidden because fewer than 5; otherwise because another could be had by subtraction


@dataclass(frozen=True, slots=True)
class Counts:
    """Letters by what became of them: `sent` is the sum of the six fates."""

    sent: int = 0
    delivered: int = 0
    hard: int = 0
    soft: int = 0
    blocked: int = 0
    pending: int = 0
    silent: int = 0
    left: int = 0  # of those delivered
    complained: int = 0

    @property
    def heard_of(self) -> bool:
        """Whether there is news of any letter; without any, zero bounces mean nothing."""
        return self.sent > self.pending + self.silent


@dataclass(frozen=True, slots=True)
class Clicks:
    """Clicks on content links, by who made them, and events nobody knows."""

    human: int = 0
    unsure: int = 0
    machine: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Cube:
    """Counts by cell, nothing finer; every page and export reads this and nothing else."""

    issue: str
    sending: str
    mode: str = "none"  # the measuring mode
    k: int = 10  # the smallest cell
    planned_at: datetime | None = None  # when the sending was planned; UTC
    until: datetime | None = None  # the newest event counted; UTC
    simulated: bool = False  # at least one event comes from simulated readers
    counts: Counts = field(default_factory=Counts)
    clicks: Clicks = field(default_factory=Clicks)
    cells: tuple[Cell, ...] = ()
    articles: tuple[ArticleCell, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)  # block → title
    topics: Mapping[str, str] = field(default_factory=dict)  # block → topic id

    @property
    def cut(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the cells are, without their counts; the same cut twice cannot be subtracted from itself."""
        return tuple(sorted((cell.dimension.value, cell.key) for cell in self.cells))


# --- the cube as text --------------------------------------------------------------------------

_SCHEMA = 1


def cube_json(cube: Cube) -> str:
    """The cube as canonical JSON: the same cube gives the same characters."""
    return _canonical({"schema": _SCHEMA, **asdict(cube)})


def cube_from_json(text: str) -> Cube:
    """The cube that :func:`cube_json` wrote. Raises ValueError or KeyError on anything else."""
    raw = json.loads(text)
    if raw.pop("schema", None) != _SCHEMA:
        raise ValueError("a cube of another schema")
    for name in ("planned_at", "until"):
        raw[name] = datetime.fromisoformat(raw[name]) if raw[name] else None
    raw["counts"] = Counts(**raw["counts"])
    raw["clicks"] = Clicks(**raw["clicks"])
    raw["cells"] = tuple(_cell(cell) for cell in raw["cells"])
    raw["articles"] = tuple(ArticleCell(**{**cell, "key": tuple(cell["key"])}) for cell in raw["articles"])
    return Cube(**raw)


def merge_plan_json(plan: MergePlan) -> str:
    """The plan as canonical JSON."""
    return _canonical({"schema": _SCHEMA, **asdict(plan)})


def merge_plan_from_json(text: str) -> MergePlan:
    """The plan that :func:`merge_plan_json` wrote."""
    raw = json.loads(text)
    return MergePlan(groups=raw["groups"])


def _cell(raw: dict[str, Any]) -> Cell:
    return Cell(**{**raw, "dimension": Dimension(raw["dimension"]), "key": tuple(raw["key"])})


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


# --- what is computed from it ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value likely lies; shares, from -1 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval by Wilson."""

    count: int
    n: int
    interval: Interval

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.count / self.n


@dataclass(frozen=True, slots=True)
class Difference:
    """One share less another, with Newcombe's interval; certain only where 0 lies outside it."""

    share: float
    interval: Interval
    certain: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a sentence."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the large numbers."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of a chart: a point in its interval."""

    label: str
    rate: Rate
    value: str  # 19 %
    detail: str  # 164 av 843; troligt spann 17–22 %
    accent: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines on one scale from 0, and what they say in words."""

    id: str
    title: str
    strips: tuple[Strip, ...]
    scale: float  # the right end, a share
    ticks: tuple[float, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article and who read it, as printed."""

    title: str
    topic: str
    readers: str
    rate: Rate | None
    value: str
    by_group: tuple[str, ...]
    verdict: str  # säker, osäker or –


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One measure of the list's health."""

    label: str
    count: str
    per_thousand: str
    verdict: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member, or several counted together, and the class of its rate."""

    county: str
    name: str
    n: str
    band: int | None
    label: str


@dataclass(frozen=True, slots=True)
class ClickShare:
    """Clicks of one kind."""

    label: str
    count: int
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the pages print; the pages compute nothing."""

    title: str
    association: str
    sent: str
    measured: str
    mode: str
    notice: str
    headline: tuple[Run, ...]
    keys: tuple[KeyFigure, ...]
    charts: tuple[Chart, ...]
    suggestions: tuple[tuple[str, str], ...]
    article_groups: tuple[str, ...]
    articles: tuple[ArticleRow, ...]
    article_scale: float
    article_note: str
    charts_note: str
    clicks: tuple[ClickShare, ...]
    clicks_note: str
    health: tuple[HealthRow, ...]
    members: tuple[MemberRow, ...]
    member_note: str
    quality: tuple[str, ...]
    unknowable: tuple[str, ...]
    method: tuple[tuple[str, str], ...]
    run: str
    digest: str
