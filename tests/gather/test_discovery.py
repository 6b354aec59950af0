"""What a page hints at, and what asking the hints gave."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.edges.sandbox import Processes
from newsletter.errors import ParseFailed
from newsletter.gather import discovered, judged, passed_by_name, sampled
from newsletter.gather.discovery_words import is_narrow, other_subject, says_news
from newsletter.model.news import NewsItem, SourceKind
from newsletter.model.sources import Clue, FoundSource, PassedOver, Sample, Sureness
from newsletter.ports import SandboxLimits

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
HERE = "https://www.a.se/"
PORTLET = "/4.3a5b91e7/12.71c04d2e.portlet?state=rss&amp;sv.contenttype=text/xml;charset=UTF-8"
FEED, LIST, POSTS = SourceKind.FEED, SourceKind.LIST, SourceKind.POSTS


def page(body: str = "", head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><main>{body}</main></body></html>".encode()


def feeds(data: bytes, url: str = HERE) -> list[str]:
    """The addresses of the feeds that a page hints at, likeliest first."""
    return [clue.url for clue in discovered(data, url) if clue.kind is FEED]


def pages(data: bytes) -> list[str]:
    """The addresses of the pages that are worth a look, likeliest first."""
    return [clue.url for clue in discovered(data, HERE) if clue.kind is None]


# --- feeds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', ["https://www.a.se/rss"]),
        ('<link REL="Alternate" TYPE="Application/Atom+XML; charset=utf-8" href="x">', ["https://www.a.se/x"]),
        ('<link rel="alternate" type="text/xml" href="/nyheter.rss">', ["https://www.a.se/nyheter.rss"]),
        ('<link rel="alternate" hreflang="en" href="/en">', []),
        ('<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">', []),
        ('<base href="https://www.a.se/sv/"><link rel="alternate" type="application/rss+xml" href="rss">',
         ["https://www.a.se/sv/rss"]),
        ('<base href="/sv/"><link rel="alternate" type="application/rss+xml" href="rss">',
         ["https://www.a.se/sv/rss"]),
    ],
)  # fmt: skip
def test_feeds_of_the_head(head: str, expected: list[str]) -> None:
    """Alternates of a feed's type are found, relative to the page or its base; other alternates are not."""
    assert feeds(page(head=head)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'<a href="{PORTLET}">Prenumerera</a>',
         ["https://www.a.se/4.3a5b91e7/12.71c04d2e.portlet?state=rss&sv.contenttype=text/xml;charset=UTF-8"]),
        ('<a href="/rss/nyheter">Nyheter</a>', ["https://www.a.se/rss/nyheter"]),
        ('<a href="feed:https://www.a.se/n.rss">n</a>', ["https://www.a.se/n.rss"]),
        ('<a href="feed://www.a.se/n.rss">n</a>', ["http://www.a.se/n.rss"]),
        ('<a href="/4.2f/flode"><img alt="RSS-flöde" src="/r.png"></a>', ["https://www.a.se/4.2f/flode"]),
        ('<a href="/?feed=rss2">Följ</a>', ["https://www.a.se/?feed=rss2"]),
        ('<a href="https://other.se/om-rss">Läs om RSS</a>', []),
        ('<a href="javascript:rss()">RSS</a>', []),
        ('<a href="/nyheter/feedback">Tyck till</a>', []),
    ],
)  # fmt: skip
def test_feeds_of_the_body(body: str, expected: list[str]) -> None:
    """Plain links to feeds are found by their address, or by a name such as RSS on the site itself."""
    assert feeds(page(body)) == expected


def test_feed_in_the_body_that_says_news_comes_before_a_subject_in_the_head() -> None:
    """Where the head names only a subject's feed, the news feed of the body is asked first."""
    head = '<link rel="alternate" type="application/rss+xml" title="Miljö" href="/rss/miljo">'
    found = feeds(page('<footer><a href="/rss/nyheter">Nyheter</a></footer>', head))
    assert found == ["https://www.a.se/rss/nyheter", "https://www.a.se/rss/miljo"]


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>',
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><?xml-stylesheet href="x"?><feed></feed>',
        b"  <rdf:RDF></rdf:RDF>",
    ],
)
def test_address_that_is_a_feed_is_one(data: bytes) -> None:
    """An address that is itself a feed gives just that."""
    (clue,) = discovered(data, "https://www.a.se/feed/")
    assert (clue.url, clue.kind) == ("https://www.a.se/feed/", FEED)


def test_address_that_is_a_list_of_posts_is_one() -> None:
    """An address that is itself WordPress' list of posts gives just that."""
    (clue,) = discovered(b'[{"id": 1}]', "https://www.a.se/wp-json/wp/v2/posts")
    assert clue.kind is POSTS


