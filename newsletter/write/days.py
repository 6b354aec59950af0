"""Days as they are written in an issue: 2026-11-17 and nothing else."""

from __future__ import annotations

import re
from datetime import date

from newsletter.write.mistakes import Mistakes, shown

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def day(text: str, line: int, what: str, mistakes: Mistakes) -> date | None:
    """The day, or None and a mistake; `what` names the field in the message."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        mistakes.add(
            line,
            f"{what} ”{shown(text)}” är inget datum.",
            "Datum skrivs år-månad-dag, så att de inte kan missförstås.",
            "Skriv till exempel 2026-11-17.",
        )
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        mistakes.add(line, f"{what} ”{text.strip()}” finns inte i kalendern.", do="Rätta månad eller dag.")
        return None
