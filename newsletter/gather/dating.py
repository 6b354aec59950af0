"""The day that a page was published, and how it is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from newsletter.gather.addresses import address_day
from newsletter.gather.days import believed, day, labelled_day
from newsletter.gather.linked import things, word
from newsletter.gather.pages import (
    CARD,
    CLUTTER,
    Node,
    main_of,
    meta,
    tells_of_change,
    text_of,
    words_of,
)
from newsletter.model.news import Provenance

_META = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "pubdate",
    "datePublished",
    "publishdate",
    "publish-date",
    "publish_date",
    "sailthru.date",
    "parsely-pub-date",
    "cXenseParse:recs:publishtime",
    "cXenseParse:publishtime",
)
_DUBLIN_CORE = ("DC.Date.Published", "DC.Date.Issued", "DCTERMS.Issued", "DCTERMS.Published")
_CHANGED = ("DC.Date.Modified", "article:modified_time", "og:updated_time", "moddate", "dateModified")
_NOTE = 120  # characters; a longer text is not a place for a date
_MOMENT = re.compile(
    r"(?<!\d)(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?", re.I
)


@dataclass(frozen=True, slots=True)
class Published:
    """A day, where it stands, and whether it may be another day than that of publication."""

    on: date | None = None
    provenance: Provenance = Provenance.UNDATED
    uncertain: bool = False


def published(root: Node, url: str, now: datetime) -> Published:
    """The day by the precedence that works: markup for machines, the address, words, what is merely seen.

    A day of change is never taken, nor one of several that are seen without a word.
    """
    return next((found for found in _found(root, url, now) if found.on), Published())


def _found(root: Node, url: str, now: datetime) -> Iterator[Published]:
    for thing in things(root):
        yield Published(_moment(word(thing, "datePublished"), root, now), Provenance.JSON_LD)
    for provenance, names in ((Provenance.META, _META), (Provenance.DUBLIN_CORE, _DUBLIN_CORE)):
        for name in names:
            yield Published(_moment(meta(root, name), root, now), provenance)
    yield Published(_marked(root, now), Provenance.META)
    yield Published(address_day(url, now), Provenance.ADDRESS)
    yield Published(_labelled(root, now), Provenance.LABELLED)
    yield Published(_seen(root, now), Provenance.VISIBLE, uncertain=True)


def _moment(text: str, root: Node, now: datetime) -> date | None:
    """The day of a moment: where the members are, or as written where the page is in another language."""
    language = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "sv").lower()
    if match := (None if language.startswith("sv") else _MOMENT.search(text)):
        return day(match[1], now)
    return day(text, now)


def _marked(root: Node, now: datetime) -> date | None:
    """Microdata and `time pubdate`, where the page has one such day."""
    marks = root.xpath(f"//*[@itemprop='datePublished' or @pubdate][not({CLUTTER} or {CARD})]")
    told = {
        _moment(mark.get("datetime") or mark.get("content") or text_of(mark), root, now) for mark in marks
    }
    return next(iter(told)) if len(told) == 1 else None


def _labelled(root: Node, now: datetime) -> date | None:
    """A day with a word such as *Publicerad*: in the page's own matter, else in a line about the page."""
    main = main_of(root)
    found = labelled_day(words_of(main), now) if main is not None else None
    if found:
        return found
    lines = (line for line in root.xpath(_ABOUT) if len(text_of(line)) < 300)
    return next((found for line in lines if (found := labelled_day(text_of(line), now))), None)


_ABOUT = (
    "//*[self::p or self::div or self::span or self::footer or self::time or self::li]"
    "[contains(., 'ublicera') or contains(., 'ublished') or contains(., 'UBLICERA')]"
    f"[not({CLUTTER}) or @data-clutter = 'foot'][not({CARD})]"
)


def _seen(root: Node, now: datetime) -> date | None:
    """The one day by the heading, else the one in places made for dates; never that of the change."""
    main = main_of(root)
    if main is None:
        return None
    for places in (main.xpath(_BY_HEADING), main.xpath(_PLACES)):
        seen = {_seen_in(place, now) for place in places} - {None}
        if len(seen) == 1:
            return next(iter(seen - _changed(root, now)), None)
    return None


def _seen_in(place: Node, now: datetime) -> date | None:
    text = text_of(place)
    if len(text) > _NOTE or tells_of_change(place):
        return None
    return believed(day(place.get("datetime") or "", now) or day(text, now), now)


def _changed(root: Node, now: datetime) -> set[date | None]:
    return {day(meta(root, name), now) for name in _CHANGED}


_BY_HEADING = (
    "(.//h1)[1]/preceding-sibling::*[position() < 3]/descendant-or-self::time"
    " | (.//h1)[1]/following-sibling::*[position() < 3]/descendant-or-self::time"
    " | (.//h1)[1]/ancestor::header[1]//time"
)
_PLACES = (
    "(.//time | .//*[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'datum')"
    f" or contains(@class, 'publ') or contains(@id, 'datum')])[not({CLUTTER} or {CARD})]"
)
