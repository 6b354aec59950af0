"""Style sheets and style attributes, read as far as letters use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(
    r"""(?P<name>-{0,2}[A-Za-z_][\w-]*)\s*:\s*(?P<value>(?:[^;"'(]|"[^"]*"|'[^']*'|\((?:[^()]|\([^()]*\))*\))+)"""
)
_IMPORTANT = re.compile(r"\s*!\s*important\s*$", re.IGNORECASE)
_CONDITIONAL = ("@media", "@supports")
_DEEPEST = 5  # conditions within conditions


@dataclass(frozen=True, slots=True)
class Declaration:
    """One property and its value, both as written but for the property's case."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector (or an at-rule's name) and what it declares, under a condition that may be empty."""

    condition: str
    selector: str
    declarations: tuple[Declaration, ...]


def rules(css: str) -> tuple[Rule, ...]:
    """The rules in their order; those of ``@media`` and ``@supports`` carry the condition."""
    return tuple(_rules(_COMMENT.sub(" ", css), "", 0))


@lru_cache(maxsize=2048)  # a letter repeats the few styles of its templates
def declarations(text: str) -> tuple[Declaration, ...]:
    """The declarations of a block or of a style attribute."""
    return tuple(
        Declaration(found["name"].lower(), *_importance(found["value"].strip()))
        for found in _DECLARATION.finditer(text)
    )


def _importance(value: str) -> tuple[str, bool]:
    bare = _IMPORTANT.sub("", value)
    return bare, bare != value


def _rules(css: str, condition: str, depth: int) -> Iterator[Rule]:
    for prelude, body in _blocks(css):
        if prelude.startswith(_CONDITIONAL) and depth < _DEEPEST:
            inner = f"{condition} and {prelude}" if condition else prelude
            yield Rule(inner, prelude.split()[0], ())
            yield from _rules(body, inner, depth + 1)
        else:
            yield Rule(condition, prelude, declarations(body))


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each prelude and what stands within its braces; a statement such as @import has no body."""
    at = depth = opened = 0
    prelude = ""
    for found in re.finditer(r"[{};]", css):
        sign, here = found[0], found.start()
        if sign == "{":
            if depth == 0:
                prelude, opened = css[at:here].strip(), here + 1
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                yield prelude, css[opened:here]
                at = here + 1
        elif depth == 0:
            if statement := css[at:here].strip():
                yield statement, ""
            at = here + 1
