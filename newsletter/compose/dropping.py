"""A news.toml without some of its picks, every other character as it was."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from newsletter.compose.picks import picks, picks_text
from newsletter.errors import InputError
from newsletter.model.where import Where


def without(text: str, path: str, ids: Collection[str]) -> str:
    """The text without the picks of these ids; notes before the next pick stay with that.

    Raises Problems for mistakes in the text, InputError where it cannot be cut without harm.
    """
    found, lines = picks(text, path), text.split("\n")
    ends = [*(pick.line - 1 for pick in found[1:]), len(lines)]
    for pick, end in reversed(list(zip(found, ends, strict=False))):  # no picks have one end
        if pick.id in ids:
            del lines[pick.line - 1 : _end(lines, pick.line, end)]
    rest = "\n".join(lines)
    kept = [pick for pick in found if pick.id not in ids]
    if picks_text(picks(rest, path)) != picks_text(kept):
        raise InputError(
            "Nyheten går inte att ta bort.",
            where=Where(path),
            why="Filen är skriven så att något annat skulle följa med.",
            do="Ta bort raderna för hand, från [[item]] till nästa [[item]].",
        )
    return rest


def _end(lines: Sequence[str], start: int, end: int) -> int:
    """Where the pick's own lines end: comments and blanks after them belong to what follows."""
    while end > start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end + 1 if end < len(lines) and not lines[end].strip() else end
