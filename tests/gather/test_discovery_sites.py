"""Finding the news of whole sites: the demo's over loopback, and odd ones in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from newsletter.demo.sites import markup, serve
from newsletter.demo.sites.shapes import DEMO_DAY, SITES, Site
from newsletter.demo.sites.stories import Story, stories
from newsletter.edges.fetch import Web
from newsletter.edges.sandbox import Processes
from newsletter.errors import FetchFailed
from newsletter.model.news import SourceKind
from newsletter.model.settings import GatherRules
from newsletter.model.sources import Sureness
from newsletter.pipeline.discovering import Discovery, discovered
from newsletter.ports import Fetched
from newsletter.testing.fetch import InProcess, MemoryWeb

NOW = datetime(DEMO_DAY.year, DEMO_DAY.month, DEMO_DAY.day, 9, tzinfo=UTC)
START = "https://www.a.se/"
STORIES = stories(DEMO_DAY)["hofors"]
WORKING = [site for site in SITES if site.member != "avesta"]


# --- the demo's sites, over every real edge -----------------------------------------------------------


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serve() as sites:
        yield Web(GatherRules(politeness_seconds=0.0, trial_hosts=sites.origins))


@pytest.fixture(scope="module")
def isolated() -> Iterator[Processes]:
    with Processes(1) as processes:
        yield processes


@pytest.mark.parametrize("site", WORKING, ids=lambda site: site.member)
def test_every_site_is_found_from_its_start_page(site: Site, web: Web, isolated: Processes) -> None:
    """From the start page alone, each site's own source comes first, of the right kind, with its news."""
    discovery = discovered(f"{site.origin}/", fetcher=web, isolated=isolated, now=NOW)
    best = discovery.found[0]
    assert (best.url, best.kind) == (site.source.url, site.kind)
    told = {site.origin + site.address(story) for story in stories(DEMO_DAY)[site.member]}
    assert {item.url for item in best.items} <= told
    assert len(best.items) == 5
    assert discovery.good[0] is best
    assert len(discovery.asked) <= 6


def test_site_out_of_order_says_why(web: Web, isolated: Processes) -> None:
    """Where the news page does not answer, nothing is found, and what it answered is told."""
    discovery = discovered("https://www.avesta.example/", fetcher=web, isolated=isolated, now=NOW)
    assert discovery.found == ()
    assert any("503" in passed.why for passed in discovery.passed)


def test_feed_is_found_on_the_page_that_it_stands_on(web: Web, isolated: Processes) -> None:
    """A portlet's feed keeps the news page as the page to look at again."""
    best = discovered("https://www.hofors.example/", fetcher=web, isolated=isolated, now=NOW).found[0]
    assert best.page == "https://www.hofors.example/nyheter.html"


# --- every shape, in memory ---------------------------------------------------------------------------


def look(pages: Mapping[str, bytes | FetchFailed], url: str = START, most: int = 14) -> Discovery:
    """What is found from the address on, over these pages; paths are the start page's site's."""
    site = {path if "://" in path else f"https://www.a.se{path}": page for path, page in pages.items()}
    return discovered(url, fetcher=MemoryWeb(site), isolated=InProcess(), now=NOW, most=most)


def page(body: str, head: str = "", title: str = "A kommun") -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body><main>{body}</main></body></html>".encode()


