"""A page with one item of news to that item."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from newsletter.gather.addresses import canonical, site
from newsletter.gather.bodies import body
from newsletter.gather.dating import published
from newsletter.gather.images import picture
from newsletter.gather.leads import lead
from newsletter.gather.pages import Node, first, tree
from newsletter.gather.titles import title
from newsletter.model.news import NewsItem


def article(data: bytes, url: str, member: str, now: datetime, charset: str = "") -> NewsItem:
    """The item that a page tells: title, canonical address, day with its provenance, lead, picture, body.

    The day is taken by a fixed precedence and never from the server's Last-Modified; an unlabelled one
    that is only seen is uncertain. Raises ParseFailed where the bytes are no page.
    """
    root = tree(data, charset)
    when = published(root, url, now)
    called = title(root, url)
    image, alt = picture(root, url)
    return NewsItem(
        member=member,
        url=_canonical(root, url),
        title=called,
        lead=lead(root, called),
        published=when.on,
        provenance=when.provenance,
        uncertain=when.uncertain,
        image=image,
        image_alt=alt,
        body=body(root, called),
    )


def merged(listed: NewsItem, read: NewsItem) -> NewsItem:
    """What the list and the page say together: the page's words, the better-founded day, the list's address.

    The list's address stays, so that the next gather knows the item again.
    """
    days = sorted(
        (listed, read), key=lambda item: (item.published is None, item.uncertain, item.provenance.rank)
    )
    pictured = read if read.image else listed
    return replace(
        listed,
        title=read.title or listed.title,
        lead=read.lead or listed.lead,
        published=days[0].published,
        provenance=days[0].provenance,
        uncertain=days[0].uncertain,
        image=pictured.image,
        image_alt=pictured.image_alt,
        body=read.body or listed.body,
    )


def _canonical(root: Node, url: str) -> str:
    """The page's own canonical address, where it is on the same site and not the start page."""
    link = first(root, "//link[@rel='canonical'][@href]")
    own = canonical(link.get("href"), url) if link is not None else ""
    deep = own.rstrip("/").count("/") > 2
    return own if own and site(own) == site(url) and deep else canonical(url)
