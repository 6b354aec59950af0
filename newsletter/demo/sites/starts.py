"""The sites' start pages, and what stands around the news: comments, notices, vacancies, a calendar.

Each gives path → text for a site, from its name, where its news are listed, and its stories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from json import dumps

from newsletter.demo.sites import markup
from newsletter.demo.sites.stories import Story

_SHOWN = 2  # news on a start page
_NOTICES = "/4.3a5b91e7/12.5d20aa17.portlet?state=rss&sv.contenttype=text/xml;charset=UTF-8"
_VACANCIES = "/4.3a5b91e7/12.0b77c3f9.portlet?state=rss&sv.contenttype=text/xml;charset=UTF-8"
_POSTS = "/wp-json/wp/v2/posts?per_page=20&_fields=date,date_gmt,link,title,excerpt,status"


def sitevision(name: str, listed_at: str, stories: Sequence[Story]) -> Mapping[str, str]:
    """A start page that leads to the news list, beside vacancies, notices and a calendar."""
    body = (
        f"<h1>Välkommen till {escape(name)}</h1>{_services()}"
        f'<h2>Aktuellt</h2><p><a href="{listed_at}">Fler nyheter</a></p>'
    )
    return {"/": markup.page(name, f"Start - {name}", body)}


def sitevision_with_feed(name: str, feed: str, stories: Sequence[Story]) -> Mapping[str, str]:
    """The feed of the news stands only in the body of the news page, among those of other things."""
    items = "".join(
        f'<li class="sv-channel-item"><h3><a href="/nyheter/{story.dated_slug}.html">'
        f'{escape(story.title)}</a></h3><time datetime="{story.on}">{story.in_words}</time></li>'
        for story in stories
    )
    feeds = (
        f'<p><a href="{escape(_NOTICES)}">Anslagstavlan som RSS</a> '
        f'<a href="{escape(_VACANCIES)}">Lediga jobb, RSS</a></p>'
        f'<p><a href="{escape(feed)}"><img src="/rss.png" alt="Prenumerera via RSS"></a></p>'
    )
    news = markup.page(name, f"Nyheter - {name}", f"<h1>Nyheter</h1><ul>{items}</ul>{feeds}")
    start = f'<h1>{escape(name)}</h1>{_services()}<p><a href="/nyheter.html">Alla nyheter</a></p>'
    return {"/": markup.page(name, f"Start - {name}", start), "/nyheter.html": news}


def episerver(name: str, listed_at: str, stories: Sequence[Story]) -> Mapping[str, str]:
    """A start page that calls itself an article, and shows the latest news without days."""
    head = '<meta property="og:type" content="article">'
    latest = "".join(
        f'<h2><a href="/nyheter/{story.on.year}/{story.slug}/">{escape(story.title)}</a></h2>'
        for story in stories[:_SHOWN]
    )
    body = f'<h1>{escape(name)}</h1>{latest}<p><a href="{listed_at}">Nyheter</a></p>{_services()}'
    return {"/": markup.page(name, f"{name} - {name}", body, head)}


def wordpress_open(name: str, feed: str, stories: Sequence[Story]) -> Mapping[str, str]:
    """Feeds of news and of comments in the head, and a list of posts that is open."""
    origin = feed.removesuffix("/feed/")
    return {**_wordpress(name, feed, "application/rss+xml"), _POSTS: posts(origin, stories)}


def wordpress_closed(name: str, feed: str, stories: Sequence[Story]) -> Mapping[str, str]:
    """The same with Atom, where the list of posts is closed to strangers."""
    refusal = {"code": "rest_not_logged_in", "message": "Du är inte inloggad.", "data": {"status": 401}}
    return {**_wordpress(name, feed, "application/atom+xml"), _POSTS: dumps(refusal, ensure_ascii=False)}


def posts(origin: str, stories: Sequence[Story]) -> str:
    """WordPress' own list of posts, as JSON."""
    entries = [
        {
            "status": "publish",
            "date": f"{story.on}T13:00:00",
            "date_gmt": f"{story.on}T12:00:00",
            "link": f"{origin}/{story.slug}/",
            "title": {"rendered": escape(story.title)},
            "excerpt": {"rendered": f"<p>{escape(story.lead)} [&hellip;]</p>\n", "protected": False},
        }
        for story in stories
    ]
    return dumps(entries, ensure_ascii=False)


def _wordpress(name: str, feed: str, kind: str) -> Mapping[str, str]:
    origin = "/".join(feed.split("/")[:3])
    head = (
        f'<link rel="alternate" type="{kind}" title="{escape(name)} &raquo; Flöde" href="{feed}">'
        f'<link rel="alternate" type="application/rss+xml" title="{escape(name)} &raquo; Kommentarsflöde" '
        f'href="{origin}/comments/feed/"><link rel="https://api.w.org/" href="{origin}/wp-json/">'
        f'<link rel="stylesheet" href="{origin}/wp-content/themes/municipio/style.css">'
    )
    body = f"<h1>{escape(name)}</h1>{_services()}"
    return {"/": markup.page(name, name, body, head), "/comments/feed/": _comments(origin)}


def _comments(origin: str) -> str:
    items = "".join(
        f"<item><title>Av: Läsare {number}</title><link>{origin}/sida/#comment-{number}</link></item>"
        for number in (1, 2, 3)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>Kommentarer</title><link>{origin}</link><description></description>{items}</channel></rss>"
    )


def _services() -> str:
    return (
        '<ul><li><a href="/bygga-bo">Bygga och bo</a></li><li><a href="/kalender">Kalender</a></li>'
        '<li><a href="/lediga-jobb">Lediga jobb</a></li><li><a href="/anslag">Anslagstavla</a></li></ul>'
    )
