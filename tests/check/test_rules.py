"""Every rule is told of where people look for it, and is found where it is told of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.check import RULES
from newsletter.model.finding import Severity

ROOT = Path(__file__).parents[2]
WORDS = {Severity.ERROR: "fel", Severity.WARNING: "varning"}
_ROW = re.compile(r"^\| `([a-z-]+)` \| (\w+) \| (.+?) \| (ja|nej) \|$", re.MULTILINE)


def _texts(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may be."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from (*_texts(body), *_texts(other))


def _found_in_code() -> set[str]:
    """The rules that the check's modules make findings of."""
    calls = (
        node
        for file in (ROOT / "newsletter/check").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
    )
    return {
        text
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("error", "warning", "say")
        for text in _texts(call.args[0])
    }


def test_each_finding_is_of_a_rule_that_is_listed() -> None:
    """The rules in the code are those of the table, no more and no fewer."""
    assert _found_in_code() == set(RULES)


def test_each_rule_is_documented_as_it_is() -> None:
    """docs/checks.md has each rule once, with its gravity, its words and whether it may stand."""
    rows = _ROW.findall((ROOT / "docs/checks.md").read_text("utf-8"))
    told = {
        rule: (WORDS[each.severity], each.about, "ja" if each.may_stand else "nej")
        for rule, each in RULES.items()
    }
    assert len(rows) == len(told)
    assert {rule: tuple(rest) for rule, *rest in rows} == told


@pytest.mark.parametrize("rule", RULES)
def test_names_are_steady_and_plain(rule: str) -> None:
    """A rule's name is kebab-case English, as it is written in an allowance."""
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", rule)
