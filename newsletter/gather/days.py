"""The day in a Swedish text, as people write it; never a day that the text does not say.

Two widely used libraries read "31 augusti 2026 kl 13.07" as 1 January, and 2026-11-03 as March: so this
parser is our own. It knows a closed list of forms and gives None for everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("Europe/Stockholm")  # the members' own clock
_NOTE, _PAGE, _NEAR = 2_000, 200_000, 80  # characters that are looked at: of a note, a page, after a label
_OLDEST = date(1995, 1, 1)  # before this no municipality had a site

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb febr",
            "mars march mar",
            "april apr",
            "maj may",
            "juni june jun",
            "juli july jul",
            "augusti august aug",
            "september sep sept",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_COUNTS = {
    "en": 1,
    "ett": 1,
    "två": 2,
    "tre": 3,
    "fyra": 4,
    "fem": 5,
    "sex": 6,
    "sju": 7,
    "åtta": 8,
    "nio": 9,
    "tio": 10,
}

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = r"(?:(?P<weekday>mån|tis|ons|tors|fre|lör|sön)(?:dag)?(?:en)?s?\.?,?\s+)?(?:den\s+)?"
_YEAR = r"(?:,?\s*(?P<year>(?:19|20)\d\d)\b|,?\s+[-–'’](?P<short>\d\d)\b)?"
_NOT_RANGE = r"(?<![\d./:–-])(?<!\d[–-]\s)(?<!\d\s[–-]\s)"

_OFFSET = r"(?:z|utc|gmt|[+-]\d\d:?\d\d)\b"
_CLOCK = r"(?P<clock>\d{1,2}:\d{1,2})(?::\d{1,2}(?:[.,]\d+)?)?"  # some systems write no leading zeros
_NAMED = re.compile(
    rf"{_WEEKDAY}{_NOT_RANGE}\b(?P<day>\d{{1,2}})(?::?[ae]|st|nd|rd|th)?\.?\s+(?P<month>{_MONTH})\b\.?{_YEAR}"
    rf"(?:\s+{_CLOCK}\s*(?P<offset>{_OFFSET}))?"
)
_ENGLISH = re.compile(
    rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:,\s*|\s+(?:{_CLOCK}\s+(?P<offset>utc|gmt|[a-z]{{3,4}})\s+)?)(?P<year>20\d\d)\b"
)
_SCRIPT = re.compile(  # "Thu Nov 09 2023 04:59:25 GMT+0000 (UTC)"
    rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})\s+(?P<year>20\d\d)\s+{_CLOCK}\s+gmt(?P<offset>[+-]\d{{4}})\b"
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)"
    rf"(?:[t ]{_CLOCK}\s?(?P<offset>{_OFFSET})?)?"
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<![\d./:-])(?P<day>\d{1,2})(?P<sep>[./-])(?P<month>\d{1,2})(?:(?P=sep)|\s+|\s*-)(?P<year>(?:19|20)\d\d)(?!\d)"
)
_DAY_FIRST_SHORT = re.compile(
    r"(?<![\d./:-])(?P<day>\d{1,2})/(?P<month>\d{1,2})\s*[-’'](?P<short>\d\d)(?!\d|[./:-]\d)"
)
_SHORT = re.compile(rf"{_WEEKDAY}(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?:,?\s*(?:kl\.?\s*)?\d\d?[.:]\d\d)?")
_EPOCH = re.compile(r"(?:\d{10}|\d{13})")
_AGO = re.compile(
    rf"\b(?:för\s+)?(?:(?:ca|cirka|drygt)\s+)?(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})\s+"
    r"(?P<unit>sekund|minut|min|timm|tim|h\b|dag|dygn|d\b|veck)\w*\.?\s+se(?:dan|n)\b"
)
_LAST_WEEKDAY = re.compile(r"\bi\s+(?P<weekday>mån|tis|ons|tors|fre|lör|sön)dags\b")
_RELATIVE = (
    (re.compile(r"\bi\s*förr\s*går\b"), 2),
    (re.compile(r"\bi\s?går\b"), 1),
    (re.compile(r"\bi\s?dag\b|\bnyss\b|\bjust nu\b"), 0),
)

_A_DATE = (
    rf"(?:(?!publi)[^.;|\n]){{0,60}}?(?:\d{{1,2}}(?::[ae])?\s+(?:{_MONTH})\b\.?(?:,?\s+\d{{4}})?"
    r"|\d{4}-\d\d-\d\d(?:t[\d:.]*)?|\d{1,2}/\d{1,2}(?:[\s-]+\d{2,4})?|i\s?går|i\s?dag"
    rf"|(?:\d+|{'|'.join(_COUNTS)})\s\w+\s+sedan)"
)
_ONE = rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}(?::[ae])?\s+(?:{_MONTH})\b\.?(?:\s+\d{{4}})?|\d{{1,2}}/\d{{1,2}})"
_RANGE = re.compile(rf"{_ONE}\s*(?:[–-]|till|t\.?\s?o\.?\s?m\.?)\s*(?:den\s+)?{_ONE}")
_CHANGED = re.compile(
    r"\b(?:(?:senast(?:e)?\s+)?(?:uppdater|ändrad|ändrat|ändrades|ändring|\w*granskad|\w*granskning|modifierad|"
    r"reviderad|redigerad|updated|modified)\w*|sista\s+\w*(?:dag|datum)\w*|senast(?:\s+publicera\w+)?(?=\s*:?\s*(?:den\s+)?\d))"
    rf"(?:{_A_DATE})?"
)
_PUBLISHED = re.compile(
    r"\b(?:publicera[dt]|publicerades|publicerats|publicerings?datum|publ\.|skapa[dt]|datum|inlag[dt]|upplag[dt])"
    r"(?=[\s:]|$)\s*(?:den|av)?\s*:?"
)
_LABEL = re.compile(
    r"(?<![Ss]enast )(?:"
    r"\bP(?:ubliceringsdatum|ublicera[dt]|ublicerades|ubl\.)|\bPUBLICERA[DT]\b"
    r"|\b(?:Inlagd|Upplagd|Published(?! under)|Posted)\b"
    r"|\bpublicera[dt]\s*:|(?:^|[|·•]\s*)publicera[dt]\b"
    r"|\b(?:[Ss]idan|[Aa]rtikeln|[Nn]yheten|[Ii]nlägget)\s+(?:är\s+)?publicera(?:d|des)\b)"
)


def local_day(moment: datetime) -> date:
    """The day that a moment falls on where the members are; a naive moment is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(_ZONE).date()


