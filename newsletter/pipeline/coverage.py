"""``people audit`` and ``people mandates``: whom the lists reach, and who is not confirmed."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from newsletter import people as stage
from newsletter.errors import UsageError
from newsletter.model.coverage import MemberCoverage, Seats
from newsletter.model.mandates import Calendar
from newsletter.model.people import Member, Recipient, Suppression
from newsletter.model.settings import Settings
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.people import RegistrarLetter
from newsletter.pipeline import issues
from newsletter.pipeline.calendar import calendar
from newsletter.ports import People, Suppressed, Workspace

SEATS = "subscribers/mandates.csv"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Audit:
    """The members' coverage on a day."""

    calendar: Calendar
    members: Mapping[str, Member]
    coverage: tuple[MemberCoverage, ...]


def audit(
    *,
    workspace: Workspace,
    people: People,
    suppressions: Suppressed,
    settings: Settings,
    now: datetime,
    member: str = "",
) -> Audit:
    """Every member's coverage, or one's. Raises UsageError where there is no such member, else Problems."""
    members, today = issues.members(workspace), calendar(settings, now)
    if member and member not in members:
        raise UsageError(
            f"Medlemmen ”{member}” finns inte.",
            where=Where(issues.MEMBERS),
            why=nearest(member, tuple(members)),
            do="Skriv kortnamnet, som det står först på raden i filen.",
        )
    asked = {member: members[member]} if member else members
    everyone = _screened(people.everyone(), suppressions)
    seats = _seats(workspace, members)
    stale = months_before(today.on, settings.mandates.stale_months)
    return Audit(today, asked, stage.coverage(everyone, asked, seats, today, stale))


def page(found: Audit, member: str, settings: Settings) -> str:
    """One member's page, as HTML."""
    (one,) = (each for each in found.coverage if each.member == member)
    return stage.member_page(one, found.members[member], settings.association, found.calendar)


def letters(found: Audit, settings: Settings) -> tuple[RegistrarLetter, ...]:
    """A letter to each member with mandates that have ended or that nobody has confirmed."""
    return tuple(
        stage.registrar_letter(one, found.members[one.member], settings.association, found.calendar)
        for one in found.coverage
        if stage.to_ask_about(one)
    )


def write(written: Iterable[RegistrarLetter], settings: Settings, folder: Workspace) -> None:
    """The letters as text and as drafts of mail, each named after its member."""
    files: dict[str, bytes] = {}
    for letter in written:
        head = f"Till: {letter.to or '(adress saknas)'}\nÄmne: {letter.subject}\n\n"
        files[f"{letter.member}.txt"] = (head + letter.text).encode()
        files[f"{letter.member}.eml"] = stage.mail(letter, settings.association)
    folder.write(files)


def months_before(day: date, number: int) -> date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _seats(workspace: Workspace, members: Mapping[str, Member]) -> tuple[Seats, ...]:
    if SEATS not in workspace.names(SEATS.rpartition("/")[0]):
        return ()
    return stage.seats(issues.text(workspace, SEATS), SEATS, members)


def _screened(
    everyone: Iterator[Recipient], suppressions: Suppressed
) -> Iterator[tuple[Recipient, Suppression | None]]:
    while batch := list(islice(everyone, _BATCH)):
        known = suppressions.among([one.address for one in batch])
        yield from ((one, known.get(one.address)) for one in batch)
