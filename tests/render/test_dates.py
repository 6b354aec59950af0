"""Dates in words."""

from __future__ import annotations

from datetime import date

from newsletter.render import dates

TUESDAY = date(2026, 12, 8)


def test_swedish_dates() -> None:
    """Days, weekdays and short forms as Swedes write them."""
    assert dates.day(TUESDAY) == "8\N{NO-BREAK SPACE}december 2026"
    assert dates.weekday_and_day(TUESDAY) == "tisdag 8\N{NO-BREAK SPACE}december"
    assert dates.short_day(TUESDAY) == "8\N{NO-BREAK SPACE}dec"
    assert dates.short_day(date(2027, 3, 18), year=True) == "18\N{NO-BREAK SPACE}mars\N{NO-BREAK SPACE}2027"


def test_english_dates() -> None:
    """The same in English."""
    assert dates.weekday_and_day(TUESDAY, "en", year=True) == "Tuesday 8\N{NO-BREAK SPACE}December 2026"
