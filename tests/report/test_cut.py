"""No cell under k, and none to be had by subtraction: checked by other means than the cut's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

from newsletter.model.figure import MergePlan
from newsletter.report.cut import Cut, cut, grown

GROUPS = ("politiker", "tjanstepersoner", "foreningen", "partner", "media")
NOTHING = MergePlan()
Atom = tuple[str, str]


def random_list(rng: Random, members: int, largest: int) -> tuple[dict[Atom, int], dict[str, str]]:
    """People by group and member, as lopsided as real lists are: many small, whole groups at one member."""
    county_of = {f"m{i}": f"c{rng.randrange(4)}" for i in range(members)} | {"": ""}
    groups = rng.sample(GROUPS, rng.randint(1, len(GROUPS)))
    homes = {group: rng.sample(sorted(county_of), rng.randint(1, len(county_of))) for group in groups}
    size = {member: rng.randint(1, largest) for member in county_of}
    atoms = {(g, m): rng.randint(0, max(1, size[m] // rng.randint(1, 6))) for g in groups for m in homes[g]}
    return {atom: n for atom, n in atoms.items() if n}, county_of


def cells(made: Cut, atoms: Mapping[Atom, int]) -> list[frozenset[Atom]]:
    """Every published cell as the atoms that it counts."""
    by_group = [frozenset(a for a in atoms if a[0] in cell) for cell in made.groups]
    by_member = [frozenset(a for a in atoms if a[1] in cell) for cell in made.members]
    by_county = [frozenset(a for a in atoms if a[1] in inside) for _, inside in made.counties]
    return [frozenset(atoms), *by_group, *by_member, *by_county]


def size(cell: Iterable[Atom], atoms: Mapping[Atom, int]) -> int:
    return sum(atoms[each] for each in cell)


def reduced(row: list[Fraction], basis: Sequence[tuple[int, list[Fraction]]]) -> list[Fraction]:
    for pivot, other in basis:
        if row[pivot]:
            factor = row[pivot]
            row = [a - factor * b for a, b in zip(row, other, strict=True)]
    return row


def span(rows: Iterable[list[Fraction]]) -> list[tuple[int, list[Fraction]]]:
    """A basis of all sums and differences of the rows."""
    basis: list[tuple[int, list[Fraction]]] = []
    for row in rows:
        rest = reduced(row, basis)
        pivot = next((i for i, value in enumerate(rest) if value), None)
        if pivot is not None:
            basis.append((pivot, [value / rest[pivot] for value in rest]))
    return basis


def revealed(made: Cut, atoms: Mapping[Atom, int], k: int) -> list[tuple[Atom, ...]]:
    """Every set of under k people whose count follows from adding and subtracting published cells."""
    order = sorted(atoms)
    basis = span([Fraction(each in cell) for each in order] for cell in cells(made, atoms))
    return [
        chosen
        for count in range(1, len(order) + 1)
        for chosen in combinations(order, count)
        if size(chosen, atoms) < k and not any(reduced([Fraction(a in chosen) for a in order], basis))
    ]


def test_no_cell_is_under_k() -> None:
    """In 3,000 random lists no published cell has fewer than k, and each dimension counts everybody once."""
    rng = Random(20261117)
    for _ in range(3000):
        atoms, county_of = random_list(rng, rng.randint(1, 26), rng.choice((6, 20, 80)))
        k = rng.choice((5, 10, 20))
        made = cut(atoms, county_of, NOTHING, k)
        if made is None:
            assert sum(atoms.values()) < k
            continue
        assert min(size(cell, atoms) for cell in cells(made, atoms)) >= k
        for partition in (made.groups, made.members, [inside for _, inside in made.counties]):
            everyone = [each for cell in partition for each in cell]
            assert len(everyone) == len(set(everyone))
        assert sum(size(cell, atoms) for cell in cells(made, atoms)) == 4 * sum(atoms.values())


def test_no_difference_reveals_a_few() -> None:
    """In 400 small lists no sum or difference of published cells isolates fewer than k, by exact algebra."""
    rng = Random(7)
    checked = 0
    while checked < 400:
        atoms, county_of = random_list(rng, rng.randint(1, 4), 40)
        made = cut(atoms, county_of, NOTHING, 10)
        if made is None or len(atoms) > 9:
            continue
        checked += 1
        assert not revealed(made, atoms, 10), (atoms, county_of, made)


def test_the_algebra_sees_a_leak() -> None:
    """A cut that looks safe, 20 in the group against 17 in the member it lies around, gives 3 away."""
    atoms = {("partner", ""): 17, ("partner", "falun"): 3, ("politiker", "falun"): 30}
    naive = Cut(
        groups=(frozenset({"partner"}), frozenset({"politiker"})),
        members=(frozenset({""}), frozenset({"falun"})),
        counties=((frozenset({""}), frozenset({""})), (frozenset({"Dalarna"}), frozenset({"falun"}))),
    )
    assert (("partner", "falun"),) in revealed(naive, atoms, 10)
    made = cut(atoms, {"": "", "falun": "Dalarna"}, NOTHING, 10)
    assert made is not None
    assert not revealed(made, atoms, 10)


def test_the_plan_only_grows_coarser() -> None:
    """Through ten lists that change, those counted together once stay together."""
    rng = Random(3)
    for _ in range(60):
        plan, together = NOTHING, set[frozenset[str]]()
        for _ in range(10):
            atoms, _ = random_list(rng, 12, rng.choice((8, 30)))
            made = cut(atoms, {f"m{i}": f"c{i % 3}" for i in range(12)} | {"": ""}, plan, 10)
            if made is None:
                continue
            plan = grown(plan, made)
            for cell in (*made.members, *made.groups):
                together |= {frozenset(pair) for pair in combinations(sorted(cell), 2)}
            kept = [{each.removeprefix("group:") for each, name in plan.groups.items() if name == cell}
                    for cell in set(plan.groups.values())]  # fmt: skip
            assert all(any(pair <= cell for cell in kept) for pair in together)


def test_small_members_merge_within_their_county() -> None:
    """A member under k + 5 joins the smallest neighbour of its county, and no other county is touched."""
    atoms = {("politiker", m): n for m, n in {"a": 7, "b": 20, "c": 60, "d": 14, "e": 15}.items()}
    made = cut(atoms, {"a": "X", "b": "X", "c": "X", "d": "Y", "e": "Y"}, NOTHING, 10)
    assert made is not None
    assert made.members == (frozenset("ab"), frozenset("c"), frozenset("de"))


def test_a_county_that_cannot_reach_k_joins_others() -> None:
    """Counties under k are counted together, and where that is too few the smallest other one joins."""
    atoms = {("politiker", m): n for m, n in {"a": 4, "b": 3, "c": 30, "d": 50}.items()}
    made = cut(atoms, {"a": "X", "b": "Y", "c": "Z", "d": "W"}, NOTHING, 10)
    assert made is not None
    assert made.counties[1] == (frozenset("XYZ"), frozenset("abc"))


def test_k_has_a_floor() -> None:
    """No setting makes a cell of fewer than five."""
    assert cut({("politiker", "a"): 4}, {"a": "X"}, NOTHING, 1) is None
    assert cut({("politiker", "a"): 5}, {"a": "X"}, NOTHING, 1) is not None
