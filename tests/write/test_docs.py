"""The page for the communicator says all that can be written, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter import write
from newsletter.write.fences import KEYS, NAMES
from newsletter.write.front import KEYS as FRONT_KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "writing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```markdown\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
HEAD = EXAMPLES[0].split("\n\n")[0]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split("\n")[0])
def test_every_example_is_right(example: str) -> None:
    """Each example on the page is an issue, or a part of one, without mistakes."""
    text = example if example.startswith("---") else f"{HEAD}\n\n{example}"
    assert write.issue(text, "issue.md", issue_id="2026-2").blocks


@pytest.mark.parametrize(
    "name",
    [*NAMES, "för", "for", *FRONT_KEYS, *sorted({key for keys in KEYS.values() for key in keys})],
)
def test_every_name_is_described(name: str) -> None:
    """Every block, every value of a block and every key of the front matter is on the page."""
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", [*list(NAMES)[::2], "för"])
def test_every_block_has_an_example(name: str) -> None:
    """Each block's Swedish name, which stands before the English one, is used in an example."""
    assert any(re.search(rf"^:+ {name}\b", example, re.MULTILINE) for example in EXAMPLES)
