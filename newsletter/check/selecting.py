"""Selectors: which elements of a page a rule is for (Selectors 4, as far as letters use them).

A state that a letter at rest is not in (:hover, :focus) matches nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import html

_LONGEST = 30  # steps; a longer selector is nobody's
_STEP = re.compile(
    r"\s*(?P<by>[>+~]|\s)?\s*(?P<tag>[A-Za-z][\w-]*|\*)?(?P<rest>(?:[.#][\w-]+|\[[^\]]*\]|::?[\w-]+(?:\([^)]*\))?)*)"
)
_PIECE = re.compile(r"[.#][\w-]+|\[[^\]]*\]|::?[\w-]+(?:\([^)]*\))?")
_ATTRIBUTE = re.compile(r"""\[\s*([\w-]+)\s*(?:([~|^$*]?=)\s*["']?(.*?)["']?)?\s*\]""")


@dataclass(frozen=True, slots=True)
class Step:
    """One compound selector and the way to it from the one before."""

    by: str  # "", " ", ">", "+" or "~"
    tag: str  # "" for any
    classes: frozenset[str]
    rest: tuple[str, ...]  # ids, attributes and pseudo-classes


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector without commas; specificity as (ids, classes and the like, tags)."""

    steps: tuple[Step, ...]
    specificity: tuple[int, int, int]


def selectors(text: str) -> tuple[Selector, ...]:
    """The selectors of a rule; one that cannot be read is left out."""
    read = (_selector(part) for part in text.split(","))
    return tuple(selector for selector in read if selector)


def matches(selector: Selector, element: html.HtmlElement) -> bool:
    """Whether the element is one that the selector is for."""
    return _reaches(selector.steps, len(selector.steps) - 1, element, set())


def _selector(text: str) -> Selector | None:
    steps: list[Step] = []
    text, at = text.strip(), 0
    while at < len(text):
        found = _STEP.match(text, at)
        if not found or found.end() == at or not (found["tag"] or found["rest"]):
            return None
        steps.append(_step(found, first=not steps))
        at = found.end()
    return Selector(tuple(steps), _specificity(steps)) if 0 < len(steps) <= _LONGEST else None


def _step(found: re.Match[str], *, first: bool) -> Step:
    pieces = _PIECE.findall(found["rest"])
    tag = (found["tag"] or "").lower()
    return Step(
        by="" if first else (found["by"] or " ").strip() or " ",
        tag="" if tag == "*" else tag,
        classes=frozenset(piece[1:] for piece in pieces if piece[0] == "."),
        rest=tuple(piece for piece in pieces if piece[0] != "."),
    )


def _specificity(steps: list[Step]) -> tuple[int, int, int]:
    ids = sum(piece[0] == "#" for step in steps for piece in step.rest)
    others = sum(len(step.classes) + len(step.rest) for step in steps) - ids
    return ids, others, sum(bool(step.tag) for step in steps)


def _reaches(
    steps: tuple[Step, ...], at: int, element: html.HtmlElement, failed: set[tuple[int, html.HtmlElement]]
) -> bool:
    """Whether the steps up to `at` end at the element. No way is tried twice, however many there are."""
    step = steps[at]
    if not _is(step, element) or (at, element) in failed:
        return False
    if at == 0 or any(_reaches(steps, at - 1, each, failed) for each in _before(step.by, element)):
        return True
    failed.add((at, element))
    return False


def _before(by: str, element: html.HtmlElement) -> list[html.HtmlElement]:
    """The elements from which one step leads to this one."""
    if by == " ":
        return list(element.iterancestors())
    if by == ">":
        return [] if element.getparent() is None else [element.getparent()]
    earlier = [each for each in element.itersiblings(preceding=True) if isinstance(each.tag, str)]
    return earlier[:1] if by == "+" else earlier


def _is(step: Step, element: html.HtmlElement) -> bool:
    if step.tag and step.tag != element.tag:
        return False
    if step.classes and not step.classes <= set(element.get("class", "").split()):
        return False
    return all(_has(piece, element) for piece in step.rest)


def _has(piece: str, element: html.HtmlElement) -> bool:
    if piece[0] == "#":
        return bool(element.get("id") == piece[1:])
    if piece[0] == "[":
        return _has_attribute(piece, element)
    match piece.lstrip(":"):
        case "root":
            return element.getparent() is None
        case "link" | "any-link":
            return element.tag == "a" and element.get("href") is not None
        case "first-child":
            return element.getparent() is not None and element.getprevious() is None
        case "last-child":
            return element.getparent() is not None and element.getnext() is None
    return False


def _has_attribute(piece: str, element: html.HtmlElement) -> bool:
    found = _ATTRIBUTE.fullmatch(piece)
    value = element.get(found[1]) if found else None
    if found is None or value is None:
        return False
    wanted = found[3] or ""
    match found[2]:
        case None:
            return True
        case "=":
            return bool(value == wanted)
        case "~=":
            return wanted in value.split()
        case "|=":
            return bool(value == wanted or value.startswith(f"{wanted}-"))
        case "^=":
            return bool(value.startswith(wanted))
        case "$=":
            return bool(value.endswith(wanted))
    return wanted in value
