"""A page with one item of news to that item."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from difflib import SequenceMatcher

from newsletter.gather.addresses import address_day, canonical, site
from newsletter.gather.cleaning import cleaned, shortened
from newsletter.gather.days import day
from newsletter.gather.pages import (
    UNDATED,
    Dated,
    Node,
    first,
    has_class,
    meta,
    prose_of,
    seen_day,
    text_of,
    tree,
)
from newsletter.model.news import NewsItem, Provenance

_MAIN = (
    "//article[@id='article']",
    "//main//article",
    "//*[@id='Innehall' or @id='Huvudinnehall']",
    "//main",
    "//*[@role='main']",
    "//article",
    "//body",
)
_LEADS = (
    "//*[@id='Ingress']",
    f"//p[{has_class('ingress', 'preamble', 'lead', 'introduction')}]",
    f"//*[{has_class('ingress', 'preamble', 'lead', 'sv-ingress', 'c-article__lead', 'article-preamble')}]",
)
_TITLES = (
    "//*[@id='page-title']",
    "//*[@id='Rubrik']//h1",
    "//*[@id='Rubrik']",
    "//article//h1",
    "//main//h1",
    "//h1",
)
_CLUTTER = "ancestor::nav or ancestor::footer or ancestor::aside or ancestor::form"
_ARTICLES = frozenset({"NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "WebPage"})


def article(data: bytes, url: str, member: str, now: datetime, charset: str = "") -> NewsItem:
    """The item that a page tells: title, canonical address, day with its provenance, lead, picture.

    The day is taken by a fixed precedence and never from the server's Last-Modified; an unlabelled one
    that is only seen is uncertain. Raises ParseFailed where the bytes are no page.
    """
    root = tree(data, charset)
    published, provenance = _published(root, url, now)
    title = _title(root)
    return NewsItem(
        member=member,
        url=_canonical(root, url),
        title=title,
        lead=_lead(root, title),
        published=published,
        provenance=provenance,
        uncertain=provenance is Provenance.VISIBLE,
        image=canonical(_image(root), url) if _image(root) else "",
    )


def merged(listed: NewsItem, read: NewsItem) -> NewsItem:
    """What the list and the page say together: the page's words, the better-founded day, the list's address.

    The list's address stays, so that the next gather knows the item again.
    """
    days = sorted(
        (listed, read), key=lambda item: (item.published is None, item.uncertain, item.provenance.rank)
    )
    return replace(
        listed,
        title=read.title or listed.title,
        lead=read.lead or listed.lead,
        published=days[0].published,
        provenance=days[0].provenance,
        uncertain=days[0].uncertain,
        image=read.image or listed.image,
    )


def _canonical(root: Node, url: str) -> str:
    """The page's own canonical address, where it is on the same site and not the start page."""
    link = first(root, "//link[@rel='canonical'][@href]")
    own = canonical(link.get("href"), url) if link is not None else ""
    deep = own.rstrip("/").count("/") > 2
    return own if own and site(own) == site(url) and deep else canonical(url)


# --- title --------------------------------------------------------------------------------------------


def _title(root: Node) -> str:
    """The heading that agrees best with what the page is called; else that, without the site's name."""
    called = [cleaned(text) for text in (meta(root, "og:title"), text_of(first(root, "//title"))) if text]
    headings = [prose_of(node) for path in _TITLES for node in root.xpath(path) if not node.xpath(_CLUTTER)]
    headings = list(dict.fromkeys(filter(None, headings)))
    if not called:
        return headings[0] if headings else ""
    likely = [
        heading for heading in headings if any(heading.casefold() in name.casefold() for name in called)
    ]
    longest = max(likely, key=len, default="")
    if longest and not _is_site_name(longest, root):
        return longest
    return next((heading for heading in headings if _alike(heading, called[0])), "") or _without_site(
        called, root
    )


def _is_site_name(heading: str, root: Node) -> bool:
    return heading.casefold() == cleaned(meta(root, "og:site_name")).casefold()


