"""Words: what was forgotten, what disagrees, what must not be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from newsletter.check.finding import error, warning
from newsletter.check.page import Page
from newsletter.check.prose import Said, said
from newsletter.model.finding import Finding
from newsletter.model.issue import Block, Issue
from newsletter.model.letter import Letter, Mark
from newsletter.model.where import Where

_KNOWN_MARKS = {mark.token for mark in Mark}
_MARK = re.compile(r"\{\{.*?\}\}|\{\{|\}\}|\{%|%\}")
_PLACEHOLDER = re.compile(r"\b(?:TK|XXX?|TODO|FIXME|Lorem ipsum|lorem)\b|\?\?\?")
_PERSONAL = re.compile(r"(?<![\d-])(?:19|20)?(\d{2})(\d{2})(\d{2})[-+ ]?(\d{4})(?![\d-])")
_MONTHS = {
    name: number
    for names in (
        "januari februari mars april maj juni juli augusti september oktober november december",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
}
_WEEKDAYS = {
    name: number
    for names in (
        "måndag tisdag onsdag torsdag fredag lördag söndag",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
}
_NAMES = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_DATED = re.compile(
    rf"\b({'|'.join(_WEEKDAYS)})(?:en|s)?,?\s+(?:den\s+)?(\d{{1,2}})(?::e)?\s+({'|'.join(_MONTHS)})(?:\s+(\d{{4}}))?\b",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 60  # what a telephone shows
_PREHEADER = (30, 110)


def findings(letter: Letter, issue: Issue, seen: Page, today: date) -> Iterator[Finding]:
    """What is wrong with the words."""
    shown = [block for block in issue.blocks if block.id in letter.block_bytes]
    told = list(said(issue, shown))
    yield from _marks(letter, seen, told)
    yield from _inbox(letter, issue)
    for text, where in told:
        yield from _forgotten(letter, text, where)
        yield from _personal(letter, text, where)
        yield from _weekdays(letter, text, where, issue.date)
    if not any(_PERSONAL.search(text) for text, _ in told):
        yield from _personal(letter, seen.text, _news_file(letter))
    for block in shown:
        yield from _passed(letter, block, today)


def _marks(letter: Letter, seen: Page, told: Sequence[Said]) -> Iterator[Finding]:
    """Marks that nobody fills in, and pieces of a template."""
    parts = (letter.subject, letter.preheader, seen.text, letter.html, letter.text, *letter.headers.values())
    strange = {found for part in parts for found in _MARK.findall(_bodies(part)) if found not in _KNOWN_MARKS}
    for mark in sorted(strange):
        yield error(
            "unknown-mark",
            f"{mark} står kvar i brevet.",
            _place_of(mark, letter, told),
            why="Ingen fyller i det, så läsaren ser klamrarna.",
            do="Skriv {{namn}} eller {{medlem}}, eller ta bort det.",
            edition=letter.edition,
        )


def _bodies(part: str) -> str:
    """Without style sheets, whose braces are no marks."""
    return re.sub(r"<style.*?</style>", "", part, flags=re.DOTALL)


def _news_file(letter: Letter) -> Where | None:
    """Where the words stand that are not the issue's own: those of members' news."""
    return next((where for where in letter.source_map.values() if where.file.endswith("news.toml")), None)


def _place_of(mark: str, letter: Letter, told: Sequence[Said]) -> Where | None:
    """The line that says it; else members' news; else the template."""
    line = next((where for text, where in told if mark in text), None)
    return line or (_news_file(letter) if mark in letter.text else Where("templates/letter.mjml.j2"))


