"""The days that a page shows to people: after a word, by the heading, in a line of their own.

A day of change is none of them, nor one of several that stand in the same kind of place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from newsletter.gather.days import believed, day, is_a_date, labelled_day
from newsletter.gather.linked import things, word
from newsletter.gather.moments import Readers, moment
from newsletter.gather.pages import (
    CARD,
    CLUTTER,
    OF_CHANGE,
    Node,
    first,
    main_of,
    meta,
    tells_of_change,
    text_of,
    words_of,
)

_CHANGED = ("DC.Date.Modified", "article:modified_time", "og:updated_time", "moddate", "dateModified")
_NOTE = 120  # characters; a longer text is not a place for a date
_LINE = 60  # characters; a longer line says more than a date


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows; None where it shows no such day, or several."""

    labelled: date | None  # after a word such as *Publicerad*
    by_heading: date | None  # in a `time` element right by the heading
    line: date | None  # in a line near the heading that says hardly more than a date
    anywhere: date | None  # by the heading, else in the one place that is made for dates
    all: frozenset[date]  # every day in these places, those of changes too


def shown(root: Node, by: Readers, now: datetime) -> Shown:
    """The days that a page shows to people, each by where it stands."""
    main, changed = main_of(root), _changed(root, by, now)
    labelled, lines = _labelled(root, main, now), set(_lines(main, now))
    headed, places = _days_in(main, _BY_HEADING, by, now), _days_in(main, _PLACES, by, now)
    return Shown(
        labelled=labelled,
        by_heading=_one(headed, changed),
        line=_one(lines, changed),
        anywhere=_one(headed if len(headed) == 1 else places, changed),
        all=frozenset(headed | places | lines | ({labelled} if labelled else set())),
    )


def _one(days: set[date], changed: set[date]) -> date | None:
    """The one day, where it is one and not that of the change."""
    return next(iter(days - changed), None) if len(days) == 1 else None


def _labelled(root: Node, main: Node, now: datetime) -> date | None:
    """A day with a word such as *Publicerad*: in the page's own matter, else in a line about the page."""
    found = labelled_day(words_of(main), now) if main is not None else None
    if found:
        return found
    lines = (text_of(line) if line.get("data-clutter") else words_of(line) for line in root.xpath(_ABOUT))
    return next((found for line in lines if len(line) < 300 and (found := labelled_day(line, now))), None)


_ABOUT = (
    "//*[self::p or self::div or self::span or self::footer or self::time or self::li]"
    "[contains(., 'ublicera') or contains(., 'ublished') or contains(., 'UBLICERA')]"
    f"[not({CLUTTER}) or @data-clutter = 'foot'][not({CARD})]"
)


def _lines(main: Node, now: datetime) -> Iterator[date]:
    """The days in the lines around the heading that say hardly more than a date."""
    heading = first(main, ".//h1") if main is not None else None
    before = ""
    for line in heading.xpath(_AROUND) if heading is not None else ():
        holder = line.getparent() if line.is_text else line.getparent().getparent()
        text = " ".join(line.split())
        told = 4 < len(text) < _LINE and is_a_date(text) and not OF_CHANGE.search(before)
        before = text
        if told and main in holder.iterancestors() and not tells_of_change(holder):
            yield from (found for found in [day(text, now)] if found)


def _days_in(main: Node, path: str, by: Readers, now: datetime) -> set[date]:
    places = main.xpath(path) if main is not None else []
    return {found for place in places if (found := _seen_in(place, by, now))}


def _seen_in(place: Node, by: Readers, now: datetime) -> date | None:
    text = text_of(place)
    if len(text) > _NOTE or tells_of_change(place):
        return None
    return believed(moment(place.get("datetime") or "", by, now).on or day(text, now), now)


def _changed(root: Node, by: Readers, now: datetime) -> set[date]:
    texts = [meta(root, name) for name in _CHANGED] + [word(thing, "dateModified") for thing in things(root)]
    return {found for text in texts if (found := moment(text, by, now).on)}


_BY_HEADING = (
    "(.//h1)[1]/preceding-sibling::*[position() < 3]/descendant-or-self::time"
    " | (.//h1)[1]/following-sibling::*[position() < 3]/descendant-or-self::time"
    " | (.//h1)[1]/ancestor::header[1]//time"
)
_PLACES = (
    "(.//time | .//*[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'datum')"
    f" or contains(@class, 'publ') or contains(@id, 'datum')])[not({CLUTTER} or {CARD})]"
)
_WORDS = (
    f"text()[string-length(normalize-space()) > 3][not(ancestor::*[{CLUTTER} or {CARD}])]"
    "[not(ancestor::script or ancestor::style or ancestor::noscript)]"
)
_AROUND = f"preceding::{_WORDS}[position() < 4] | following::{_WORDS}[position() < 9]"