def _alike(heading: str, called: str) -> bool:
    return SequenceMatcher(None, heading.casefold(), called.casefold()).ratio() > 0.6


def _without_site(called: list[str], root: Node) -> str:
    """The first name, without what follows the last dash or bar while the site's name stands there."""
    name, site_name = called[0], cleaned(meta(root, "og:site_name"))
    while (parts := _LAST_PART.match(name)) and (parts[2] == site_name or _A_SITE.search(parts[2])):
        name = parts[1]
    return name


_LAST_PART = re.compile(r"(.*\S)\s+[|–—-]\s+(\S.*)")
_A_SITE = re.compile(r"\b(?:kommun|region|stad)\b|\.se$", re.I)


# --- day ----------------------------------------------------------------------------------------------


def _published(root: Node, url: str, now: datetime) -> Dated:
    """The day by the precedence that works: markup for machines, the address, what is seen."""
    sources: tuple[tuple[Provenance, Callable[[], date | None]], ...] = (
        (Provenance.JSON_LD, lambda: _linked_day(root, now)),
        (Provenance.META, lambda: day(meta(root, "article:published_time", "pubdate", "datePublished"), now)),
        (
            Provenance.DUBLIN_CORE,
            lambda: day(meta(root, "DC.Date.Published", "DC.Date.Issued", "DC.Date"), now),
        ),
        (Provenance.ADDRESS, lambda: address_day(url, now)),
    )
    for provenance, look in sources:
        found = look()
        if found:
            return found, provenance
    return _seen(root, now)


def _seen(root: Node, now: datetime) -> Dated:
    main = first(root, *_MAIN)
    if main is None:
        return UNDATED
    found = seen_day(main, now)
    if found[1] is not Provenance.VISIBLE:
        return found
    times = {day(time.get("datetime") or text_of(time), now) for time in main.xpath(".//time")}
    return (
        found if len(times - {None}) <= 1 else UNDATED
    )  # several days: a calendar or a list, so none is believed


def _linked_day(root: Node, now: datetime) -> date | None:
    days = (day(str(thing.get("datePublished", "")), now) for thing in _things(root))
    return next((found for found in days if found), None)


def _things(root: Node) -> Iterator[dict[str, object]]:
    """The articles that JSON-LD tells of, wherever in its graph they stand."""
    for script in root.xpath("//script[@type='application/ld+json']"):
        try:
            told = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        yield from sorted(_flat(told), key=lambda thing: thing.get("@type") == "WebPage")


def _flat(told: object, depth: int = 0) -> Iterator[dict[str, object]]:
    if isinstance(told, list) and depth < 4:
        for part in told:
            yield from _flat(part, depth + 1)
    elif isinstance(told, dict):
        kinds = told.get("@type")
        names = set(kinds) if isinstance(kinds, list) else {kinds}
        if names & _ARTICLES:
            yield told
        yield from _flat(told.get("@graph", []), depth + 1)


# --- lead and picture ---------------------------------------------------------------------------------


def _lead(root: Node, title: str) -> str:
    """The visible lead, else the description for machines, else the first real paragraph."""
    for text in _leads(root):
        if len(text) >= 25 and text != title:
            return shortened(text)
    return ""


def _leads(root: Node) -> Iterator[str]:
    for path in _LEADS:
        yield from (prose_of(node) for node in root.xpath(path) if not node.xpath(_CLUTTER))
    yield cleaned(meta(root, "og:description", "description", "DC.Description"))
    main = first(root, *_MAIN)
    if main is not None:
        paragraphs = (prose_of(node) for node in main.xpath(f".//p[not({_CLUTTER})]"))
        yield from (
            text for text in paragraphs if len(text) >= 40 and not re.match(r"publicera|senast", text, re.I)
        )


def _image(root: Node) -> str:
    named = meta(root, "og:image", "twitter:image")
    if named:
        return named
    for thing in _things(root):
        image = thing.get("image")
        image = image[0] if isinstance(image, list) and image else image
        image = image.get("url") if isinstance(image, dict) else image
        if isinstance(image, str):
            return image
    return ""
