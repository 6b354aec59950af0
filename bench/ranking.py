"""How well member news are ranked: average precision on a labelled set, and what each voice alone would give.

Every headline is cut to its first words, lead and all. Uncut, the relevant ones are longer, and length alone
would rank them well.

    python -m bench.ranking           # the table: the tuning half, the unseen half, and those written last
    python -m bench.ranking --show    # the order of the tuning half, to see what goes wrong there

The set is tests/gather/headlines.toml; docs/ranking.md has its rule and the figures. A hash of the text
decides a headline's half. The order is shown for the tuning half only: who reads the errors of the others and
mends them has nothing unseen any more, and must write new headlines first.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from newsletter import config
from newsletter.gather import ranked
from newsletter.gather.ranking import Weights
from newsletter.model.news import NewsItem
from newsletter.model.settings import Topic

ROOT = Path(__file__).parents[1]
SET = ROOT / "tests" / "gather" / "headlines.toml"
TODAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TUNING, UNSEEN, LAST = "tuning", "unseen", "last"
_SHUFFLES = 500
_WORDS = 11  # of title and lead together: as many as half of those that are not relevant have


@dataclass(frozen=True, slots=True)
class Headline:
    """One headline with its lead and its label."""

    title: str
    lead: str
    relevant: bool
    topic: str = ""  # what makes it relevant
    set: str = ""  # "last": written after words and weights were chosen

    @property
    def digest(self) -> int:
        """A number that hangs on the text alone."""
        return int.from_bytes(hashlib.sha256(f"{self.title}\n{self.lead}".encode()).digest()[:8])

    @property
    def part(self) -> str:
        """The part of the set that it belongs to."""
        return self.set or (UNSEEN if self.digest % 2 else TUNING)

    @property
    def item(self) -> NewsItem:
        """The headline as news; its member and day come from the hash, and so say nothing of its label."""
        on = TODAY - timedelta(days=self.digest // 2 % 90)
        member = f"medlem-{self.digest // 256 % 26}"
        lead = " ".join(self.lead.split()[: max(_WORDS - len(self.title.split()), 0)])
        return NewsItem(member, f"https://{member}.example/{self.digest}", self.title, lead, on)


Order = Callable[[Sequence[Headline]], list[Headline]]


def headlines(part: str, path: Path = SET) -> list[Headline]:
    """One part of the labelled set."""
    entries = tomllib.loads(path.read_text("utf-8"))["headline"]
    return [headline for headline in (Headline(**entry) for entry in entries) if headline.part == part]


def average_precision(labels: Sequence[bool]) -> float:
    """The mean, over the relevant, of the share of relevant ones from the top down to it; 0 for none."""
    hits = [place for place, relevant in enumerate(labels, start=1) if relevant]
    return sum(found / place for found, place in enumerate(hits, start=1)) / max(len(hits), 1)


def precision(order: Order, given: Sequence[Headline]) -> float:
    """The average precision of an order of these headlines."""
    return average_precision([headline.relevant for headline in order(given)])


def by(weights: Weights, topics: Sequence[Topic] | None = None) -> Order:
    """The order that the ranking gives with these weights, for the association's topics or others."""
    wanted = config.load(ROOT).topics if topics is None else topics
    texts = [path.read_text("utf-8") for path in sorted(ROOT.glob("content/issues/*/issue.md"))]

    def order(given: Sequence[Headline]) -> list[Headline]:
        back = {headline.item.url: headline for headline in given}
        found = ranked([headline.item for headline in given], wanted, texts, NOW, weights)
        return [back[told.url] for one in found for told in (one.item, *one.also)]

    return order


def chance(given: Sequence[Headline]) -> float:
    """The mean average precision of shuffled orders."""
    dice, labels = random.Random(1), [headline.relevant for headline in given]
    return sum(average_precision(dice.sample(labels, len(labels))) for _ in range(_SHUFFLES)) / _SHUFFLES


def ways() -> Mapping[str, Order]:
    """The ranking, each voice alone, and the ranking without each."""
    full, topics = Weights(), config.load(ROOT).topics
    silent = Weights(topic=0, reach=0, like=0, recent=0, shared=0, service=0, everyday=0)
    whole = [_whole(topic) for topic in topics]
    return {
        "length only": _by_length,
        "exact keywords only": by(replace(silent, topic=1), whole),
        "topic words only": by(replace(silent, topic=1)),
        "BM25 only": by(replace(silent, like=1)),
        "reach only": by(replace(silent, reach=1)),
        "all without topic words": by(replace(full, topic=0)),
        "all without BM25": by(replace(full, like=0)),
        "all without reach": by(replace(full, reach=0)),
        "all without recency": by(replace(full, recent=0)),
        "all without penalties": by(replace(full, service=0, everyday=0)),
        "all, by rank (RRF)": _by_rank(
            [by(replace(silent, **{voice: 1})) for voice in ("topic", "reach", "like", "everyday")]
        ),
        "all, as shipped": by(full),
    }


def _whole(topic: Topic) -> Topic:
    """The topic as a plain keyword search has it: whole words, no weak ones, no exceptions."""
    return Topic(topic.id, topic.name, tuple(f"={word.removeprefix('=')}" for word in topic.words))


def _by_length(given: Sequence[Headline]) -> list[Headline]:
    return sorted(given, key=lambda one: (-len(one.item.title) - len(one.item.lead), one.digest))


def _by_rank(orders: Sequence[Order]) -> Order:
    """Reciprocal rank fusion, the usual alternative to adding scores."""

    def order(given: Sequence[Headline]) -> list[Headline]:
        gained: dict[Headline, float] = dict.fromkeys(given, 0.0)
        for one in orders:
            for place, headline in enumerate(one(given), start=1):
                gained[headline] += 1 / (60 + place)
        return sorted(given, key=lambda headline: (-gained[headline], headline.digest))

    return order


def table() -> str:
    """The figures of every way on every part, as Markdown."""
    parts = [headlines(part) for part in (TUNING, UNSEEN, LAST)]
    counts = [f"{sum(one.relevant for one in given)} of {len(given)}" for given in parts]
    rows = [
        ("", TUNING, UNSEEN, LAST),
        ("---", "---:", "---:", "---:"),
        ("relevant", *counts),
        ("chance", *(f"{chance(given):.2f}" for given in parts)),
        *((name, *(f"{precision(order, given):.2f}" for given in parts)) for name, order in ways().items()),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown() -> str:
    order = by(Weights())(headlines(TUNING))
    return "\n".join(
        f"{place:>4} {'+' if one.relevant else ' '} {one.title}" for place, one in enumerate(order, 1)
    )


def main() -> None:
    """Print the table, or the tuning half's order."""
    parser = argparse.ArgumentParser(description="How well member news are ranked.")
    parser.add_argument("--show", action="store_true", help="the order of the tuning half")
    print(_shown() if parser.parse_args().show else table())


if __name__ == "__main__":
    main()
