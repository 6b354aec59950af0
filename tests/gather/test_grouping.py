"""The same story at several members, and members that never get in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.gather import LeftOut, grouped, left_out
from newsletter.gather.grouping import alike
from newsletter.model.news import Candidate, NewsItem, Pick, PickLink

WORDS = ("tio", "kommuner", "kräver", "besked", "om", "dubbelspår", "på", "banan", "2030", "gruvan")
RELEASE = (
    "Tio kommuner längs banan kräver att staten ger besked om dubbelspår före 2030. "
    "Godstågen får vänta i timmar."
)


def item(member: str, title: str, lead: str = "", number: int = 0, on: date | None = None) -> NewsItem:
    return NewsItem(member, f"https://{member}.se/{number}/{len(title)}", title, lead, on)


texts = st.lists(st.sampled_from(WORDS), min_size=0, max_size=14).map(" ".join)
items = st.builds(item, st.sampled_from("abc"), texts, texts, st.integers(0, 10**9), st.none() | st.dates())


@given(items, items)
def test_likeness_is_mutual(one: NewsItem, other: NewsItem) -> None:
    """Two items are alike whichever is asked first, and each is alike to itself."""
    assert alike(one, other) == alike(other, one)
    assert alike(one, one)


@given(st.lists(items, max_size=8, unique_by=lambda one: one.url), st.randoms())
def test_groups_hang_on_no_order(given_items: list[NewsItem], dice: object) -> None:
    """The same items in any order fall into the same groups, each with the same first item."""
    shuffled = sorted(given_items, key=lambda one: hash((one.url, str(dice))))
    there, back = grouped(given_items), grouped(shuffled)
    assert set(there) == set(back)
    assert sorted(one.url for group in there for one in group) == sorted(one.url for one in given_items)


@settings(max_examples=60)
@given(st.lists(items, max_size=8, unique_by=lambda one: one.url))
def test_groups_are_chains_of_likes(given_items: list[NewsItem]) -> None:
    """Items at different members that are alike are in one group: a chain joins its ends."""
    where = {one.url: number for number, group in enumerate(grouped(given_items)) for one in group}
    for one in given_items:
        for other in given_items:
            if one.member != other.member and alike(one, other):
                assert where[one.url] == where[other.url]


def test_every_members_link_is_kept() -> None:
    """A release that three members print, one of them shortened and one reworded in part, is one story."""
    told = [
        item("a", "Dubbelspår krävs", RELEASE, on=date(2026, 11, 2)),
        item("b", "Dubbelspår krävs på banan", RELEASE, on=date(2026, 11, 1)),
        item("c", "Vi kräver dubbelspår", RELEASE.replace("får vänta i timmar", "måste fram")),
    ]
    (group,) = grouped(told)
    assert [one.member for one in group] == ["b", "a", "c"]


def test_list_without_leads_is_joined_by_its_title() -> None:
    """A member whose list shows titles alone is joined to one that has the lead as well."""
    title = "Tio kommuner kräver besked om dubbelspår"
    assert len(grouped([item("a", title), item("b", title, RELEASE)])) == 1


def test_short_titles_may_be_anybodys() -> None:
    """Two members' new opening hours are two stories, though the words are the same."""
    title = "Nya öppettider på badhuset"
    assert len(grouped([item("a", title), item("b", title)])) == 2


def test_one_members_notices_stay_apart() -> None:
    """Notices that a member words alike, for another day, are different ones."""
    lead = "Sammanträdet börjar klockan 18 i sessionssalen och sänds på webben som vanligt för alla som vill."
    one = item("a", "Fullmäktige sammanträder den 14 december", lead)
    other = item("a", "Fullmäktige sammanträder den 25 januari", lead)
    assert len(grouped([one, other])) == 2


def test_two_thousand_items_are_few_pairs() -> None:
    """Two thousand items, half of them in pairs and all with the same boilerplate, are 1500 stories."""
    plain = "Läs mer på vår webbplats om vad som gäller för dig"
    pairs = [
        item(member, f"Sak {n} om {n * 7}", f"{n * 13} ger {n + 1} för {n * 3} vid {n * 5} nu. {plain}", n)
        for n in range(1, 501)
        for member in "ab"
    ]
    singles = [item("c", f"Enda {n} om {n * 11}", f"{n * 2} av {n * 19}. {plain}", n) for n in range(1000)]
    assert len(grouped([*pairs, *singles])) == 1500


# --- members that never get in ------------------------------------------------------------------------


def pick(member: str, *also: str) -> Pick:
    links = tuple(PickLink(other, f"https://{other}.se/") for other in also)
    return Pick(member, member, f"https://{member}.se/", "T", "L", None, "x", "T", "L", links)


def candidate(member: str, *, topics: tuple[str, ...] = ("x",), service: tuple[str, ...] = ()) -> Candidate:
    return Candidate(item(member, f"Nytt hos {member}"), topics=topics, service=service)


def test_members_that_never_get_in_are_pointed_out() -> None:
    """Those in no issue are told with their best candidate, first those that have one, last those silent."""
    best = candidate("c")
    found = left_out(
        ["a", "b", "c", "d", "e"],
        [[pick("a", "b")], [], [pick("a")]],
        [candidate("c", topics=()), best, candidate("c"), candidate("d", service=("avstängd",))],
    )
    assert found == (LeftOut("c", 2, best, 3), LeftOut("d", 2, None, 1), LeftOut("e", 2, None, 0))


@pytest.mark.parametrize("past", [[], [[], []]])
def test_nobody_is_left_out_before_the_first_picks(past: list[list[Pick]]) -> None:
    """Without any picks yet, no member has been passed over."""
    assert left_out(["a"], past, [candidate("a")]) == ()
