"""Whether a mandate stands: by its own days, and by the periods that councils and boards are elected for.

A council is elected for four years from 15 October of the year of the general elections (2022, 2026, 2030),
and a board from 1 January of the year after (the Local Government Act, 2017:725, chapters 5 and 6). What
nobody has said since such a turn is not known any more: the mandate is unconfirmed, neither valid nor ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from newsletter.model.people import Group, Mandate, Recipient, Role

_ELECTION = 2022  # a year of general elections; they are every fourth year
_COUNCIL_DAY = (10, 15)
_NEW = timedelta(days=365)


class Standing(Enum):
    """Where a mandate stands on a day; each has exactly one."""

    VALID = "giltigt"
    UNCONFIRMED = "obekraftat"  # given before the latest turn, and nobody has said since that it goes on
    ENDED = "slut"


NEWLY_ELECTED = "nyvald"  # valid, and began within a year; said beside VALID


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day that mandates are judged on, and the workspace's own demand for fresh lists."""

    on: date
    confirmed_since: date | None = None  # politicians' mandates must have been said on this day or later

    def turn(self, role: Role) -> date | None:
        """The latest day when mandates of this role were given anew; None where there are no periods."""
        if role.group is not Group.POLITICIANS:
            return None
        return self.council_turn if role is Role.COUNCIL else self.board_turn

    @property
    def council_turn(self) -> date:
        """The latest 15 October of a year of elections, or the workspace's own day where it is later."""
        year = self.on.year - (self.on.year - _ELECTION) % 4
        turn = date(year, *_COUNCIL_DAY)
        return self._demanded(turn if turn <= self.on else date(year - 4, *_COUNCIL_DAY))

    @property
    def board_turn(self) -> date:
        """The latest 1 January after a year of elections, or the workspace's own day where it is later."""
        return self._demanded(date(self.on.year - (self.on.year - _ELECTION - 1) % 4, 1, 1))

    @property
    def newly(self) -> date:
        """The first day of mandates that are still called new."""
        return self.on - _NEW

    def standing(self, mandate: Mandate) -> Standing:
        """Where the mandate stands. Its own last day goes before all, then what was said since the turn."""
        if mandate.until is not None:
            return Standing.ENDED if self.has_ended(mandate) else Standing.VALID
        turn = self.turn(mandate.role)
        said = [day for day in (mandate.since, mandate.confirmed) if day is not None]
        return Standing.VALID if turn is None or any(day >= turn for day in said) else Standing.UNCONFIRMED

    def is_new(self, mandate: Mandate) -> bool:
        """Whether it is a politician's, valid, and began within a year, or is about to begin."""
        politician = mandate.role.group is Group.POLITICIANS
        began = mandate.since is not None and mandate.since >= self.newly
        return politician and began and self.standing(mandate) is Standing.VALID

    def states(self, mandate: Mandate) -> tuple[str, ...]:
        """The values that a segment's field *mandat* has for it."""
        standing = self.standing(mandate).value
        return (standing, NEWLY_ELECTED) if self.is_new(mandate) else (standing,)

    def counted(self, recipient: Recipient) -> tuple[Mandate, ...]:
        """The mandates that count: those that have not ended, or all where every one has."""
        left = tuple(one for one in recipient.mandates if not self.has_ended(one))
        return left or recipient.mandates

    def current(self, recipient: Recipient) -> Recipient:
        """The person with the mandates that count, the first of them the one counted by."""
        counted = self.counted(recipient)
        return recipient if counted == recipient.mandates else replace(recipient, mandates=counted)

    def has_left_office(self, recipient: Recipient) -> bool:
        """Whether every mandate has ended, so that nothing is sent any more."""
        return bool(recipient.mandates) and all(map(self.has_ended, recipient.mandates))

    def has_ended(self, mandate: Mandate) -> bool:
        """Whether the mandate's own last day has passed."""
        return mandate.until is not None and mandate.until < self.on

    def _demanded(self, turn: date) -> date:
        demanded = self.confirmed_since
        return max(turn, demanded) if demanded is not None and demanded <= self.on else turn
