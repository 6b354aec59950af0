"""The day that a page was published, and how it is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.gather.addresses import address_day
from newsletter.gather.days import believed, day, labelled_day
from newsletter.gather.linked import things, word
from newsletter.gather.moments import Moment, Readers, moment, readers
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
_MANY = 4  # marks that show different texts
_FAR = timedelta(days=1)  # two clocks may be that far apart
_NOTE = 120  # characters; a longer text is not a place for a date


@dataclass(frozen=True, slots=True)
class Published:
    """A day, where it stands, and whether it may be another day than that of publication."""

    on: date | None = None
    provenance: Provenance = Provenance.UNDATED
    uncertain: bool = False


def published(root: Node, url: str, now: datetime) -> Published:
    """The day by the precedence that works: markup for machines, the address, words, what is merely seen.

    A day of change is never taken, nor one of several that are seen without a word. What machines are told
    is uncertain where the page itself says another day.
    """
    by = readers(root, url)
    told = list(_told(root, by, now))
    if told:
        return _weighed(told, root, url, by, now)
    return next((found for found in _found(root, url, by, now) if found.on), Published())


_Told = tuple[Moment, Provenance]


def _told(root: Node, by: Readers, now: datetime) -> Iterator[_Told]:
    """What is told to machines, best first: each kind's first moment that is a day."""
    linked = (word(thing, "datePublished") for thing in things(root))
    kinds = (
        (Provenance.JSON_LD, linked),
        (Provenance.META, (meta(root, name) for name in _META)),
        (Provenance.DUBLIN_CORE, (meta(root, name) for name in _DUBLIN_CORE)),
    )
    for provenance, texts in kinds:
        moments = (moment(text, by, now) for text in texts)
        if found := next((each for each in moments if each.on), None):
            yield found, provenance
    if (marked := _marked(root, by, now)).on:
        yield marked, Provenance.META


def _weighed(told: list[_Told], root: Node, url: str, by: Readers, now: datetime) -> Published:
    """The best that machines are told, beside what the page says otherwise.

    The address and a day by the heading go by the readers' own clock, which settles a moment in UTC.
    """
    best, provenance = told[0]
    local, heading = address_day(url, now), _by_heading(root, by, now)
    if best.other and best.other in (local, heading):
        return Published(best.other, provenance)
    agreed = {local, heading, _labelled(root, now), _seen(root, by, now)}
    unsettled = best.other is not None and best.on not in agreed
    return Published(best.on, provenance, unsettled or _disputed(told))


def _disputed(told: list[_Told]) -> bool:
    """Whether machines are told two quite different days of publication, Dublin Core's aside."""
    days = [each.on for each, kind in told if kind is not Provenance.DUBLIN_CORE and each.on]
    return bool(days) and max(days) - min(days) > _FAR


def _found(root: Node, url: str, by: Readers, now: datetime) -> Iterator[Published]:
    yield Published(address_day(url, now), Provenance.ADDRESS)
    yield Published(_labelled(root, now), Provenance.LABELLED)
    yield Published(_seen(root, by, now), Provenance.VISIBLE, uncertain=True)


def _marked(root: Node, by: Readers, now: datetime) -> Moment:
    """Microdata and `time pubdate`, where the page has one such day; many are those of other news."""
    marks = root.xpath(f"//*[@itemprop='datePublished' or @pubdate][not({CLUTTER} or {CARD})]")
    told = [moment(mark.get("datetime") or mark.get("content") or text_of(mark), by, now) for mark in marks]
    shown = {text_of(mark) for mark in marks}
    one = len({each.on for each in told}) == 1 and len(shown) < _MANY
    return told[0] if one else Moment()


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


def _seen(root: Node, by: Readers, now: datetime) -> date | None:
    """The one day by the heading, else the one in places made for dates; never that of the change."""
    for path in (_BY_HEADING, _PLACES):
        seen = _days_in(root, path, by, now)
        if len(seen) == 1:
            return next(iter(seen - _changed(root, by, now)), None)
    return None


def _by_heading(root: Node, by: Readers, now: datetime) -> date | None:
    """The one day by the heading, where it is not that of the change."""
    seen = _days_in(root, _BY_HEADING, by, now)
    return next(iter(seen - _changed(root, by, now)), None) if len(seen) == 1 else None


def _days_in(root: Node, path: str, by: Readers, now: datetime) -> set[date | None]:
    main = main_of(root)
    places = main.xpath(path) if main is not None else []
    return {_seen_in(place, by, now) for place in places} - {None}


def _seen_in(place: Node, by: Readers, now: datetime) -> date | None:
    text = text_of(place)
    if len(text) > _NOTE or tells_of_change(place):
        return None
    return believed(moment(place.get("datetime") or "", by, now).on or day(text, now), now)


def _changed(root: Node, by: Readers, now: datetime) -> set[date | None]:
    texts = [meta(root, name) for name in _CHANGED] + [word(thing, "dateModified") for thing in things(root)]
    return {moment(text, by, now).on for text in texts}


_BY_HEADING = (
    "(.//h1)[1]/preceding-sibling::*[position() < 3]/descendant-or-self::time"
    " | (.//h1)[1]/following-sibling::*[position() < 3]/descendant-or-self::time"
    " | (.//h1)[1]/ancestor::header[1]//time"
)
_PLACES = (
    "(.//time | .//*[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'datum')"
    f" or contains(@class, 'publ') or contains(@id, 'datum')])[not({CLUTTER} or {CARD})]"
)
