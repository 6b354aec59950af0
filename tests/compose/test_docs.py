"""The page for the communicator tells of news.toml as it is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter import compose
from newsletter.compose.picks import KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "writing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_right(example: str) -> None:
    """Each item on the page reads without mistakes."""
    assert compose.picks(example, "news.toml")


def test_every_key_is_described_and_shown() -> None:
    """Every key that an item may have stands in the table and in an example."""
    assert [key for key in KEYS if f"`{key}`" not in PAGE] == []
    assert [key for key in KEYS if not re.search(rf"^{key} = ", "".join(EXAMPLES), re.MULTILINE)] == []
