"""What Outlook on Windows makes of a page: its conditional comments, opened and put in order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_CONDITION = re.compile(r"<!--\[if ([^\]]*)\]>(?:<!-->|-->)?|(?:<!--)?<!\[endif\]-->|<!\[endif\]-->")
_TAG = re.compile(r"<(/?)(table|tr|td|tbody|div)\b([^>]*)>", re.IGNORECASE)
_WIDTH = re.compile(r"(?<![-\w])width\s*[:=]\s*\"?\s*([\d.]+)(px|%)?")
_PAIRED = {"table", "tr", "td"}


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The tables that Outlook alone sees, in order, and what is wrong with how they open and close."""

    tables: tuple[tuple[str, tuple[str, ...]], ...]  # tag, its widths
    unbalanced: tuple[str, ...]


def skeleton(page: str) -> Skeleton:
    """The page's Outlook tables with their widths."""
    opened, depth = _opened(page)
    tables = tuple(
        (
            name.lower(),
            tuple(sorted(f"{number}{unit or 'px'}" for number, unit in _WIDTH.findall(attributes))),
        )
        for closing, name, attributes in _TAG.findall(_only_outlook(page))
        if not closing and name.lower() in _PAIRED
    )
    return Skeleton(tables, (*_mismatches(opened), *([f"{depth} comments left open"] if depth else [])))


def alike(ours: Skeleton, theirs: Skeleton) -> bool:
    """Whether the tables are the same and no width is a whole pixel off: node rounds, we keep the half."""
    return len(ours.tables) == len(theirs.tables) and all(
        tag == other and len(widths) == len(others) and all(map(_close, widths, others))
        for (tag, widths), (other, others) in zip(ours.tables, theirs.tables, strict=True)
    )


def _close(one: str, other: str) -> bool:
    if not (one.endswith("px") and other.endswith("px")):
        return one == other
    return abs(float(one[:-2]) - float(other[:-2])) < 1


def _is_for_outlook(condition: str) -> bool:
    return "mso" in condition and not condition.startswith("!")


def _pieces(page: str) -> list[tuple[str | None, str]]:
    """The page cut at its conditions: the condition (None outside), the text."""
    pieces: list[tuple[str | None, str]] = []
    condition, at = None, 0
    for found in _CONDITION.finditer(page):
        pieces.append((condition, page[at : found.start()]))
        condition, at = found[1], found.end()
    return [*pieces, (condition, page[at:])]


def _opened(page: str) -> tuple[str, int]:
    """The page as Outlook reads it, and how many comments never end."""
    pieces = _pieces(page)
    seen = "".join(text for condition, text in pieces if condition is None or _is_for_outlook(condition))
    begun = Counter("begin" if found[1] is not None else "end" for found in _CONDITION.finditer(page))
    return seen, begun["begin"] - begun["end"]


def _only_outlook(page: str) -> str:
    return "".join(text for condition, text in _pieces(page) if condition and _is_for_outlook(condition))


def _mismatches(opened: str) -> list[str]:
    stack: list[str] = []
    wrong: list[str] = []
    for closing, name, _ in _TAG.findall(re.sub(r"<!--.*?-->", "", opened, flags=re.DOTALL)):
        tag = name.lower()
        if not closing:
            stack.append(tag)
        elif not stack or stack.pop() != tag:
            wrong.append(f"</{tag}> closes nothing that stands open")
    return wrong + [f"<{tag}> is never closed" for tag in stack]
