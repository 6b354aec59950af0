"""One row of a list, read and judged: an entry, or what is wrong with it, column by column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import Problem
from newsletter.model.people import Group, Mandate, Member, Role, address_key
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.people import words
from newsletter.people.headings import PARTY_WHY, Column
from newsletter.people.table import Row

_OUTSIDE = (Group.PARTNERS, Group.MEDIA)  # they stand for no member
_PARTY_MARK = re.compile(r"\((?:S|M|C|L|V|KD|MP|SD)\)", re.IGNORECASE)
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says."""

    row: int
    key: str
    address: str
    name: str
    mandate: Mandate
    language: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that cannot be taken, with the address it names and everything that is wrong with it."""

    row: int
    address: str
    problems: tuple[Problem, ...]

    @property
    def why(self) -> str:
        """All of it in one line."""
        return " ".join(f"{problem.what} {problem.why}".strip() for problem in self.problems)


class RowReader:
    """Reads the rows of one list."""

    def __init__(
        self, path: str, columns: Mapping[Column, int], width: int, list_: str, members: Mapping[str, Member]
    ) -> None:
        self._path, self._columns, self._width, self._list = path, columns, width, list_
        self._members = words.names_of_members(members.values())
        self._roles = words.names_of_roles()

    def read(self, row: Row) -> Entry | WrongRow:
        """The row's entry, or all that is wrong with it."""
        reading = _Reading(Where(self._path, row.line))
        if any(row.cells[self._width :]):
            reading.wrong(
                "Raden har fler celler än rubriker.", "En cell med skiljetecken står inom citattecken."
            )
        address = reading.address(self._cell(row, Column.ADDRESS))
        role = reading.known(self._cell(row, Column.ROLE), Column.ROLE, self._roles)
        member = self._member(reading, self._cell(row, Column.MEMBER), role)
        language = self._language(reading, self._cell(row, Column.LANGUAGE))
        name = reading.name(self._cell(row, Column.NAME))
        if reading.problems:
            return WrongRow(row.line, self._cell(row, Column.ADDRESS), tuple(reading.problems))
        mandate = Mandate(Role(role), member, self._list)
        return Entry(row.line, address_key(address), address, name, mandate, language)

    def _cell(self, row: Row, column: Column) -> str:
        index = self._columns.get(column, len(row.cells))
        return row.cells[index] if index < len(row.cells) else ""

    def _member(self, reading: _Reading, cell: str, role: str) -> str:
        if not cell and role and Role(role).group in _OUTSIDE:
            return ""
        return reading.known(cell, Column.MEMBER, self._members)

    def _language(self, reading: _Reading, cell: str) -> str:
        return reading.known(cell, Column.LANGUAGE, words.names_of_languages()) if cell else ""


class _Reading:
    """One row under judgement; gathers what is wrong."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self.problems: list[Problem] = []

    def wrong(self, what: str, why: str = "") -> str:
        do = "Rätta raden, eller lämna den utanför med --leave-out-bad-rows."
        self.problems.append(Problem(what, self._where, why, do))
        return ""

    def known(self, cell: str, column: Column, names: Mapping[str, str]) -> str:
        if not cell:
            return self.wrong(f"{column.value} saknas.")
        value = names.get(words.folded(cell))
        if value is not None:
            return value
        if _PARTY_MARK.search(cell):
            return self.wrong(f"{column.value} ”{cell}” röjer ett parti.", PARTY_WHY)
        close = nearest(words.folded(cell), tuple(names))
        if close.startswith("Välj"):
            close = f"Välj bland: {', '.join(dict.fromkeys(names.values()))}."
        return self.wrong(f"{column.value} ”{cell}” är inte känd.", close)

    def address(self, cell: str) -> str:
        if not cell:
            return self.wrong(f"{Column.ADDRESS.value} saknas.")
        if not cell.rpartition("@")[0].isascii():
            why = "Före @ går bara a–z, siffror och vissa tecken: många servrar tar inte emot annat."
            return self.wrong(f"”{cell}” går inte att skriva till.", why)
        try:
            checked = validate_email(
                cell, check_deliverability=False, allow_smtputf8=False, test_environment=True
            )
        except EmailNotValidError:
            return self.wrong(f"”{cell}” är ingen e-postadress.", "En adress ser ut som namn@kommun.se.")
        return checked.normalized

    def name(self, cell: str) -> str:
        if _PARTY_MARK.search(cell):
            return self.wrong(f"Namnet ”{cell}” röjer ett parti.", PARTY_WHY)
        if len(cell) > _LONGEST_NAME:
            return self.wrong("Namnet är orimligt långt.", f"Högst {_LONGEST_NAME} tecken tas emot.")
        return "".join(character for character in cell if character.isprintable())
