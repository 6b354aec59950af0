"""The pages of the sites: what SiteVision, WordPress and EPiServer make of a story or a list of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from json import dumps

from newsletter.demo.sites.stories import MONTHS, Story

Stories = Sequence[Story]


def page(site: str, title: str, body: str, head: str = "", *, charset: str = "utf-8") -> str:
    """A whole page in the site's frame; without a word about its charset where `charset` is empty."""
    told = f'<meta charset="{charset}">' if charset else ""
    return f"""<!DOCTYPE html>
<html lang="sv"><head>{told}<title>{escape(title)}</title>{head}</head><body>
<header><a href="/">{escape(site)}</a><nav><ul><li><h3><a href="/bygga-bo">Bygga och bo</a></h3></li>
<li><h3><a href="/nyheter/om-webbplatsen">Om webbplatsen</a></h3></li></ul></nav></header>
<main id="Innehall">{body}</main>
<aside><h2>Genvägar</h2><ul><li><h3><a href="/nyheter/prenumerera">Prenumerera</a></h3></li></ul></aside>
<footer><p>{escape(site)} · <a href="/nyheter/kontakt">Kontakta oss</a></p></footer>
<script>window.analytics = {{"id": 0}};</script></body></html>"""


# --- SiteVision ---------------------------------------------------------------------------------------


def portlet_feed(base: str, stories: Stories) -> str:
    """RSS from a portlet: the guid is empty, the description is HTML."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{base}/{story.dated_slug}.html</link>"
        f"<description>{escape(f'<p>{escape(story.lead)}</p>')}</description><guid></guid>"
        f"<pubDate>{_rfc822(story)}</pubDate></item>"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Nyheter</title>'
        f"<link>{base}</link><description></description>{items}</channel></rss>"
    )


def sitevision_article(site: str, story: Story) -> str:
    """#Rubrik, #Ingress, #Brodtext and Dublin Core."""
    head = (
        f'<meta name="DC.Date.Published" content="{story.on} 16:26">'
        f'<meta name="DC.Date.Modified" content="{story.on} 18:02">'
        f'<meta property="og:title" content="{escape(story.title)}">'
        f'<meta property="og:updated_time" content="{int(story.moment.timestamp())}">'
    )
    body = (
        f'<div id="Rubrik"><div class="sv-text-portlet-content"><h1>{escape(story.title)}</h1></div></div>'
        f'<div id="Ingress"><div class="sv-text-portlet-content"><p>{escape(story.lead)}</p></div></div>'
        f"{_picture(story)}"
        f'<div id="Brodtext"><div class="sv-text-portlet-content"><p>{escape(story.body)}</p></div></div>'
        f"<p>Publicerad: {story.in_words} kl 16.26</p>"
    )
    return page(site, f"{story.title} - {site}", body, head)


def state_list(site: str, name: str, entries: Sequence[dict[str, object]]) -> str:
    """A list whose news are only in a script."""
    state = dumps({name: entries, "showImages": False}, ensure_ascii=False)
    script = f"<script>AppRegistry.registerInitialState('12.4a1f', {state});</script>"
    return page(site, f"Nyheter - {site}", f'<h1>Nyheter</h1><div data-cid="12.4a1f"></div>{script}')


def articles_state(stories: Stories) -> list[dict[str, object]]:
    """The entries of one such app: preamble and a day in words."""
    return [
        {
            "title": story.title,
            "preamble": story.lead,
            "uri": f"/nyheter/{story.dated_slug}",
            "date": story.in_words,
            "image": "",
        }
        for story in stories
    ]


def news_state(stories: Stories) -> list[dict[str, object]]:
    """The entries of another: ingress and epoch milliseconds."""
    return [
        {
            "title": story.title,
            "ingress": story.lead,
            "uri": f"/aktuellt/nyheter/{story.slug}.html",
            "publishedLong": int(story.moment.timestamp() * 1000),
            "category": "Nyhet",
        }
        for story in stories
    ]


def channel_list(site: str, stories: Stories) -> str:
    """`li.sv-channel-item` with `h3` and `time`."""
    items = "".join(
        f'<li class="sv-channel-item"><h3><a href="/nyheter/{story.dated_slug}">'
        f'{escape(story.title)}</a></h3><time datetime="{story.on}T09:15:00+01:00">{story.in_words}</time>'
        f"<p>{escape(story.lead)}</p></li>"
        for story in stories
    )
    return page(site, f"Nyheter - {site}", f'<h1>Nyheter</h1><ul class="sv-channel">{items}</ul>')


def web_app_list(site: str, stories: Stories) -> str:
    """A web app: the class names are generated and mean nothing."""
    items = "".join(
        '<li class="app-17pewff"><article class="app-z81kq"><div class="app-1c"><h3 class="app-0f2">'
        f'<a class="app-9" href="/nyhetsarkiv/{story.slug}">{escape(story.title)}</a></h3>'
        f'<p class="app-p1">{escape(story.lead)}</p>'
        f'<time datetime="{story.on}" class="app-t">{_short(story)}</time></div></article></li>'
        for story in stories
    )
    return page(site, f"Nyhetsarkiv - {site}", f'<h1>Nyhetsarkiv</h1><ul class="app-list">{items}</ul>')