def believed(found: date | None, now: datetime) -> date | None:
    """The day, unless it is later than tomorrow or older than the web: then None."""
    if found is None or not _OLDEST <= found <= local_day(now) + timedelta(days=1):
        return None
    return found


def day(text: str, now: datetime) -> date | None:
    """The day of publication that a short text says; None where it says none, or only a day of change.

    `now` is what "igår" and a missing year are reckoned from. Nothing after `now` + 1 day is believed.
    """
    return next((found for found in _days(_told(text), now) if found), None)


def labelled_day(text: str, now: datetime) -> date | None:
    """The day that stands right after a word such as *Publicerad*, wherever in a page's text it stands."""
    whole = re.sub(r"\s+", " ", text[:_PAGE]).strip()
    for label in _LABEL.finditer(whole):
        near = _told(whole[label.end() : label.end() + _NEAR]).split(";")[0]
        found = next((found for found in _days(near, now) if found), None)
        if found:
            return found
    return None


_HYPHENS = str.maketrans("‐‑−", "---")


def is_a_date(text: str) -> bool:
    """Whether a text says hardly more than a date: a line above or below the news, and no words of it."""
    if len(text) > 2 * _NEAR:
        return False
    plain = _CHANGED.sub("", _plain(text))
    rest = _PUBLISHED.sub("", re.sub(rf"\b(?:{_MONTH}|kl|klockan|den|av|\w+dag)\b|[\d\W]", " ", plain))
    return len(rest.replace(" ", "")) < len(plain) / 4


