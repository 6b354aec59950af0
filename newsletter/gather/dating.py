"""The day that a page was published, and how it is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.gather.addresses import address_day
from newsletter.gather.linked import things, word
from newsletter.gather.moments import Moment, Readers, moment, readers, turned
from newsletter.gather.pages import CARD, CLUTTER, Node, meta, text_of
from newsletter.gather.shown import Shown, shown
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
_MANY = 4  # marks that show different texts
_FAR = timedelta(days=1)  # two clocks may be that far apart


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
    told, seen = list(_told(root, by, now)), shown(root, by, now)
    local = address_day(url, now)
    if told:
        return _weighed(told, seen, local)
    return next((found for found in _found(seen, local) if found.on), Published())


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


def _weighed(told: list[_Told], seen: Shown, local: date | None) -> Published:
    """The best that machines are told, beside what the page says otherwise.

    The address and what the page shows go by the readers' own clock, which settles a moment in UTC.
    """
    best, provenance = told[0]
    settling = {local, seen.labelled, seen.by_heading} - {None}
    if best.other and best.other in settling:
        return Published(best.other, provenance)
    unsettled = best.other is not None and best.on not in settling | {seen.anywhere}
    return Published(best.on, provenance, unsettled or _disputed(told) or _denied(best, seen, local))


def _denied(best: Moment, seen: Shown, local: date | None) -> bool:
    """Whether the address has quite another day, or the page tells people of another, and never of this."""
    if local and not _near(best.on, local):
        return True
    said = {seen.labelled, seen.by_heading, seen.line} - {None}
    return bool(said) and not any(_near(best.on, each) or best.on == turned(each) for each in seen.all)


def _near(one: date | None, other: date) -> bool:
    return one is not None and abs(one - other) <= _FAR


def _disputed(told: list[_Told]) -> bool:
    """Whether machines are told two quite different days of publication, Dublin Core's aside."""
    days = [each.on for each, kind in told if kind is not Provenance.DUBLIN_CORE and each.on]
    return bool(days) and max(days) - min(days) > _FAR


def _found(seen: Shown, local: date | None) -> Iterator[Published]:
    yield Published(local, Provenance.ADDRESS)
    yield Published(seen.labelled, Provenance.LABELLED)
    for on in (seen.by_heading, seen.anywhere, seen.line):
        yield Published(on, Provenance.VISIBLE, uncertain=True)


def _marked(root: Node, by: Readers, now: datetime) -> Moment:
    """Microdata and `time pubdate`, where the page has one such day; many are those of other news."""
    marks = root.xpath(f"//*[@itemprop='datePublished' or @pubdate][not({CLUTTER} or {CARD})]")
    told = [moment(mark.get("datetime") or mark.get("content") or text_of(mark), by, now) for mark in marks]
    shown = {text_of(mark) for mark in marks}
    one = len({each.on for each in told}) == 1 and len(shown) < _MANY
    return told[0] if one else Moment()
