"""Kill -9 at a random moment, go on, kill again: ten of the runs that `bench/kill.py` has hundreds of."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import kill
from bench.killing.course import Course, Found, Scale

RECIPIENTS, KILLS = 60, 2
SEEDS = range(1, 11)

Prepared = tuple[Path, Scale]


@pytest.fixture(scope="module", params=["sendgrid", "smtp"])
def via(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def prepared(via: str, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The workspace that every run is a copy of."""
    return kill.prepared(tmp_path_factory.mktemp("kill"), via, RECIPIENTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_twice_nobody_lost(via: str, prepared: Prepared, tmp_path: Path, seed: int) -> None:
    """By the server's record each recipient got one letter; no kill left more in doubt than was under way."""
    template, scale = prepared
    found: Found = Course(template, tmp_path / "run", via, seed, KILLS, scale).run()
    assert not found.wrong
    assert (found.lost, found.twice) == (0, 0)
    assert found.in_doubt <= found.bound
