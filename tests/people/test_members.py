"""Reading members.csv."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter import people
from newsletter.errors import Problems

HEADER = "id,name,kind,county,website\n"


def test_the_association_s_own_members() -> None:
    """The workspace's file reads as 26 members in five counties."""
    file = Path(__file__).parents[2] / "subscribers" / "members.csv"
    found = people.members(file.read_text("utf-8"), "members.csv")
    assert len(found) == 26
    assert len({member.county for member in found.values()}) == 5


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("id,namn,kind,county\n", "m.csv:1", "”namn”"),
        ("id,name,kind\n", "m.csv:1", "”county”"),
        ("", "m.csv:1", "”id” saknas"),
        (HEADER + "Åre,Åre,kommun,Jämtland,\n", "m.csv:2", "”Åre”"),
        (HEADER + "a,A,kommun,X,\na,B,kommun,X,\n", "m.csv:3", "finns redan"),
        (HEADER + "a,A,komun,X,\n", "m.csv:2", "”komun”"),
        (HEADER + "a,,kommun,X,\n", "m.csv:2", "name saknas"),
        (HEADER + "a,A,kommun,X,,,\n", "m.csv:2", "fler celler"),
    ],
)
def test_mistakes_with_their_place(text: str, place: str, what: str) -> None:
    """Each mistake is told at its line."""
    with pytest.raises(Problems) as caught:
        people.members(text, "m.csv")
    assert any(str(p.where) == place and what in p.what for p in caught.value.problems)
