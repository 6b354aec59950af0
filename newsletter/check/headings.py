"""Headings: those of the HTML part stand in the text part, and those of the text part in the HTML.

A heading of the text part is a line with a line of ``=`` or ``-`` below it that is as long. What is a heading
in the HTML may be less in the text, such as the title of a news item; but it has a line of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from newsletter.check.finding import warning
from newsletter.check.page import Page
from newsletter.check.prose import Said, place
from newsletter.check.reference import TEMPLATE
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter

_LINE = re.compile(r"([=-])\1*")
_ADDED = re.compile(r"\s\[\d+\]|~~")  # by the text part: a link's number, and marks around what is struck
_BULLET = re.compile(r"(?:- |\d+\. )*")
_MOST_LINES = 4  # of one heading


def findings(letter: Letter, told: Sequence[Said], seen: Page) -> Iterator[Finding]:
    """The headings that only one part of the letter has."""
    page = Counter(_bare(heading) for _, heading in seen.headings if heading)
    text = _ADDED.sub("", letter.text)
    for heading, count in page.items():
        if _alone(heading, text) < count:
            yield _lost(letter, heading, "textdelen", told)
    shown = page + Counter(map(_bare, seen.columns))
    for readings in _underlined([line.strip() for line in letter.text.split("\n")]):
        meant = next((each for each in readings if shown[each] > 0), "")
        shown[meant] -= 1
        if not meant:
            written = (each for each in reversed(readings) if place(each, told))
            yield _lost(letter, next(written, readings[0]), "HTML-delen", told)


def _bare(heading: str) -> str:
    return " ".join(_ADDED.sub("", heading).split())


def _underlined(lines: Sequence[str]) -> Iterator[list[str]]:
    """The headings of the text part, each as it may be read: nothing says on which line a long one begins."""
    for at, line in enumerate(lines):
        if not _LINE.fullmatch(line):
            continue
        readings: list[str] = []
        for first in range(at - 1, max(at - 1 - _MOST_LINES, -1), -1):
            if not lines[first]:
                break
            above = [_BULLET.sub("", lines[first], count=1), *lines[first + 1 : at]]
            if max(map(len, above)) == len(line):
                readings.append(_bare(" ".join(above)))
        if readings:
            yield readings


def _alone(heading: str, text: str) -> int:
    """How many times the heading has a line, or a few, for itself."""
    words = r"\s+".join(map(re.escape, heading.split()))
    return len(re.findall(rf"^[ ]*{_BULLET.pattern}{words}[ ]*$", text, re.MULTILINE))


def _lost(letter: Letter, heading: str, part: str, told: Sequence[Said]) -> Finding:
    return warning(
        "heading-lost",
        f"Rubriken ”{heading}” saknas i {part}.",
        place(heading, told) or TEMPLATE,
        why="Den som läser den delen ser inte var något nytt börjar, och den som lyssnar hittar inte dit.",
        do="Skriv rubriken i issue.md, och visa den i mallen med heading(2, block.title).",
        edition=letter.edition,
    )