def _inbox(letter: Letter, issue: Issue) -> Iterator[Finding]:
    """Subject and preheader: the two lines by which a letter is opened or not."""
    file, lines = issue.where.file, issue.lines
    subject, preheader = letter.subject.strip(), letter.preheader.strip()
    at_subject, at_preheader = Where(file, lines.get("subject", 0)), Where(file, lines.get("preheader", 0))
    if not subject:
        yield error(
            "subject-empty",
            "Ämnesraden är tom.",
            at_subject,
            why="Den avgör om brevet öppnas, och tomma ämnen hamnar i skräpposten.",
            do="Skriv subject: i början av issue.md.",
            edition=letter.edition,
        )
    if len(subject) > _LONGEST_SUBJECT:
        yield warning(
            "subject-long",
            f"Ämnesraden är {len(subject)} tecken lång.",
            at_subject,
            why=f"En telefon visar omkring {_LONGEST_SUBJECT}.",
            do="Börja med det viktigaste, och korta.",
            edition=letter.edition,
        )
    least, most = _PREHEADER
    if not least <= len(preheader) <= most:
        yield warning(
            "preheader-length",
            f"Raden efter ämnet är {len(preheader)} tecken lång.",
            at_preheader,
            why=f"Under {least} fylls den ut med brevets första ord; över {most} kapas den.",
            do=f"Skriv mellan {least} och {most} tecken.",
            edition=letter.edition,
        )
    if subject and subject.casefold() in preheader.casefold():
        yield warning(
            "preheader-repeats",
            "Raden efter ämnet upprepar ämnet.",
            at_preheader,
            why="De står bredvid varandra i inkorgen.",
            do="Säg något mer där.",
            edition=letter.edition,
        )


def _forgotten(letter: Letter, text: str, where: Where) -> Iterator[Finding]:
    for found in _PLACEHOLDER.findall(text):
        yield error(
            "placeholder",
            f"”{found}” ser ut som något att fylla i.",
            where,
            why="Läsaren ska inte se det.",
            do="Skriv det som ska stå där.",
            edition=letter.edition,
        )


def _personal(letter: Letter, text: str, where: Where | None) -> Iterator[Finding]:
    for found in _PERSONAL.finditer(text):
        if _is_personal_number("".join(found.groups())):
            yield error(
                "personal-number",
                "Här står ett svenskt personnummer.",
                where,
                why="Det får inte spridas i ett utskick (dataskyddslagen 3 kap. 10 §).",
                do="Ta bort det.",
                edition=letter.edition,
            )


def _is_personal_number(digits: str) -> bool:
    """Ten digits YYMMDDNNNC: a day that exists (coordination numbers add 60), and the Luhn check digit."""
    month, day = int(digits[2:4]), int(digits[4:6])
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return 1 <= month <= 12 and 1 <= day % 60 <= 31 and sum(n // 10 + n % 10 for n in doubled) % 10 == 0


def _weekdays(letter: Letter, text: str, where: Where, issued: date) -> Iterator[Finding]:
    for found in _DATED.finditer(text):
        name, day, month, year = found.groups()
        on = _day(int(day), _MONTHS[month.casefold()], int(year) if year else None, issued)
        if on is None or on.weekday() == _WEEKDAYS[name.casefold()]:
            continue
        yield warning(
            "weekday-wrong",
            f"”{found[0]}” stämmer inte.",
            where,
            why=f"Den {on.day}/{on.month} {on.year} är en {_NAMES[on.weekday()]}.",
            do="Rätta veckodagen eller datumet.",
            edition=letter.edition,
        )


def _day(day: int, month: int, year: int | None, issued: date) -> date | None:
    """The day meant; without a year, the one nearest after the issue, or up to half a year before it."""
    try:
        if year:
            return date(year, month, day)
        years = (issued.year - 1, issued.year, issued.year + 1)
        near = [date(each, month, day) for each in years]
    except ValueError:
        return None
    return next(each for each in near if each >= issued - timedelta(days=180))


def _passed(letter: Letter, block: Block, today: date) -> Iterator[Finding]:
    """Dates that have passed already."""
    dates = [(entry.on, Where(block.where.file, entry.line)) for entry in block.entries]
    if block.event:
        dates += [(on, block.where) for on in (block.event.on, block.event.rsvp) if on]
    for on, where in dates:
        if on < today:
            yield warning(
                "date-passed",
                f"{on.isoformat()} har redan varit.",
                where,
                why="En inbjudan eller kalender ska visa det som kommer.",
                do="Rätta datumet, eller ta bort raden.",
                edition=letter.edition,
            )
    event = block.event
    if event and event.on and event.rsvp and event.rsvp > event.on:
        yield error(
            "rsvp-late",
            "Sista svarsdag ligger efter mötet.",
            block.where,
            why=f"Svar senast {event.rsvp.isoformat()}, möte {event.on.isoformat()}.",
            do="Rätta senast= eller datum=.",
            edition=letter.edition,
        )