def _told(text: str) -> str:
    """The text without days of change, last days and spans of days: none is that of publication."""
    return _RANGE.sub(" ; ", _CHANGED.sub(" ; ", _plain(text)))


def _plain(text: str, most: int = _NOTE) -> str:
    bare = re.sub(r"\s+", " ", text[:most].casefold().translate(_HYPHENS)).strip()
    return re.sub(r"(?<=[a-zåäö]):(?=\d)", ": ", bare)


def _days(plain: str, now: datetime) -> Iterator[date | None]:
    """What each form finds, the most certain form first."""
    yield believed(_epoch(plain), now)
    for form in (_ISO, _NAMED, _SCRIPT, _ENGLISH, _DAY_FIRST, _DAY_FIRST_SHORT, _COMPACT):
        yield from (believed(_dated(match, now), now) for match in form.finditer(plain))
    yield believed(_relative(plain, now), now)
    bare = _PUBLISHED.sub("", plain).strip(" :,.–-")
    if short := _SHORT.fullmatch(bare):
        yield believed(_dated(short, now), now)


def _epoch(plain: str) -> date | None:
    if not _EPOCH.fullmatch(plain):
        return None
    seconds = int(plain) / (1000 if len(plain) == 13 else 1)
    return local_day(datetime.fromtimestamp(seconds, UTC))


def _dated(match: re.Match[str], now: datetime) -> date | None:
    parts = match.groupdict()
    number, month = int(parts["day"]), parts["month"]
    month_number = _MONTHS.get(month) or int(month)
    year = parts.get("year") or ("20" + parts["short"] if parts.get("short") else "")
    if not year:
        return _without_year(number, month_number, parts.get("weekday"), now)
    found = _calendar(int(year), month_number, number)
    return _zoned(found, parts) if found else None


_UTC = re.compile("z|utc|gmt")


def _zoned(found: date, parts: dict[str, str | None]) -> date:
    """An ISO moment with an offset, as a day where the members are."""
    clock, offset = parts.get("clock"), parts.get("offset")
    if not clock or not offset:
        return found
    hour, minute = clock.split(":")
    moment = f"{found.isoformat()}T{hour:>02}:{minute:>02}{_UTC.sub('+00:00', offset)}"
    try:
        return local_day(datetime.fromisoformat(moment))
    except ValueError:  # an hour or an offset that does not exist, or one that only has a name
        return found


def _without_year(number: int, month: int, weekday: str | None, now: datetime) -> date | None:
    """The latest such day up to tomorrow, within a year; its weekday must agree where one is given."""
    today = local_day(now)
    for year in (today.year + 1, today.year, today.year - 1):
        found = _calendar(year, month, number)
        if found and today - timedelta(days=330) <= found <= today + timedelta(days=1):
            return found if _agrees(found, weekday) else None
    return None


def _agrees(found: date, weekday: str | None) -> bool:
    return not weekday or _WEEKDAYS[found.weekday()].startswith(weekday)


def _calendar(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _relative(plain: str, now: datetime) -> date | None:
    if match := _AGO.search(plain):
        return local_day(now - _span(match))
    for form, days in _RELATIVE:
        if form.search(plain):
            return local_day(now) - timedelta(days=days)
    if match := _LAST_WEEKDAY.search(plain):
        wanted = next(i for i, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"]))
        back = (local_day(now).weekday() - wanted) % 7 or 7
        return local_day(now) - timedelta(days=back)
    return None


def _span(match: re.Match[str]) -> timedelta:
    count = _COUNTS.get(match["count"]) or int(match["count"])
    unit = match["unit"]
    if unit.startswith("veck"):
        return timedelta(weeks=count)
    if unit in ("dag", "dygn", "d"):
        return timedelta(days=count)
    hours = count if unit.startswith(("tim", "h")) else 0
    return timedelta(hours=hours, minutes=count if unit.startswith("min") else 0)
