"""Mistakes are gathered, so that one reading of a text reports them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from newsletter.errors import Problem, Problems
from newsletter.model.where import Where


@dataclass(slots=True)
class Mistakes:
    """What was found wrong in one file so far."""

    file: str
    found: dict[Problem, None] = field(default_factory=dict)  # in the order found, each once

    def add(self, line: int, what: str, why: str = "", do: str = "") -> None:
        """Note a mistake on a line (from 1); the same one on the same line is noted once."""
        self.found[Problem(what, Where(self.file, max(line, 1)), why, do)] = None

    def raise_if_any(self) -> None:
        """Raise Problems with all mistakes in the order of the file."""
        Problems.raise_if(sorted(self.found, key=lambda problem: problem.where.line if problem.where else 0))


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is spelled most like this one; empty where none is like it."""
    close = get_close_matches(word.casefold()[:60], list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def meant(word: str, known: Iterable[str]) -> str:
    """What to do about an unknown word: the nearest spelling, or all that can be written."""
    words = list(known)
    close = nearest(word, words)
    return f"Menade du ”{close}”?" if close else f"Det som kan stå här är {', '.join(words)}."


def shown(text: str, limit: int = 60) -> str:
    """Text as a message shows it: printable, and not too long."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return printable if len(printable) <= limit else printable[: limit - 1] + "…"
