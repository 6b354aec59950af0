"""Worlds over the real database and the real transports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.send import real
from tests.send.dying import Worlds


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with its database, which each world is a copy of."""
    return real.prepared_folder(tmp_path_factory.mktemp("prepared") / "ws")


@pytest.fixture
def worlds(folder: Path, tmp_path: Path) -> Worlds:
    """New worlds."""
    return Worlds(folder, tmp_path)
