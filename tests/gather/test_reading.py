"""Feeds, lists and articles of every shape that the demo's sites have, and hostile ones."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.demo.sites.shapes import DEMO_DAY, SITES, Site
from newsletter.demo.sites.stories import stories
from newsletter.errors import ParseFailed
from newsletter.gather import article, feed, listing, merged
from newsletter.model.news import NewsItem, Provenance, SourceKind

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
BASE = "https://www.a.se/nyheter"
WORKING = [site for site in SITES if site.member != "avesta"]


def listed(site: Site) -> list[NewsItem]:
    """What the site's list or feed says."""
    page = site.pages(DEMO_DAY)[site.listed_at]
    parse = feed if site.kind is SourceKind.FEED else listing
    return parse(page.body, site.source.url, site.member, NOW)


def read(site: Site, item: NewsItem) -> NewsItem:
    """The item, with what its own page says."""
    page = site.pages(DEMO_DAY)[item.url.removeprefix(site.origin)]
    return merged(item, article(page.body, item.url, site.member, NOW))


def page(body: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><main>{body}</main></body></html>".encode()


@pytest.mark.parametrize("site", WORKING, ids=lambda site: site.member)
def test_every_shape_lists_its_news_and_nothing_else(site: Site) -> None:
    """Each item of the list is found once, in order, with its address; links of menus are not."""
    told = stories(DEMO_DAY)[site.member]
    assert [item.url for item in listed(site)] == [site.origin + site.address(story) for story in told]


@pytest.mark.parametrize("site", WORKING, ids=lambda site: site.member)
def test_every_shape_is_read_right(site: Site) -> None:
    """With its own page, each item has the right title, lead and day; where no day is told, it has none."""
    told = stories(DEMO_DAY)[site.member]
    for story, item in zip(told, (read(site, item) for item in listed(site)), strict=True):
        assert (item.title, item.lead) == (story.title, story.lead)
        assert item.published == (None if site.member == "kristinehamn" else story.on)
        assert not item.uncertain


@pytest.mark.parametrize(
    ("member", "provenance"),
    [
        ("hofors", Provenance.FEED),
        ("sandviken", Provenance.ADDRESS),
        ("falun", Provenance.VISIBLE),
        ("ludvika", Provenance.ADDRESS),
        ("lindesberg", Provenance.LABELLED),
        ("kristinehamn", Provenance.UNDATED),
    ],
)
def test_lists_tell_where_a_day_is_from(member: str, provenance: Provenance) -> None:
    """The provenance of a list's days is known, and an unlabelled visible one is uncertain."""
    site = next(site for site in WORKING if site.member == member)
    assert {item.provenance for item in listed(site)} == {provenance}
    assert {item.uncertain for item in listed(site)} == {provenance is Provenance.VISIBLE}


# --- feeds --------------------------------------------------------------------------------------------


def rss(*items: str) -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def test_feed_in_undeclared_latin_1_is_read() -> None:
    """A feed that does not say its charset is read as cp1252 where it is no UTF-8."""
    data = "<rss version='2.0'><channel><item><title>Säter</title><link>/a</link></item></channel></rss>"
    assert feed(data.encode("latin-1"), BASE, "sater", NOW)[0].title == "Säter"


def test_guid_is_an_address_only_where_it_is_one() -> None:
    """An item without a link takes its guid where that is an address, and is left out where it is not."""
    items = rss(
        "<item><title>A</title><guid>https://www.a.se/a</guid></item>",
        "<item><title>B</title><guid>17</guid></item>",
    )
    assert [item.url for item in feed(items, BASE, "a", NOW)] == ["https://www.a.se/a"]


def test_feed_without_days_is_undated() -> None:
    """No day is made up: not the feed's, not now."""
    item = feed(rss("<item><title>A</title><link>/a</link></item>"), BASE, "a", NOW)[0]
    assert (item.published, item.provenance) == (None, Provenance.UNDATED)


def test_future_day_of_a_feed_is_not_believed() -> None:
    """A day after tomorrow is no day of publication."""
    item = "<item><title>A</title><link>/a</link><pubDate>Fri, 01 Jan 2027 09:00:00 GMT</pubDate></item>"
    assert feed(rss(item), BASE, "a", NOW)[0].published is None


def test_feed_with_a_flood_in_a_tag_is_refused() -> None:
    """A tag of more than 16 kB is not given to the feed parser."""
    with pytest.raises(ParseFailed, match="tagg"):
        feed(rss(f"<item {'a=1 ' * 10_000}></item>"), BASE, "a", NOW)


@pytest.mark.parametrize("data", [b"", b"<html><body>Hej</body></html>", b"\x00\x01", b"/etc/passwd"])
def test_what_is_no_feed_is_refused(data: bytes) -> None:
    """A page, nothing, noise and a file's name are no feeds."""
    with pytest.raises(ParseFailed):
        feed(data, BASE, "a", NOW)


def test_feed_cannot_name_files() -> None:
    """An entity that names a file gives nothing of it."""
    data = (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<rss version="2.0"><channel>'
        b"<item><title>A &x;</title><link>https://www.a.se/a</link></item></channel></rss>"
    )
    assert all("root:" not in item.title for item in feed(data, BASE, "a", NOW))


def test_nothing_active_comes_out_of_a_feed() -> None:
    """Scripts, trackers and odd addresses are gone; the words stay."""
    hostile = (
        "<item><title>&lt;b onclick=x&gt;Titel&lt;/b&gt;</title><link>javascript:alert(1)</link>"
        "<guid>https://www.a.se/a</guid></item>"
        "<item><title>Två</title><link>https://www.a.se/b</link><description>&lt;script&gt;x&lt;/script&gt;Kvar"
        '&lt;img src="https://track.example/p.gif"&gt;</description></item>'
    )
    items = feed(rss(hostile), BASE, "a", NOW)
    assert [(item.title, item.lead, item.image) for item in items] == [("Två", "Kvar", "")]


# --- lists --------------------------------------------------------------------------------------------


def test_read_more_takes_its_title_from_where_it_stands() -> None:
    """*Läs mer* has its title in `title`, in `aria-label`, or in the slug alone."""
    body = (
        '<a href="/n/2026-11-01-ett" title="Läs mer om: Den första nyheten">Läs mer</a>'
        '<a href="/n/2026-11-02-tva" aria-label="Läs hela artikeln: Den andra nyheten">Läs mer</a>'
        '<a href="/n/2026-11-03-den-tredje-nyheten">Läs mer</a>'
    )
    titles = [item.title for item in listing(page(body), BASE, "a", NOW)]
    assert titles == ["Den första nyheten", "Den andra nyheten", "Den tredje nyheten"]


def test_links_to_others_and_to_sections_are_no_news() -> None:
    """Another site's pages, the start page and sections of the site are left out."""
    body = (
        '<ul><li><h3><a href="/bygga-bo">Bygga och bo</a></h3></li><li><h3><a href="/">Start</a></h3></li>'
        '<li><h3><a href="https://other.se/nyheter/x">Annan</a></h3></li>'
        '<li><h3><a href="/nyheter/x">Egen nyhet</a></h3></li></ul>'
    )
    assert [item.title for item in listing(page(body), BASE, "a", NOW)] == ["Egen nyhet"]


def test_municipio_cards_are_read() -> None:
    """Cards that are links themselves, with a heading inside, are items."""
    card = (
        '<a class="c-card" href="/nyheter/ny-skola/"><h2>Ny skola</h2>'
        '<time datetime="2026-11-02">2 nov</time>'
        '<div class="c-card__text">Skolan byggs på den gamla bangården intill ån.</div></a>'
    )
    item = listing(page(card), BASE, "a", NOW)[0]
    assert (item.title, item.published) == ("Ny skola", date(2026, 11, 2))
    assert item.lead.startswith("Skolan byggs")


def test_broken_state_in_a_script_is_survived() -> None:
    """Broken JSON, or JSON of another make, gives nothing, and the rest of the page is read."""
    body = (
        "<script>AppRegistry.registerInitialState('12.1', {\"articles\": [{]});"
        'AppRegistry.registerInitialState(\'12.2\', {"articles": [1, null, {"title": 3, "uri": "/n/4"}]});'
        "</script><h2><a href='/nyheter/a'>En nyhet</a></h2>"
    )
    assert {item.title for item in listing(page(body), BASE, "a", NOW)} == {"3", "En nyhet"}


# --- articles -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "expected", "provenance"),
    [
        (
            '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle",'
            '"datePublished":"2026-11-01"}]'
            "}"
            '</script><meta property="article:published_time" content="2026-11-02">',
            "",
            date(2026, 11, 1),
            Provenance.JSON_LD,
        ),
        (
            '<meta property="article:published_time" content="2026-11-02T08:00:00+01:00">'
            '<meta name="DC.Date.Published" content="2026-11-03 16:26">',
            "",
            date(2026, 11, 2),
            Provenance.META,
        ),
        (
            '<meta name="DC.Date.Published" content="2026-11-03 16:26">',
            "",
            date(2026, 11, 3),
            Provenance.DUBLIN_CORE,
        ),
        ("", "<p>Publicerad: 5 november 2026 kl 13.07</p>", date(2026, 11, 5), Provenance.LABELLED),
        ("", "<p>ord</p>" * 2000 + "<p>Publicerad 5 nov 2026</p>", date(2026, 11, 5), Provenance.LABELLED),
        ("", '<time datetime="2026-11-06">6 nov</time>', date(2026, 11, 6), Provenance.VISIBLE),
        ("", '<p>Senast uppdaterad <time datetime="2026-11-06">6 nov</time></p>', None, Provenance.UNDATED),
        ("", "<time>2026-11-06</time><time>2026-10-06</time>", None, Provenance.UNDATED),
        ('<meta property="og:updated_time" content="1793693700">', "", None, Provenance.UNDATED),
    ],
)
def test_day_follows_the_precedence(
    head: str, body: str, expected: date | None, provenance: Provenance
) -> None:
    """The best-founded day wins; a day of change, or one of several, is none."""
    item = article(page(f"<h1>Rubriken är här</h1>{body}", head), "https://www.a.se/nyheter/x", "a", NOW)
    assert (item.published, item.provenance) == (expected, provenance)
    assert item.uncertain is (provenance is Provenance.VISIBLE)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Ny bro - Falu kommun</title>", "<h1>Ny bro</h1>", "Ny bro"),
        ("<title>Ny bro - Falu kommun - Falu kommun</title>", "", "Ny bro"),
        ("<title>Bro – snart klar | Falu kommun</title>", "", "Bro – snart klar"),
        ('<meta property="og:title" content="Ny bro"><title>x</title>', "<h1>Falu kommun</h1>", "Ny bro"),
        ("", "<h1>Bara en <b>rubrik</b></h1>", "Bara en rubrik"),
    ],
)
def test_title_is_without_the_sites_name(head: str, body: str, title: str) -> None:
    """The title is what the news is called, not what the site is called."""
    assert article(page(body, head), "https://www.a.se/n", "a", NOW).title == title


