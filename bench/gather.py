"""How long a whole round takes, and how our reader compares with others on the same pages.

    make bench        or, without the others: python bench/gather.py

A round is the command as a user runs it, `newsletter gather`, in a new workspace, with 26 members that have
20 new pages each. The sites are served on loopback by another process, which takes its share of the same
cores; there are no pauses for politeness. Memory is the proportional set size of the command and all its
children together, looked at ten times a second (Linux alone knows it). The second round is run three times
and the quickest told, since whatever else the machine does can only slow it; the CPU seconds beside it are
the command's own. The readers read the same pages from memory, one after another in one process each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bench import sites  # noqa: E402

READERS = ("newsletter", "trafilatura", "newspaper4k")
SETTINGS = """schema = 1

[association]
name = "Föreningen"
short_name = "Föreningen"
postal_address = "Gatan 1"
website = "https://www.example.org"
contact = "kansli@example.org"

[senders.kansliet]
name = "Föreningen"
address = "brev@example.org"
reply_to = "kansli@example.org"

[unsubscribe]
mailbox = "avsluta@example.org"

[[topics]]
id = "infrastruktur"
name = "Infrastruktur"
words = ["järnväg", "cykelväg", "vatten"]

[gather]
contact = "kansli@example.org"
politeness_seconds = 0.0
"""


def main() -> None:
    """Run all, or one reader where it is named (which is how this program runs each reader)."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--read", choices=READERS, help=argparse.SUPPRESS)
    name = asked.parse_args().read
    if name:
        print(json.dumps(asdict(_read(name))))
        return
    first, second = _rounds()
    print(_table(first, second, [_reader(name) for name in READERS]))


# --- a round ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """One run of the command."""

    seconds: float
    cpu: float
    peak_mb: float
    new: int
    members: int  # that answered


def _rounds() -> tuple[Round, Round]:
    with tempfile.TemporaryDirectory() as folder, _served() as origin:
        _lay_out(Path(folder), origin)
        first = _round(Path(folder))
        return first, min((_round(Path(folder)) for _ in range(3)), key=lambda run: run.seconds)


