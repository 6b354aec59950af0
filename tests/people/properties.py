"""What must hold of lists whatever comes, as checks of one example each; and examples drawn by chance.

The tests draw theirs with hypothesis; `bench/properties.py` draws them here, many more, by a plain seeded
loop. Each check answers with what went wrong, and nothing where all is well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random

from newsletter import people
from newsletter.edges.store import Store
from newsletter.errors import Problems
from newsletter.model.mandates import Calendar
from newsletter.model.people import (
    Change,
    Expression,
    ImportPlan,
    Mandate,
    Not,
    Recipient,
    Suppression,
    address_key,
)
from newsletter.pipeline.screening import Screening
from newsletter.testing import builders, readers
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore
from tests.people.test_expression import MEMBERS

State = Store | MemoryStore
COMMAND = "people import"
TODAY = Calendar(date(2026, 11, 17))
_NUMBERS = count(1)

SPELLINGS = (
    ("anna@example.org", "Anna@Example.ORG", "mailto:anna@example.org", "\u200banna@example.org"),
    ("bo.ek@example.org", "BO.EK@example.org"),
    ("boek@example.org", "boek@EXAMPLE.org"),  # dots are left alone: another mailbox
    ("cia@åäö.example", "CIA@xn--4cab6c.example", "cia@ÅÄÖ.example"),
    ("dan+nytt@example.org", "Dan+Nytt@example.org"),
)
ROLES = ("chef", "ordförande", "fullmaktige", "press")
LISTS = ("val", "tjänster")


@dataclass(frozen=True, slots=True)
class Import:
    """A list is taken in: each row is the addresses of one cell, and a role."""

    list: str
    rows: tuple[tuple[tuple[str, ...], str], ...]

    @property
    def text(self) -> str:
        """The list as it is sent."""
        lines = (f"{'; '.join(cell)}\thofors\t{role}\n" for cell, role in self.rows)
        return "E-post\tMedlem\tRoll\n" + "".join(lines)


@dataclass(frozen=True, slots=True)
class Suppress:
    """An address is not to be written to any more; one that is erased is forgotten as well."""

    address: str
    why: Suppression


Step = Import | Suppress


def planned(text: str, state: State, list_: str = "val", basis: str = "uppdrag") -> ImportPlan:
    """What the list would change there. Raises Problems."""
    read = people.read(text.encode(), "lista.csv")
    if not isinstance(read, people.Listing):
        raise Problems(read)
    return people.import_plan(
        read,
        list=list_,
        basis=basis,
        source="lista.csv",
        known=state.people.holding,
        members=MEMBERS,
        new_id=lambda: f"r{next(_NUMBERS)}",
        suppressed=state.suppressions.among,
    )


def take_in(text: str, state: State, list_: str = "val") -> ImportPlan:
    """Take the list in."""
    plan = planned(text, state, list_)
    state.people.put((one for _, one in plan.changes), at=NOON, command=COMMAND)
    return plan


def brought_back(course: Iterable[Step], state: State) -> list[str]:
    """Who is written to although suppressed, is listed although erased, or is there twice, after these steps.

    And which list, taken in once more, changed anybody.
    """
    stopped, erased, wrong = set[str](), set[str](), list[str]()
    for step in course:
        if isinstance(step, Suppress):
            key = address_key(step.address)
            stopped.add(key)
            if step.why is Suppression.ERASED:
                erased.add(key)
                _forget(state, step.address)
            else:
                state.suppressions.suppress(step.address, step.why, at=NOON, source="prov")
        else:
            take_in(step.text, state, step.list)
            again = take_in(step.text, state, step.list)
            wrong += [f"again: {one.address}" for kind, one in again.changes if kind is not Change.UNCHANGED]
        wrong += _written_wrongly(state, stopped) + [f"erased: {key}" for key in _listed(state) & erased]
    return wrong


def _forget(state: State, address: str) -> None:
    if isinstance(state, Store):
        state.rights.erase(address, at=NOON, command="people erase")
        return
    # The fake has no port for rights: take the person out, as an erasure would.
    held = state.people.holding([address_key(address)])
    for one in held.values():
        del state.people._people[one.id]
    state.suppressions.suppress(address, Suppression.ERASED, at=NOON, source="prov")


def _written_wrongly(state: State, stopped: set[str]) -> list[str]:
    screening = Screening(state.suppressions, TODAY)
    written = [
        address_key(one.address)
        for one in screening.each(state.people.everyone())
        if screening.why(one) is None
    ]
    twice = [f"twice: {key}" for key, number in Counter(written).items() if number > 1]
    return twice + [f"back: {key}" for key in written if key in stopped]


def _listed(state: State) -> set[str]:
    return {address_key(one.address) for one in state.people.everyone()}


def changed_by_its_export(made: Sequence[Recipient]) -> list[str]:
    """Who would be changed by taking in the exported list, under another list's name and another basis."""
    state = MemoryStore()
    state.people.put(made, at=NOON, command=COMMAND)
    plan = planned("".join(people.csv_lines(made)), state, list_="annan", basis="annan")
    if [one for _, one in plan.changes] != list(made):
        return ["not the same people"]
    return [one.address for kind, one in plan.changes if kind is not Change.UNCHANGED]


