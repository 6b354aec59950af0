"""One row of a list, read and judged: an entry, or what is wrong with it, column by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from newsletter.errors import Problem
from newsletter.model.people import Group, Mandate, Member, Role, address_key
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.people import addresses, forbidden, tags, titles, words
from newsletter.people.headings import Column
from newsletter.people.listing import SEVERAL, Listing
from newsletter.people.membernames import MemberNames
from newsletter.people.table import BREAK, Row

_OUTSIDE = (Group.PARTNERS, Group.MEDIA)  # they stand for no member
_LONGEST_NAME = 120
_NOTHING = frozenset({"-", "–", "—", "?", "saknas", "okänt", "okänd", "n/a", "vakant", "."})
_FORMULA = re.compile(r"[=+@-]|#[A-ZÅÄÖ/0]+[!?]")
_LITERAL = re.compile(r"'+[=+@-]")
_GARBLED = re.compile("Ã[¥¤¶…„–\u0085\u0084\u0096\u00a5\u00a4\u00b6]|\ufffd")
_SERIAL, _FIRST_DAY = re.compile(r"[2-7]\d{4}"), date(1899, 12, 30)  # how spreadsheets count days
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T]00:00(?::00)?)?")
DO = "Rätta raden, eller lämna den utanför med --leave-out-bad-rows."


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says of one person."""

    row: int
    key: str
    address: str
    name: str
    mandate: Mandate
    language: str = ""
    basis: str = ""
    source: str = ""
    tags: tuple[str, ...] | None = None  # None: the list says nothing of tags
    others: tuple[str, ...] = ()  # more addresses of the same person; never written to


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


Said = tuple[str, str, str]  # the value; or "", and what is wrong, and why


