"""Which member has which shape: the pages of each site, and the sources that lead to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from newsletter.demo.sites import markup, starts
from newsletter.demo.sites.landscapes import landscape
from newsletter.demo.sites.stories import Story, stories
from newsletter.model.news import Source, SourceKind

DEMO_DAY = date(2026, 11, 16)
_PORTLET = "/4.3a5b91e7/12.71c04d2e.portlet?state=rss&sv.contenttype=text/xml;charset=UTF-8"
_XML = "text/xml; charset=UTF-8"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its bytes, type and status."""

    body: bytes
    content_type: str = _HTML
    status: int = 200


@dataclass(frozen=True, slots=True)
class Site:
    """A member's site: what it calls itself, where its news are listed, and how it makes pages."""

    member: str
    name: str
    kind: SourceKind
    listed_at: str
    listing: Callable[[Site, Sequence[Story]], Page]
    address: Callable[[Story], str]
    article: Callable[[str, Story], str] = markup.sitevision_article
    wants_cookie: bool = False  # without one it sends a caller round by 307
    start: Callable[[str, str, Sequence[Story]], Mapping[str, str]] = starts.sitevision

    @property
    def origin(self) -> str:
        """Its public origin; .example belongs to nobody."""
        return f"https://www.{self.member}.example"

    @property
    def source(self) -> Source:
        """Where its news are found."""
        return Source(self.member, self.origin + self.listed_at, self.kind, verified=True)

    def pages(self, day: date) -> Mapping[str, Page]:
        """Path → page, as of this day."""
        told = stories(day).get(self.member, ())
        articles = {self.address(story): _html(self.article(self.name, story)) for story in told}
        pictures = {
            story.picture: Page(landscape(story.landscape), "image/jpeg") for story in told if story.picture
        }
        around = {
            path: _around(path, text) for path, text in self.start(self.name, self._place, told).items()
        }
        listing = {self.listed_at: self.listing(self, told)}
        return {**around, **listing, "/robots.txt": _ROBOTS, **articles, **pictures}

    @property
    def _place(self) -> str:
        """Where its start page leads to; addresses of a feed and of WordPress are absolute."""
        return self.origin + self.listed_at if self.kind is SourceKind.FEED else self.listed_at


_ROBOTS = Page(b"User-agent: *\nDisallow: /intern/\n", "text/plain")


def _around(path: str, text: str) -> Page:
    """A page that leads to the news, or a feed or list of WordPress' that does not."""
    if "/wp-json/" in path:
        return Page(text.encode(), "application/json; charset=UTF-8", 200 if text.startswith("[") else 401)
    return Page(text.encode(), _XML if text.startswith("<?xml") else _HTML)


def _html(text: str) -> Page:
    return Page(text.encode())


def _list(make: Callable[[str, Sequence[Story]], str]) -> Callable[[Site, Sequence[Story]], Page]:
    return lambda site, told: _html(make(site.name, told))


def _feed(
    make: Callable[[str, Sequence[Story]], str], below: str = ""
) -> Callable[[Site, Sequence[Story]], Page]:
    return lambda site, told: Page(make(site.origin + below, told).encode(), _XML)


def _undeclared(site: Site, told: Sequence[Story]) -> Page:
    return Page(markup.sol_list(site.name, told).encode("cp1252"), "text/html")


def _articles_state(site: Site, told: Sequence[Story]) -> Page:
    return _html(markup.state_list(site.name, "articles", markup.articles_state(told)))


def _news_state(site: Site, told: Sequence[Story]) -> Page:
    return _html(markup.state_list(site.name, "news", markup.news_state(told)))


def _unwell(site: Site, told: Sequence[Story]) -> Page:
    return Page(b"Service Unavailable", "text/plain", 503)


def _dated(story: Story) -> str:
    return f"/nyheter/{story.dated_slug}"


FEED, LIST = SourceKind.FEED, SourceKind.LIST

SITES: tuple[Site, ...] = (
    Site(
        "hofors",
        "Hofors kommun",
        FEED,
        _PORTLET,
        _feed(markup.portlet_feed, "/nyheter"),
        lambda s: f"{_dated(s)}.html",
        start=starts.sitevision_with_feed,
    ),
    Site("sandviken", "Sandvikens kommun", LIST, "/nyheter", _articles_state, _dated),
    Site("borlange", "Borlänge kommun", LIST, "/nyheter", _list(markup.channel_list), _dated),
    Site(
        "falun",
        "Falu kommun",
        LIST,
        "/nyhetsarkiv",
        _list(markup.web_app_list),
        lambda story: f"/nyhetsarkiv/{story.slug}",
        wants_cookie=True,
    ),
    Site(
        "ludvika", "Ludvika kommun", LIST, "/nyheter.html", _undeclared, lambda story: f"{_dated(story)}.html"
    ),
    Site(
        "sater",
        "Säters kommun",
        FEED,
        "/feed/",
        _feed(markup.wordpress_feed),
        lambda story: f"/{story.slug}/",
        markup.municipio_article,
        start=starts.wordpress_open,
    ),
    Site(
        "lindesberg",
        "Lindesbergs kommun",
        LIST,
        "/aktuellt/nyheter.html",
        _news_state,
        lambda story: f"/aktuellt/nyheter/{story.slug}.html",
    ),
    Site(
        "kristinehamn",
        "Kristinehamns kommun",
        LIST,
        "/nyheter/",
        _list(markup.episerver_list),
        lambda story: f"/nyheter/{story.on.year}/{story.slug}/",
        markup.episerver_article,
        start=starts.episerver,
    ),
    Site("hallstahammar", "Hallstahammars kommun", LIST, "/aktuellt", _list(markup.read_more_list), _dated),
    Site(
        "skinnskatteberg",
        "Skinnskattebergs kommun",
        FEED,
        "/feed/atom/",
        _feed(markup.atom_feed),
        lambda story: f"/{story.on:%Y/%m/%d}/{story.slug}/",
        markup.municipio_article,
        start=starts.wordpress_closed,
    ),
    Site("avesta", "Avesta kommun", LIST, "/nyheter", _unwell, _dated),
)


def sources() -> tuple[Source, ...]:
    """Where the demo's members publish; the last one is out of order, so that a warning is seen."""
    return tuple(site.source for site in SITES)


def sources_text() -> str:
    """The same as the text of a sources.toml."""
    from newsletter import gather

    return "# Exempelmedlemmarnas nyheter, på den egna datorn.\n\n" + gather.sources_text(sources())
