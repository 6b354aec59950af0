"""Letters and what became of them, counted into the one published cube."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from newsletter.model.delivery import Delivery, Sending
from newsletter.model.figure import (
    BANDS,
    ArticleCell,
    Cell,
    Clicks,
    Counts,
    Cube,
    Dimension,
    Fate,
    MergePlan,
    Response,
)
from newsletter.report.articles import article_cells
from newsletter.report.cut import FLOOR, MARGIN, Cut, as_cut, cut, grown

_AWAITED = frozenset({Fate.DELIVERED, Fate.PENDING})


@dataclass(slots=True)
class Tally:
    """Running counts over the letters; the letters themselves are not kept."""

    fates: Counter[Fate] = field(default_factory=Counter)
    left: int = 0
    complained: int = 0
    clicks: Counter[str] = field(default_factory=Counter)
    simulated: bool = False
    until: datetime | None = None
    awaited: Counter[tuple[str, str]] = field(default_factory=Counter)  # (group, member) → may yet be counted
    delivered: Counter[tuple[str, str]] = field(default_factory=Counter)
    readers: Counter[tuple[str, str]] = field(default_factory=Counter)
    lenient: int = 0
    county_of: dict[str, str] = field(default_factory=dict)
    got: Counter[tuple[str, str]] = field(default_factory=Counter)  # (group, edition) → delivered
    read: defaultdict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )  # block → group →

    def add(self, delivery: Delivery, response: Response) -> None:
        """Count one accepted letter."""
        self.fates[response.fate] += 1
        self.left += response.left
        self.complained += response.complained
        self.simulated = self.simulated or response.simulated
        self.clicks.update(human=response.human, unsure=response.unsure)
        self.clicks.update(machine=response.machine, unknown=response.unknown)
        self.until = max((at for at in (self.until, response.last) if at), default=None)
        self.county_of.setdefault(delivery.member, delivery.county)
        atom = (delivery.group, delivery.member)
        self.awaited[atom] += response.fate in _AWAITED
        if response.fate is Fate.DELIVERED:
            self._add_delivered(delivery, response, atom)

    def _add_delivered(self, delivery: Delivery, response: Response, atom: tuple[str, str]) -> None:
        self.delivered[atom] += 1
        self.readers[atom] += bool(response.read)
        self.lenient += bool(response.read or response.perhaps)
        self.got[delivery.group, delivery.edition] += 1
        for block in response.read:
            self.read[block][delivery.group] += 1


def cube(
    sending: Sending,
    letters: Iterable[tuple[Delivery, Response]],
    *,
    plan: MergePlan,
    k: int,
    published: Cube | None = None,
) -> tuple[Cube, MergePlan]:
    """The cube of one sending's accepted letters, and the plan, grown by what had to be merged.

    While letters are still awaited, a cube whose cells could yet change has the total alone
    (:func:`is_whole`); such a cube may be shown and must not be kept. Where the sending's cube was
    published before, it is cut as it was then, if the cells still allow it.
    """
    tally = Tally()
    for delivery, response in letters:
        tally.add(delivery, response)
    k = max(k, FLOOR)
    made = _steady_cut(tally, as_cut(published.cells), k, 0) if published else _steady_cut(tally, plan, k)
    bare = _bare(sending, tally, k)
    if bare.counts.delivered < k:
        return bare, plan
    cells: tuple[Cell, ...] = (_total(tally, sending.mode),)
    if made is None:
        return _with(bare, cells, ()), plan
    cells += tuple(_cells(tally, made, sending.mode))
    articles = (
        article_cells(sending, made.groups, tally.got, tally.read, k) if _measures(sending.mode) else ()
    )
    return _with(bare, cells, articles), grown(plan, made)


def is_whole(cube: Cube) -> bool:
    """Whether the cube has every cell that it ever will, so that it may be kept."""
    return len(cube.cells) > 1


def _measures(mode: str) -> bool:
    return mode != "none"


def _steady_cut(tally: Tally, plan: MergePlan, k: int, margin: int = MARGIN) -> Cut | None:
    """The cut that holds both for the letters awaited and for those that came; None while they differ."""
    awaited = cut(tally.awaited, tally.county_of, plan, k, margin=margin)
    if awaited is None:
        return None
    now = cut(tally.delivered, tally.county_of, grown(plan, awaited), k, margin=margin)
    return awaited if now == awaited else None


def _bare(sending: Sending, tally: Tally, k: int) -> Cube:
    return Cube(
        issue=sending.issue,
        sending=sending.id,
        mode=sending.mode,
        k=k,
        planned_at=sending.planned_at,
        until=tally.until,
        simulated=tally.simulated,
        counts=_counts(tally),
        clicks=_clicks(tally, shown=_measures(sending.mode) and tally.fates[Fate.DELIVERED] >= k),
        titles=sending.titles,
        topics=sending.topics,
    )


def _with(bare: Cube, cells: tuple[Cell, ...], articles: tuple[ArticleCell, ...]) -> Cube:

    return replace(bare, cells=cells, articles=articles)


def _clicks(tally: Tally, *, shown: bool) -> Clicks:
    """Clicks tell of reading, so they are shown by the rule of cells; events nobody knows always are."""
    kinds = ("human", "unsure", "machine") if shown else ()
    return Clicks(unknown=tally.clicks["unknown"], **{kind: tally.clicks[kind] for kind in kinds})


def _counts(tally: Tally) -> Counts:
    fates = {fate.value: tally.fates[fate] for fate in Fate}
    return Counts(sent=sum(fates.values()), left=tally.left, complained=tally.complained, **fates)


def _total(tally: Tally, mode: str) -> Cell:
    n = tally.delivered.total()
    if not _measures(mode):
        return Cell(Dimension.ALL, (), n)
    return Cell(Dimension.ALL, (), n, tally.readers.total(), tally.lenient)


def _cells(tally: Tally, made: Cut, mode: str) -> Iterable[Cell]:
    measures = _measures(mode)
    for groups in made.groups:
        n, readers = _sums(tally, 0, groups)
        yield Cell(Dimension.GROUP, tuple(sorted(groups)), n, readers if measures else None)
    for counties, members in made.counties:
        n, readers = _sums(tally, 1, members)
        yield Cell(Dimension.COUNTY, tuple(sorted(counties)), n, readers if measures else None)
    for members in made.members:
        n, readers = _sums(tally, 1, members)
        yield Cell(Dimension.MEMBER, tuple(sorted(members)), n, band=_band(readers, n) if measures else None)


def _sums(tally: Tally, axis: int, among: Collection[str]) -> tuple[int, int]:
    """Letters delivered to, and readers of, the atoms whose group (0) or member (1) is among these."""
    return _sum(tally.delivered, axis, among), _sum(tally.readers, axis, among)


def _sum(counts: Mapping[tuple[str, str], int], axis: int, among: Collection[str]) -> int:
    return sum(n for atom, n in counts.items() if atom[axis] in among)


def _band(readers: int, n: int) -> int:
    """The index of the class that the share lies in; 100 % lies in the last."""
    return next(i for i, (_, high) in enumerate(BANDS) if readers * 100 < high * n or high == 100)