class RowReader:
    """Reads the rows of one list. What is the same in many rows is worked out once."""

    def __init__(
        self,
        listing: Listing,
        list_: str,
        members: Mapping[str, Member],
        given: Mapping[Column, str],
        today: date | None = None,
    ) -> None:
        self._path, self._columns, self._given = listing.path, dict(listing.columns), given
        self._places = {column: at for at, column in enumerate(listing.columns)}
        self._list, self._today = list_, today
        self._members = MemberNames(members.values())
        self._said: dict[tuple[Column, str, str], Said] = {}
        self._mandates: dict[tuple[str, ...], Mandate] = {}
        self._tagged: dict[str, tuple[str, ...]] = {}

    def read(self, row: Row) -> tuple[Entry, ...] | WrongRow:
        """The row's people (several where the cell names several), or all that is wrong with it."""
        reading = _Reading(Where(self._path, row.line), self._columns)
        if len(row.cells) > len(self._columns):
            why = "En cell med skiljetecken står inom citattecken."
            reading.wrong(None, "Raden har fler celler än rubriker.", why)
        people = self._people(row, reading)
        mandate = self._mandate(row, reading)
        language = self._looked_up(reading, row, Column.LANGUAGE, _language, optional=True)
        told = self._tags(row, reading)
        if reading.problems or mandate is None:
            return WrongRow(row.line, self._cell(row, Column.ADDRESS), tuple(reading.problems))
        basis, source = self._cell(row, Column.BASIS), self._cell(row, Column.SOURCE)
        return tuple(
            Entry(
                row.line, address_key(address), address, name, mandate, language, basis, source, told, others
            )
            for name, address, others in people
        )

    def _cell(self, row: Row, column: Column) -> str:
        at = self._places.get(column)
        if at is None:
            return self._given.get(column, "")
        cell = row.cells[at] if at < len(row.cells) else ""
        if cell[:1] == "'" and _LITERAL.match(cell):
            return cell[1:]
        if not cell or cell.casefold() in _NOTHING:
            return self._given.get(column, "")
        if BREAK in cell:
            return cell.replace(BREAK, ";" if column in SEVERAL else " ")
        return cell

    def _people(self, row: Row, reading: _Reading) -> list[tuple[str, str, tuple[str, ...]]]:
        name = reading.name(self._name(row), row, self._places)
        cell = self._cell(row, Column.ADDRESS)
        if not cell:
            reading.wrong(Column.ADDRESS, "E-post saknas.")
            return []
        found = [(told, reading.address(written)) for told, written in addresses.listed(cell)]
        if not found:
            reading.wrong(Column.ADDRESS, f"”{cell}” är ingen e-postadress.", addresses.NO_ADDRESS)
        return addresses.apart(
            name, list({address_key(one): (told, one) for told, one in found if one}.values())
        )

    def _name(self, row: Row) -> str:
        if name := self._cell(row, Column.NAME):
            return name
        if reversed_ := self._cell(row, Column.LAST_FIRST):
            last, _, first = reversed_.partition(",")
            return f"{first.strip()} {last.strip()}".strip()
        parts = (self._cell(row, Column.FIRST_NAME), self._cell(row, Column.LAST_NAME))
        return " ".join(part for part in parts if part)

    def _mandate(self, row: Row, reading: _Reading) -> Mandate | None:
        role = self._looked_up(reading, row, Column.ROLE, self._role, beside=Column.BODY)
        outside = bool(role) and Role(role).group in _OUTSIDE
        member = self._looked_up(reading, row, Column.MEMBER, self._member, optional=outside)
        days = self._cell(row, Column.SINCE), self._cell(row, Column.UNTIL)
        kind = (role, member, self._cell(row, Column.LIST), *days)
        known = self._mandates.get(kind)
        if known is None and (made := self._made(*kind, reading)):
            self._mandates[kind] = known = made
        return known

    def _made(
        self, role: str, member: str, list_: str, since: str, until: str, reading: _Reading
    ) -> Mandate | None:
        """The mandate; None where something is wrong with it, its role or its member."""
        first, last = reading.day(Column.SINCE, since), reading.day(Column.UNTIL, until)
        if first and last and last < first:
            reading.wrong(Column.UNTIL, "Uppdraget slutar innan det börjar.")
        if reading.problems or not role:
            return None
        return Mandate(Role(role), member, words.folded(list_) or self._list, first, last, self._today)

    def _tags(self, row: Row, reading: _Reading) -> tuple[str, ...] | None:
        if Column.TAGS not in self._places:
            return None
        cell = self._cell(row, Column.TAGS)
        if (known := self._tagged.get(cell)) is not None:
            return known
        before = len(reading.problems)
        found = tags.listed(cell, lambda what, why: reading.wrong(Column.TAGS, what, why))
        return self._tagged.setdefault(cell, found) if len(reading.problems) == before else None

    def _looked_up(
        self,
        reading: _Reading,
        row: Row,
        column: Column,
        say: Callable[[str, str], Said],
        *,
        beside: Column | None = None,
        optional: bool = False,
    ) -> str:
        cell, more = self._cell(row, column), self._cell(row, beside) if beside else ""
        if not cell:
            return "" if optional else reading.wrong(column, f"{column.value} saknas.", _filled_down(column))
        said = self._said.get((column, cell, more))
        if said is None:
            said = self._said[column, cell, more] = _party(column, cell) or say(cell, more)
        return said[0] or reading.wrong(column, *said[1:])

    def _role(self, cell: str, body: str) -> Said:
        if role := titles.role_of(cell, body, self._list):
            return role, "", ""
        if titles.says_too_little(cell):
            return (
                "",
                f"Roll ”{cell}” kan vara flera.",
                "Skriv ”ledamot i fullmäktige” eller ”ledamot i styrelsen”, eller ha en kolumn Organ.",
            )
        whole = f"{cell}, {body}" if body else cell
        return "", f"Roll ”{whole}” är inte känd.", _nearest_role(cell)

    def _member(self, cell: str, _: str) -> Said:
        meant = self._members.meant(cell)
        choices = " eller ".join(f"”{name}”" for name in meant.choices)
        if meant.ambiguous:
            return "", f"Medlem ”{cell}” kan vara flera.", f"Menas {choices}?"
        why = f"Menade du {choices}?" if choices else "Den står inte i subscribers/members.csv."
        return meant.id, f"Medlem ”{cell}” är inte känd.", why


