"""How well pages are read: our reader, trafilatura and htmldate alone, newspaper4k where it is installed.

    python bench/reading.py [FOLDER …]        default: the frozen pages in tests/gather/pages

A folder holds cases, at any depth: folders with `expected.json` and one page beside it (`page.html` or
`feed.xml`, or the file that its key `page` names). docs/adding-a-source.md has the keys and what is counted.
Only what stands in the JSON is judged.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsletter import gather  # noqa: E402
from newsletter.errors import ParseFailed  # noqa: E402
from newsletter.model.news import NewsItem  # noqa: E402

FROZEN = ROOT / "tests" / "gather" / "pages"
FAR = datetime.now(UTC).isoformat()
CUT = 300


@dataclass(frozen=True)
class Read:
    """What a reader made of a page or of one item."""

    url: str = ""
    title: str = ""
    published: date | None = None
    uncertain: bool = False
    lead: str = ""
    body: str = ""
    image: str = ""
    image_alt: str = ""


@dataclass(frozen=True)
class Case:
    """One page and what it says."""

    folder: Path
    data: bytes
    expected: Mapping[str, Any]

    @property
    def now(self) -> datetime:
        """When the page was fetched."""
        return datetime.fromisoformat(self.expected.get("now", FAR))


Reader = Callable[[Case], Sequence[Read]]


def cases(folder: Path) -> Iterator[Case]:
    """The cases below the folder."""
    for file in sorted(folder.rglob("expected.json")):
        expected = json.loads(file.read_text("utf-8"))
        names = (expected.get("page", ""), "page.html", "feed.xml")
        page = next(file.with_name(name) for name in names if name and file.with_name(name).exists())
        yield Case(file.parent, page.read_bytes(), expected)


# --- readers ------------------------------------------------------------------------------------------


def ours(case: Case) -> Sequence[Read]:
    """Our reader."""
    reader = getattr(gather, case.expected.get("reader", "article"))
    charset = case.expected.get("charset", "")
    found = reader(case.data, case.expected["url"], "member", case.now, charset)
    return [_ours(item) for item in (found if isinstance(found, list) else [found])]


def _ours(item: NewsItem) -> Read:
    names = ("url", "title", "published", "uncertain", "lead", "body", "image", "image_alt")
    return Read(**{name: getattr(item, name) for name in names})


def trafilatura_alone(case: Case) -> Sequence[Read]:
    """trafilatura, fast, with its own metadata; it reads articles only."""
    from trafilatura import bare_extraction

    if case.expected.get("reader", "article") != "article":
        return []
    told = bare_extraction(case.data, url=case.expected["url"], fast=True, with_metadata=True)
    if told is None:
        return []
    day = date.fromisoformat(told.date) if told.date else None
    return [Read(title=told.title or "", published=day, lead=told.description or "", body=told.text or "")]


def htmldate_alone(case: Case) -> Sequence[Read]:
    """htmldate, which trafilatura asks too, over all of the page; it reads the days of articles only."""
    from htmldate import find_date

    if case.expected.get("reader", "article") != "article":
        return []
    told = find_date(case.data, url=case.expected["url"], original_date=True, extensive_search=True)
    return [Read(published=date.fromisoformat(told) if told else None)]


def newspaper(case: Case) -> Sequence[Read]:
    """newspaper4k; it reads articles only."""
    from newspaper import Article

    if case.expected.get("reader", "article") != "article":
        return []
    article = Article(case.expected["url"], fetch_images=False)
    article.download(input_html=case.data.decode("utf-8", "replace"))
    article.parse()
    day = article.publish_date.date() if article.publish_date else None
    return [
        Read(
            title=article.title or "",
            published=day,
            lead=article.meta_description or "",
            body=article.text or "",
        )
    ]


READERS: dict[str, Reader] = {
    "ours": ours,
    "trafilatura": trafilatura_alone,
    "htmldate": htmldate_alone,
    "newspaper4k": newspaper,
}


# --- counting -----------------------------------------------------------------------------------------


@dataclass
class Score:
    """What is counted over all cases."""

    right: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    wrong_uncertain: int = 0
    dated: int = 0
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    seconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    def add(self, name: str, expected: Mapping[str, Any], read: Read) -> None:
        """Judge one item by what stands in `expected`."""
        for what in ("title", "lead", "image", "image_alt"):
            if expected.get(what) is not None:
                self._count(name, what, same(expected[what], getattr(read, what), what), expected, read)
        if "published" in expected:
            self._day(name, expected, read)
        if expected.get("body"):
            precision, recall = shingled(expected["body"], read.body)
            self.precision.append(precision)
            self.recall.append(recall)

    def _day(self, name: str, expected: Mapping[str, Any], read: Read) -> None:
        told = read.published.isoformat() if read.published else None
        self._count(name, "published", told == expected["published"], expected, read)
        self.dated += told is not None and not read.uncertain
        if told is not None and told != expected["published"]:
            self.wrong += not read.uncertain
            self.wrong_uncertain += read.uncertain

    def _count(self, name: str, what: str, well: bool, expected: Mapping[str, Any], read: Read) -> None:
        self.judged[what] += 1
        self.right[what] += well
        if not well:
            self.misses.append(
                f"{what}\t{name}\n    want {expected[what]!r}\n    have {getattr(read, what)!r}"
            )

    def share(self, what: str) -> str:
        """The share that is right."""
        return f"{self.right[what] / self.judged[what]:.3f}" if self.judged[what] else "–"

    @property
    def sure(self) -> str:
        """The share that is right among the days given; one marked uncertain is not given."""
        return f"{1 - self.wrong / self.dated:.3f}" if self.dated else "–"

    @property
    def body(self) -> str:
        """F1 of the mean precision and the mean recall."""
        if not self.recall:
            return "–"
        precision, recall = statistics.mean(self.precision), statistics.mean(self.recall)
        return f"{2 * precision * recall / (precision + recall):.3f}" if precision + recall else "0"


def same(expected: str, told: str, what: str) -> bool:
    """Whether two texts are the same but for white space; a lead may be cut."""
    one, other = " ".join(expected.split()), " ".join(told.split())
    return one == other or (what == "lead" and len(other) > CUT and one.startswith(other.rstrip(" …")))


def shingled(expected: str, told: str) -> tuple[float, float]:
    """Precision and recall over shingles of four words."""
    wanted, given = _shingles(expected), _shingles(told)
    both = (wanted & given).total()
    return (both / given.total() if given else 0.0), (both / wanted.total() if wanted else 1.0)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()


def scored(reader: Reader, all_cases: Sequence[Case]) -> Score:
    """The reader's score; where it fails, it has read nothing."""
    score = Score()
    for case in all_cases:
        begun = time.process_time()
        try:
            read = list(reader(case))
        except (ParseFailed, ValueError, AttributeError, AssertionError, TypeError) as error:
            score.misses.append(f"failed\t{case.folder.name}\n    {error!r}")
            read = []
        score.seconds += time.process_time() - begun
        if "items" not in case.expected:
            score.add(case.folder.name, case.expected, read[0] if read else Read())
            continue
        by_url = {item.url: item for item in read}
        for item in case.expected["items"]:
            score.add(f"{case.folder.name} {item['url']}", item, by_url.get(item["url"], Read()))
    return score


