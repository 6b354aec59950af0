"""Topics, groups and ranks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.demo.sites.shapes import DEMO_DAY
from newsletter.demo.sites.stories import stories
from newsletter.gather import grouped, ranked, topics
from newsletter.gather.likeness import Likeness
from newsletter.model.news import NewsItem
from newsletter.model.settings import Topic

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ROADS = Topic(
    "vagar",
    "Vägar och tåg",
    ("väg", "tåg", "järnväg", "gång- och cykel", "=E18"),
    ("vägledning", "fackeltåg"),
)
ORE = Topic("malm", "Gruvor", ("malm", "gruv", "stål"), ("Malmö",))
EU = Topic("eu", "EU", ("=EU", "=EU:s", "EU-stöd"), ("EU-moppe",))
BUSINESS = Topic("foretag", "Företag", ("företag",), ("företaga",))
ALL = (ROADS, ORE, EU, BUSINESS)


def item(title: str, lead: str = "", member: str = "a", on: date | None = date(2026, 11, 10)) -> NewsItem:
    slug = "-".join(title.casefold().split())
    return NewsItem(member, f"https://www.{member}.se/{slug}", title, lead, on)


def found(text: str) -> dict[str, tuple[str, ...]]:
    return {match.topic: match.words for match in topics(item(text), ALL)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dubbelspårsjärnvägen byggs", {"vagar": ("dubbelspårsjärnvägen",)}),
        ("Vägledning till fackeltåget i Malmö", {}),
        ("Malmös vägledningar", {}),
        ("Järnmalmsgruvan öppnar", {"malm": ("järnmalmsgruvan",)}),
        ("Museum i Europa", {}),
        ("Stöd från EU", {"eu": ("eu",)}),
        ("EU:s nya budget", {"eu": ("eu:s",)}),
        ("EU-stöd till byn", {"eu": ("eu-stöd",)}),
        ("Kör EU-moppen varsamt", {}),
        ("E18 stängs, inte E180", {"vagar": ("e18",)}),
        ("Gång- och cykelbana", {"vagar": ("gång- och cykelbana",)}),
        ("Företagare vill företaga sig något", {"foretag": ("företagare",)}),
        ("Fackeltåg till tåget", {"vagar": ("tåget",)}),
    ],
)
def test_words_know_compounds_and_exceptions(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    """Words count inside compounds, whole words only whole, exceptions with their endings never."""
    assert found(text) == expected


def test_best_topic_stands_first() -> None:
    """The topic with more words, and those in the title, comes first."""
    matches = topics(item("Stålverket och gruvan", "En väg byggs om."), ALL)
    assert [match.topic for match in matches] == ["malm", "vagar"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_has_topics_or_none(title: str, lead: str) -> None:
    """No text makes the matching fail, and what matched stands in the text."""
    text = f"{title} {lead}".casefold()
    assert all(word in text for match in topics(item(title, lead), ALL) for word in match.words)


def test_same_story_is_one_group() -> None:
    """A story that two members tell in nearly the same words is one group, the earliest first."""
    told = stories(DEMO_DAY)
    items = [
        item(story.title, story.lead, member, story.on)
        for member in ("borlange", "ludvika")
        for story in told[member]
    ]
    groups = [group for group in grouped(items) if len(group) > 1]
    assert [[one.member for one in group] for group in groups] == [["borlange", "ludvika"]]


def test_every_item_is_in_one_group() -> None:
    """Grouping loses nothing and repeats nothing."""
    items = [item(s.title, s.lead, member) for member, told in stories(DEMO_DAY).items() for s in told]
    assert sorted(one.url for group in grouped(items) for one in group) == sorted(one.url for one in items)


def test_short_titles_with_a_common_beginning_stay_apart() -> None:
    """Two notices that begin alike are two stories."""
    items = [item("Nya öppettider på biblioteket"), item("Nya öppettider på badhuset", member="b")]
    assert len(grouped(items)) == 2


def test_undated_item_never_leads_a_group() -> None:
    """Within a group the one with a day stands before the one without."""
    text = "Tio kommuner kräver besked om dubbelspår på banan före år 2030"
    (group,) = grouped([item(text, on=None), item(text, member="b")])
    assert [one.member for one in group] == ["b", "a"]


def test_likeness_sees_through_compounds() -> None:
    """A text that shares parts of words with the association's own is liker than one that does not."""
    own = Likeness(
        ["Bergslagens stålindustri behöver godståg och dubbelspår, skriver föreningen i sin plan."]
    )
    assert own.of("Industristål på godstågen") > 2 * own.of("Simhallen byter kakel i bassängen")


@pytest.mark.parametrize("texts", [[], [""], ["kort"]])
def test_likeness_to_nothing_is_none(texts: list[str]) -> None:
    """Without texts of its own, the association is like nothing."""
    assert Likeness(texts).of("Vad som helst som är långt nog") == 0


def test_service_notices_sink() -> None:
    """A notice of road works has topic words, and still ranks below what has none of its own."""
    items = [item("Vägen avstängd för asfaltering", "Vägarbete på väg 66."), item("Nytt stålverk planeras")]
    best, last = ranked(items, ALL, [], NOW)
    assert best.item.title == "Nytt stålverk planeras"
    assert last.service
    assert any("servicemeddelande" in reason for reason in last.reasons)


def test_newer_ranks_before_older() -> None:
    """All else alike, what was published later comes first, and what has no day comes last."""
    one = item("Gruvan öppnar")
    older = replace(
        one, url="https://www.a.se/o", title="Gruvan Öppnar!", published=date(2026, 8, 1), lead="Ja"
    )
    undated = replace(one, url="https://www.a.se/u", title="Malmen bryts", published=None)
    order = [candidate.item.published for candidate in ranked([undated, older, one], ALL, [], NOW)]
    assert order[0] == date(2026, 11, 10)


def test_reasons_are_told_in_swedish() -> None:
    """Each candidate says its topic with the words, how many members tell it, and its age."""
    text = "Tio kommuner kräver besked om järnvägen genom hela Bergslagen före år 2030"
    (candidate,) = ranked([item(text), item(text, member="b")], ALL, [], NOW)
    assert candidate.reasons == (
        "Vägar och tåg: järnvägen",
        "kan angå fler än en kommun: tio kommuner, bergslagen",
        "berättas av 2 medlemmar",
        "publicerad för 6 dagar sedan",
    )
    assert [other.member for other in candidate.also] == ["b"]


def test_demo_stories_rank_as_an_editor_would() -> None:
    """Of the demo's stories, the first ten are all about the plan's subjects and none is a service notice."""
    plan = (
        *ALL,
        Topic(
            "x", "Industri", ("industri", "fabrik", "etabler", "automation", "vätgas", "hamn", "datacenter")
        ),
    )
    items = [item(s.title, s.lead, member, s.on) for member, told in stories(DEMO_DAY).items() for s in told]
    best = ranked(items, plan, [], NOW)[:10]
    assert all(candidate.topics and not candidate.service for candidate in best)


def test_rank_does_not_hang_on_the_order_given() -> None:
    """The same items in another order give the same candidates."""
    items = [item(s.title, s.lead, member, s.on) for member, told in stories(DEMO_DAY).items() for s in told]
    there, back = ranked(items, ALL, [], NOW), ranked(items[::-1], ALL, [], NOW)
    assert [one.item.url for one in there] == [one.item.url for one in back]