# --- WordPress ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="https://api.w.org/" href="/wp-json/">', "https://www.a.se/wp-json/wp/v2/posts?per_page=20&"),
        ('<link rel="https://api.w.org/" href="/?rest_route=/">', "https://www.a.se/?rest_route=/wp/v2/posts&per"),
        ('<script src="/s/wp-includes/js/x.js"></script>', "https://www.a.se/s/wp-json/wp/v2/posts?per_page=20&"),
        ('<link rel="stylesheet" href="https://cdn.se/wp-content/x.css">', ""),
        ('<link rel="https://api.w.org/" href="https://other.se/wp-json/">', ""),
    ],
)  # fmt: skip
def test_wordpress_has_a_list_of_posts(head: str, expected: str) -> None:
    """A page of WordPress' hints at its list of posts, on its own site alone."""
    found = [clue.url for clue in discovered(page(head=head), HERE) if clue.kind is POSTS]
    assert [url[: len(expected)] for url in found] == ([expected] if expected else [])


# --- pages --------------------------------------------------------------------------------------------


def test_news_pages_are_worth_a_look_in_order() -> None:
    """Nyheter before Aktuellt before Press; items, others' pages and other subjects are left out."""
    body = (
        '<a href="/press">Press</a><a href="/aktuellt.4.2f.html">Aktuellt</a>'
        '<a href="/nyheter">Fler nyheter</a>'
        '<a href="/nyheter/2026-11-03-ny-bro">Nyhet om en bro</a><a href="https://b.se/nyheter">Nyheter</a>'
        '<a href="/nyhetsbrev">Nyhetsbrev</a><a href="/lediga-jobb">Lediga jobb</a><a href="/">Nyheter</a>'
        '<a href="/bygga">Bygga och bo</a><a href="/nyheter/kontakt">Kontakta oss</a>'
    )
    found = pages(page(body))
    assert found == [
        "https://www.a.se/nyheter",
        "https://www.a.se/aktuellt.4.2f.html",
        "https://www.a.se/press",
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_looked_at_or_refused(data: bytes) -> None:
    """Whatever the bytes, there are clues or ParseFailed, and every address is http(s)."""
    with contextlib.suppress(ParseFailed):
        assert all(clue.url.startswith(("http://", "https://")) for clue in discovered(data, HERE))


MARKUP = [
    "<a href='/rss'>",
    "</a>",
    "<base href='//['>",
    "<base href='http://[x'>",
    "<link rel=alternate type=application/rss+xml href=':'>",
    "<a href='http://[x]/rss'>",
    "<img alt='rss'>",
    "<h1>",
    "RSS",
    "nyheter",
    "\x00",
]


@given(st.lists(st.sampled_from(MARKUP), max_size=12))
def test_any_markup_is_looked_at(parts: list[str]) -> None:
    """Broken bases, broken addresses and unclosed links are survived."""
    with contextlib.suppress(ParseFailed):
        discovered("".join(parts).encode(), HERE)


@pytest.mark.parametrize(
    "data",
    [
        b"<!---->" * 4_000,
        b"<?x ?>" * 4_000,
        b"<title>" * 4_000,
        b'<a href="/rss">' * 4_000,
        b"<div><a href='/rss'>" * 4_000,
    ],
    ids=["comments", "instructions", "titles", "links", "nested links"],
)
def test_floods_are_looked_at_within_the_limits(data: bytes) -> None:
    """Floods of what is looked for end well inside the sandbox's two seconds, read or refused."""
    with Processes(1) as isolated, contextlib.suppress(ParseFailed):
        isolated.run(discovered, data, HERE, limits=SandboxLimits())
        isolated.run(sampled, data, HERE, LIST, "a", NOW, limits=SandboxLimits())


# --- words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kommentarer till Nyheter", "kommentarer"),
        ("Comments Feed", "kommentarer"),
        ("Lediga jobb", "lediga jobb"),
        ("rss anslagstavla", "anslag och kungörelser"),
        ("Driftinformation", "driftstörningar"),
        ("Evenemangskalender", "en kalender"),
        ("Nyheter och evenemang", ""),
        ("Pressmeddelanden", ""),
        ("Miljö", ""),
    ],
)
def test_other_subjects_are_known_by_name(text: str, expected: str) -> None:
    """Comments, jobs, notices and calendars are named; what says news too is news, except comments."""
    assert other_subject(text) == expected