def main() -> None:
    """Print one line a reader."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="*", type=Path, default=[FROZEN])
    parser.add_argument("--readers", default=",".join(READERS), help="which readers, with commas")
    parser.add_argument("--misses", action="store_true", help="list what was not right")
    chosen = parser.parse_args()
    for folder in chosen.folders:
        all_cases = list(cases(folder))
        print(f"{folder}: {len(all_cases)} pages")
        print(f"{'':14}{'title':>7}{'day':>7}{'sure':>7}{'wrong':>9}{'lead':>7}{'body':>7}{'ms/page':>9}")
        for name in chosen.readers.split(","):
            _show(name, all_cases, chosen.misses)


def _show(name: str, all_cases: Sequence[Case], misses: bool) -> None:
    try:
        score = scored(READERS[name], all_cases)
    except ImportError:
        print(f"{name:14}  is not installed")
        return
    wrong = f"{score.wrong} ({score.wrong_uncertain})"
    shares = (score.share("title"), score.share("published"), score.sure)
    each = score.seconds * 1000 / max(1, len(all_cases))
    print(f"{name:14}" + "".join(f"{share:>7}" for share in shares), end="")
    print(f"{wrong:>9}{score.share('lead'):>7}{score.body:>7}{each:>9.1f}")
    for miss in score.misses if misses else ():
        print(miss)


if __name__ == "__main__":
    main()
