"""Swedish dates as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.gather import day
from newsletter.gather.days import labelled_day, local_day

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)  # a Monday, 10.30 in Sweden
TODAY = date(2026, 11, 16)

WRITTEN = [
    ("Publicerad 3 november 2026", date(2026, 11, 3)),
    ("Publicerad: 31 augusti 2026 kl 13.07", date(2026, 8, 31)),
    ("2026-11-03 09.15", date(2026, 11, 3)),
    ("2026-11-03", date(2026, 11, 3)),
    ("2026-11-03T09:15:00+01:00", date(2026, 11, 3)),
    ("2026-11-03T23:30:00Z", date(2026, 11, 4)),
    ("2026-07-03T22:30:00+00:00", date(2026, 7, 4)),
    ("2026-11-03T00:30:00+0100", date(2026, 11, 3)),
    ("2026-11-03T23:30:5Z", date(2026, 11, 4)),
    ("2026-11-3T9:5:3Z", date(2026, 11, 3)),
    ("2026-11-03 0:5:00.25 +01:00", date(2026, 11, 3)),
    ("3 nov 2026 23:5:1 UTC", date(2026, 11, 4)),
    ("Tue Nov 03 2026 23:30:05 GMT+0000 (UTC)", date(2026, 11, 4)),
    ("Tue Nov 03 2026 23:30:05 GMT+0100 (CET)", date(2026, 11, 3)),
    ("Tue Nov 03 23:30:36 CET 2026", date(2026, 11, 3)),
    ("Tue Nov 03 23:30:36 UTC 2026", date(2026, 11, 4)),
    ("November 3 2026", date(2026, 11, 3)),
    ("2026/11/03", date(2026, 11, 3)),
    ("2026.11.03", date(2026, 11, 3)),
    ("20261103", date(2026, 11, 3)),
    ("3 nov 2026", date(2026, 11, 3)),
    ("3 nov. 2026", date(2026, 11, 3)),
    ("03 nov 2026", date(2026, 11, 3)),
    ("3:e november 2026", date(2026, 11, 3)),
    ("den 3 november 2026", date(2026, 11, 3)),
    ("Den 1:a oktober 2026", date(2026, 10, 1)),
    ("tisdag 3 november", date(2026, 11, 3)),
    ("tisdagen den 3 november", date(2026, 11, 3)),
    ("tis 3 nov", date(2026, 11, 3)),
    ("Tisdag 3 november 2026, 09:15", date(2026, 11, 3)),
    ("3 november", date(2026, 11, 3)),
    ("17 november", date(2026, 11, 17)),
    ("5 januari", date(2026, 1, 5)),
    ("igår", date(2026, 11, 15)),
    ("I går 14:05", date(2026, 11, 15)),
    ("idag", TODAY),
    ("I dag kl. 08.00", TODAY),
    ("i förrgår", date(2026, 11, 14)),
    ("för 2 dagar sedan", date(2026, 11, 14)),
    ("för två dagar sen", date(2026, 11, 14)),
    ("Publicerad för 3 timmar sedan", TODAY),
    ("för 11 timmar sedan", date(2026, 11, 15)),
    ("för 20 minuter sedan", TODAY),
    ("för en vecka sedan", date(2026, 11, 9)),
    ("2 veckor sedan", date(2026, 11, 2)),
    ("i fredags", date(2026, 11, 13)),
    ("i måndags", date(2026, 11, 9)),
    ("3/11 2026", date(2026, 11, 3)),
    ("3/11", date(2026, 11, 3)),
    ("Publicerad 3/11", date(2026, 11, 3)),
    ("03.11.2026", date(2026, 11, 3)),
    ("31/8 2026", date(2026, 8, 31)),
    ("Tue, 03 Nov 2026 09:15:00 +0100", date(2026, 11, 3)),
    ("Nov 3, 2026", date(2026, 11, 3)),
    ("November 3, 2026", date(2026, 11, 3)),
    ("1793693700", date(2026, 11, 3)),
    ("1793693700000", date(2026, 11, 3)),
    ("Nyhet | 3 november 2026 | Bygga och bo", date(2026, 11, 3)),
    ("Publicerad 3 november 2026, senast uppdaterad 5 november 2026", date(2026, 11, 3)),
    ("Senast uppdaterad 5 november 2026. Publicerad 3 november 2026.", date(2026, 11, 3)),
    ("Uppdaterad: 2026-11-05 Publicerad: 2026-11-03", date(2026, 11, 3)),
]
COMMON = """
2026-11-03 | 2026-11-03 09.15 | 2026-11-03 09:15:30 | 2026-11-03, kl. 09.15 | 2026-11-3
2026/11/03 | 20261103
2026-11-03T09:15 | 2026-11-03T09:15:00+01:00 | 2026-11-02T23:30:00Z | 2026-11-02T23:30:00.000Z
2026-11-02 23:30:00+00:00 | Mon, 02 Nov 2026 23:30:00 GMT | Tue, 03 Nov 2026 09:15:00 +0100 | 2026‑11‑03
1793693700 | 1793693700000 | 3 november 2026 | 3 NOVEMBER 2026 | 3 november, 2026 | 3 nov 2026 | 3 nov. 2026
03 nov 2026 | 3 nov -26 | den 3 november 2026 | den 3:e november | 3:e november 2026 | 3e november 2026
tis 3 nov 2026 | Tis. 3 nov. 2026 | tisdag 3 november | tisdagen den 3 november
tisdag 3 november kl. 09.00–11.00
Tisdag den 3:e november 2026 kl. 14.30 | 3 november | 3 nov kl 14 | 3/11 | 3/11 2026 | 3/11-2026
3/11 -26 | tis 3/11
tis 3/11 kl 10.00 | 3.11.2026 | 03/11/2026 | 03-11-2026 | November 3, 2026 | Nov 3, 2026 | 3rd November 2026
Publicerad 3 november 2026 | Publicerad:3 november 2026 | Publicerad: 3 november 2026 kl 13.07 | Publ. 3/11
Publicerad den 3 november 2026 kl. 09.15 – Uppdaterad den 5 november 2026 | Publicerat: 2026-11-03
Publicerad 2026-11-03 av Anna. Senast ändrad 2026-11-05
Uppdaterad 5 nov 2026 kl 10.00, publicerad 3 nov 2026
Senast granskad: 5 november 2026. Publicerad: 3 november 2026 | Nyhet – 3 november 2026 | för 13 dagar sedan
2026-11-03 - 2 kommentarer | Senast uppdaterad av Anna Ek, kommunikatör, 2026-11-05. Publicerad 2026-11-03
"""
AGO = {
    0: "idag 08:00 | i dag kl. 08.00 | nyss | 5 min sedan | för 3 tim sedan | 3 h sedan | för en timme sedan",
    1: "igår 14.30 | Igår kl 14:30 | i går, 14.30 | publicerades igår | 1 dag sedan | för en dag sedan"
    " | för ett dygn sedan",
    2: "för 2 dagar sedan | 2 dagar sen | för två dagar sedan | i förrgår | i lördags",
    7: "för en vecka sedan | i måndags",
}
SILENT = [
    "",
    "november 2026",
    "vecka 47",
    "klockan 13.07",
    "kl 09.15–11.30",
    "Senast uppdaterad 5 november 2026",
    "Uppdaterad 2026-11-05",
    "Ändrad: 5 nov 2026",
    "3–5 november 2026",
    "31 februari 2026",
    "2026-13-45",
    "onsdag 3 november",  # it was a Tuesday
    "3 november 2027",
    "20 december",  # next month, or eleven months ago?
    "18 november 2026",
    "1 januari 1970",
    "0",
    "8-16",
    "Linje 24/7",
    "070-123 45 67",
    "för länge sedan",
    "2026-W45",  # a week is no day
    "v. 45 2026",
    "för en månad sedan",
    "förra veckan",
    "imorgon",
    "tisdag 14.30",
    "3 november – 5 december 2026",
    "2026-11-03 – 2026-11-05",
    "3 nov till 5 nov",
    "3/11–5/11",
    "Sidan uppdaterades den 3 november 2026",
    "Senaste uppdatering: 2026-11-03",
    "Senast publicerad 3 november 2026",
    "Faktagranskad 3 november 2026",
    "Senast uppdaterad av Anna Karlsson-Svensson, kommunikatör, den 3 november 2026",
    "Sista ansökningsdag 3 november 2026",
    "Svara senast den 3 november 2026",
    "26-11-03",
    "29 februari 2026",
    "3 maj 1994",
    "Organisationsnummer 212000-1234",
    "Dnr KS 2026/123",
    "Ds 2026:11",
]
moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
SAYS_WHEN = re.compile(r"i\s*(?:förr\s*)?g[aå]r|i\s?dag|nyss|just nu|sedan|sen\b|dags\b")
WORDLESS = st.text(st.characters(exclude_categories=("Nd", "Nl", "No", "Cs")), max_size=120)


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_forms_are_read(text: str, expected: date | None) -> None:
    """Each form that people write gives its day."""
    assert day(text, NOW) == expected


def forms(table: str) -> list[str]:
    """The forms of a table, between bars and line breaks."""
    return [form for line in table.splitlines() for part in line.split(" | ") if (form := part.strip())]


@pytest.mark.parametrize("text", forms(COMMON))
def test_common_forms_are_the_third_of_november(text: str) -> None:
    """Each common way to write the third of November 2026 is read as that day."""
    assert day(text, NOW) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("days", "text"), [(days, form) for days, told in AGO.items() for form in forms(told)]
)
def test_common_forms_of_ago_are_reckoned_from_now(days: int, text: str) -> None:
    """Each common way to say how long ago is reckoned from now."""
    assert day(text, NOW) == TODAY - timedelta(days=days)


def test_enough_common_forms_are_held() -> None:
    """The table of common Swedish forms has at least fifty."""
    assert len({*forms(COMMON), *(form for told in AGO.values() for form in forms(told))}) >= 50


@given(WORDLESS.filter(lambda text: not SAYS_WHEN.search(text.casefold())))
def test_no_day_comes_of_a_text_without_one(text: str) -> None:
    """A text without a figure or a word of time gives no day."""
    assert day(text, NOW) is None


@given(st.sampled_from(forms(COMMON)), moments)
def test_no_common_form_gives_a_day_to_come(text: str, now: datetime) -> None:
    """Read at any moment, a common form gives no day later than tomorrow."""
    found = day(text, now)
    assert found is None or found <= local_day(now) + timedelta(days=1)


@pytest.mark.parametrize("text", SILENT)
def test_what_says_no_day_gives_none(text: str) -> None:
    """What is no date, only a change, impossible or in the future is None, never now."""
    assert day(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mötet är den 9 oktober 2026. Publicerad: 3 november 2026", date(2026, 11, 3)),
        ("Publicerad av Anna den 3 november 2026", date(2026, 11, 3)),
        ("Publicerad den 3 november 2026 av Anna", date(2026, 11, 3)),
        ("Senast ändrad 5 november 2026", None),
        ("Mötet är den 9 oktober 2026", None),
        ("Sidan är publicerad 3 november 2026", date(2026, 11, 3)),
        ("Rapporten, som blev publicerad den 3 mars 2024, visar", None),
        ("Resultatet publiceras den 5 november 2026", None),
        ("Senast publicerad 3 november 2026", None),
        ("Datum: 3 november 2026 Plats: Folkets hus", None),
        ("Published: 3 November 2026", date(2026, 11, 3)),
        ("Published under: Näringsliv, 3 november 2026", None),
    ],
)
def test_label_decides(text: str, expected: date | None) -> None:
    """A labelled day is the one by its label, not another in the text."""
    assert labelled_day(text, NOW) == expected


_PIECES = "3 31 2026 1999 november nov maj igår för dagar sedan Publicerad kl - / . : 2026-11-03 2099-01-01"
fragments = st.sampled_from([*_PIECES.split(), "T23:59", "Z", "+14:00", "4102444800", "tisdag", "99"])


@given(st.lists(fragments, max_size=8), moments)
def test_nothing_after_tomorrow_is_believed(parts: list[str], now: datetime) -> None:
    """Whatever the text, the day is at most one day after now."""
    found = day("".join(parts) + " " + " ".join(parts), now)
    assert found is None or found <= (now + timedelta(hours=2)).date() + timedelta(days=1)


@given(st.text(max_size=200), moments)
def test_any_text_is_survived(text: str, now: datetime) -> None:
    """No text makes the parser fail."""
    day(text, now)
    labelled_day(text, now)


@given(st.dates(date(2000, 1, 1), date(2026, 11, 16)), st.sampled_from(range(4)))
def test_every_day_is_read_back(on: date, form: int) -> None:
    """A day written in full, in any of four forms, is read as itself."""
    months = [
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
    ]
    name = months[on.month - 1]
    written = (
        on.isoformat(),
        f"{on.day} {name} {on.year}",
        f"Publicerad {on.day} {name[:3]} {on.year} kl 13.07",
        f"{on.day}/{on.month} {on.year}",
    )
    assert day(written[form], NOW) == on
