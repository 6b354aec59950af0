"""Letters, web versions and reports in a real browser: by day and by night, on a phone and on a desk."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.browser import pages
from tests.browser.conftest import Opened

SEEN = list(product(pages.NAMES, ("light", "dark"), (375, 1280)))
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("opened", SEEN, indirect=True, ids=["-".join(map(str, each)) for each in SEEN]),
]

# A letter is shown inside a mail program's own page, which has the landmarks; one more `main` would be wrong.
_PAGES_ALONE = ("landmark-one-main", "region")
# Text that shows, with the size at which it is drawn; a drawing is scaled with its frame.
_TEXTS = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
        const element = node.parentElement;
        if (!node.textContent.trim() || element.closest('style, script, title, desc')) continue;
        const box = element.getBoundingClientRect();
        if (!element.checkVisibility() || box.width < 2 || box.height < 2) continue;
        const scale = element.ownerSVGElement ? element.getScreenCTM().a : 1;
        found.push([scale * parseFloat(getComputedStyle(element).fontSize), node.textContent.trim()]);
    }
    return found;
}"""
_BUTTONS = """() => [...document.querySelectorAll('button, summary, input, select, .button a, .foot a.leave')]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.getBoundingClientRect(), each.textContent.trim()])
    .map(([box, text]) => [box.width, box.height, text])"""
_PICTURES = """() => [...document.images].filter((each) => !each.complete || !each.naturalWidth)
    .map((each) => each.src)"""


@pytest.mark.node
def test_nobody_is_shut_out(opened: Opened) -> None:
    """axe-core finds no fault, and nothing of contrast that it could not work out."""
    axe = pages.tool("axe-core/axe.min.js")
    if axe is None:
        pytest.skip("axe-core is not installed: make browser")
    opened.page.evaluate(Path(axe).read_text(encoding="utf-8"))
    off = _PAGES_ALONE if opened.file.name == "letter.html" else ()
    options = {"rules": {rule: {"enabled": False} for rule in off}}
    found = opened.page.evaluate("(options) => axe.run(options)", options)
    assert len(found["passes"]) > 10
    assert _told(found["violations"]) == []
    assert _told(each for each in found["incomplete"] if each["id"] == "color-contrast") == []


def _told(rules: Any) -> list[str]:
    return [f"{rule['id']}: {node['html'][:200]}" for rule in rules for node in rule["nodes"]]


def test_nobody_scrolls_sideways(opened: Opened) -> None:
    """The page is no wider than the screen."""
    width = opened.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_text_is_large_enough(opened: Opened) -> None:
    """No text is smaller than 14 px."""
    texts = opened.page.evaluate(_TEXTS)
    assert texts
    assert [(size, text) for size, text in texts if size < 13.99] == []


def test_buttons_are_large_enough_for_a_thumb(opened: Opened) -> None:
    """What looks like a button, or must be easy to hit, is at least 44 px each way."""
    assert [each for each in opened.page.evaluate(_BUTTONS) if min(each[0], each[1]) < 44] == []


def test_nothing_is_asked_of_anybody(opened: Opened) -> None:
    """The page and the pictures beside it are all that is read, and every picture is there."""
    home = opened.file.parent.as_uri()
    assert [url for url in opened.asked if not url.startswith((home, "data:"))] == []
    assert opened.page.evaluate(_PICTURES) == []
