"""What docs/privacy.md tells is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter.cli import COMMANDS
from newsletter.cli.people import command as people
from newsletter.model.settings import BackupRules, Privacy

PAGE = (Path(__file__).parents[2] / "docs/privacy.md").read_text("utf-8")


def test_every_command_is_there() -> None:
    """Each command that the page names exists."""
    named = set(re.findall(r"newsletter ([a-z]+)(?: ([a-z]+))?", PAGE)) - {("toml", "")}
    for verb, second in named:
        assert verb in COMMANDS
        if verb == "people":
            assert second in people.commands


@pytest.mark.parametrize("name", ["suppress", "export", "erase", "log", "tidy"])
def test_every_right_is_told(name: str) -> None:
    """Each command of a person's rights stands on the page."""
    assert f"newsletter people {name}" in PAGE


def test_the_terms_are_the_programs_own() -> None:
    """The retention table has the settings and their defaults."""
    told = dict(re.findall(r"`(?:\[backup\] )?(\w+) = (\d+)`", PAGE))
    privacy = Privacy()
    terms = {name: str(getattr(privacy, name)) for name in Privacy.__dataclass_fields__}
    assert told == {**terms, "keep": str(BackupRules().keep)}
