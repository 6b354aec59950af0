"""Importing 100,000 rows: seconds and memory, dry and confirmed, CSV and XLSX, and sqlite-utils for scale.

    .venv-bench/bin/python bench/people.py [rows]

Every measure is a whole command in a workspace of its own, so start and all checks are in it. Memory is the
peak of what the command and its sandbox hold together (resident, sampled from the system).
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
ROWS = 100_000
LIMIT_SECONDS, LIMIT_MB = 12, 300
HEADINGS = ("Namn", "E-post", "Kommun", "Uppdrag", "Telefon")
MEMBERS = ("Falu kommun", "Hofors kommun", "Region Örebro län", "Säter", "Nora kn", "Malung-Sälens kommun")
POSTS = ("Ledamot i kommunfullmäktige", "Kommunstyrelsens ordförande", "1:e vice ordförande",
         "Kommundirektör", "Näringslivschef", "Kommunikatör", "Ersättare i kommunstyrelsen",
         "Samhällsplanerare")  # fmt: skip
_PAUSE = 0.02  # seconds between two looks at the memory
_PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Measured:
    """One command's cost."""

    seconds: float
    cpu_seconds: float
    together_mb: float


def rows(number: int) -> Iterator[tuple[str, ...]]:
    """Invented people; about one in fifty stands on two rows."""
    draw = random.Random(number)
    for each in range(number):
        same = each - 1 if each % 50 == 49 else each
        address = f"fornamn.efternamn{same}@kommun{same % 97}.example.org"
        phone = f"070-{draw.randrange(10**7):07}"
        yield f"Förnamn Efternamn{same}", address, draw.choice(MEMBERS), draw.choice(POSTS), phone


def write_csv(path: Path, number: int) -> None:
    """The list as text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADINGS, *rows(number)])


def write_as_excel(path: Path, number: int) -> None:
    """The list as a workbook in which cells share their texts, as Excel's own."""
    from tests.people.excel import shared

    path.write_bytes(shared([HEADINGS, *rows(number)]))


def write_xlsx(path: Path, number: int) -> None:
    """The list as a workbook with the texts in its cells, as some programs write it."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lista")
    for row in (HEADINGS, *rows(number)):
        sheet.append(row)
    book.save(path)


def measured(words: Sequence[str], folder: Path) -> Measured:
    """Run the command; its output is thrown away. Raises where it fails."""
    started, most, before = time.perf_counter(), 0, _cpu()
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        while running.poll() is None:
            most = max(most, _resident(running.pid))
            time.sleep(_PAUSE)
        told = running.stderr.read() if running.stderr else b""
    if running.returncode:
        raise SystemExit(f"{' '.join(words)}: {running.returncode}\n{told.decode()}")
    return Measured(time.perf_counter() - started, _cpu() - before, most / 1e6)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident(pid: int) -> int:
    """Bytes that the process and all below it hold."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError, ValueError):
        return 0
    return own + sum(_resident(int(child)) for child in below)


def workspace(folder: Path) -> Path:
    """A copy of the root's own settings and members, with nobody on its lists."""
    for name in ("newsletter.toml", "subscribers/members.csv", "subscribers/segments.toml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def importing(file: Path, *more: str) -> list[str]:
    """The command; by the program's own environment, which the other programs are not in."""
    program = str(ROOT / ".venv" / "bin" / "newsletter")
    return [program, "people", "import", str(file), "--list", "prov", "--basis", "uppdrag", *more]


def table(number: int) -> Iterator[tuple[str, Measured]]:
    """Every measure with its name, as it is done."""
    with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as name:
        folder = Path(name)
        text, book, other_book = folder / "lista.csv", folder / "lista.xlsx", folder / "annan.xlsx"
        write_csv(text, number)
        write_as_excel(book, number)
        write_xlsx(other_book, number)
        first, second, third = (workspace(folder / name) for name in "abc")
        yield "CSV, dry run", measured(importing(text), first)
        yield "CSV, confirmed", measured(importing(text, "--confirm"), first)
        yield "CSV, the same again", measured(importing(text, "--confirm"), first)
        yield "XLSX, dry run", measured(importing(book), second)
        yield "XLSX, confirmed", measured(importing(book, "--confirm"), second)
        yield "XLSX, texts in the cells, confirmed", measured(importing(other_book, "--confirm"), third)
        other = Path(sys.executable).with_name("sqlite-utils")
        if other.exists():
            words = [
                str(other),
                "insert",
                str(folder / "o.db"),
                "person",
                str(text),
                "--csv",
                "--delimiter",
                ";",
            ]
            yield "sqlite-utils insert, no checks", measured(words, folder)


def _show(number: int) -> None:
    print(f"| {number:,} rows | seconds | CPU seconds | memory, MB |\n|---|---:|---:|---:|")
    for name, cost in table(number):
        row = f"| {name} | {cost.seconds:.1f} | {cost.cpu_seconds:.1f} | {cost.together_mb:.0f} |"
        print(row, flush=True)
    print(f"(limits: {LIMIT_SECONDS} s, {LIMIT_MB} MB; load {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("rows", type=int, nargs="?", default=ROWS)
    _show(words.parse_args().rows)