@pytest.mark.parametrize(
    "lead",
    [
        '<p class="ingress">{}</p>',
        '<div class="preamble">{}</div>',
        '<div id="Ingress"><p>{}</p></div>',
        '<p class="lead">{}</p>',
        "<p>{}</p>",
    ],
)
def test_leads_of_all_makes_are_found(lead: str) -> None:
    """Whatever class the lead has, it is the lead; the first paragraph where none is marked."""
    text = "Bron över älven blir klar ett år tidigare än planerat."
    body = f"<h1>Ny bro</h1>{lead.format(text)}<p>Resten av texten är längre och handlar om annat.</p>"
    assert article(page(body), "https://www.a.se/n", "a", NOW).lead == text


def test_canonical_address_must_be_the_sites_own() -> None:
    """A page may name its address on its own site, and no other's, nor its start page."""
    for href, expected in (
        ("https://a.se/nyheter/x", "https://a.se/nyheter/x"),
        ("https://evil.example/x", "https://www.a.se/n?id=1"),
        ("https://www.a.se/", "https://www.a.se/n?id=1"),
    ):
        head = f'<link rel="canonical" href="{href}">'
        assert article(page("<h1>x</h1>", head), "https://www.a.se/n?id=1", "a", NOW).url == expected


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Whatever the bytes, the readers give items or ParseFailed, nothing else."""
    for parse in (feed, listing, article):
        try:
            parse(data, BASE, "a", NOW)
        except ParseFailed:
            continue


def test_deep_nesting_is_survived() -> None:
    """Ten thousand elements inside each other are read or refused."""
    deep = page("<div>" * 10_000 + '<h2><a href="/nyheter/a">En nyhet</a></h2>')
    with contextlib.suppress(ParseFailed):
        listing(deep, BASE, "a", NOW)


def test_a_body_is_bounded_plain_text() -> None:
    """However long the page, its body has at most 100,000 characters, and no script, form or tag."""
    active = "<script>alert(1)</script><form><input value='Sök'></form><p onclick='x()'>Kvar <b>här</b></p>"
    words = "Skolan byggs om med början i mars. " * 20
    paragraphs = "".join(f"<p>Del {number} av texten. {words}</p>" for number in range(300))
    body = article(page(f"<h1>x</h1>{active}{paragraphs}"), BASE, "a", NOW).body
    assert 75_000 < len(body) <= 100_000
    assert not [part for part in ("<", "alert", "Sök", "onclick") if part in body]


def test_a_body_of_portlets_is_bounded_too() -> None:
    """SiteVision's own portlets are read without a library, and their text is bounded all the same."""
    words = f"<p>{'Skolan byggs om. ' * 9000}</p>"
    portlet = f'<div id="Brodtext"></div><div class="sv-text-portlet-content">{words}</div>'
    assert 75_000 < len(article(page(portlet), BASE, "a", NOW).body) <= 100_000


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:image/png;base64,AAAA", "file:///etc/passwd", "/logo.svg"]
)
def test_a_picture_is_one_to_show(address: str) -> None:
    """Only a picture with an http(s) address is one, and no logo."""
    head = f'<meta property="og:image" content="{address}">'
    item = article(page(f'<h1>x</h1><img src="{address}" alt="A">', head), BASE, "a", NOW)
    assert (item.image, item.image_alt) == ("", "")


