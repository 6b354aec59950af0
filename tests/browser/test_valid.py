"""Letters, web versions and reports are HTML by the standard, but for what mail programs force on MJML."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.browser import pages

pytestmark = pytest.mark.node

# Outlook on Windows lays out with Word, which knows these and little of CSS.
_FOR_OUTLOOK = "|".join(("align", "bgcolor", "cellpadding", "cellspacing", "valign", "width"))
_OF_LETTERS = (
    rf'no-deprecated-attr: Attribute "({_FOR_OUTLOOK})" is deprecated on <(table|td|th)> element',
    # MJML's: some programs drop the style, and would stretch a picture that is narrower than said.
    'attribute-allowed-values: Attribute "height" has invalid value "auto"',
    # MJML's: mail programs drop <article>, and keep <div role="article">.
    "prefer-native-element: Prefer to use the native <article> element",
)
_OF_REPORTS = (
    # On a phone the table is laid out as cards, and a browser then forgets that it was a table.
    'no-redundant-role: Redundant role "(table|row|rowgroup|rowheader|columnheader|cell)" on <t.*',
)


@pytest.fixture(scope="module")
def told(made: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[str]]:
    """What html-validate says of each page."""
    program = pages.tool("html-validate/bin/html-validate.mjs")
    if program is None:
        pytest.skip("html-validate is not installed: make browser")
    answer = tmp_path_factory.mktemp("valid") / "answer.json"  # a pipe would be cut short
    done = subprocess.run(
        ["node", program, f"--formatter=json={answer}", *_configured(), *map(str, made.values())],
        capture_output=True,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    found = {Path(each["filePath"]): _sayings(each["messages"]) for each in json.loads(answer.read_text())}
    return {name: found.get(file, []) for name, file in made.items()}


def _configured() -> Sequence[str]:
    return ("--config", str(pages.HERE / "htmlvalidate.json"))


def _sayings(messages: Sequence[Mapping[str, object]]) -> list[str]:
    return [f"{each['ruleId']}: {each['message']}" for each in messages]


def _allowed(name: str) -> Sequence[str]:
    return _OF_REPORTS if name == "report" else _OF_LETTERS


@pytest.mark.parametrize("name", pages.NAMES)
def test_the_page_is_valid(told: Mapping[str, Sequence[str]], name: str) -> None:
    """Nothing is wrong but what is allowed above, each with its reason."""
    assert [each for each in told[name] if not any(re.fullmatch(a, each) for a in _allowed(name))] == []


@pytest.mark.parametrize("allowed", [*_OF_LETTERS, *_OF_REPORTS])
def test_what_is_allowed_is_needed(told: Mapping[str, Sequence[str]], allowed: str) -> None:
    """No exception outlives its cause."""
    assert any(re.fullmatch(allowed, each) for sayings in told.values() for each in sayings)
