"""What is public says what it is, and every test states its fact."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _is_overload(node: Definition) -> bool:
    return any("overload" in ast.unparse(mark) for mark in node.decorator_list)


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """The public classes and functions of a body, and those inside its public classes."""
    for node in body:
        if not isinstance(node, Definition) or node.name.startswith("_") or _is_overload(node):
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body, f"{prefix}{node.name}.")


def _silent(source: str) -> list[str]:
    tree = ast.parse(source)
    silent = [] if ast.get_docstring(tree) else ["1: the module"]
    silent += [f"{node.lineno}: {name}" for name, node in _public(tree.body) if not ast.get_docstring(node)]
    return silent


def _factless(source: str) -> list[str]:
    return [
        f"{node.lineno}: {node.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test")
        and not ast.get_docstring(node)
    ]


def test_public_things_have_docstrings() -> None:
    """Every public module, class and function of the program has a docstring."""
    found = [
        f"{file.relative_to(ROOT)}:{name}"
        for file in sorted((ROOT / "newsletter").rglob("*.py"))
        for name in _silent(file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_tests_have_docstrings() -> None:
    """Every test states its fact in a docstring."""
    found = [
        f"{file.relative_to(ROOT)}:{name}"
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        for name in _factless(file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "",
        '"""M."""\ndef f(): ...',
        '"""M."""\nclass C: ...',
        '"""M."""\nclass C:\n  """C."""\n  def f(self): ...',
    ],
)
def test_planted_silence_is_found(planted: str) -> None:
    """A module, function, class or method without a docstring is seen."""
    assert _silent(planted)


def test_private_things_may_be_silent() -> None:
    """Names with a leading underscore, and functions inside functions, need no docstring."""
    hidden = "def _f(): ...\nclass _C:\n  def g(self): ...\n"
    nested = 'def h():\n  """H."""\n  def i(): ...'
    assert not _silent(f'"""M."""\n{hidden}{nested}')
