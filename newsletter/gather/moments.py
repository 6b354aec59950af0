"""The day of a moment that a machine wrote: by the clock of the page's own readers.

A system often writes its moments in UTC, whatever the clock of its readers, and a day that is read off such
a moment is the wrong one near midnight. In Sweden, and in the countries that share its clock, the moment
tells the day. From elsewhere only an offset, the address or a shown day tells it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from newsletter.gather.days import day
from newsletter.gather.pages import Node, meta

_CLOCK = re.compile(
    r"(?<=\d)[T ](?P<hour>\d{1,2}):\d{1,2}(?::\d{1,2}(?:[.,]\d+)?)?\s*"
    r"(?P<offset>Z|UTC|GMT|[+-]\d\d:?\d\d)(?!\d)",
    re.I,
)
_NUMBERS = re.compile(r"(?<!\d)\d{1,2}([/.-])\d{1,2}\1\d{4}")  # the year last: day and month in either order
_UTC = re.compile(r"z|utc|gmt|[+-]00:?00", re.I)
_OUR_COUNTRIES = frozenset(
    ["se", "de", "at", "ch", "it", "nl", "be", "dk", "no", "pl", "cz", "sk", "hu", "fr", "es", "lu", "li"]
)
_OUR_LANGUAGES = frozenset(
    ["sv", "de", "it", "nl", "da", "nb", "nn", "no", "pl", "cs", "sk", "hu", "sl", "hr"]
)
# Where most of the readers live, in hours from UTC.
_HOURS = {"british": (0, 1), "west": (-8, 2), "east": (2, 9), "australian": (8, 13)}
_WEST = frozenset(["en", "es", "fr", "pt", "ca", "gl", "eu"])
_WHERE = {"uk": "british", "ie": "british", "pt": "british", "au": "australian", "nz": "australian"}


@dataclass(frozen=True, slots=True)
class Readers:
    """Whose clock a page keeps: its language ("" where it tells none), and whether that is the members'."""

    language: str
    ours: bool
    hours: tuple[int, int] = (0, 0)  # the clocks that they may have otherwise, in hours from UTC


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the other that it may be by a clock, or an order of day and month, that is not told."""

    on: date | None = None
    other: date | None = None


def readers(root: Node, url: str) -> Readers:
    """Whose clock a page keeps, by its language and its address; the members' where neither tells."""
    written = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    language = (written or meta(root, "og:locale", "content-language")).strip().lower()[:2]
    country = (urlsplit(url).hostname or "").rsplit(".", 1)[-1]
    ours = country in _OUR_COUNTRIES or not language or language in _OUR_LANGUAGES
    where = _WHERE.get(country, "west" if language in _WEST else "east")
    return Readers("sv" if country == "se" else language, ours, _HOURS[where])


def moment(text: str, by: Readers, now: datetime) -> Moment:
    """The day that a moment says to these readers; a clock that is neither theirs nor UTC is the page's."""
    clock = _CLOCK.search(text)
    utc = clock is not None and _UTC.fullmatch(clock["offset"]) is not None
    if by.language == "en" and _NUMBERS.search(text):
        on = day(text, now)
        return Moment(on, turned(on))
    if clock is None or by.language == "sv" or (utc and by.ours):
        return Moment(day(text, now))
    written = day(text[: clock.start()] + text[clock.end() :], now)  # some write the year last
    return Moment(written, _beside(written, int(clock["hour"]), by) if utc and written else None)


def turned(on: date | None) -> date | None:
    """The day that is meant where the month is written first: 8 January for 1 August; None for none."""
    return date(on.year, on.day, on.month) if on and on.day <= 12 and on.day != on.month else None


def _beside(written: date, hour: int, by: Readers) -> date | None:
    """The other day that a moment in UTC falls on by a clock that these readers may have."""
    west, east = by.hours
    if hour + west < 0:
        return written - timedelta(days=1)
    return written + timedelta(days=1) if hour + east >= 24 else None
