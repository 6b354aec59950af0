"""Days: those that have passed, those that do not exist, and weekdays that are another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from newsletter.check.finding import error, warning
from newsletter.check.prose import Said
from newsletter.model.finding import Finding
from newsletter.model.issue import Block, EventFacts
from newsletter.model.letter import Letter
from newsletter.model.where import Where

_MONTHS = {
    name: number
    for names in (
        "januari februari mars april maj juni juli augusti september oktober november december",
        "jan feb mar apr maj jun jul aug sep okt nov dec",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"sept": 9}
_WEEKDAYS = {
    name: number
    for names in (
        "måndag tisdag onsdag torsdag fredag lördag söndag",
        "mån tis ons tors fre lör sön",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
} | {"tor": 3}
_NAMES = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_SPELT = rf"(?P<day>\d{{1,2}})(?::e|\.)?\s+(?P<month>{_MONTH})\b\.?(?:\s+(?P<year>\d{{4}})\b)?"
_ISO = r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
_SLASHED = r"(?P<sd>\d{1,2})/(?P<sm>\d{1,2})(?![\d/])"
_DATE = re.compile(rf"(?<![\d-])(?:{_SPELT}|{_ISO}(?![\d-]))", re.IGNORECASE)
_DATED = re.compile(
    rf"\b(?P<name>{_WEEKDAY})(?:en|s)?\.?,?\s+(?:den\s+)?(?:{_SPELT}|{_ISO}|{_SLASHED})", re.IGNORECASE
)
_DUE = re.compile(
    r"\b(?:senast|innan|före|sista (?:anmälnings|svars|ansöknings)?dag(?:en)?(?: är)?:?)\s+"
    rf"(?:(?:{_WEEKDAY})(?:en)?\s+)?(?:den\s+)?(?:{_SPELT}|{_ISO})",
    re.IGNORECASE,
)
_HALF_A_YEAR = timedelta(days=180)


def findings(
    letter: Letter, shown: Sequence[Block], told: Sequence[Said], issued: date, today: date
) -> Iterator[Finding]:
    """What is wrong with the days. `today` is the reader's."""
    for text, where in told:
        yield from _weekdays(letter, text, where, issued)
        yield from _impossible(letter, text, where, issued)
        yield from _due(letter, text, where, issued, today)
    for block in shown:
        yield from _passed(letter, block, today)


def _weekdays(letter: Letter, text: str, where: Where, issued: date) -> Iterator[Finding]:
    for found in _DATED.finditer(text):
        on = _day(found, issued)
        if on is None or on.weekday() == _WEEKDAYS[found["name"].casefold()]:
            continue
        yield warning(
            "weekday-wrong",
            f"”{found[0]}” stämmer inte.",
            where,
            why=f"Den {on.day}/{on.month} {on.year} är en {_NAMES[on.weekday()]}.",
            do="Rätta veckodagen eller datumet.",
            edition=letter.edition,
        )


def _impossible(letter: Letter, text: str, where: Where, issued: date) -> Iterator[Finding]:
    for found in _DATE.finditer(text):
        if _day(found, issued) is None:
            yield error(
                "date-impossible",
                f"Dagen ”{found[0].strip()}” finns inte.",
                where,
                why="Läsaren kan inte veta vilken dag som menas.",
                do="Rätta datumet.",
                edition=letter.edition,
            )


def _due(letter: Letter, text: str, where: Where, issued: date, today: date) -> Iterator[Finding]:
    """A last day, in running text, that was before today. Other days in a text may well be in the past."""
    for found in _DUE.finditer(text):
        on = _day(found, issued)
        if on and on < today:
            yield _has_been(letter, on, where, "Det går inte längre att svara eller anmäla sig.")


def _day(found: re.Match[str], issued: date) -> date | None:
    """The day meant, None where there is no such day.

    Without a year it is the one nearest after the issue, or up to half a year before it.
    """
    parts = {name: value for name, value in found.groupdict().items() if value}
    if "y" in parts:
        return _on(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    if "sd" in parts:
        month, day = int(parts["sm"]), int(parts["sd"])
    else:
        month, day = _MONTHS[parts["month"].casefold()], int(parts["day"])
    if "year" in parts:
        return _on(int(parts["year"]), month, day)
    near = [_on(year, month, day) for year in range(issued.year - 1, issued.year + 5)]
    return next((on for on in near if on and on >= issued - _HALF_A_YEAR), None)


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _passed(letter: Letter, block: Block, today: date) -> Iterator[Finding]:
    """Days of calendars and invitations that have passed already."""
    dates = [(entry.on, Where(block.where.file, entry.line)) for entry in block.entries]
    if block.event:
        dates += [(on, block.where) for on in (block.event.on, block.event.rsvp) if on]
        yield from _answer(letter, block, block.event)
    for on, where in dates:
        if on < today:
            yield _has_been(letter, on, where, "En inbjudan eller kalender ska visa det som kommer.")


def _has_been(letter: Letter, on: date, where: Where, why: str) -> Finding:
    return warning(
        "date-passed",
        f"{on.isoformat()} har redan varit.",
        where,
        why=why,
        do="Rätta datumet, eller ta bort raden.",
        edition=letter.edition,
    )


def _answer(letter: Letter, block: Block, event: EventFacts) -> Iterator[Finding]:
    if event.on and event.rsvp and event.rsvp > event.on:
        yield error(
            "rsvp-late",
            "Sista svarsdag ligger efter mötet.",
            block.where,
            why=f"Svar senast {event.rsvp.isoformat()}, möte {event.on.isoformat()}.",
            do="Rätta senast= eller datum=.",
            edition=letter.edition,
        )
