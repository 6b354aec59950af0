"""The gallery shows every block, from examples that are right, and stays small."""

from __future__ import annotations

import pytest
from PIL import Image

from docs.gallery import drawing, examples
from newsletter.model.issue import BlockKind
from newsletter.write import issue
from newsletter.write.fences import NAMES

EXAMPLES = examples.read()
HERE = examples.HERE


def test_every_kind_of_block_is_shown() -> None:
    """Each kind, plain text and what is for some alone included."""
    shown = issue(examples.text(EXAMPLES), "issue.md", issue_id=examples.ISSUE).blocks
    assert {block.kind for block in shown} == set(BlockKind)
    assert any(block.segments for block in shown)
    titles = " ".join(each.title for each in EXAMPLES)
    assert [name for name in (*NAMES, "för", "for") if f"`{name}`" not in titles] == []


def test_the_page_tells_what_the_examples_are() -> None:
    """README.md is what `make gallery` writes of the examples as they are now."""
    assert (HERE / "README.md").read_text(encoding="utf-8") == examples.page(EXAMPLES)


@pytest.mark.parametrize("each", EXAMPLES, ids=lambda each: each.name)
def test_every_example_has_its_pictures(each: examples.Example) -> None:
    """Four of them, of few colours, as wide as they say."""
    for width in examples.WIDTHS:
        for scheme in drawing.SCHEMES:
            with Image.open(HERE / examples.file_name(each, width, scheme)) as picture:
                assert (picture.width, picture.mode) == (width, "P")


def test_the_gallery_is_small() -> None:
    """No picture is there without its example, and all together weigh less than 1.5 MB."""
    pictures = list(HERE.glob("*.png"))
    assert len(pictures) == len(EXAMPLES) * len(examples.WIDTHS) * len(drawing.SCHEMES)
    assert sum(picture.stat().st_size for picture in pictures) < 1_500_000
