"""What an import of a list would change. A file is taken whole, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

from newsletter.errors import Problem, Problems
from newsletter.model.people import Change, ImportPlan, LeftOut, Mandate, Member, Recipient, Suppression
from newsletter.model.where import Where
from newsletter.people.headings import Column
from newsletter.people.listing import Listing
from newsletter.people.rows import DO, Entry, RowReader, WrongRow, renamed
from newsletter.people.words import folded

ERASED_WHY = "Personen har bett att få bli glömd, och tas inte in igen."
OTHER_WHY = "En av personens adresser har sagt ifrån, och då skrivs det inte till någon av dem."
HIDDEN_WHY = "Raden är dold i kalkylbladet. Visa den och spara, om den ska med."
_FINAL = (Suppression.LEFT, Suppression.COMPLAINED, Suppression.ERASED)
_FIELDS = ("name", "mandates", "language", "basis", "source", "tags")  # what a list can change
_SHOWN = 100  # wrong rows that are told one by one
_BATCH = 1000  # people that are looked up at a time

Known = Callable[[Sequence[str]], Mapping[str, Recipient]]
Suppressed = Callable[[Sequence[str]], Mapping[str, Suppression]]


def _nobody(addresses: Sequence[str]) -> Mapping[str, Suppression]:
    return {}


def import_plan(
    listing: Listing,
    *,
    list: str,
    basis: str,
    source: str,
    known: Known,
    members: Mapping[str, Member],
    new_id: Callable[[], str],
    suppressed: Suppressed = _nobody,
    given: Mapping[Column, str] | None = None,
    today: date | None = None,
    leave_out_bad_rows: bool = False,
) -> ImportPlan:
    """The plan of taking in a file under the name `list`.

    `known` finds those who are there by `address_key`; `suppressed` tells who is not written to: an erased
    person is left out, the others may be listed, and are not written to. A person's mandates by this list
    become the file's, and his tags where it has a column of them; who is not in the file stays. `given` holds
    columns that are the same for every row.
    Raises Problems, with file:line and column, for wrong rows unless `leave_out_bad_rows`.
    """
    reader = RowReader(listing, folded(list), members, given or {}, today)
    people, bad = _judged(reader, listing)
    if not leave_out_bad_rows:
        _raise_if(bad, listing.path)
    left_out = [LeftOut(row.row, row.address, row.why) for row in bad]
    left_out += [LeftOut(row, "", HIDDEN_WHY) for row in listing.hidden]
    taken_out, silent = _take_out(people, suppressed)
    left_out += taken_out
    left_out += _others(people)
    fields: Counter[str] = Counter()
    changes = tuple(_changes(people, known, basis, source, new_id, fields))
    ordered = tuple(sorted(left_out, key=lambda row: row.row))
    told = (listing.sheet, listing.unread, silent, fields)
    return ImportPlan(folded(list), basis, source, changes, ordered, *told)


People = dict[str, list[Entry]]


def _judged(reader: RowReader, listing: Listing) -> tuple[People, list[WrongRow]]:
    people: People = {}
    bad: list[WrongRow] = []
    for row in listing.rows():
        read = reader.read(row)
        judged = read if isinstance(read, WrongRow) else _same_people(read, people, listing.path)
        if isinstance(judged, WrongRow):
            bad.append(judged)
        else:
            for entry in judged:
                people.setdefault(entry.key, []).append(entry)
    return people, bad


def _same_people(entries: Sequence[Entry], people: People, path: str) -> Sequence[Entry] | WrongRow:
    """The entries, unless one has the address of somebody else in the file."""
    for entry in entries:
        for first in people.get(entry.key, ()):
            if entry.name and first.name and folded(entry.name) != folded(first.name):
                what = f"Adressen står redan på rad {first.row}, med ett annat namn."
                why = "Två personer med en adress kan inte skiljas åt, och ett av namnen skulle försvinna."
                do = "Ge dem var sin adress, eller samma namn på båda raderna."
                problem = Problem(what, Where(path, entry.row), why, do)
                return WrongRow(entry.row, entry.address, (problem,))
    return entries


def _raise_if(bad: Sequence[WrongRow], path: str) -> None:
    problems = [problem for row in bad[:_SHOWN] for problem in row.problems]
    if len(bad) > _SHOWN:
        rest = f"Ytterligare {len(bad) - _SHOWN} rader har fel."
        problems.append(Problem(rest, Where(path, bad[_SHOWN].row), "Samma fel kan gå igen.", DO))
    Problems.raise_if(problems)


def _take_out(people: People, suppressed: Suppressed) -> tuple[Sequence[LeftOut], int]:
    """Take out of `people` those who are erased, or have said no under another of their addresses.

    Gives their rows, and how many of those who stay are not written to.
    """
    out: list[LeftOut] = []
    silent = 0
    for some in _batches(tuple(people.values())):
        addresses = {address for group in some for one in group for address in (one.address, *one.others)}
        reasons = suppressed(tuple(addresses))
        for group in some if reasons else ():
            why = _why_out(group, reasons)
            if why:
                del people[group[0].key]
                out += [LeftOut(one.row, one.address, why) for one in group]
            else:
                silent += group[0].address in reasons
    return out, silent


def _why_out(group: Sequence[Entry], reasons: Mapping[str, Suppression]) -> str:
    if any(reasons.get(one.address) is Suppression.ERASED for one in group):
        return ERASED_WHY
    others = (reasons.get(other) for one in group for other in one.others)
    return OTHER_WHY if any(reason in _FINAL for reason in others) else ""


def _others(people: People) -> Iterator[LeftOut]:
    for group in people.values():
        for one in group:
            for other in one.others:
                yield LeftOut(one.row, other, f"En person får ett brev, till {one.address}.")


def _changes(
    people: People,
    known: Known,
    basis: str,
    source: str,
    new_id: Callable[[], str],
    fields: Counter[str],
) -> Iterator[tuple[Change, Recipient]]:
    """What becomes of each; `fields` counts in what those change who do. Empties `people` on the way."""
    while some := [people.pop(key) for key in [*islice(people, _BATCH)]]:
        there = known([group[0].key for group in some])
        for group in some:
            before = there.get(group[0].key)
            kind, after = _change(group, before, basis, source, new_id)
            if before and kind is Change.CHANGED:
                fields.update(name for name in _FIELDS if getattr(before, name) != getattr(after, name))
            yield kind, after


def _change(
    entries: Sequence[Entry], known: Recipient | None, basis: str, source: str, new_id: Callable[[], str]
) -> tuple[Change, Recipient]:
    mandates = tuple({_place(entry.mandate): entry.mandate for entry in entries}.values())
    name = _first(entry.name for entry in entries)
    language = _first(entry.language for entry in entries)
    basis = _first(entry.basis for entry in entries) or basis
    source = _first(entry.source for entry in entries) or source
    if known is None:
        address, tags = entries[0].address, _tags(entries, ())
        new = Recipient(new_id(), address, name, mandates, language or "sv", basis, source, tags)
        return Change.NEW, new
    changed = replace(
        known,
        name=name or known.name,
        mandates=_merged(known.mandates, mandates),
        language=language or known.language,
        basis=basis or known.basis,
        source=known.source or source,
        tags=_tags(entries, known.tags),
    )
    return (Change.UNCHANGED if changed == known else Change.CHANGED), changed


def _tags(entries: Sequence[Entry], known: tuple[str, ...]) -> tuple[str, ...]:
    """Those that the rows tell, together; where the list has no such column, those that are known."""
    told = [one.tags for one in entries if one.tags is not None]
    if not told:
        return known
    tags = tuple(dict.fromkeys(tag for some in told for tag in some))
    return known if set(tags) == set(known) else tags


def _merged(old: Sequence[Mandate], new: Sequence[Mandate]) -> tuple[Mandate, ...]:
    """Other lists' mandates and those that stand, in their order, so that the one counted by stays first."""
    lists = {mandate.list for mandate in new}
    told = {_place(mandate): mandate for mandate in new}
    kept = [
        renamed(told.pop(_place(mandate)), mandate) if _place(mandate) in told else mandate
        for mandate in old
        if mandate.list not in lists or _place(mandate) in told
    ]
    return (*kept, *told.values())


def _place(mandate: Mandate) -> tuple[str, str, str]:
    return mandate.role.value, mandate.member, mandate.list


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _batches(groups: Iterable[list[Entry]]) -> Iterator[list[list[Entry]]]:
    rest = iter(groups)
    while some := [*islice(rest, _BATCH)]:
        yield some