def test_marks_of_the_pages_own_hide_nothing() -> None:
    """A page cannot hide its text, or show its menu, by writing the marks that the reader sets."""
    told = "Bron över älven blir klar i mars."
    body = f'<h1>Ny bro</h1><p class="ingress" data-clutter="menu" data-card="item">{told}</p>'
    assert article(page(body), BASE, "a", NOW).lead == told


# --- days by other clocks -----------------------------------------------------------------------------


def dated(
    published: str, lang: str = "en", body: str = "<h1>A</h1>", url: str = "https://a.example/b"
) -> NewsItem:
    head = f'<meta property="article:published_time" content="{published}">'
    html = f'<html lang="{lang}"><head>{head}</head><body><main>{body}</main></body></html>'
    return article(html.encode(), url, "member", NOW)


@pytest.mark.parametrize(
    ("lang", "url", "published", "on"),
    [
        ("sv", "https://a.example/b", "2026-11-03T23:30:00Z", date(2026, 11, 4)),
        ("de", "https://a.example/b", "2026-11-03T23:30:00Z", date(2026, 11, 4)),
        ("en", "https://a.se/b", "2026-11-03T23:30:00Z", date(2026, 11, 4)),
        ("sv", "https://a.se/b", "2026-11-03T21:24:10-05:00", date(2026, 11, 4)),
        ("", "https://a.example/b", "2026-11-03T21:24:10-05:00", date(2026, 11, 3)),
        ("en", "https://a.example/b", "2026-11-03T21:24:10-05:00", date(2026, 11, 3)),
        ("en", "https://a.example/b", "Tue, 03 Nov 2026 12:00:00 GMT", date(2026, 11, 3)),
    ],
)
def test_a_moment_is_a_day_by_the_clock_of_the_readers(lang: str, url: str, published: str, on: date) -> None:
    """A moment in UTC is a day by the members' clock where readers share it; another clock is the page's."""
    item = dated(published, lang, url=url)
    assert (item.published, item.uncertain) == (on, False)


