"""RSS, Atom and RDF to news."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import feedparser
from lxml import html as lxml_html

from newsletter.errors import ParseFailed
from newsletter.gather.addresses import address_day, canonical
from newsletter.gather.cleaning import bounded, cleaned, decoded, headline, paragraphs, shortened
from newsletter.gather.days import believed, day, local_day
from newsletter.gather.images import alt_of, shown_by
from newsletter.model.news import NewsItem, Provenance

_FLOOD = re.compile(rb"<[A-Za-z][^<>]{16384}")  # 165 kB of attributes in one tag cost feedparser 2.8 s
Entry = Any  # feedparser ships no types

_MOST = 100  # entries; a feed with more is an archive
_TAIL = re.compile(
    r"\s*(?:\[…\]|\[\.\.\.\]|Läs (?:hela|mer|vidare)\b[^.]*|The post .* appeared first on .*)\s*$"
)


def feed(data: bytes, base_url: str, member: str, now: datetime, charset: str = "") -> list[NewsItem]:
    """The news of a feed, in its order, each with a title and an http(s) address.

    A day is the feed's own, else the one in the address; none is made up. Raises ParseFailed where the
    bytes are no feed.
    """
    if _FLOOD.search(data):
        raise ParseFailed("Flödet har en orimligt lång tagg.", why="En tagg är längre än 16 kB.")
    headers = {"content-type": f"text/xml; charset={charset}"} if charset else {}
    parsed = feedparser.parse(
        BytesIO(_declared(data)), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.get("version") and not parsed.entries:
        raise ParseFailed("Svaret är inget flöde.", why=f"{base_url} gav varken RSS eller Atom.")
    found = (_item(entry, base_url, member, now) for entry in parsed.entries[:_MOST])
    return list({item.url: item for item in found if item}.values())


def _declared(data: bytes) -> bytes:
    """The bytes as they are, or as UTF-8 where they are neither declared nor valid UTF-8."""
    if b"encoding=" in data[:200]:
        return data
    return decoded(data).encode("utf-8")


def _item(entry: Entry, base_url: str, member: str, now: datetime) -> NewsItem | None:
    url = canonical(_address(entry), base_url)
    title = headline(entry.get("title", ""))
    if not url or not title:
        return None
    published, provenance = _published(entry, url, now)
    lead = _TAIL.sub("", cleaned(_text(entry)))
    return NewsItem(
        member=member,
        url=url,
        title=title,
        lead="" if lead == title else shortened(lead),
        published=published,
        provenance=provenance,
        image=(image := canonical(_image(entry), base_url)),
        image_alt=_alt(entry, image),
        body=_body(entry, lead),
    )


def _address(entry: Entry) -> str:
    """The entry's link. A guid may be empty or opaque, so it is one only where it is an address."""
    link: str = entry.get("link", "")
    guid: str = entry.get("id", "")
    is_own = link and link != guid  # without a link, the library takes the guid for one
    return link if is_own or link.startswith(("http://", "https://")) else ""


def _text(entry: Entry) -> str:
    return entry.get("summary", "") or _contents(entry)


def _contents(entry: Entry) -> str:
    return max((content.get("value", "") for content in entry.get("content", ())), key=len, default="")


def _body(entry: Entry, lead: str) -> str:
    """The whole text, where the feed has more of it than the lead."""
    text = bounded(paragraphs(_contents(entry)))
    return text if len(text) > len(lead) + 20 else ""


def _alt(entry: Entry, image: str) -> str:
    """What the text says that the picture shows, where it has the same picture."""
    contents = _contents(entry)
    if not image or not contents.strip():
        return ""
    return alt_of(
        image, [shown_by(place) for place in lxml_html.fromstring(f"<div>{contents}</div>").iter("img")]
    )


def _published(entry: Entry, url: str, now: datetime) -> tuple[date | None, Provenance]:
    """The feed's date of publication; an Atom `updated` is no such date unless there is nothing else."""
    own = _moment_day(entry, "published", now)
    if own:
        return own, Provenance.FEED
    in_address = address_day(url, now)
    if in_address:
        return in_address, Provenance.ADDRESS
    updated = _moment_day(entry, "updated", now) if "published" not in entry else None
    return (updated, Provenance.FEED) if updated else (None, Provenance.UNDATED)


def _moment_day(entry: Entry, name: str, now: datetime) -> date | None:
    parsed = entry.get(f"{name}_parsed") if name in entry else None
    if parsed is None:
        return day(entry.get(name, "") if name in entry else "", now)
    try:
        return believed(local_day(datetime.fromtimestamp(calendar.timegm(parsed), UTC)), now)
    except (ValueError, OverflowError, OSError):
        return None


def _image(entry: Entry) -> str:
    media = [*entry.get("media_thumbnail", ()), *entry.get("media_content", ())]
    urls = [item.get("url", "") for item in media if item.get("medium", "image") == "image"]
    files = [link for link in entry.get("links", ()) if link.get("rel") == "enclosure"]
    urls += [link.get("href", "") for link in files if link.get("type", "").startswith("image/")]
    return next(filter(None, urls), "")
