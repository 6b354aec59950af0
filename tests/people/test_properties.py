"""Whatever lists come, in whatever order: nobody is back, twice, changed by an export, or in two halves.

2,000 examples each, over the stage with the state in memory, which keeps the store's contract
(`tests/store/test_people.py`); the courses of imports and erasures run over SQLite as well, fewer. Each
example starts with empty lists. `bench/properties.py` runs 100,000.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import people
from newsletter.edges import store
from newsletter.edges.store import Store, schema
from newsletter.model.mandates import Calendar
from newsletter.model.people import Mandate, Recipient, Role, Suppression
from newsletter.testing import builders, readers
from newsletter.testing.store import MemoryStore
from tests.people import properties
from tests.people.properties import LISTS, ROLES, SPELLINGS, Import, Step, Suppress, as_kept
from tests.people.test_expression import MEMBERS

KEY = b"0123456789abcdef0123456789abcdef"
MANY = settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(MANY, max_examples=60)

SPELT = [spelling for spellings in SPELLINGS for spelling in spellings]
BARE = [one for one in SPELT if one[0].isascii() and ":" not in one]
CELLS = st.lists(st.sampled_from(SPELT), min_size=1, max_size=2).map(tuple)
ROWS = st.lists(st.tuples(CELLS, st.sampled_from(ROLES)), min_size=1, max_size=4).map(tuple)
STEPS = st.builds(Import, st.sampled_from(LISTS), ROWS) | st.builds(
    Suppress, st.sampled_from(BARE), st.sampled_from(list(Suppression))
)
COURSES = st.lists(STEPS, min_size=1, max_size=6)


@MANY
@given(COURSES)
def test_nobody_comes_back_or_is_written_to_twice(course: list[Step]) -> None:
    """In whatever order lists come, however often and spelt, who said no stays so, and nobody is twice."""
    assert not properties.brought_back(course, MemoryStore())


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One file of SQLite for every example."""
    with store.open(tmp_path_factory.mktemp("state") / "state.db", suppression_key=KEY) as state:
        yield state


@FEW
@given(COURSES)
def test_nor_over_sqlite(real: Store, course: list[Step]) -> None:
    """The same over the database, where an erasure takes with it all that it should."""
    emptied(real)
    assert not properties.brought_back(course, real)


def emptied(state: Store) -> None:
    """Forget everything in the file, but not its schema."""
    with state._database.writing() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            if table is not schema.meta:
                connection.execute(table.delete())


NAMES = st.text(max_size=12) | st.sampled_from(["=1+1", "'=x", "+46", "-", "@a", "Anna; Ek", '"', "O'Hara"])
WORDS = st.sampled_from(["val", "styrelsen", "=lista", "å ä ö"])
DAYS = st.none() | st.dates()
HELD = st.lists(
    st.builds(Mandate, st.sampled_from(list(Role)[:9]), st.sampled_from(list(MEMBERS)), WORDS, DAYS),
    min_size=1,
    max_size=3,
    unique_by=lambda held: (held.role, held.member, held.list),
)
TAGS = st.lists(st.sampled_from(["bruk 2.0", "100%", "a_b", "årsmöte"]), max_size=2, unique=True).map(tuple)
LISTED = st.lists(st.tuples(NAMES, HELD, TAGS, st.sampled_from(["sv", "en"])), min_size=1, max_size=4)


def _made(listed: list[tuple[str, list[Mandate], tuple[str, ...], str]]) -> list[Recipient]:
    return [
        builders.recipient(number, *held, name=as_kept(name), tags=tags, language=language)
        for number, (name, held, tags, language) in enumerate(listed)
    ]


@MANY
@given(LISTED.map(_made))
def test_import_of_an_export_changes_nothing(made: list[Recipient]) -> None:
    """Whatever stands in names, lists, days and tags, the exported file finds everybody unchanged."""
    assert not properties.changed_by_its_export(made)


@MANY
@given(st.lists(st.text(max_size=6), min_size=1, max_size=5))
def test_no_exported_cell_is_live(cells: list[str]) -> None:
    """No cell of an export begins as a formula does."""
    made = [builders.recipient(at, name=cell, source=cell, basis=cell) for at, cell in enumerate(cells)]
    _, *rows = csv.reader(io.StringIO("".join(people.csv_lines(made)), newline=""), delimiter=";")
    assert len(rows) == len(cells)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


CROWD = [readers.person(Random(2026), number) for number in range(40)]


@MANY
@given(st.integers(0, 2**64))
def test_an_expression_and_its_negation_split_the_list(seed: int) -> None:
    """Everyone is in a segment or in its negation, and nobody in both, on whatever day."""
    random = Random(seed)
    where, calendar = readers.expression(random), Calendar(readers.day(random))
    assert not properties.unsplit(where, CROWD, calendar)


@pytest.mark.parametrize("seed", range(20))
def test_what_the_bench_draws(seed: int) -> None:
    """The examples that the bench draws by chance hold too."""
    random = Random(seed)
    assert not properties.brought_back(properties.course(random), MemoryStore())
    assert not properties.changed_by_its_export(properties.exported(random))
