"""How fast MJML alone is compiled: ours (mrml) and node's, the same document to both, in the same run.

    python bench/compiling.py

Needs `npm ci` in bench/. The documents are those of bench/fidelity and an edition of 12 cards. Both compilers
get the MJML that the guards wrote, from memory. A document has node processes of its own, so that nothing is
optimised by others before it; of three processes the quickest counts, for node as for us: node's own threads
want the second core, so that others on the machine slow it and not us.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mjml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.letters import CARDS, Made  # noqa: E402
from newsletter.render.guards import guarded  # noqa: E402

ROUNDS = 60
PROCESSES = 3
WANTED = 40
_FOURTH_TO_13TH = slice(3, 13)  # what a build of a handful of editions meets
_LAST = slice(-20, None)  # what a server meets that has compiled all day
_HEAD = f"""milliseconds, the quickest of {PROCESSES} runs; × is how many times ours (wanted, warm: {WANTED})

                                              node, lean options            node, its own options
document                            kB   ours         warm       steady         warm       steady"""


def main() -> int:
    """Measure and print a table; 0 whatever comes out, since it is the reader who judges."""
    if not (ROOT / "bench/node_modules/mjml").is_dir():
        print("not measured: run `npm ci` in bench/ first", file=sys.stderr)
        return 1
    print(_HEAD)
    for name, source in _documents().items():
        print(_row(name, source), flush=True)
    return 0


def _documents() -> dict[str, str]:
    files = sorted((ROOT / "bench/fidelity/documents").glob("*.mjml"))
    ours = {file.stem: guarded(file.read_text("utf-8")) for file in files}
    return ours | {f"an edition of {CARDS} cards": Made().mjml()}


def _row(name: str, source: str) -> str:
    ours = min(_ours(source) for _ in range(PROCESSES))
    theirs = [each for options in ("lean", "own") for each in _theirs(source, options)]
    told = "".join(f"{each:8.2f}{each / ours:4.0f}×" for each in theirs)
    return f"{name:32}{len(source.encode()) / 1000:6.1f}{ours:7.3f}{told}"


def _ours(source: str) -> float:
    """The median time in milliseconds, called as `render` does."""
    times: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        mjml.mjml2html(source, disable_comments=False, fonts={})
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[_LAST])


def _theirs(source: str, options: str) -> tuple[float, float]:
    """Node's median times in milliseconds, warm and steady, each from the process where it was lowest."""
    runs = [_node(source, options) for _ in range(PROCESSES)]
    warm = min(statistics.median(times[_FOURTH_TO_13TH]) for times in runs)
    return warm, min(statistics.median(times[_LAST]) for times in runs)


def _node(source: str, options: str) -> list[float]:
    """Every round's milliseconds in one process of node."""
    with tempfile.NamedTemporaryFile("w", suffix=".mjml", encoding="utf-8") as file:
        file.write(source)
        file.flush()
        command = ["node", str(ROOT / "bench/compile.cjs"), "time", str(ROUNDS), options, file.name]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(line) for line in told.split()]


if __name__ == "__main__":
    sys.exit(main())