def _language(cell: str, _: str) -> Said:
    names = words.names_of_languages()
    key = words.folded(cell)
    return names.get(key, ""), f"Språk ”{cell}” är inte känt.", nearest(key, tuple(names))


def _party(column: Column, cell: str) -> Said | None:
    if not forbidden.tells_party(cell):
        return None
    return "", f"{column.value} ”{cell}” röjer ett parti.", forbidden.PARTY_WHY


def _filled_down(column: Column) -> str:
    return "Gäller cellen ovanför flera rader? Fyll i den på varje." if column is Column.MEMBER else ""


def _nearest_role(cell: str) -> str:
    table = titles.table_of_roles()
    close = get_close_matches(words.folded(cell), list(table), n=3, cutoff=0.6)
    if close:
        return f"Menade du {' eller '.join(f'”{one}”' for one in close)}?"
    return f"Välj bland: {', '.join(role.swedish for role in Role)}."


class _Reading:
    """One row under judgement; gathers what is wrong."""

    def __init__(self, where: Where, letters: Mapping[Column, str]) -> None:
        self._where, self._letters = where, letters
        self.problems: list[Problem] = []

    def wrong(self, column: Column | None, what: str, why: str = "") -> str:
        place = f"Kolumn {self._letters[column]}: " if column and column in self._letters else ""
        self.problems.append(Problem(place + what, self._where, why, DO))
        return ""

    def address(self, written: str) -> str:
        address, why = addresses.checked(written)
        if address:
            return address
        what = "går inte att skriva till" if why == addresses.NOT_ASCII else "är ingen e-postadress"
        return self.wrong(Column.ADDRESS, f"”{written}” {what}.", why)

    def name(self, cell: str, row: Row, places: Mapping[Column, int]) -> str:
        if not cell or (cell.isascii() and cell.replace(" ", "").isalpha() and len(cell) <= _LONGEST_NAME):
            return cell if not forbidden.tells_party(cell) else self._party_name(cell)
        if forbidden.tells_party(cell):
            return self._party_name(cell)
        if len(cell) > _LONGEST_NAME:
            why = f"Högst {_LONGEST_NAME} tecken tas emot."
            return self.wrong(Column.NAME, "Namnet är orimligt långt.", why)
        if _GARBLED.search(cell):
            why = "Filen har lästs och sparats med fel teckenkodning någonstans på vägen."
            return self.wrong(Column.NAME, f"Namnet ”{cell}” har förlorat sina å, ä och ö.", why)
        if _FORMULA.match(cell) and not self._is_literal(row, places):
            why = "Spara listan med värden i stället för formler."
            return self.wrong(Column.NAME, "Namnet är en formel.", why)
        if cell.isprintable():
            return cell
        return "".join(character for character in cell if character.isprintable())

    @staticmethod
    def _is_literal(row: Row, places: Mapping[Column, int]) -> bool:
        """Whether a cell of the row is marked as text, as exports do with what begins like a formula."""
        return any(row.cells[at][:1] == "'" for at in places.values() if at < len(row.cells))

    def _party_name(self, cell: str) -> str:
        return self.wrong(Column.NAME, f"Namnet ”{cell}” röjer ett parti.", forbidden.PARTY_WHY)

    def day(self, column: Column, cell: str) -> date | None:
        if not cell:
            return None
        if _SERIAL.fullmatch(cell):
            return _FIRST_DAY + timedelta(days=int(cell))
        found = _DAY.fullmatch(cell)
        try:
            if found:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
        self.wrong(column, f"”{cell}” är inget datum.", "Ett datum skrivs 2026-10-15.")
        return None


def renamed(mandate: Mandate, known: Mandate) -> Mandate:
    """The mandate as the list has it; days that the list does not tell stay."""
    return replace(mandate, since=mandate.since or known.since, until=mandate.until or known.until)
