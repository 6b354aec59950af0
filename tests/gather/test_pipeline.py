"""Gathering and picking, over memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from newsletter import config
from newsletter.demo.sites.shapes import DEMO_DAY, SITES
from newsletter.edges.workspace import Folder
from newsletter.errors import FetchFailed, Problems, UsageError
from newsletter.model.news import NewsItem, SourceState
from newsletter.pipeline.gather import Gathered, Outcome, SourceResult, gather
from newsletter.pipeline.pick import Choice, Picking, Ports, pick
from newsletter.testing.fetch import InProcess, MemoryWeb
from newsletter.testing.store import MemoryNews
from tests.gather.conftest import StillClock

LayOut = Callable[[Mapping[str, str]], Path]
NEWS_TOML = "content/issues/2026-2/news.toml"


def web() -> MemoryWeb:
    """The demo's sites in memory; the one that is out of order refuses."""
    pages: dict[str, bytes | FetchFailed] = {
        site.origin + path: page.body for site in SITES for path, page in site.pages(DEMO_DAY).items()
    }
    pages["https://www.avesta.example/nyheter"] = FetchFailed(
        "Svarade 503.", do="Försök senare.", retryable=True
    )
    return MemoryWeb(pages)


class Round:
    """A workspace, its news, and what it takes to gather and pick."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = Folder(root)
        self.news = MemoryNews()
        self.web = web()
        self.told: list[SourceResult] = []

    def gather(self, *only: str) -> Gathered:
        return gather(
            workspace=self.folder,
            fetcher=self.web,
            isolated=InProcess(),
            news=self.news,
            clock=StillClock(),
            settings=config.load(self.root),
            only=only,
            on_progress=self.told.append,
        )

    def pick(self, *take: int, **wishes: Any) -> Picking:
        ports = Ports(
            workspace=self.folder,
            news=self.news,
            fetcher=lambda: self.web,
            isolated=InProcess,
            clock=StillClock(),
            settings=config.load(self.root),
        )
        return pick("2026-2", Choice(take=take, **wishes), ports)


@pytest.fixture
def round_(laid_out: LayOut) -> Round:
    return Round(laid_out({}))


def test_every_source_is_read_and_told_of(round_: Round) -> None:
    """Ten sources give their news and one fails; each is told of once, and one failure stops none."""
    gathered = round_.gather()
    assert (gathered.new, gathered.count(Outcome.NEW), gathered.count(Outcome.FAILED)) == (62, 10, 1)
    assert sorted(result.source.member for result in round_.told) == sorted(site.member for site in SITES)
    failed = gathered.results[-1]
    assert (failed.source.member, failed.why, failed.do) == ("avesta", "Svarade 503.", "Försök senare.")


def test_second_round_fetches_nothing_twice(round_: Round) -> None:
    """A second round asks each source once and no article again, and finds nothing new."""
    round_.gather()
    round_.web.asked.clear()
    gathered = round_.gather()
    assert (gathered.new, gathered.count(Outcome.UNCHANGED)) == (0, 10)
    assert sorted(round_.web.asked) == sorted(site.source.url for site in SITES)


def test_stopped_round_is_finished_by_the_next(round_: Round) -> None:
    """Stopped after any source, the next round ends with all the news, none lost."""
    whole = Round(round_.root)
    whole.gather()

    def stop(result: SourceResult) -> None:
        if result.outcome is Outcome.NEW:
            raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            gather(
                workspace=round_.folder,
                fetcher=round_.web,
                isolated=InProcess(),
                news=round_.news,
                clock=StillClock(),
                settings=config.load(round_.root),
                on_progress=stop,
            )
    round_.gather()
    assert round_.news.items() == whole.news.items()


def test_failure_is_kept_and_forgotten_when_mended(round_: Round) -> None:
    """What went wrong is noted with the source, until it answers again."""
    url = "https://www.avesta.example/nyheter"
    round_.gather()
    state = round_.news.source(url)
    assert state is not None
    assert state.failure == "Svarade 503."
    round_.web.pages = {**round_.web.pages, url: b"<h2><a href='/nyheter/a'>En nyhet</a></h2>"}
    assert round_.gather().new == 1
    mended = round_.news.source(url)
    assert mended is not None
    assert (mended.failure, mended.items) == ("", 1)


def test_empty_list_is_an_alarm(round_: Round) -> None:
    """A source that answers but lists nothing has failed, and is asked again in full next time."""
    source = SITES[1].source
    round_.web.pages = {**round_.web.pages, source.url: b"<p>Sidan har flyttat</p>"}
    (result,) = round_.gather("sandviken").results
    assert result.outcome is Outcome.FAILED
    assert "ingen nyhet" in result.why
    assert round_.news.source(source.url) == SourceState(
        source.url, fetched_at=StillClock().now(), failure=result.why
    )


def test_article_that_fails_leaves_what_the_list_said(round_: Round) -> None:
    """An item whose page cannot be read is kept as the list has it, and a note says so."""
    url = next(url for url in round_.web.pages if "dubbelspar" in url and "borlange" in url)
    round_.web.pages = {**round_.web.pages, url: FetchFailed("Svarade 404.")}
    (result,) = round_.gather("borlange").results
    assert (result.new, result.notes) == (6, ("1 av 6 sidor gick inte att läsa (Svarade 404.)",))
    assert any(item.url == url and item.lead for item in round_.news.items())


def test_long_lists_are_read_over_several_rounds(round_: Round) -> None:
    """Of a list with fifty items, twenty pages are read at a time, and none is forgotten."""
    links = "".join(f"<h2><a href='/nyheter/nyhet-{number}'>Nyhet {number}</a></h2>" for number in range(50))
    pages = {
        f"https://www.falun.example/nyheter/nyhet-{n}": f"<h1>Nyhet {n}</h1>".encode() for n in range(50)
    }
    round_.web.pages = {SITES[3].source.url: links.encode(), **pages}
    assert [round_.gather("falun").new for _ in range(4)] == [20, 20, 10, 0]


def test_feed_with_all_it_needs_spares_the_pages(round_: Round) -> None:
    """Where a feed has leads and days, no article is asked for."""
    round_.gather("hofors")
    assert round_.web.asked == [SITES[0].source.url]


def test_unknown_member_is_told(round_: Round) -> None:
    """A member without a source is a usage error with the nearest name."""
    with pytest.raises(UsageError) as raised:
        round_.gather("hofos")
    assert "hofors" in raised.value.do


def test_broken_sources_stop_before_anything_is_asked(round_: Round) -> None:
    """A mistake in sources.toml is told with its line, and nothing is fetched."""
    (round_.root / "subscribers/sources.toml").write_text('[[source]]\nmember = "x"\n', encoding="utf-8")
    with pytest.raises(Problems):
        round_.gather()
    assert not round_.web.asked


# --- picking ------------------------------------------------------------------------------------------


@pytest.fixture
def gathered(round_: Round) -> Round:
    round_.gather()
    return round_


def test_candidates_are_numbered_by_rank(gathered: Round) -> None:
    """The list runs from 1, best first, each story once; looking writes nothing."""
    picking = gathered.pick()
    assert [one.number for one in picking.candidates] == list(range(1, 62))
    scores = [one.candidate.score for one in picking.candidates]
    assert scores == sorted(scores, reverse=True)
    assert not (gathered.root / NEWS_TOML).exists()


def test_taken_candidates_stand_in_the_issue(gathered: Round) -> None:
    """What is taken by number is written with the source's own words beside it, and every member's link."""
    wanted = next(one for one in gathered.pick().candidates if one.candidate.also)
    (taken,) = gathered.pick(wanted.number).picks
    item = wanted.candidate.item
    assert (taken.title, taken.source_title, taken.url) == (item.title, item.title, item.url)
    assert (taken.topic, [link.member for link in taken.also]) == ("infrastruktur", ["ludvika"])
    assert taken.id


def test_editors_words_are_kept_to_the_letter(gathered: Round) -> None:
    """Comments and rewording in news.toml stay as they are when more is taken."""
    gathered.pick(1, 2)
    path = gathered.root / NEWS_TOML
    edited = "# min anteckning\n" + path.read_text(encoding="utf-8").replace(
        "title = ", 'title = "Min rubrik" #', 1
    )
    path.write_text(edited, encoding="utf-8")
    picks = gathered.pick(3).picks
    assert path.read_text(encoding="utf-8").startswith(edited)
    assert (len(picks), picks[0].title) == (3, "Min rubrik")


def test_numbers_do_not_move_and_nothing_is_taken_twice(gathered: Round) -> None:
    """After taking, each story has the number it had, and taking it again adds nothing."""
    before = [one.candidate.item.url for one in gathered.pick().candidates]
    gathered.pick(2, 2)
    again = gathered.pick(2)
    assert [one.candidate.item.url for one in again.candidates] == before
    assert (len(again.picks), again.taken, again.candidates[1].picked) == (1, (), True)


def test_auto_fills_up_and_then_rests(gathered: Round) -> None:
    """Auto fills up to the number with stories of a topic, two from a member at most; again, it adds none."""
    picks = gathered.pick(auto=6).picks
    members = [pick.member for pick in picks]
    assert len(picks) == 6
    assert all(pick.topic for pick in picks)
    assert max(members.count(member) for member in members) <= 2
    assert gathered.pick(auto=6).taken == ()


def test_number_that_is_not_there_is_told(gathered: Round) -> None:
    """A number outside of the list is a usage error, and nothing is written."""
    with pytest.raises(UsageError, match="99"):
        gathered.pick(1, 99)
    assert not (gathered.root / NEWS_TOML).exists()


def test_personal_marks_of_strangers_are_disarmed(gathered: Round) -> None:
    """Double braces in a stranger's title cannot become personal marks."""
    url = "https://www.hofors.example/nyheter/x"
    gathered.news.remember(
        [NewsItem("hofors", url, "Stål {{unsubscribe}} gruva", "", DEMO_DAY)], StillClock().now()
    )
    number = next(one.number for one in gathered.pick().candidates if one.candidate.item.url == url)
    (taken,) = gathered.pick(number).picks
    assert taken.title == "Stål {unsubscribe} gruva"


def test_old_news_are_no_candidates(gathered: Round) -> None:
    """What is older than the settings allow is not offered; what has no day is."""
    old = NewsItem("hofors", "https://www.hofors.example/o", "Stålverk", "", DEMO_DAY.replace(year=2025))
    gathered.news.remember([old], StillClock().now())
    offered = [one.candidate.item for one in gathered.pick().candidates]
    assert old not in offered
    assert any(item.published is None for item in offered)