def test_a_moment_near_midnight_elsewhere_is_uncertain() -> None:
    """Where the readers' clock is unknown and the moment falls on another day by it, the day is uncertain."""
    assert dated("2026-11-03T03:37:00Z").uncertain
    assert not dated("2026-11-03T12:00:00Z").uncertain


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://a.example/2026/11/02/b", "<h1>A</h1>"),
        ("https://a.example/b", '<h1>A</h1><time datetime="2026-11-02T23:37:00-04:00">2 Nov</time>'),
    ],
)
def test_the_address_and_the_heading_settle_a_moment_in_utc(url: str, body: str) -> None:
    """The day in the address, or by the heading, goes by the readers' clock."""
    item = dated("2026-11-03T03:37:00Z", body=body, url=url)
    assert (item.published, item.uncertain) == (date(2026, 11, 2), False)


@pytest.mark.parametrize(
    ("url", "published", "on"),
    [
        ("https://a.example.au/b", "2026-11-03T03:00:00Z", date(2026, 11, 3)),
        ("https://a.example.nz/b", "2026-11-03T1:5:9Z", date(2026, 11, 3)),
    ],
)
def test_readers_in_the_far_east_have_a_clock_of_their_own(url: str, published: str, on: date) -> None:
    """A moment in UTC that is the same day in all of Australia and New Zealand is sure on their pages."""
    item = dated(published, url=url)
    assert (item.published, item.uncertain) == (on, False)
    assert dated("2026-11-03T18:30:00Z", url=url).uncertain


DAY_BY_ITSELF = "<h1>A</h1><p>{}</p><p>Texten om bron är längre än en rad och säger mer än en dag.</p>"