def unsplit(where: Expression, crowd: Sequence[Recipient], calendar: Calendar) -> list[str]:
    """Who is in both of an expression and its negation, or in neither."""
    opposite = Not(where)
    return [
        one.id
        for one in crowd
        if people.matches(where, one, readers.MEMBERS, calendar)
        is people.matches(opposite, one, readers.MEMBERS, calendar)
    ]


# --- examples drawn by chance ---------------------------------------------------------------------


def course(random: Random) -> list[Step]:
    """Lists and suppressions in some order."""
    return [
        _import(random) if random.random() < 0.6 else _suppress(random) for _ in range(random.randint(1, 6))
    ]


def _import(random: Random) -> Import:
    cells = (_cell(random) for _ in range(random.randint(1, 4)))
    return Import(random.choice(LISTS), tuple((cell, random.choice(ROLES)) for cell in cells))


def _cell(random: Random) -> tuple[str, ...]:
    """One address or two, in any of their spellings."""
    meant = random.sample(SPELLINGS, 1 if random.random() < 0.8 else 2)
    return tuple(random.choice(spelt) for spelt in meant)


def _suppress(random: Random) -> Suppress:
    spelt = random.choice(random.choice(SPELLINGS)).removeprefix("mailto:").strip("\u200b")
    return Suppress(spelt, random.choice(list(Suppression)))


NAMES = ("Anna Ek", "Åsa Öst", "=1+1", "'=x", "+46 70", "-", "@a", "Anna; Ek", '"', "O'Hara", "", "\u2028x")


def exported(random: Random) -> list[Recipient]:
    """People with names, lists, days and tags that may be taken for something else."""
    return [
        builders.recipient(
            number,
            *_held(random),
            name=as_kept(random.choice(NAMES)),
            language=random.choice(("sv", "en")),
            tags=tuple(random.sample(("bruk 2.0", "100%", "a_b", "årsmöte", "x: y"), random.randint(0, 2))),
        )
        for number in range(random.randint(1, 4))
    ]


def _held(random: Random) -> Sequence[Mandate]:
    """Mandates that a list can hold: at members that are known, and ending no sooner than they begin."""
    mandates = (readers.mandate(random) for _ in range(random.randint(1, 3)))
    kept = (one for one in mandates if one.member in MEMBERS)
    right = (one for one in kept if not (one.since and one.until and one.until < one.since))
    return tuple({(one.role, one.member, one.list): one for one in right}.values())


def as_kept(name: str) -> str:
    """The name as an import would have kept it."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in name).split())
    return "" if plain in ("-", "?", ".", "–", "—") else plain
