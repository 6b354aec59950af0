"""Headings: the levels that a letter shows follow on each other, whatever was written.

Level 1 is the letter's title, so text begins at 2. A screen reader's list of headings has no gaps even where
the number of ``#`` was chosen for its looks; what was written is kept for the check to speak of.
"""

from __future__ import annotations

_LOWEST = 4  # a letter has no use for more


class Outline:
    """The headings that are open at a place in the text.

    `step` is how much deeper all headings stand than they were written: 1 in a text whose sections all
    begin with a single ``#``. A lone ``#`` is another title, and is read as ``##``.
    """

    def __init__(self, step: int = 0) -> None:
        self._step = step
        self._open: list[int] = []

    def level(self, written: int) -> int:
        """The level of the next heading, 2 to 4."""
        depth = max(2, written + self._step)
        while self._open and self._open[-1] >= depth:
            self._open.pop()
        self._open.append(depth)
        return min(1 + len(self._open), _LOWEST)
