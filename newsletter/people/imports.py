"""What an import of a list would change. A file is taken whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from newsletter.errors import Problem, Problems
from newsletter.model.people import Change, ImportPlan, LeftOut, Mandate, Member, Recipient, Suppression
from newsletter.model.where import Where
from newsletter.people.headings import columns
from newsletter.people.rows import Entry, RowReader, WrongRow
from newsletter.people.table import Row, rows
from newsletter.people.words import folded

ERASED_WHY = "Personen har bett att få bli glömd, och tas inte in igen."


def _never(address: str) -> Suppression | None:
    return None


def import_plan(
    data: bytes,
    path: str,
    *,
    list: str,
    basis: str,
    source: str,
    existing: Mapping[str, Recipient],
    members: Mapping[str, Member],
    new_id: Callable[[], str],
    why: Callable[[str], Suppression | None] = _never,
    leave_out_bad_rows: bool = False,
) -> ImportPlan:
    """The plan of taking in a CSV file under the name `list`.

    `existing` is keyed by `address_key`; `why` tells who is suppressed: an erased person is left out, the
    others may be listed, and are not written to. A person's mandates by this list become the file's; who is
    not in the file stays. Raises InputError or Problems, with file:line, for a wrong heading, and for
    wrong rows unless `leave_out_bad_rows`.
    """
    header, *body = rows(data, path)
    found = columns(header, tuple(body), path)
    list_ = folded(list)
    reader = RowReader(path, found, len(header.cells), list_, members)
    good, bad = _judged(reader, body, path)
    if not leave_out_bad_rows:
        Problems.raise_if([problem for row in bad for problem in row.problems])
    erased = {entry.key for entry in good if why(entry.address) is Suppression.ERASED}
    people = _by_address(entry for entry in good if entry.key not in erased)
    changes = tuple(_change(entries, existing, list_, basis, source, new_id) for entries in people)
    left_out = [LeftOut(row.row, row.address, row.why) for row in bad]
    left_out += [LeftOut(entry.row, entry.address, ERASED_WHY) for entry in good if entry.key in erased]
    return ImportPlan(list_, basis, source, changes, tuple(sorted(left_out, key=lambda row: row.row)))


def _judged(reader: RowReader, body: Iterable[Row], path: str) -> tuple[Sequence[Entry], Sequence[WrongRow]]:
    good: list[Entry] = []
    bad: list[WrongRow] = []
    first: dict[str, Entry] = {}
    for row in body:
        judged = reader.read(row)
        if isinstance(judged, Entry):
            judged = _same_person(judged, first.setdefault(judged.key, judged), path)
        if isinstance(judged, Entry):
            good.append(judged)
        else:
            bad.append(judged)
    return good, bad


def _same_person(entry: Entry, first: Entry, path: str) -> Entry | WrongRow:
    if not (entry.name and first.name) or folded(entry.name) == folded(first.name):
        return entry
    what = f"Adressen står redan på rad {first.row}, med ett annat namn."
    why = "Två personer med en adress kan inte skiljas åt, och ett av namnen skulle försvinna."
    do = "Ge dem var sin adress, eller samma namn på båda raderna."
    return WrongRow(entry.row, entry.address, (Problem(what, Where(path, entry.row), why, do),))


def _by_address(entries: Iterable[Entry]) -> Iterable[Sequence[Entry]]:
    people: dict[str, list[Entry]] = {}
    for entry in entries:
        people.setdefault(entry.key, []).append(entry)
    return people.values()


def _change(
    entries: Sequence[Entry],
    existing: Mapping[str, Recipient],
    list_: str,
    basis: str,
    source: str,
    new_id: Callable[[], str],
) -> tuple[Change, Recipient]:
    mandates = tuple(dict.fromkeys(entry.mandate for entry in entries))
    name = next((entry.name for entry in entries if entry.name), "")
    language = next((entry.language for entry in entries if entry.language), "")
    known = existing.get(entries[0].key)
    if known is None:
        new = Recipient(new_id(), entries[0].address, name, mandates, language or "sv", basis, source)
        return Change.NEW, new
    changed = replace(
        known,
        name=name or known.name,
        mandates=_merged(known.mandates, mandates, list_),
        language=language or known.language,
        basis=basis,
        source=known.source or source,
    )
    return (Change.UNCHANGED if changed == known else Change.CHANGED), changed


def _merged(old: Sequence[Mandate], new: Sequence[Mandate], list_: str) -> tuple[Mandate, ...]:
    """Other lists' mandates and those that stand, in their order, so that the one counted by stays first."""
    kept = [mandate for mandate in old if mandate.list != list_ or mandate in new]
    return (*kept, *(mandate for mandate in new if mandate not in kept))
