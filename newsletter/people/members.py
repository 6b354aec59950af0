"""The association's members, from members.csv."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from newsletter.errors import Problem, Problems
from newsletter.model.people import Member
from newsletter.model.toml import nearest
from newsletter.model.where import Where

_COLUMNS = ("id", "name", "kind", "county", "website", "registrar")
_REQUIRED = ("id", "name", "kind", "county")
_KINDS = ("kommun", "region")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def members(text: str, path: str) -> Mapping[str, Member]:
    """The members by id, in the order of the file. Raises Problems with every mistake, at its line."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [cell.strip().casefold() for cell in next(reader, [])]
    Problems.raise_if(_header_problems(header, path))
    found: dict[str, Member] = {}
    problems: list[Problem] = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            problems += _row_problems(row, len(cells) - len(header), found, Where(path, reader.line_num))
            found.setdefault(row.get("id", ""), Member(**{name: row.get(name, "") for name in _COLUMNS}))
    Problems.raise_if(problems)
    return found


def _header_problems(header: list[str], path: str) -> list[Problem]:
    where = Where(path, 1)
    do = f"Första raden ska vara {','.join(_COLUMNS)} (de två sista får fattas)."
    unknown = [
        Problem(f"Kolumnen ”{name}” är inte känd.", where, nearest(name, _COLUMNS), do)
        for name in header
        if name not in _COLUMNS
    ]
    missing = [
        Problem(f"Kolumnen ”{name}” saknas.", where, "", do) for name in _REQUIRED if name not in header
    ]
    doubled = len(set(header)) < len(header)
    return unknown + missing + [Problem("Samma kolumn står två gånger.", where, "", do)] * doubled


def _row_problems(
    row: Mapping[str, str], surplus: int, seen: Mapping[str, Member], where: Where
) -> list[Problem]:
    problems = []
    if surplus > 0:
        problems.append(
            Problem("Raden har fler celler än rubriker.", where, do="Sätt citattecken om en cell med komma.")
        )
    problems += [
        Problem(f"{name} saknas.", where, do="Fyll i cellen.") for name in _REQUIRED if not row.get(name)
    ]
    identity = row.get("id", "")
    if identity and not _ID.fullmatch(identity):
        why = "Ett id har bara a–z, siffror och bindestreck; det står i adresser och filnamn."
        problems.append(Problem(f"”{identity}” går inte att använda som id.", where, why))
    if identity in seen and identity:
        problems.append(Problem(f"Id ”{identity}” finns redan.", where, do="Ge varje medlem ett eget id."))
    kind = row.get("kind", "")
    if kind and kind not in _KINDS:
        problems.append(Problem(f"Slaget ”{kind}” är inte känt.", where, nearest(kind, _KINDS)))
    if row.get("registrar") and "@" not in row["registrar"]:
        why = "Där står registratorns e-postadress, eller ingenting."
        problems.append(Problem(f"”{row['registrar']}” är ingen e-postadress.", where, why))
    return problems
