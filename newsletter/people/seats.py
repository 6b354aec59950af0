"""Known seats, from mandates.csv: what nobody has stated with a source is not in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date

from newsletter.errors import Problem, Problems
from newsletter.model.coverage import Post, Seats, post_of
from newsletter.model.people import Member, Role
from newsletter.model.toml import nearest
from newsletter.model.where import Where
from newsletter.people import words

COLUMNS = ("member", "role", "seats", "as_of", "source")
_MOST = 200


def seats(text: str, path: str, members: Mapping[str, Member]) -> tuple[Seats, ...]:
    """The seats in the order of the file. Raises Problems with every mistake, at its line.

    Lines that begin with # explain, and are not read.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    numbered = [(at, line) for at, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    header = _cells(numbered[0][1]) if numbered else []
    if [cell.casefold() for cell in header] != list(COLUMNS):
        do = f"Första raden ska vara {','.join(COLUMNS)}."
        raise Problems([Problem("Rubrikerna stämmer inte.", Where(path, 1), "", do)])
    reader = _Reader(path, members)
    found = [reader.row(at, _cells(line)) for at, line in numbered[1:]]
    Problems.raise_if(reader.problems)
    return tuple(one for one in found if one)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line)), [])]


class _Reader:
    """Reads rows and gathers every mistake on the way."""

    def __init__(self, path: str, members: Mapping[str, Member]) -> None:
        self._path = path
        self._members = words.names_of_members(members.values())
        self._seen: set[tuple[str, Post]] = set()
        self.problems: list[Problem] = []

    def row(self, line: int, cells: list[str]) -> Seats | None:
        where = Where(self._path, line)
        if len(cells) != len(COLUMNS):
            self._wrong(where, f"Raden har {len(cells)} celler.", f"Den ska ha {len(COLUMNS)}.")
            return None
        before = len(self.problems)
        member, role, number, day, source = cells
        known = self._members.get(words.folded(member), "")
        if not known:
            self._wrong(where, f"Medlemmen ”{member}” är inte känd.", nearest(member, tuple(self._members)))
        post = self._post(where, role)
        if not number.isdecimal() or int(number) > _MOST:
            self._wrong(where, f"”{number}” är inget antal platser.", f"Ett heltal, högst {_MOST}.")
        as_of = _day(day)
        if as_of is None:
            self._wrong(where, f"”{day}” är ingen dag.", "Skriv den som 2026-10-15.")
        if not source:
            self._wrong(where, "Källan saknas.", "Ett antal utan källa går inte att lita på.")
        if (known, post) in self._seen:
            self._wrong(where, f"{member} och {role} står redan.", "En rad för varje post hos en medlem.")
        if len(self.problems) > before or post is None or as_of is None:
            return None
        self._seen.add((known, post))
        return Seats(known, post, int(number), as_of, source)

    def _post(self, where: Where, role: str) -> Post | None:
        name = words.names_of_roles().get(words.folded(role), words.folded(role))
        if name in {post.value for post in Post}:
            return Post(name)
        if name in {each.value for each in Role} and post_of(Role(name)) is Post.LEADERSHIP:
            why = "Ordförande, vice ordförande och oppositionsråd räknas ihop, så att inget block röjs."
            self._wrong(where, f"Rollen ”{role}” räknas inte för sig.", f"{why} Skriv ledning.")
        else:
            known = tuple(post.value for post in Post)
            self._wrong(where, f"Rollen ”{role}” är inte känd.", nearest(name, known))
        return None

    def _wrong(self, where: Where, what: str, why: str = "") -> None:
        self.problems.append(Problem(what, where, why, "Rätta raden i filen, eller ta bort den."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