def sol_list(site: str, stories: Stories) -> str:
    """`ul.sv-defaultlist` with `sol-article-item` spans, in a charset that nobody declares."""
    items = "".join(
        f'<li><a href="/nyheter/{story.dated_slug}.html">'
        f'<span class="sol-article-item-heading">{escape(story.title)}</span></a>'
        f'<span class="sol-article-item-date">{_short(story)}</span>'
        f'<span class="sol-article-item-desc">{escape(story.lead)}</span></li>'
        for story in stories
    )
    body = f'<h1>Nyheter</h1><ul class="sv-defaultlist">{items}</ul>'
    return page(site, f"Nyheter - {site}", body, charset="")


def read_more_list(site: str, stories: Stories) -> str:
    """Links that say *Läs mer*: the title stands in `title=`, or only in the address."""
    items = "".join(
        f'<div class="sv-text-portlet"><p>{escape(story.lead)}</p><p><a href="/nyheter/{story.dated_slug}"'
        f"{_titled(story, number)}>Läs mer</a></p></div>"
        for number, story in enumerate(stories)
    )
    return page(site, f"Aktuellt - {site}", f"<h1>Aktuellt</h1>{items}")


def _titled(story: Story, number: int) -> str:
    return f' title="Läs mer om: {escape(story.title)}"' if number % 2 == 0 else ""


# --- WordPress ----------------------------------------------------------------------------------------


def wordpress_feed(base: str, stories: Stories) -> str:
    """RSS with the whole text, and the tail that WordPress adds."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{base}/{story.slug}/?utm_source=rss</link>"
        f'<guid isPermaLink="false">{base}/?p={1000 + number}</guid><pubDate>{_rfc822(story)}</pubDate>'
        f"<description><![CDATA[<p>{story.lead} [&#8230;]</p>]]></description>"
        f"<content:encoded><![CDATA[<p>{story.lead}</p><p>{story.body}</p>]]></content:encoded></item>"
        for number, story in enumerate(stories)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Nyheter</title><link>{base}</link><description></description>{items}</channel></rss>"
    )


def atom_feed(base: str, stories: Stories) -> str:
    """Atom, with a change later than the publication."""
    entries = "".join(
        f"<entry><title>{escape(story.title)}</title><id>tag:{story.slug}</id>"
        f'<link rel="alternate" href="{base}/{story.on:%Y/%m/%d}/{story.slug}/"/>'
        f"<published>{story.moment.isoformat()}</published><updated>{story.moment.isoformat()}</updated>"
        f'<summary type="html">{escape(f"<p>{escape(story.lead)}</p>")}</summary></entry>'
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Nyheter</title>'
        f"<id>{base}/</id><updated>{stories[0].moment.isoformat()}</updated>{entries}</feed>"
    )


def municipio_article(site: str, story: Story) -> str:
    """The Municipio theme: `article#article`, `h1#page-title`, pubdate."""
    head = (
        f'<meta name="pubdate" content="{story.on}T08:00:00+01:00"><meta name="moddate" content="{story.on}">'
        f'<meta property="og:site_name" content="{escape(site)}">{_picture_in_head(story)}'
    )
    body = (
        f'<article id="article" class="c-article"><h1 id="page-title">{escape(story.title)}</h1>'
        f'<p class="lead">{escape(story.lead)}</p><p>{escape(story.body)}</p></article>'
    )
    return page(site, f"{story.title} – {site}", body, head)


# --- EPiServer ----------------------------------------------------------------------------------------


def episerver_list(site: str, stories: Stories) -> str:
    """Bare headings with links; a year in the address at best."""
    items = "".join(
        f'<h2><a href="/nyheter/{story.on.year}/{story.slug}/">{escape(story.title)}</a></h2>'
        f"<p>{escape(story.lead)}</p>"
        for story in stories
    )
    return page(site, f"Nyheter - {site} - {site}", f"<h1>Nyheter</h1>{items}")


def episerver_article(site: str, story: Story) -> str:
    """No day at all, and the site's name twice in the title."""
    head = (
        f'<meta property="og:type" content="article"><meta name="description" content="{escape(story.lead)}">'
    )
    body = f"<h1>{escape(story.title)}</h1>{_picture(story)}<p>{escape(story.body)}</p>"
    return page(site, f"{story.title} - {site} - {site}", body, head)


# --- pictures -----------------------------------------------------------------------------------------


def _picture(story: Story) -> str:
    """The picture among the text, with its alt text."""
    if not story.picture:
        return ""
    return f'<figure><img src="{story.picture}" alt="{escape(story.alt)}" width="1200" height="800"></figure>'


def _picture_in_head(story: Story) -> str:
    """The picture as it is named for those who share the page."""
    if not story.picture:
        return ""
    return (
        f'<meta property="og:image" content="{story.picture}">'
        f'<meta property="og:image:alt" content="{escape(story.alt)}">'
    )


# --- days ---------------------------------------------------------------------------------------------


def _short(story: Story) -> str:
    return f"{story.on.day} {MONTHS[story.on.month - 1][:3]} {story.on.year}"


def _rfc822(story: Story) -> str:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{story.on.day:02} {names[story.on.month - 1]} {story.on.year} 12:00:00 GMT"
