"""How well headlines are ranked, measured on those that nothing was tuned by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import ranking as bench
from newsletter import config
from newsletter.gather import ranked, topics
from newsletter.gather.notices import everyday, service
from newsletter.gather.ranking import Weights
from newsletter.gather.reach import reach
from newsletter.model.news import NewsItem
from newsletter.model.settings import Topic

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
WORK = Topic("arbete", "Arbete", ("gruvdrift", "stålverk"), ("gruvlig",), ("gruv", "företag"))


def item(title: str, lead: str = "") -> NewsItem:
    return NewsItem("a", f"https://www.a.se/{abs(hash((title, lead)))}", title, lead, date(2026, 11, 10))


@pytest.mark.parametrize("part", [bench.UNSEEN, bench.LAST])
def test_unseen_headlines_rank_well(part: str) -> None:
    """On headlines that no word or weight was chosen by, average precision is at least 0.70."""
    assert bench.precision(bench.by(Weights()), bench.headlines(part)) >= 0.70


def test_fusion_beats_each_voice_alone() -> None:
    """On the headlines written last, all voices together rank better than topic words or BM25 alone."""
    given, ways = bench.headlines(bench.LAST), bench.ways()
    alone = max(bench.precision(ways[way], given) for way in ("topic words only", "BM25 only"))
    assert bench.precision(ways["all, as shipped"], given) > alone


def test_set_is_as_the_rule_says() -> None:
    """The set holds at least 200 headlines, one in seven to ten relevant, each with a topic, none twice."""
    parts = [bench.headlines(part) for part in (bench.TUNING, bench.UNSEEN, bench.LAST)]
    every = [headline for part in parts for headline in part]
    known = {topic.id for topic in config.load(bench.ROOT).topics}
    assert len(every) >= 200
    assert all(0.10 <= sum(one.relevant for one in part) / len(part) <= 0.145 for part in parts)
    assert all((headline.topic in known) == headline.relevant for headline in every)
    assert len({headline.title for headline in every}) == len(every)


def test_average_precision_is_what_the_books_say() -> None:
    """Relevant ones at places 1 and 3 of 3 give (1/1 + 2/3) / 2; none give 0."""
    assert bench.average_precision([True, False, True]) == pytest.approx((1 + 2 / 3) / 2)
    assert bench.average_precision([False]) == 0


def test_weak_words_say_less_than_others() -> None:
    """A topic of weak words alone stands below one word that says enough, and is named all the same."""
    (weak,) = topics(item("Företag vid gruvan"), [WORK])
    assert weak.weak == ("företag", "gruvan")
    order = ranked([item("Företag vid gruvan"), item("Mer gruvdrift")], [WORK], [], NOW)
    assert [candidate.item.title for candidate in order] == ["Mer gruvdrift", "Företag vid gruvan"]


def test_word_that_is_both_counts_once_and_fully() -> None:
    """Gruvdrift is found by a weak word too, and stays strong."""
    (match,) = topics(item("Gruvdrift"), [WORK])
    assert (match.words, match.weak) == (("gruvdrift",), ())


@pytest.mark.parametrize("title", ["Gruvgatan", "Gruvskolan firar", "Gruvmuseet", "Gruvbackens lekplats"])
def test_names_of_streets_schools_and_museums_never_count(title: str) -> None:
    """What is called after a topic is not about it."""
    assert topics(item(title), [WORK]) == ()


@pytest.mark.parametrize("title", ["Järnvägen", "Riksvägen byggs om", "Motorvägens bro"])
def test_roads_by_their_kind_are_no_names(title: str) -> None:
    """A railway, a trunk road and a motorway are what they are called."""
    assert topics(item(title), [Topic("v", "Vägar", ("väg",))])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sju kommuner går ihop", ("sju kommuner",)),
        ("Regeringen säger ja till 40 miljoner", ("regeringen", "miljoner")),
        ("Bassängen är tom", ()),
    ],
)
def test_reach_is_told_by_words(text: str, words: tuple[str, ...]) -> None:
    """Several municipalities, the state and large sums are found and shown as they stand."""
    assert reach(item(text)) == words


def test_notices_and_everyday_matters_are_apart() -> None:
    """A closed road is a notice; children's singing is everyday, and no notice."""
    assert service(item("Vägen avstängd"))
    sung = item("Sångstund", "Barnen sjunger klockan 10.")
    assert (service(sung), everyday(sung)) == ((), ("barnen", "klockan"))


@given(st.lists(st.text(min_size=1, max_size=40), max_size=6, unique=True))
def test_ranking_keeps_every_item(titles: list[str]) -> None:
    """Whatever the titles, every item is in one candidate, and scores never rise down the list."""
    items = [replace(item(title), url=f"https://www.a.se/{n}") for n, title in enumerate(titles)]
    own = ["Föreningen vill ha mer gruvdrift och fler stålverk i hela Bergslagen."]
    found = ranked(items, [WORK], own, NOW)
    assert sorted(one.url for c in found for one in (c.item, *c.also)) == sorted(one.url for one in items)
    assert all(a.score >= b.score for a, b in pairwise(found))
