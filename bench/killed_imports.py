"""Imports and erasures killed at moments drawn by chance: how many were as before, as after, or neither.

    .venv/bin/python -m bench.killed_imports [kills] [seed]

Each is the whole command in a process of its own, killed from outside (SIGKILL) at a moment spread over the
time that it takes, in a workspace of its own; then it is run once more, to its end.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.people.test_killed import ERASE, IMPORT, courses, ends, template

VERBS = {"people import": IMPORT, "people erase": ERASE}


def main(kills: int, seed: int) -> int:
    """Show the table; 1 where anything was half done, or stayed so."""
    wrong = 0
    print(f"| {kills} kills each, seed {seed} | before | after | half | ended first | whole the next time |")
    print("|---|---:|---:|---:|---:|---:|")
    for verb, words in VERBS.items():
        with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as name:
            model = Path(name) / "model"
            model.mkdir()
            before, after = ends(template(model), words)
            found: Counter[str] = Counter()
            for one in courses(model, words, kills, seed):
                found[{before: "before", after: "after"}.get(one.found, "half")] += 1
                found["ended"] += not one.killed
                found["mended"] += one.mended.people == after.people
        row = (found[key] for key in ("before", "after", "half", "ended", "mended"))
        print(f"| {verb} | {' | '.join(map(str, row))} |", flush=True)
        wrong += found["half"] + kills - found["mended"]
    return min(wrong, 1)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(asked + [60, 2026][len(asked) :])))
