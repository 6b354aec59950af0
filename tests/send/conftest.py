"""Worlds over the real database and the real transports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from newsletter.model.letter import Letter
from newsletter.pipeline import proof
from newsletter.pipeline.check import Checked
from tests.send import real
from tests.send.dying import Worlds

_LETTERS: dict[tuple[tuple[str, ...], ...], tuple[Letter, ...]] = {}  # by the editions' keys
_FOUND: list[Checked] = []


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with its database, which each world is a copy of."""
    return real.prepared_folder(tmp_path_factory.mktemp("prepared") / "ws")


@pytest.fixture
def worlds(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worlds:
    """New worlds. All have the same issue, which is rendered and checked once: half of a run's time."""
    rendered, checked = proof.rendered, proof.looked_through

    def rendered_once(loaded: Any, keys: Iterable[tuple[str, ...]], ports: Any) -> tuple[Letter, ...]:
        wanted = tuple(keys)
        if wanted not in _LETTERS:
            _LETTERS[wanted] = rendered(loaded, wanted, ports)
        return _LETTERS[wanted]

    def checked_once(*given: Any) -> Checked:
        if not _FOUND:
            _FOUND.append(checked(*given))
        return _FOUND[0]

    monkeypatch.setattr(proof, "rendered", rendered_once)
    monkeypatch.setattr(proof, "looked_through", checked_once)
    return Worlds(folder, tmp_path)
