"""Kill -9 at a random moment, go on, kill again, until done: nobody twice, nobody lost.

    .venv/bin/python -m bench.kill                       300 runs for each transport
    .venv/bin/python -m bench.kill --via smtp --seed 17 --runs 1

Each run is a fresh workspace, the faithful server of `newsletter.testing` in this process, and the sender in
a process of its own. The exit status is 1 where anything is wrong; then the seed is said, which repeats the
run, and its workspace is kept. `bench/README.md` has what was found.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # in place of bench, where this file would hide the package of its name

from bench.killing import resuming, workspace  # noqa: E402
from bench.killing.course import Course, Found, Scale, courses  # noqa: E402
from bench.killing.table import told, totals  # noqa: E402

CHUNK, WORKERS = 10, 3
TIMEOUT_SECONDS = 5.0
RESUMED = (861, 100_000)


def prepared(folder: Path, via: str, recipients: int) -> tuple[Path, Scale]:
    """The workspace that every run is a copy of, and what a sending from it amounts to."""
    template = workspace.prepared(
        folder / f"{via}-template", recipients, chunk=CHUNK, workers=WORKERS, timeout=TIMEOUT_SECONDS
    )
    return template, Course(template, folder / f"{via}-calm", via, 0, 0).measured()


def killed(folder: Path, via: str, seeds: range, asked: argparse.Namespace) -> list[Found]:
    """The runs, or as many as there is time for; each that went wrong is told of at once."""
    end = time.monotonic() + asked.minutes * 60
    template, scale = prepared(folder, via, asked.recipients)
    found: list[Found] = []
    for one in courses(template, folder, via, seeds, asked.kills, scale):
        found.append(one)
        if one.wrong:
            print(told(one, folder), file=sys.stderr, flush=True)
        if len(found) % 10 == 0:
            print(f"{via}: {len(found)} of {len(seeds)} runs", file=sys.stderr, flush=True)
        if time.monotonic() > end:
            break
    return found


def resume_times(ways: Sequence[str], sizes: Sequence[int]) -> None:
    """How soon a resume sends again."""
    with tempfile.TemporaryDirectory(prefix="newsletter-resume-") as folder:
        for via in ways:
            for size in sizes:
                found = resuming.measured(Path(folder), via, size)
                took = f"{found.seconds:.2f} s, of which {found.cpu_seconds:.2f} s of CPU"
                print(f"{via}, {size:,} recipients: the first letter after {took}", flush=True)


def main() -> None:
    """Run, and show the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--via", choices=("sendgrid", "smtp", "both"), default="both")
    parser.add_argument("--runs", type=int, default=300, help="for each transport")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the next ones count on")
    parser.add_argument("--kills", type=int, default=6, help="at most in a run")
    parser.add_argument("--minutes", type=float, default=240.0, help="at most, for each transport")
    parser.add_argument("--recipients", type=int, default=120)
    parser.add_argument(
        "--resume-time", nargs="*", type=int, metavar="RECIPIENTS", help="measure that instead"
    )
    asked = parser.parse_args()
    ways = ("sendgrid", "smtp") if asked.via == "both" else (asked.via,)
    if asked.resume_time is not None:
        resume_times(ways, asked.resume_time or RESUMED)
        return
    folder = Path(tempfile.mkdtemp(prefix="newsletter-kill-"))
    seeds = range(asked.seed, asked.seed + asked.runs)
    found = [one for via in ways for one in killed(folder, via, seeds, asked)]
    print(totals(found))
    if any(one.wrong for one in found):
        print(f"The workspaces of what went wrong are in {folder}", file=sys.stderr)
        raise SystemExit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
