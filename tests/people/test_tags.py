"""Tags: read from a list, kept through others, asked for, and exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import people
from newsletter.errors import Problems
from newsletter.model.people import Change, Recipient, address_key
from newsletter.people.words import folded
from newsletter.testing import builders
from tests.people.test_expression import MEMBERS, tree
from tests.people.test_imports import ANNA, HEADER, after, planned

TAGGED = HEADER.replace("\n", ",Taggar\n")


def anna(*tags: str) -> dict[str, Recipient]:
    """Anna is there, with these tags."""
    return {key: replace(one, tags=tags) for key, one in after(planned(HEADER + ANNA)).items()}


def imported(cell: str, *, heading: str = "Taggar", there: dict[str, Recipient] | None = None) -> Recipient:
    """Anna after a list with this cell of tags."""
    ((_, found),) = planned(f"{HEADER.strip()},{heading}\n{ANNA.strip()},{cell}\n", existing=there).changes
    return found


@pytest.mark.parametrize("heading", ["Taggar", "tagg", "TAGS", "Märkord", "Labels", "Tag:"])
@pytest.mark.parametrize(
    "cell", ['"Bruk 2.0, årsmöte"', "Bruk 2.0;ÅRSMÖTE; bruk  2.0", '"Bruk 2.0\nÅrsmöte"']
)
def test_several_in_a_cell(heading: str, cell: str) -> None:
    """Tags stand in one cell, between commas, semicolons or lines; case and repetition make no difference."""
    assert imported(cell, heading=heading).tags == ("bruk 2.0", "årsmöte")


@pytest.mark.parametrize(
    ("cell", "tags"), [("press", ("press",)), ("", ()), ("-", ()), ('"b, a"', ("a", "b"))]
)
def test_the_column_decides(cell: str, tags: Sequence[str]) -> None:
    """Where the list has the column, the tags become those of the cell; another order is no change."""
    assert imported(cell, there=anna("a", "b")).tags == tags


def test_without_the_column() -> None:
    """A list without tags leaves a person's tags as they are, and says nothing has changed."""
    ((kind, found),) = planned(HEADER + ANNA, existing=anna("a")).changes
    assert (kind, found.tags) == (Change.UNCHANGED, ("a",))


def test_what_would_change_is_counted() -> None:
    """The plan tells in which fields people would change, so that tags are not lost unseen."""
    row = f"{ANNA.strip().replace('Anna Ek', 'Anna Öst')},\n"
    assert planned(TAGGED + row, existing=anna("a")).fields == {"name": 1, "tags": 1}
    assert planned(TAGGED + row).fields == {}


def test_rows_of_one_person() -> None:
    """A person on two rows has the tags of both."""
    rows = f"{ANNA.strip()},a\n{ANNA.strip().replace('hofors', 'falun')},b\n"
    ((_, found),) = planned(TAGGED + rows).changes
    assert found.tags == ("a", "b")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("S", "röjer ett parti"),
        ("centerpartiet", "röjer ett parti"),
        ("Majoriteten", "röjer ett parti"),
        ("=1+1", "går inte som tagg"),
        ("x" * 41, "går inte som tagg"),
        ('"' + ",".join(f"t{n}" for n in range(21)) + '"', "21 taggar"),
    ],
)
def test_refused(cell: str, says: str) -> None:
    """A tag that tells an opinion, could run, or is no tag is refused by row and column."""
    with pytest.raises(Problems) as caught:
        imported(cell)
    (problem,) = caught.value.problems
    assert str(problem.where) == "lista.csv:2"
    assert problem.what.startswith("Kolumn E: ")
    assert says in problem.what


def test_asked_for_by_a_segment() -> None:
    """A segment finds those who have the tag, and only those."""
    assert people.matches(tree('tagg = "Bruk 2.0"'), imported('"bruk 2.0, press"'), MEMBERS)
    assert not people.matches(tree("tags in (bruk, årsmöte)"), imported("bruk 2.0"), MEMBERS)


@given(st.lists(st.text(min_size=1, max_size=12), max_size=4))
def test_exported_and_read_again(words: list[str]) -> None:
    """Whatever tags an import takes, its export gives them back unchanged."""
    cell = ", ".join(words).replace('"', '""')
    try:
        first = imported(f'"{cell}"')
    except Problems:
        return
    assert all(folded(tag) == tag for tag in first.tags)
    there = {address_key(first.address): first}
    ((kind, again),) = planned("".join(people.csv_lines([first])), existing=there).changes
    assert (kind, again) == (Change.UNCHANGED, first)


def test_in_a_persons_extract() -> None:
    """What a person is given of all that is held names the tags."""
    from newsletter.model.rights import Held
    from newsletter.people import extract

    one = replace(builders.recipient(1), tags=("årsmöte",))
    held = Held(one.address, one, (), None, ())
    assert '"årsmöte"' in extract.extract_json(held, association="F", at=builders.NOON)
