"""Letters counted into the cube, against a second, plain computation."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from newsletter import report
from newsletter.model.figure import (
    ArticleCell,
    Cell,
    Clicks,
    Cube,
    Dimension,
    Fate,
    MergePlan,
    cube_from_json,
    cube_json,
    merge_plan_from_json,
    merge_plan_json,
)

Make = Callable[..., Any]


def cells(cube: Cube, dimension: Dimension) -> dict[tuple[str, ...], Cell]:
    return {cell.key: cell for cell in cube.cells if cell.dimension is dimension}


def test_every_count_is_what_a_plain_count_gives(the_sending: Make, the_letters: Make) -> None:
    """Fates, cells and articles equal sums over the letters, written as figures.md says them."""
    given = the_letters()
    cube, _ = report.cube(the_sending(), given, plan=MergePlan(), k=10)
    came = [(d, r) for d, r in given if r.fate is Fate.DELIVERED]
    counts = cube.counts
    assert (counts.sent, counts.delivered) == (len(given), len(came))
    assert counts.hard + counts.soft == len(given) - len(came)
    (whole,) = cells(cube, Dimension.ALL).values()
    assert (whole.n, whole.readers) == (len(came), sum(bool(r.read) for _, r in came))
    for key, cell in cells(cube, Dimension.COUNTY).items():
        here = [r for d, r in came if d.county in key]
        assert (cell.n, cell.readers) == (len(here), sum(bool(r.read) for r in here))
    for key, cell in cells(cube, Dimension.GROUP).items():
        here = [r for d, r in came if d.group in key]
        assert (cell.n, cell.readers) == (len(here), sum(bool(r.read) for r in here))
    assert cube.clicks.machine == 3 * len(given)


def test_members_have_a_class_and_no_number_of_readers(counted: Make, the_letters: Make) -> None:
    """A member's cell says how many got the letter and in which class its share lies, no more."""
    came = [(d, r) for d, r in the_letters() if r.fate is Fate.DELIVERED]
    for (member,), cell in cells(counted(), Dimension.MEMBER).items():
        share = sum(bool(r.read) for d, r in came if d.member == member) / cell.n
        assert cell.readers is None
        assert cell.band == sum(share >= limit for limit in (0.1, 0.2, 0.3))


def test_an_article_is_counted_among_those_who_got_it(counted: Make, the_letters: Make) -> None:
    """An article of one edition has that edition's letters as its whole."""
    came = [d for d, r in the_letters() if r.fate is Fate.DELIVERED]
    found = {(cell.block, cell.key): cell for cell in counted().articles}
    officials = sum(d.group == "tjanstepersoner" for d in came)
    assert found["vagen", ()].n == len(came)
    assert found["fonden", ()].n == officials
    assert found["fonden", ("politiker",)].n == 0
    assert not any(block.startswith("kalender") for block, _ in found)


def test_the_order_of_letters_does_not_matter(the_sending: Make, the_letters: Make) -> None:
    """The same letters in any order give the same bytes."""
    given = the_letters()
    first, _ = report.cube(the_sending(), given, plan=MergePlan(), k=10)
    Random(5).shuffle(given)
    assert cube_json(report.cube(the_sending(), given, plan=MergePlan(), k=10)[0]) == cube_json(first)


@pytest.mark.parametrize("mode", ["none", "provider"])
@pytest.mark.parametrize("count", [3, 9, 40, 400])
def test_a_cube_survives_its_json(counted: Make, mode: str, count: int) -> None:
    """What is kept as text comes back the same, and the text is canonical."""
    cube = counted(mode=mode, count=count)
    text = cube_json(cube)
    assert cube_from_json(text) == cube
    assert cube_json(cube_from_json(text)) == text


def test_a_plan_survives_its_json() -> None:
    """So does the plan."""
    plan = MergePlan({"å": "å+ä", "ä": "å+ä", "group:media": "group:media+partner"})
    assert merge_plan_from_json(merge_plan_json(plan)) == plan


def test_another_schema_is_refused() -> None:
    """Text that is no cube of ours is not guessed at."""
    with pytest.raises(ValueError, match="schema"):
        cube_from_json('{"schema":99}')


