"""The language of segments."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import people
from newsletter.errors import InputError, Problems
from newsletter.model.people import (
    AllOf,
    Among,
    AnyOf,
    Expression,
    Field,
    Mandate,
    Member,
    Not,
    Recipient,
    Role,
)

MEMBERS = {
    "hofors": Member("hofors", "Hofors kommun", "kommun", "Gävleborg"),
    "falun": Member("falun", "Falu kommun", "kommun", "Dalarna"),
    "region-orebro-lan": Member("region-orebro-lan", "Region Örebro län", "region", "Örebro"),
}


def tree(expression: str) -> Expression:
    quoted = expression.replace('"', '\\"')
    (segment,) = people.segments(f'[s]\nname = "S"\nwhere = "{quoted}"\n', "segments.toml", MEMBERS)
    return segment.where


def person(*mandates: tuple[Role, str], language: str = "sv", list_: str = "val") -> Recipient:
    held = tuple(Mandate(role, member, list_) for role, member in mandates)
    return Recipient("r1", "a@example.org", "A", held, language)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("roll = chef", Among(Field.ROLE, ("chef",))),
        ("role = chef", Among(Field.ROLE, ("chef",))),
        ('roll = "vice ordförande"', Among(Field.ROLE, ("vice-ordforande",))),
        ("roll in (chef, rua)", Among(Field.ROLE, ("chef", "rua"))),
        ("roll inte in (chef)", Not(Among(Field.ROLE, ("chef",)))),
        ("medlem != hofors", Not(Among(Field.MEMBER, ("hofors",)))),
        ('medlem = "Falu kommun"', Among(Field.MEMBER, ("falun",))),
        ("LÄN = dalarna", Among(Field.COUNTY, ("Dalarna",))),
        ('län = "Örebro län"', Among(Field.COUNTY, ("Örebro",))),
        ("språk = engelska", Among(Field.LANGUAGE, ("en",))),
        ("lista = Val2026", Among(Field.LIST, ("val2026",))),
        ("mandat = obekräftat", Among(Field.MANDATE, ("obekraftat",))),
        ("mandate in (new, valid)", Among(Field.MANDATE, ("nyvald", "giltigt"))),
        ('tagg = "Bruk 2.0"', Among(Field.TAG, ("bruk 2.0",))),
        ("tags in (Press, årsmöte)", Among(Field.TAG, ("press", "årsmöte"))),
    ],
)
def test_comparison(expression: str, expected: Expression) -> None:
    """A comparison is read by Swedish and English words, ids and names, and case does not matter."""
    assert tree(expression) == expected


def test_precedence() -> None:
    """Inte binds before och, and och before eller; parentheses go first."""
    chef, rua, media = (Among(Field.ROLE, (role,)) for role in ("chef", "rua", "media"))
    assert tree("roll = chef eller inte roll = rua och roll = media") == AnyOf(
        (chef, AllOf((Not(rua), media)))
    )
    assert tree("(roll = chef or roll = rua) and roll = media") == AllOf((AnyOf((chef, rua)), media))


@pytest.mark.parametrize(
    ("expression", "column", "word", "hint"),
    [
        ("rol = chef", 1, "rol", "Menade du ”roll”?"),
        ("roll = chefen", 8, "chefen", "Menade du ”chef”?"),
        ("medlem = hofers", 10, "hofers", "Menade du ”hofors”?"),
        ("län = Dalana", 7, "Dalana", "Menade du ”Dalarna”?"),
        ("roll chef", 6, "chef", "roll in ("),
        ("roll = chef roll = rua", 13, "roll", "citattecken"),
        ("roll in chef", 9, "chef", "inom parentes"),
        ("(roll = chef", 13, "I slutet", "stängs aldrig"),
        ("roll =", 7, "I slutet", ""),
        ("roll = och", 8, "och", ""),
        ("", 0, "saknar where", ""),
        ("inte " * 60 + "roll = chef", 206, "inte", "Högst 40"),
    ],
)
def test_mistake_points_at_its_word(expression: str, column: int, word: str, hint: str) -> None:
    """A mistake is told with its file, its line and column, the word, and the nearest spelling."""
    with pytest.raises(Problems) as caught:
        tree(expression)
    (problem,) = caught.value.problems
    begins = len('where = "') + column
    assert str(problem.where) == f"segments.toml:3:{begins}" if column else "segments.toml:3"
    assert word in problem.what
    assert hint in problem.why


def test_line_within_a_long_expression() -> None:
    """In a text of several lines, the error names the line and the column of the word."""
    text = '[s]\nname = "S"\nwhere = """\nroll = chef\neller roll = ruaa\n"""\n'
    with pytest.raises(Problems) as caught:
        people.segments(text, "s.toml", MEMBERS)
    assert str(caught.value.problems[0].where) == "s.toml:5:14"


def test_all_mistakes_of_a_file_at_once() -> None:
    """Every wrong segment is told in one go: its name, its keys and its expression."""
    right = 'where="roll = chef"'
    text = f'["Å"]\nname="x"\n{right}\n[b]\nnamn="x"\n{right}\n[c]\nname="c"\nwhere="x = 1"\n'
    with pytest.raises(Problems) as caught:
        people.segments(text, "s.toml", MEMBERS)
    assert {problem.where.line for problem in caught.value.problems if problem.where} == {1, 4, 5, 9}


def test_broken_toml() -> None:
    """A text that is no TOML is refused at its line."""
    with pytest.raises(InputError) as caught:
        people.segments("[a]\nname = \n", "s.toml", MEMBERS)
    assert str(caught.value.where) == "s.toml:2"


def test_each_part_may_hold_in_another_mandate() -> None:
    """`roll = chef och medlem = falun` holds for a head at one member with a seat at the other."""
    both = person((Role.HEAD, "hofors"), (Role.COUNCIL, "falun"))
    assert people.matches(tree("roll = chef och medlem = falun"), both, MEMBERS)
    assert not people.matches(tree("medlem != falun"), both, MEMBERS)
    assert people.matches(tree("län = Gävleborg och grupp = politiker och språk = sv"), both, MEMBERS)


def test_person_without_member_has_no_county() -> None:
    """A partner belongs to no member, and so to no county."""
    partner = person((Role.PARTNER, ""))
    assert not people.matches(tree("län in (Dalarna, Gävleborg, Örebro)"), partner, MEMBERS)


ROLES = st.sampled_from(list(Role))
MANDATES = st.lists(st.tuples(ROLES, st.sampled_from([*MEMBERS, ""])), min_size=1, max_size=3)
PEOPLE = st.builds(
    lambda held, language: person(*held, language=language), MANDATES, st.sampled_from(["sv", "en"])
)
SIMPLE = st.one_of(
    ROLES.map(lambda role: f"roll = {role.value}"),
    st.sampled_from(list(MEMBERS)).map(lambda member: f"medlem in ({member}, falun)"),
    st.sampled_from(["län = Dalarna", "språk != en", "grupp = media", "lista = val"]),
)
EXPRESSIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        inner.map(lambda text: f"inte ({text})"),
        st.tuples(inner, st.sampled_from(["och", "eller"]), inner).map(
            lambda part: f"({part[0]}) {part[1]} ({part[2]})"
        ),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS, PEOPLE)
def test_expression_and_negation_split_the_list(expression: str, somebody: Recipient) -> None:
    """Everyone is in a segment or in its negation, and nobody in both."""
    inside = people.matches(tree(expression), somebody, MEMBERS)
    assert people.matches(tree(f"inte ({expression})"), somebody, MEMBERS) is not inside


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No expression, however odd, does anything but give a tree or be refused as a mistake."""
    escaped = "".join(f"\\U{ord(character):08x}" for character in text)
    with suppress(Problems):
        people.segments(f'[s]\nname = "S"\nwhere = "{escaped}"\n', "s.toml", MEMBERS)


def test_overlaps() -> None:
    """A pair of segments counts those in both, and a segment with itself counts its people."""
    counts = people.overlaps([("a", "b"), ("a",), ("a", "b", "c")])
    assert counts == {
        ("a", "a"): 3,
        ("b", "b"): 2,
        ("c", "c"): 1,
        ("a", "b"): 2,
        ("a", "c"): 1,
        ("b", "c"): 1,
    }


def test_audience_rule_changes_with_the_expression() -> None:
    """The rule holds the expressions, so that editing a segment changes the digest."""
    one = people.segments('[s]\nname="S"\nwhere="roll = chef"\n', "s.toml", MEMBERS)
    other = people.segments('[s]\nname="S"\nwhere="roll = rua"\n', "s.toml", MEMBERS)
    assert people.audience_rule(("s",), one) != people.audience_rule(("s",), other)