def test_newsletters_are_no_news() -> None:
    """The word newsletter does not say news."""
    assert [says_news(text) for text in ("Nyhetsbrev", "Newsletter", "Nyheter", "Aktuellt")] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("label", "path", "narrow"),
    [
        ("Miljö", "/rss/miljo", True),
        ("Säters kommun » Flöde", "/feed/", False),
        ("RSS", "/4.3a5bfffa/12.71cfeed0.portlet?state=rss", False),
        ("", "/category/skola/feed/", True),
    ],
)
def test_narrow_feeds_name_their_subject(label: str, path: str, narrow: bool) -> None:
    """A feed that is called by something else than itself and its site is about one subject."""
    assert is_narrow(label, f"https://www.sater.se{path}") is narrow


# --- judging ------------------------------------------------------------------------------------------


def item(title: str, days_ago: int | None = 1, path: str = "/n/x", lead: str = "En ingress.") -> NewsItem:
    published = date.fromordinal(NOW.date().toordinal() - days_ago) if days_ago is not None else None
    return NewsItem("", f"https://www.a.se{path}", title, lead, published=published)


def verdict(
    *items: NewsItem, name: str = "", label: str = "", kind: SourceKind = FEED
) -> FoundSource | PassedOver:
    clue = Clue("https://www.a.se/rss", kind, HERE, label, "flöde")
    return judged(clue, Sample(name, items), NOW)


def test_news_are_sure_and_say_why() -> None:
    """A feed that says news and has dated, recent items is sure; reasons and the five newest are shown."""
    found = verdict(*(item(f"Nyhet {n}", n) for n in range(9)), name="Nyheter")
    assert isinstance(found, FoundSource)
    assert (found.sureness, found.score, found.listed) == (Sureness.SURE, 90, 9)
    assert [one.title for one in found.items] == [f"Nyhet {n}" for n in range(5)]
    assert "kallar sig ”Nyheter”" in found.reasons


def test_old_undated_and_lonely_news_are_less_sure() -> None:
    """A feed whose newest item is years old, that has no days, or one item only, is worth less."""
    scores = [
        found.score if isinstance(found := verdict(*items, name="Nyheter"), FoundSource) else -1
        for items in (
            [item("a"), item("b"), item("c")],
            [item("a", None), item("b", None), item("c", None)],
            [item("a", 1200), item("b", 1201), item("c", 1300)],
        )
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[1] >= 20
    assert scores[0] - scores[2] >= 20


@pytest.mark.parametrize(
    ("items", "name", "why"),
    [
        ([], "Nyheter", "tomt"),
        ([item("Av: Lisa"), item("Av: Olle"), item("By: Kim")], "", "kommentarer"),
        ([item("Lärare sökes"), item("Kock", path="/lediga-jobb/kock"), item("Vikariat i förskolan")], "",
         "lediga jobb"),
        ([item("Kungörelse om detaljplan"), item("Justerat protokoll"), item("Anslag")], "", "anslag"),
        ([item("Fika", path="/kalender/a"), item("Bingo", path="/evenemang/b")], "", "kalender"),
        ([item("Vattenläcka")], "Driftinformation", "driftstörningar"),
    ],
)  # fmt: skip
def test_what_is_no_news_is_passed_over(items: list[NewsItem], name: str, why: str) -> None:
    """Nothing at all, comments, jobs, notices and calendars are not taken, whatever tells of them."""
    passed = verdict(*items, name=name)
    assert isinstance(passed, PassedOver)
    assert why in passed.why


def test_some_notices_among_news_are_news() -> None:
    """A minority of notices and jobs does not make the news something else."""
    titles = [
        "Ny bro",
        "Lediga jobb i sommar",
        "Kungörelse",
        "Stålverket växer",
        "Skolan byggs ut",
        "Bredband",
    ]
    assert isinstance(verdict(*(item(title) for title in titles)), FoundSource)


def test_clue_that_names_another_subject_is_not_asked() -> None:
    """What calls itself something else than news need not be fetched at all."""
    assert passed_by_name(Clue("https://www.a.se/rss/jobb", FEED, HERE)) is not None
    assert passed_by_name(Clue("https://www.a.se/rss", FEED, HERE, "Nyheter")) is None


def test_sample_is_named_by_the_feed_and_not_by_an_item() -> None:
    """The name is the channel's title; without one there is none."""
    entry = "<item><title>Ny bro</title><link>https://www.a.se/n/bro</link></item>"
    for head, name in (("<title><![CDATA[Nyheter &amp; mer]]></title>", "Nyheter & mer"), ("", "")):
        data = f'<rss version="2.0"><channel>{head}{entry}</channel></rss>'.encode()
        assert sampled(data, HERE, FEED, "a", NOW).name == name


def test_page_to_look_at_is_no_source() -> None:
    """A page that was only to be looked at cannot be judged."""
    with pytest.raises(ValueError, match="no source"):
        judged(Clue(HERE, None, HERE), Sample("", ()), NOW)
