"""A segment of a million recipients, resolved: seconds and memory. `python -m bench.segments [people]`.

The people are made once, into a file of their own below the temporary folder, and each measure runs in a
process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from newsletter import people as stage
from newsletter.edges import store
from newsletter.model.mandates import Calendar
from newsletter.model.people import AllOf, Among, Field, Mandate, Member, Not, Recipient, Role, Segment

KEY = b"invented-key-for-the-bench-alone"
AT = datetime(2026, 11, 17, tzinfo=UTC)
CALENDAR = Calendar(AT.date())
MEMBERS = {
    f"m{number}": Member(f"m{number}", f"Medlem {number}", "kommun", f"Län {number % 5}")
    for number in range(26)
}
EVERYONE = Not(Among(Field.LIST, ("ingen",)))
POLITICIANS = AllOf((Among(Field.GROUP, ("politiker",)), Not(Among(Field.MANDATE, ("slut",)))))


def made(number: int) -> Iterator[Recipient]:
    """So many people, with one mandate each or sometimes two."""
    random = Random(number)
    roles, members = tuple(Role), tuple(MEMBERS)
    for each in range(number):
        held = tuple(
            Mandate(
                random.choice(roles),
                random.choice(members),
                "listan",
                date(2026, 10, 15) if random.random() < 0.5 else None,
                date(2026, 6, 30) if random.random() < 0.05 else None,
                AT.date(),
            )
            for _ in range(1 + (random.random() < 0.1))
        )
        address = f"namn.efternamn{each}@{held[0].member}.example.org"
        yield Recipient(
            f"{random.getrandbits(96):024x}",
            address,
            f"Namn Efternamn{each}",
            held,
            "sv",
            "uppdrag",
            "listan.csv",
        )


def _resolve_all(state: store.Store) -> int:
    return sum(1 for _ in state.people.within(EVERYONE, MEMBERS, CALENDAR))


def _resolve_politicians(state: store.Store) -> int:
    return sum(1 for _ in state.people.within(POLITICIANS, MEMBERS, CALENDAR))


def _sorted_and_screened(state: store.Store) -> int:
    """What a plan asks of each: the segments that he is in, and whether he said no."""
    sorting = stage.Sorting(_some(), MEMBERS, CALENDAR)
    count = 0
    batch: list[str] = []
    for one in state.people.within(EVERYONE, MEMBERS, CALENDAR):
        count += bool(sorting.of(one))
        batch.append(one.address)
        if len(batch) == 1000:
            state.suppressions.among(batch)
            batch.clear()
    return count


def _overlaps(state: store.Store) -> int:
    return sum(state.people.tally([one.where for one in _some()], MEMBERS, CALENDAR).values())


def _some() -> tuple[Segment, ...]:
    """As many segments as the example has, over the same fields."""
    groups = ("politiker", "tjanstepersoner", "foreningen", "partner", "media")
    wheres = [Among(Field.GROUP, (group,)) for group in groups]
    wheres += [Among(Field.ROLE, (role.value,)) for role in list(Role)[:8]]
    wheres += [Among(Field.COUNTY, (f"Län {number}",)) for number in range(5)]
    return tuple(Segment(f"s{at}", f"S{at}", where) for at, where in enumerate(wheres))


MEASURES: dict[str, Callable[[store.Store], int]] = {
    "everyone within one segment": _resolve_all,
    "politicians whose mandate stands": _resolve_politicians,
    "sorted into 18 segments, screened for suppression": _sorted_and_screened,
    "18 segments counted, with every overlap": _overlaps,
}


def measured(file: Path, name: str) -> None:
    """Run one measure and tell of it, as a row of the table."""
    with store.open(file, suppression_key=KEY) as state:
        began, cpu = time.perf_counter(), time.process_time()
        count = MEASURES[name](state)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {name} | {count:,} | {seconds:.1f} | {cpu:.1f} | {peak:.0f} MB |", flush=True)


def main(number: int) -> None:
    """Make the people where they are not there yet, and measure."""
    file = Path(tempfile.gettempdir()) / f"newsletter-bench-{number}" / "state.db"
    if not file.exists():
        with store.open(file, suppression_key=KEY) as state:
            began = time.perf_counter()
            state.people.put(made(number), at=AT, command="bench")
        print(f"{number:,} people put in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print("| | people | seconds | CPU seconds | peak memory |\n|---|---:|---:|---:|---:|", flush=True)
    for name in MEASURES:
        subprocess.run([sys.executable, "-m", "bench.segments", str(file), name], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measured(Path(sys.argv[1]), sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
