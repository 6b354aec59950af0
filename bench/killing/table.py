"""Many runs in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bench.killing.course import Found

_COLUMNS: dict[str, Callable[[Sequence[Found]], object]] = {
    "runs": len,
    "wrong": lambda runs: sum(bool(one.wrong) for one in runs),
    "kills": lambda runs: sum(one.kills for one in runs),
    "with letters under way": lambda runs: sum(one.under_way for one in runs),
    "faults of the server": lambda runs: sum(one.faults for one in runs),
    "letters handed over": lambda runs: sum(one.letters for one in runs),
    "lost": lambda runs: sum(one.lost for one in runs),
    "twice": lambda runs: sum(one.twice for one in runs),
    "in doubt after a kill, at most": lambda runs: max(one.in_doubt for one in runs),
    "and the bound of that": lambda runs: max(one.bound for one in runs),
    "in doubt after all kills": lambda runs: sum(one.doubts for one in runs),
    "decided by a person": lambda runs: sum(one.by_person for one in runs),
    "held for want of room": lambda runs: sum(one.held for one in runs),
    "seconds a run": lambda runs: f"{sum(one.seconds for one in runs) / len(runs):.1f}",
}


def totals(found: Sequence[Found]) -> str:
    """One column for each transport."""
    ways = list(dict.fromkeys(one.via for one in found))
    lines = ["| | " + " | ".join(ways) + " |", "|---|" + "---:|" * len(ways)]
    for name, value in _COLUMNS.items():
        cells = [_cell(value([one for one in found if one.via == via])) for via in ways]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def told(one: Found, folder: Path) -> str:
    """What went wrong in a run, and how to repeat it."""
    lines = [f"{one.via}, seed {one.seed}: {', '.join(one.wrong)}"]
    lines.append(f"  kept: {folder / f'{one.via}-{one.seed}'}")
    lines.append(f"  again: python -m bench.kill --via {one.via} --seed {one.seed} --runs 1")
    return "\n".join(lines)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
