"""What docs/review.md tells is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from newsletter import config
from newsletter.cli import COMMANDS
from newsletter.cli.review import command
from newsletter.model.review import Certainty
from tests.send.world import SETTINGS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/review.md").read_text("utf-8")


def test_its_commands_exist() -> None:
    """Each command and option that the page names is there."""
    for verb, second in re.findall(r"newsletter ([a-z]+)(?: 2026-2 ([a-z]+))?", PAGE):
        assert verb in COMMANDS
        assert not second or second in command.commands
    options = {option for each in command.commands["approve"].params for option in each.opts}
    assert set(re.findall(r"--[a-z]+", PAGE)) <= options


def test_its_setting_is_read() -> None:
    """The setting is the program's own, as the page writes it."""
    (block,) = re.findall(r"((?:^    .*\n)+)", PAGE[PAGE.index("## Kräv") :], re.M)[:1]
    assert config.parse(SETTINGS + block.replace("    ", "")).sending.approvals == 2


def test_how_sure_it_is() -> None:
    """The one way of approving that there is today is told by its name."""
    assert f"`{Certainty.TERMINAL.value}`" in PAGE