def alternate(href: str, title: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'


def rss(told: Sequence[Story] = STORIES, title: str = "Nyheter") -> bytes:
    feed = markup.portlet_feed("https://www.a.se/nyheter", told)
    return feed.replace("<title>Nyheter</title>", f"<title>{title}</title>", 1).encode()


def state(name: str) -> bytes:
    make = markup.articles_state if name == "articles" else markup.news_state
    return markup.state_list("A kommun", name, make(STORIES)).encode()


SHAPES = {
    "sv-channel-item": markup.channel_list("A kommun", STORIES).encode(),
    "sol-article-item": markup.sol_list("A kommun", STORIES).encode("cp1252"),
    "hashed web app": markup.web_app_list("A kommun", STORIES).encode(),
    "articles in a script": state("articles"),
    "news in a script": state("news"),
    "read more": markup.read_more_list("A kommun", STORIES).encode(),
    "bare headings": markup.episerver_list("A kommun", STORIES).encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("path", "name"),
    [("/nyheter", "Nyheter"), ("/4.2f1/nyhetsarkiv.html", "Visa alla nyheter"), ("/press", "Press")],
)
def test_list_of_every_shape_is_found(shape: str, path: str, name: str) -> None:
    """Whatever shape the list has and whatever it is called, it comes first, found from the start page."""
    discovery = look({"/": page(f'<a href="{path}">{name}</a>'), path: SHAPES[shape]})
    best = discovery.found[0]
    assert (best.url, best.kind, best.page) == (f"https://www.a.se{path}", SourceKind.LIST, START)
    assert len(best.items) == 5


FEEDS = {
    "rss of a portlet": rss(),
    "rss of WordPress": markup.wordpress_feed("https://www.a.se", STORIES).encode(),
    "atom": markup.atom_feed("https://www.a.se", STORIES).encode(),
}
PORTLET = "/4.3a5b91e7/12.71c04d2e.portlet?state=rss&sv.contenttype=text/xml;charset=UTF-8"


@pytest.mark.parametrize("shape", FEEDS)
@pytest.mark.parametrize(
    ("head", "body", "path"),
    [
        (alternate("/feed/"), "", "/feed/"),
        ("", '<a href="/rss/nyheter">RSS</a>', "/rss/nyheter"),
        ("", f'<a href="{PORTLET}">Prenumerera</a>', PORTLET),
        ('<base href="https://www.a.se/sv/">' + alternate("nyheter.rss"), "", "/sv/nyheter.rss"),
        ("", '<a href="x/../flode.xml">Nyhetsflöde</a>', "/flode.xml"),
    ],
    ids=["head", "body", "portlet", "base", "relative"],
)
def test_feed_of_every_shape_is_found(shape: str, head: str, body: str, path: str) -> None:
    """Whatever the feed's make and wherever it is linked, it comes before the page's own list."""
    start = page(body + "<h2><a href='/nyheter/a'>En nyhet</a></h2>", head)
    best = look({"/": start, path: FEEDS[shape]}).found[0]
    assert (best.url, best.kind) == (f"https://www.a.se{path}", SourceKind.FEED)
    assert best.sureness is Sureness.SURE


POSTS = "/wp-json/wp/v2/posts?per_page=20&_fields=date,date_gmt,link,title,excerpt,status"
API = '<link rel="https://api.w.org/" href="https://www.a.se/wp-json/">'


def test_posts_are_found_where_there_is_no_feed() -> None:
    """WordPress' list of posts is a source where the site's feed is gone."""
    from newsletter.demo.sites import starts

    pages = {
        "/": page("", API + alternate("/feed/")),
        POSTS: starts.posts("https://www.a.se", STORIES).encode(),
    }
    best = look(pages).found[0]
    assert (best.kind, best.url) == (SourceKind.POSTS, f"https://www.a.se{POSTS}")


# --- odd cases ----------------------------------------------------------------------------------------


class Refused(FetchFailed):
    """An answer that is no page."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Svarade {status}.")
        self.status = status


def test_news_feed_in_the_body_beats_a_subject_in_the_head() -> None:
    """The city whose head names only its feed on the environment: the news feed of the body comes first."""
    start = page('<a href="/rss/nyheter">Nyheter</a>', alternate("/rss/miljo", "Miljö"))
    found = look({"/": start, "/rss/miljo": rss(title="Miljö"), "/rss/nyheter": rss(STORIES[:4])}).found
    assert [one.url for one in found] == ["https://www.a.se/rss/nyheter", "https://www.a.se/rss/miljo"]


@pytest.mark.parametrize(
    ("label", "path", "title"),
    [
        ("Kommentarer till Nyheter", "/comments/feed/", "Kommentarer"),
        ("RSS", "/rss/a", "Lediga jobb hos oss"),
        ("RSS", "/rss/anslagstavla", "Anslag"),
        ("Kalender", "/rss/b", "Vad händer"),
    ],
)
def test_feed_of_something_else_is_not_taken(label: str, path: str, title: str) -> None:
    """Comments, jobs, notices and calendars are passed over with the reason, whoever links to them."""
    start = page(f'<a href="{path}">{label}</a>', alternate(path, label))
    discovery = look({"/": start, path: rss(title=title)})
    assert discovery.found == ()
    assert any(passed.url.endswith(path) and "inte nyheter" in passed.why for passed in discovery.passed)


def test_feed_that_is_a_page_of_feeds_is_looked_at() -> None:
    """A link named RSS that leads to a page leads on to the feeds which that page names."""
    start = page('<a href="/om-rss">RSS</a>')
    about = page('<a href="/rss/jobb">Lediga jobb</a> <a href="/rss/alla-nyheter">Alla nyheter</a>')
    discovery = look({"/": start, "/om-rss": about, "/rss/alla-nyheter": rss()})
    assert [one.url for one in discovery.found] == ["https://www.a.se/rss/alla-nyheter"]


def test_empty_feed_leaves_the_list() -> None:
    """A feed without items is told as empty, and the list of the page is found."""
    start = page('<a href="/nyheter">Nyheter</a>', alternate("/feed/"))
    discovery = look({"/": start, "/feed/": rss([]), "/nyheter": SHAPES["sv-channel-item"]})
    assert [one.kind for one in discovery.found] == [SourceKind.LIST]
    assert any("tomt" in passed.why for passed in discovery.passed)


def test_closed_list_of_posts_is_told() -> None:
    """A wp-json that answers 401 is passed over with what it answered."""
    discovery = look({"/": page("", API), POSTS: Refused(401)})
    assert [(passed.url, passed.why) for passed in discovery.passed if "wp-json" in passed.url] == [
        (f"https://www.a.se{POSTS}", "Svarade 401.")
    ]


class Moved(MemoryWeb):
    """A site that has moved: its old address leads to the new one."""

    def fetch(self, url: str, state: object = None) -> Fetched:
        return super().fetch(url.replace("http://a.se", "https://www.a.se"))


def test_redirected_site_is_found_at_its_new_address() -> None:
    """Links are relative to where the redirect led, and the found address is the new one."""
    web = Moved(
        {"https://www.a.se/": page('<a href="flode.rss">RSS</a>'), "https://www.a.se/flode.rss": rss()}
    )
    discovery = discovered("http://a.se/", fetcher=web, isolated=InProcess(), now=NOW)
    assert (discovery.url, discovery.found[0].url) == (START, "https://www.a.se/flode.rss")


def test_address_of_a_feed_is_taken_as_it_is() -> None:
    """The address of a feed may be given itself."""
    (best,) = look({"/f": rss()}, "https://www.a.se/f").found
    assert (best.url, best.kind) == ("https://www.a.se/f", SourceKind.FEED)


def test_start_page_is_asked_once() -> None:
    """An address without its last slash, and links back to the start page, cost no further request."""
    discovery = look({"/": page('<a href="https://www.a.se">Nyheter</a>')}, "https://www.a.se")
    assert discovery.asked == (START,)


def test_twins_are_shown_once() -> None:
    """The same feed under two addresses is found once; the other is told to be the same."""
    start = page('<a href="/rss/nyheter">Nyheter</a><a href="/feed/">RSS</a>')
    discovery = look({"/": start, "/rss/nyheter": rss(), "/feed/": rss()})
    assert [one.url for one in discovery.found] == ["https://www.a.se/rss/nyheter"]
    assert any("samma nyheter som" in passed.why for passed in discovery.passed)


def test_search_is_bounded() -> None:
    """A page with a hundred feeds and news pages costs no more requests than allowed, each once."""
    feeds = "".join(f'<a href="/rss/{n}">RSS {n}</a><a href="/{n}/nyheter">Nyheter</a>' for n in range(100))
    discovery = look({"/": page(feeds)}, most=9)
    assert len(discovery.asked) == len(set(discovery.asked)) == 9
    assert any("högst 9 frågor" in passed.why for passed in discovery.passed)


def test_start_page_that_does_not_answer_is_an_error() -> None:
    """Where the given address itself fails, there is nothing to look at."""
    with pytest.raises(FetchFailed, match="404"):
        look({}, "https://www.a.se/borta")