@pytest.mark.parametrize(
    "body",
    [
        DAY_BY_ITSELF.format("3 mars 2024"),
        DAY_BY_ITSELF.format("Anna Ek, <span>3 mars 2024</span>"),
        "<h1>A</h1><time datetime='2024-03-03'>3 mars</time>",
        "<h1>A</h1><p>Brödtext.</p><p>Publicerad: 3 mars 2024</p>",
    ],
)
def test_a_day_that_the_page_denies_is_uncertain(body: str) -> None:
    """Where the page shows people quite another day than it tells machines, the day told is uncertain."""
    item = dated("2026-11-03T12:00:00+01:00", "sv", body=body)
    assert (item.published, item.uncertain) == (date(2026, 11, 3), True)


@pytest.mark.parametrize(
    "body",
    [
        DAY_BY_ITSELF.format("Uppdaterad 3 mars 2024"),
        DAY_BY_ITSELF.format("<b>Senast ändrad:</b> <span>3 mars 2024</span>"),
        DAY_BY_ITSELF.format("<b>3 november 2026</b> <b>3 mars 2024</b>"),
        DAY_BY_ITSELF.format("Bron byggdes den 3 mars 2024 och stod klar i tid."),
        "<h1>A</h1><ul><li><a href='/c'>Nytt</a><p>Publicerad: 3 mars 2024</p></li></ul>",
        "<h1>A</h1><p>11/03/2026</p>",
    ],
)
def test_a_day_that_the_page_does_not_deny_is_sure(body: str) -> None:
    """A day of change, of other news or in running text, several days, or the month first, denies nothing."""
    item = dated("2026-11-03T12:00:00+01:00", "sv", body=body)
    assert (item.published, item.uncertain) == (date(2026, 11, 3), False)


def test_an_address_with_quite_another_day_makes_it_uncertain() -> None:
    """Where the address, with or without leading zeros, has quite another day, the day told is uncertain."""
    for path in ("2024/3/3", "2024/03/03", "2024-03-03-bron"):
        assert dated("2026-11-03", "sv", url=f"https://a.example/{path}").uncertain
    assert not dated("2026-11-03", "sv", url="https://a.example/2026/11/3-fragor").uncertain


@pytest.mark.parametrize(
    ("shown", "on", "uncertain"),
    [
        ("Published March 9, 2026", date(2026, 3, 9), False),
        ("Published 3 September 2026", date(2026, 9, 3), False),
        ("A bridge", date(2026, 9, 3), True),
    ],
)
def test_day_and_month_in_either_order_need_another_word(shown: str, on: date, uncertain: bool) -> None:
    """On a page in English, 03-09-2026 is the day that the page shows otherwise, and uncertain without."""
    item = dated("03-09-2026", body=f"<h1>A</h1><p>{shown}</p>")
    assert (item.published, item.uncertain) == (on, uncertain)
    assert not dated("03-09-2026", "sv").uncertain


def test_a_line_by_the_heading_is_better_than_none() -> None:
    """Where nothing else tells the day, one line by the heading that is hardly more than a date does."""
    item = article(page(DAY_BY_ITSELF.format("3 mars 2026")), BASE, "a", NOW)
    assert (item.published, item.provenance, item.uncertain) == (date(2026, 3, 3), Provenance.VISIBLE, True)


@pytest.mark.parametrize("kind", ["LiveBlogPosting", "OpinionNewsArticle", "ReviewNewsArticle", "Article"])
def test_every_kind_of_article_tells_its_day(kind: str) -> None:
    """A live report's own day is that of its beginning, though the head has that of its latest entry."""
    thing = f'{{"@type": "{kind}", "datePublished": "2026-11-02T09:00:00+01:00"}}'
    told = f'<script type="application/ld+json">{thing}</script>'
    item = dated("2026-11-03T12:00:00+01:00", "sv", body=f"<h1>A</h1>{told}")
    assert (item.published, item.provenance) == (date(2026, 11, 2), Provenance.JSON_LD)


def test_two_days_of_publication_are_uncertain() -> None:
    """Where JSON-LD and the head tell quite different days, the precedence stays and the day is uncertain."""
    told = '<script type="application/ld+json">{"@type": "Article", "datePublished": "2026-10-01"}</script>'
    item = dated("2026-11-03", "sv", body=f"<h1>A</h1>{told}")
    assert (item.published, item.uncertain) == (date(2026, 10, 1), True)


def test_the_marked_days_of_a_list_are_not_the_page_s() -> None:
    """Many marks that show different texts are other news, also where a template gave all the same moment."""
    mark = '<p><time pubdate datetime="2026-11-03T13:34:33Z">{} juli</time></p>'
    body = "<h1>A</h1>" + "".join(mark.format(number) for number in range(1, 6))
    assert article(page(body), "https://a.example/b", "member", NOW).provenance is not Provenance.META
