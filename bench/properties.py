"""What must hold of lists whatever comes, 100,000 times: `python -m bench.properties [number]`.

A plain loop, seeded by the example's number, over the stage with the state in memory; what is asked is in
`tests/people/properties.py`, where the tests ask it of 2,000 examples that hypothesis draws.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random

from newsletter.model.mandates import Calendar
from newsletter.testing import readers
from newsletter.testing.store import MemoryStore
from tests.people import properties

NUMBER = 100_000
_CROWD = [readers.person(Random(2026), number) for number in range(40)]


def _split(random: Random) -> list[str]:
    return properties.unsplit(readers.expression(random), _CROWD, Calendar(readers.day(random)))


PROPERTIES: dict[str, Callable[[Random], list[str]]] = {
    "nobody who said no comes back, and nobody is written to twice": lambda random: properties.brought_back(
        properties.course(random), MemoryStore()
    ),
    "import of an export changes nothing": lambda random: properties.changed_by_its_export(
        properties.exported(random)
    ),
    "an expression and its negation split the list of 40": _split,
}


def main(number: int) -> int:
    """Show the table; 1 where anything did not hold, with the seeds."""
    wrong = 0
    print(f"| {number:,} examples each | did not hold | CPU seconds |\n|---|---:|---:|")
    for name, check in PROPERTIES.items():
        began = time.process_time()
        seeds = [seed for seed in range(number) if check(Random(seed))]
        print(f"| {name} | {len(seeds)} | {time.process_time() - began:.0f} |", flush=True)
        if seeds:
            print(f"seeds: {seeds[:20]}", file=sys.stderr)
        wrong += len(seeds)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER))
