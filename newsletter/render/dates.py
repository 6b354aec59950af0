"""Dates as Swedes and the British write them, from tables of our own: no locale of the machine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

MONTHS: Mapping[str, tuple[str, ...]] = {
    "sv": (
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
NBSP = "\N{NO-BREAK SPACE}"


def day(on: date, language: str = "sv", *, year: bool = True) -> str:
    """``17 november 2026``; the day and its month stay on one line."""
    text = f"{on.day}{NBSP}{MONTHS[language][on.month - 1]}"
    return f"{text} {on.year}" if year else text


def weekday(on: date, language: str = "sv") -> str:
    """``tisdag``."""
    return WEEKDAYS[language][on.weekday()]


def weekday_and_day(on: date, language: str = "sv", *, year: bool = False) -> str:
    """``tisdag 8 december``."""
    return f"{weekday(on, language)} {day(on, language, year=year)}"


def short_month(on: date, language: str = "sv") -> str:
    """``dec``; months of up to four letters are written out."""
    name = MONTHS[language][on.month - 1]
    return name if len(name) <= 4 else name[:3]


def short_day(on: date, language: str = "sv", *, year: bool = False) -> str:
    """``8 dec`` for narrow columns."""
    text = f"{on.day}{NBSP}{short_month(on, language)}"
    return f"{text}{NBSP}{on.year}" if year else text


def short_weekday(on: date, language: str = "sv") -> str:
    """``tis``."""
    return weekday(on, language)[:3]
