"""Where the cube is cut, so that no cell is under k and none can be had by subtraction.

Nothing is ever hidden here: what is too small is merged, so that each dimension is a whole partition
of the recipients and every difference within it is again whole cells. Members nest in counties.

Role groups and members are two partitions of the same people, and the difference between a union of
one and a union of the other may still be a few people. All that such sums can ever isolate are, for a
set G of role cells, the people of G in member cells that do not lie wholly within G (their indicator
is a level set of potentials on the bipartite graph of cells). There are few role cells, so every G is
tried, and while one isolates fewer than k, a member cell that lies wholly within it is merged with one
that does not. (Often that is the cell of those without a member, all partners and media.) It joins the
smallest cell of the largest county, where it blurs the least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from newsletter.model.figure import Cell as PublishedCell
from newsletter.model.figure import Dimension, MergePlan

FLOOR = 5
"""k is never smaller, whatever the settings say."""

MARGIN = 5
"""A member below k + this merges, so that a few bounces do not bring its cell under k."""

_GROUP = "group:"

Atoms = Mapping[tuple[str, str], int]
"""(role group, member) → people; the finest count, never published."""

Cell = frozenset[str]


@dataclass(frozen=True, slots=True)
class Cut:
    """The partitions that are published, each of the same people."""

    groups: tuple[Cell, ...]
    members: tuple[Cell, ...]
    counties: tuple[tuple[Cell, Cell], ...]  # (counties, their members)


def cut(
    atoms: Atoms, county_of: Mapping[str, str], kept: MergePlan, k: int, *, margin: int = MARGIN
) -> Cut | None:
    """The finest cut that reveals nobody and is no finer than the kept plan; None where all are under k."""
    k = max(k, FLOOR)
    people = Counter({key: n for key, n in atoms.items() if n > 0})
    if people.total() < k:
        return None
    by_group, by_member = _margins(people)
    members = _nested(_cells(by_member, kept.groups), by_member, county_of, (k, k + margin))
    groups = _merged(_cells(by_group, _roles(kept)), by_group, k)
    while pair := _leak(groups, members, people, k):
        members = _joined(members, pair, by_member, county_of)
    return Cut(_ordered(groups), _ordered(members), _counties(members, county_of))


def grown(kept: MergePlan, made: Cut) -> MergePlan:
    """The kept plan with what the cut merged: never finer than before."""
    groups = dict(kept.groups)
    for prefix, cells in (("", made.members), (_GROUP, made.groups)):
        for cell in cells:
            if len(cell) > 1:
                groups.update(
                    dict.fromkeys((prefix + each for each in cell), prefix + "+".join(sorted(cell)))
                )
    return MergePlan(dict(sorted(groups.items())))


def as_cut(cells: Iterable[PublishedCell]) -> MergePlan:
    """The plan by which these published cells were merged."""
    groups: dict[str, str] = {}
    prefixes = {Dimension.MEMBER: "", Dimension.GROUP: _GROUP}
    for cell in cells:
        prefix = prefixes.get(cell.dimension)
        if prefix is not None and len(cell.key) > 1:
            groups.update(dict.fromkeys((prefix + each for each in cell.key), prefix + "+".join(cell.key)))
    return MergePlan(groups)


def _margins(people: Counter[tuple[str, str]]) -> tuple[Counter[str], Counter[str]]:
    by_group: Counter[str] = Counter()
    by_member: Counter[str] = Counter()
    for (group, member), n in people.items():
        by_group[group] += n
        by_member[member] += n
    return by_group, by_member


def _roles(kept: MergePlan) -> Mapping[str, str]:
    return {key.removeprefix(_GROUP): cell for key, cell in kept.groups.items() if key.startswith(_GROUP)}


def _cells(present: Iterable[str], kept: Mapping[str, str]) -> list[Cell]:
    """Cells of those present, merged as the kept plan has them; absent ones of the same cell come along."""
    cells: dict[str, set[str]] = {}
    for each in present:
        cells.setdefault(kept.get(each, each), set()).add(each)
    for each, name in kept.items():
        if name in cells:
            cells[name].add(each)
    return [frozenset(cell) for cell in cells.values()]


def _size(cell: Collection[str], counts: Mapping[str, int]) -> int:
    return sum(counts.get(each, 0) for each in cell)


def _by_size(cells: Iterable[Cell], counts: Mapping[str, int]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (_size(cell, counts), sorted(cell)))


def _two_smallest_merged(cells: Sequence[Cell], counts: Mapping[str, int]) -> list[Cell]:
    first, second, *rest = _by_size(cells, counts)
    return [first | second, *rest]


def _merged(cells: Sequence[Cell], counts: Mapping[str, int], enough: int) -> list[Cell]:
    """The smallest merged with the next smallest until each has enough, or one is left."""
    found = list(cells)
    while len(found) > 1 and min(_size(cell, counts) for cell in found) < enough:
        found = _two_smallest_merged(found, counts)
    return found


def _nested(
    cells: Sequence[Cell], counts: Mapping[str, int], county_of: Mapping[str, str], bounds: tuple[int, int]
) -> list[Cell]:
    """Member cells of at least the second bound where their county allows it, the first everywhere."""
    k, wanted = bounds
    by_county: dict[frozenset[str], list[Cell]] = {}
    for cell in cells:
        by_county.setdefault(_counties_of(cell, county_of), []).append(cell)
    found = [cell for county in by_county.values() for cell in _merged(county, counts, wanted)]
    return _merged_across(found, counts, k)


def _merged_across(cells: Sequence[Cell], counts: Mapping[str, int], k: int) -> list[Cell]:
    """Counties that cannot reach k become one cell; if it is too small yet, the smallest other joins."""
    small = [cell for cell in cells if _size(cell, counts) < k]
    rest = _by_size((cell for cell in cells if _size(cell, counts) >= k), counts)
    if not small:
        return rest
    pool: Cell = frozenset().union(*small)
    while rest and _size(pool, counts) < k:
        pool |= rest.pop(0)
    return [pool, *rest]


def _counties_of(cell: Cell, county_of: Mapping[str, str]) -> frozenset[str]:
    return frozenset(county_of.get(each, "") for each in cell)


def _counties(members: Sequence[Cell], county_of: Mapping[str, str]) -> tuple[tuple[Cell, Cell], ...]:
    """Counties that a member cell ties together are one county cell."""
    found: list[tuple[Cell, Cell]] = []
    for cell in members:
        counties, inside = _counties_of(cell, county_of), cell
        for other in [other for other in found if other[0] & counties]:
            found.remove(other)
            counties, inside = counties | other[0], inside | other[1]
        found.append((counties, inside))
    return tuple(sorted(found, key=lambda pair: sorted(pair[0])))


def _ordered(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    return tuple(sorted(cells, key=sorted))


def _leak(
    groups: Sequence[Cell], members: Sequence[Cell], people: Atoms, k: int
) -> tuple[list[Cell], list[Cell]] | None:
    """Where sums of published cells isolate between 1 and k - 1 people, if they do.

    The member cells that lie wholly within the role cells that do so, and those that do not.
    """
    table = _table(groups, members, people)
    sets = (chosen for size in range(1, len(groups)) for chosen in combinations(range(len(groups)), size))
    for chosen in map(frozenset, sets):
        if 0 < _isolated(chosen, table) < k:
            within = [cell for cell, row in zip(members, table, strict=True) if chosen.issuperset(row)]
            return within, [cell for cell in members if cell not in within]
    return None


def _joined(
    members: Sequence[Cell],
    leak: tuple[list[Cell], list[Cell]],
    counts: Mapping[str, int],
    county_of: Mapping[str, str],
) -> list[Cell]:
    """The members' cells with the smallest inner one joined to an outer one, so that it isolates nobody."""
    within, without = leak
    inner = _by_size(within, counts)[0]
    largest = Counter[frozenset[str]]()
    for cell in members:
        largest[_counties_of(cell, county_of)] += _size(cell, counts)

    def place(cell: Cell) -> tuple[bool, int, int, list[str]]:
        home = _counties_of(cell, county_of)
        return home != _counties_of(inner, county_of), -largest[home], _size(cell, counts), sorted(cell)

    outer = min(without, key=place)
    return [cell for cell in members if cell not in (inner, outer)] + [inner | outer]


def _table(groups: Sequence[Cell], members: Sequence[Cell], people: Atoms) -> list[dict[int, int]]:
    """For each member cell: role cell → people."""
    group_at = {each: i for i, cell in enumerate(groups) for each in cell}
    member_at = {each: i for i, cell in enumerate(members) for each in cell}
    table: list[dict[int, int]] = [{} for _ in members]
    for (group, member), n in people.items():
        row = table[member_at[member]]
        row[group_at[group]] = row.get(group_at[group], 0) + n
    return table


def _isolated(chosen: frozenset[int], table: Sequence[Mapping[int, int]]) -> int:
    return sum(
        sum(n for group, n in row.items() if group in chosen) for row in table if not chosen.issuperset(row)
    )