@contextmanager
def _served() -> Iterator[str]:
    command = [sys.executable, str(HERE / "sites.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


def _lay_out(folder: Path, origin: str) -> None:
    from newsletter import gather

    told = [site for site, _ in sites.members(date.today()).values()]
    hosts = ", ".join(f'"{site.origin}" = "{origin}"' for site in told)
    rows = [f"{site.member},{site.name},kommun,Dalarna,{site.origin}" for site in told]
    files = {
        "newsletter.toml": f"{SETTINGS}trial_hosts = {{{hosts}}}\n",
        "subscribers/members.csv": "\n".join(["id,name,kind,county,website", *rows]) + "\n",
        "subscribers/sources.toml": gather.sources_text([site.source for site in told]),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _round(folder: Path) -> Round:
    command = [sys.executable, "-m", "newsletter", "--workspace", str(folder), "gather", "--json"]
    began, before = time.perf_counter(), _children_cpu()
    run = subprocess.Popen(
        command, cwd=HERE.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    peak = 0.0
    while run.poll() is None:
        peak = max(peak, _tree_mb(run.pid))
        time.sleep(0.1)
    seconds = time.perf_counter() - began
    answer = json.loads(run.communicate()[0])
    answered = sum(1 for source in answer["sources"] if source["outcome"] != "failed")
    return Round(seconds, _children_cpu() - before, peak, answer["new"], answered)


def _children_cpu() -> float:
    """CPU seconds of all children that have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


def _tree_mb(pid: int) -> float:
    """The proportional set size of a process and all below it, in megabytes; 0 where it cannot be known."""
    try:
        own = Path(f"/proc/{pid}/smaps_rollup").read_text()
        children = Path(f"/proc/{pid}/task").glob("*/children")
        below = [int(child) for file in children for child in file.read_text().split()]
    except OSError:
        return 0.0
    pss = next((int(line.split()[1]) for line in own.splitlines() if line.startswith("Pss:")), 0)
    return pss / 1024 + sum(_tree_mb(child) for child in below)


# --- the readers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What one reader did with all the pages: seconds of CPU, and shares that are right."""

    name: str
    seconds: float
    titles: float
    days: float
    wrong_days: int


Said = tuple[str, date | None]  # a title and a day


def _reader(name: str) -> Reading | None:
    """What the reader did, in a process of its own; None where it is not installed."""
    command = [sys.executable, str(HERE / "gather.py"), "--read", name]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return Reading(**json.loads(run.stdout)) if run.returncode == 0 else None


def _read(name: str) -> Reading:
    read = {"newsletter": _newsletter, "trafilatura": _trafilatura, "newspaper4k": _newspaper}[name]()
    pages = list(_pages())
    read(pages[0][0], pages[0][1])  # what is made ready at the first page is not counted
    began = time.process_time()
    said = [read(url, body) for url, body, _ in pages]
    seconds = time.process_time() - began
    expected = [told for _, _, told in pages]
    titles = sum(one[0] == other[0] for one, other in zip(said, expected, strict=True))
    days = sum(one[1] == other[1] for one, other in zip(said, expected, strict=True))
    wrong = sum(one[1] is not None and one[1] != other[1] for one, other in zip(said, expected, strict=True))
    return Reading(name, seconds, titles / len(pages), days / len(pages), wrong)


def _pages() -> Iterator[tuple[str, bytes, Said]]:
    """Each article with its address, and what it says: EPiServer's pages say no day at all."""
    for site, stories in sites.members(date.today()).values():
        pages = sites.served(site, stories)
        for story in stories:
            path = site.address(story)
            is_silent = "episerver" in site.article.__name__
            yield site.origin + path, pages[path].body, (story.title, None if is_silent else story.on)


Reader = Callable[[str, bytes], Said]


def _newsletter() -> Reader:
    from newsletter import gather

    now = datetime.now(UTC)

    def read(url: str, body: bytes) -> Said:
        item = gather.article(body, url, "m", now, "utf-8")
        return item.title, item.published

    return read


def _trafilatura() -> Reader:
    import trafilatura
    import trafilatura.settings

    def read(url: str, body: bytes) -> Said:
        told = trafilatura.bare_extraction(body, url=url, with_metadata=True)
        found = told.as_dict() if isinstance(told, trafilatura.settings.Document) else {}
        return found.get("title") or "", _day(found.get("date"))

    return read


def _newspaper() -> Reader:
    import newspaper  # type: ignore[import-not-found]  # in .venv-bench alone

    def read(url: str, body: bytes) -> Said:
        told = newspaper.Article(url, language="sv")
        told.download(input_html=body.decode())
        told.parse()
        return told.title or "", told.publish_date.date() if told.publish_date else None

    return read


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


# --- the table ----------------------------------------------------------------------------------------


def _table(first: Round, second: Round, readings: list[Reading | None]) -> str:
    return "\n".join([*_round_rows(first, second), "", *_reader_rows(readings)])


def _round_rows(first: Round, second: Round) -> Iterator[str]:
    yield f"{_machine()}, {date.today()}"
    yield ""
    yield "| The whole command | members | new pages | seconds | limit | CPU seconds | peak memory | limit |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, run, most in (("first round", first, 40), ("second, nothing new", second, 2)):
        took = f"{run.seconds:.1f} | {most} | {run.cpu:.1f} | {run.peak_mb:.0f} MB | 400 MB"
        yield f"| {name} | {run.members} | {run.new} | {took} |"


def _reader_rows(readings: list[Reading | None]) -> Iterator[str]:
    yield "| Reading alone | CPU seconds | pages/s | times ours | title exact | day exact | wrong days |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    count = sites.MEMBERS * sites.PAGES
    ours = readings[0]
    for name, reading in zip(READERS, readings, strict=True):
        if reading is None or ours is None:
            yield f"| {name} | not installed here | | | | | |"
            continue
        shares = f"{reading.titles:.2f} | {reading.days:.2f} | {reading.wrong_days}"
        speed = (
            f"{reading.seconds:.1f} | {count / reading.seconds:.0f} | {reading.seconds / ours.seconds:.1f}"
        )
        yield f"| {name} | {speed} | {shares} |"


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {sys.platform}"


if __name__ == "__main__":
    main()
