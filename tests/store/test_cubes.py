"""What was published, over the fake and the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter.edges.store import Store
from newsletter.errors import StateError
from newsletter.model.figure import ArticleCell, Cell, Counts, Cube, Dimension, MergePlan
from newsletter.ports import Cubes
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore

State = Store | MemoryStore

CUBE = Cube(
    issue="2026-2",
    sending="sending-2026-2",
    planned_at=NOON,
    until=NOON + timedelta(days=2),
    counts=Counts(sent=50, delivered=48, hard=2),
    cells=(Cell(Dimension.ALL, (), 48, readers=12), Cell(Dimension.COUNTY, ("Dalarna", "Gävleborg"), 48)),
    articles=(ArticleCell("ny-jarnvag", (), 48, readers=7),),
    titles={"ny-jarnvag": "Ny järnväg"},
)


def test_published(state: State) -> None:
    """A cube comes back as it was published, by its issue."""
    port: Cubes = state.cubes
    assert port.published("2026-2") is None
    port.publish(CUBE)
    assert port.published("2026-2") == CUBE


def test_later_counts(state: State) -> None:
    """A later cube of the same sending takes the place of the first while the cut is the same."""
    later = replace(CUBE, cells=(replace(CUBE.cells[0], readers=20), CUBE.cells[1]))
    state.cubes.publish(CUBE)
    state.cubes.publish(later)
    assert state.cubes.published("2026-2") == later


@pytest.mark.parametrize(
    "other", [replace(CUBE, cells=CUBE.cells[:1]), replace(CUBE, sending="another")], ids=["cut", "sending"]
)
def test_never_cut_again(state: State, other: Cube) -> None:
    """Another cut, or another sending of the issue, is refused and the published cube stays."""
    state.cubes.publish(CUBE)
    with pytest.raises(StateError):
        state.cubes.publish(other)
    assert state.cubes.published("2026-2") == CUBE


def test_merge_plan(state: State) -> None:
    """The plan is what was kept last; an empty one is a plan too."""
    assert state.cubes.merge_plan() is None
    for plan in (MergePlan(), MergePlan({"a": "a+b", "b": "a+b"}), MergePlan({"a": "a+b", "b": "a+b"})):
        state.cubes.keep_merge_plan(plan)
        assert state.cubes.merge_plan() == plan


def test_coarser(state: State) -> None:
    """Cells may grow together and take in more."""
    state.cubes.keep_merge_plan(MergePlan({"a": "a+b", "b": "a+b"}))
    coarser = MergePlan(dict.fromkeys("abc", "a+b+c"))
    state.cubes.keep_merge_plan(coarser)
    assert state.cubes.merge_plan() == coarser


@pytest.mark.parametrize(
    "finer",
    [MergePlan(), MergePlan({"a": "a+c", "c": "a+c"}), MergePlan({"a": "a+c", "b": "b+d"})],
    ids=["none", "one", "both"],
)
def test_never_finer(state: State, finer: MergePlan) -> None:
    """What was counted together is never parted."""
    kept = MergePlan({"a": "a+b", "b": "a+b"})
    state.cubes.keep_merge_plan(kept)
    with pytest.raises(StateError):
        state.cubes.keep_merge_plan(finer)
    assert state.cubes.merge_plan() == kept