def test_under_k_nothing_of_reading_is_published(counted: Make) -> None:
    """A sending to fewer than k has its deliveries counted and no cell."""
    cube = counted(count=9)
    assert cube.counts.sent == 9
    assert cube.cells == ()
    assert cube.articles == ()
    assert cube.clicks == Clicks()


def test_without_measuring_there_are_no_readers(counted: Make) -> None:
    """In mode none the cells have letters alone, and there are no articles."""
    cube = counted(mode="none")
    assert cube.cells
    assert all(cell.readers is None and cell.band is None for cell in cube.cells)
    assert cube.articles == ()


def test_while_letters_are_awaited_only_the_total_is_shown(
    the_sending: Make, the_letters: Make, pairs: Make
) -> None:
    """Cells that could yet change are not published, and the plan is not touched."""
    given = the_letters()
    cube, plan = report.cube(
        the_sending(), given[:40] + pairs(given[40:], fate=Fate.PENDING), plan=MergePlan(), k=10
    )
    assert [cell.dimension for cell in cube.cells] == [Dimension.ALL]
    assert not report.is_whole(cube)
    assert plan == MergePlan()


def test_a_published_cube_is_cut_the_same_again(the_sending: Make, the_letters: Make, pairs: Make) -> None:
    """Late news changes counts and not the cut, though a cell now has fewer than k + 5."""
    given = [(d, r) for d, r in the_letters() if r.fate is Fate.DELIVERED]
    hofors = [pair for pair in given if pair[0].member == "hofors"][:15]
    rest = [pair for pair in given if pair[0].member != "hofors"]
    first, plan = report.cube(the_sending(), rest + hofors, plan=MergePlan(), k=10)
    late = rest + hofors[2:] + pairs(hofors[:2], fate=Fate.HARD)
    second, _ = report.cube(the_sending(), late, plan=plan, k=10, published=first)
    assert second.cut == first.cut
    assert cells(second, Dimension.MEMBER)["hofors",].n == 13


def test_readers_are_called_simulated_where_one_is(the_sending: Make, the_letters: Make, pairs: Make) -> None:
    """One simulated event marks the whole cube."""
    given = the_letters()
    mixed = given[1:] + pairs(given[:1], simulated=True)
    assert report.cube(the_sending(), mixed, plan=MergePlan(), k=10)[0].simulated
    assert not report.cube(the_sending(), given, plan=MergePlan(), k=10)[0].simulated


def possible(cube: Cube, block: str) -> list[set[int]]:
    """For each hidden part of an article, the values it can have, given all that is shown."""
    total = next(cell for cell in cube.articles if cell.block == block and not cell.key)
    parts = [cell for cell in cube.articles if cell.block == block and cell.key and cell.n]
    hidden = [cell for cell in parts if cell.readers is None]
    if total.readers is None or not hidden:
        return []
    rest = total.readers - sum(cell.readers or 0 for cell in parts)
    sums: list[tuple[int, ...]] = [()]
    for cell in hidden:
        most = 4 if cell.few else min(cell.n, rest)
        sums = [(*each, value) for each in sums for value in range(most + 1) if sum(each) + value <= rest]
    fit = [each for each in sums if sum(each) == rest]
    return [{each[i] for each in fit} for i in range(len(hidden))]


def test_no_hidden_part_of_an_article_can_be_worked_out(counted: Make) -> None:
    """In 60 cubes no part of under 5 is shown, and each hidden one has at least two possible values."""
    hidden = 0
    for seed in range(60):
        cube = counted(count=60 + 5 * seed, seed=seed)
        assert all(cell.readers is None or cell.readers >= 5 or not cell.n for cell in cube.articles)
        for block in {cell.block for cell in cube.articles}:
            found = possible(cube, block)
            hidden += len(found)
            assert all(len(values) > 1 for values in found), (seed, block, found)
    assert hidden


def test_too_few_readers_of_an_article_are_said_to_be_few(counted: Make) -> None:
    """An article with fewer than 5 readers has no number, and is marked so."""
    few = [cell for seed in range(40) for cell in counted(count=30, seed=seed).articles if not cell.key]
    assert ArticleCell in {type(cell) for cell in few}
    assert all(cell.few == (cell.readers is None) for cell in few)
