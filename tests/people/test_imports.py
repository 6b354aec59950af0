"""Importing a list: what is read, what is refused, what would change."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import people
from newsletter.errors import InputError, Problems
from newsletter.model.people import Change, ImportPlan, Mandate, Recipient, Role, Suppression, address_key
from tests.people.test_expression import MEMBERS

HEADER = "Namn,E-post,Medlem,Roll\n"
ANNA = "Anna Ek,anna@example.org,hofors,chef\n"


def planned(
    data: str | bytes,
    *,
    existing: Mapping[str, Recipient] | None = None,
    list_: str = "val",
    leave_out: bool = False,
    erased: frozenset[str] = frozenset(),
    **given: str,
) -> ImportPlan:
    numbers = count(1)
    columns = {people.Column[name.upper()]: value for name, value in given.items()}
    read = people.read(data.encode() if isinstance(data, str) else data, "lista.csv", "", tuple(columns))
    if not isinstance(read, people.Listing):
        raise Problems(read)
    there = existing or {}
    return people.import_plan(
        read,
        list=list_,
        basis="uppdrag",
        source="lista.csv",
        known=lambda keys: {key: there[key] for key in keys if key in there},
        members=MEMBERS,
        new_id=lambda: f"r{next(numbers)}",
        suppressed=lambda addresses: {one: Suppression.ERASED for one in addresses if one in erased},
        given=columns,
        leave_out_bad_rows=leave_out,
    )


def after(plan: ImportPlan, existing: Mapping[str, Recipient] | None = None) -> dict[str, Recipient]:
    return dict(existing or {}) | {address_key(person.address): person for _, person in plan.changes}


def test_one_person() -> None:
    """A row becomes a person with a mandate, the basis, the source and the list."""
    plan = planned(HEADER + ANNA)
    anna = Recipient(
        "r1",
        "anna@example.org",
        "Anna Ek",
        (Mandate(Role.HEAD, "hofors", "val"),),
        "sv",
        "uppdrag",
        "lista.csv",
    )
    assert plan.changes == ((Change.NEW, anna),)
    assert plan.left_out == ()


@pytest.mark.parametrize(
    "data",
    [
        "Roll;Språk;E-post;Medlem;Namn\nchef;sv;anna@example.org;Hofors kommun;Anna Ek\n",
        "name\temail\tmember\trole\nAnna Ek\tanna@example.org\tHOFORS\tChef\n",
        "\ufeff" + HEADER + ANNA,
        HEADER.replace("\n", "\r\n") + "\r\n" + ANNA.replace("\n", "\r"),
        "Namn , E-POST:,Medlem*,Roll,,\nAnna Ek,anna@example.org,hofors,chef,,\n",
        'Namn,E-post,Medlem,Roll\n"Anna\nEk",anna@example.org,hofors,chef\n',
    ],
)
def test_shapes_that_people_send(data: str) -> None:
    """Order, separator, case, mark of byte order, line ends and empty columns do not matter."""
    ((kind, anna),) = planned(data).changes
    assert (kind, anna.name, anna.address) == (Change.NEW, "Anna Ek", "anna@example.org")
    assert anna.mandates == (Mandate(Role.HEAD, "hofors", "val"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    """Swedish letters survive UTF-8, with or without a mark, Windows-1252 and UTF-16."""
    data = (HEADER + "Åsa Öst,asa@example.org,falun,vice ordförande\n").encode(encoding)
    ((_, asa),) = planned(data).changes
    assert (asa.name, asa.mandates[0].role) == ("Åsa Öst", Role.VICE_CHAIR)


def test_rows_of_one_address_are_one_person() -> None:
    """Two roles on two rows, spelt with other case, make one person with two mandates."""
    plan = planned(HEADER + ANNA + "anna ek,ANNA@Example.ORG,falun,fullmaktige\n")
    ((_, anna),) = plan.changes
    assert [mandate.member for mandate in anna.mandates] == ["hofors", "falun"]


@pytest.mark.parametrize(
    ("header", "what", "why"),
    [
        ("Namn,E-post,Medlem,Rool", "Roll saknas", "felstavning"),
        ("Namn,Medlem,Roll", "E-post saknas", ""),
        ("Namn,E-post,E-post,Medlem,Roll", "två gånger", ""),
        ("Namn,E-post,Medlem,Roll,Parti", "får inte importeras", "artikel 9"),
        ("Namn,E-post,Medlem,Roll,Partitillhörighet", "får inte importeras", "artikel 9"),
        ("Namn,E-post,Medlem,Roll,Personnummer", "får inte importeras", "Personnummer"),
    ],
)
def test_wrong_heading_refuses_the_file(header: str, what: str, why: str) -> None:
    """A heading that is unknown, missing, double or not allowed is told at its line, with the reason."""
    with pytest.raises(Problems) as caught:
        planned(f"{header}\nx,y,z,w,v\n", leave_out=True)
    texts = [(str(problem.where), problem.what, problem.why) for problem in caught.value.problems]
    assert any(place == "lista.csv:1" and what in said and why in reason for place, said, reason in texts)


@pytest.mark.parametrize(
    ("row", "what", "why"),
    [
        ("A,a@example.org,hofers,chef", "Medlem ”hofers”", "Menade du ”Hofors kommun”?"),
        ("A,a@example.org,,chef", "Medlem saknas", ""),
        ("A,a@example.org,hofors,cheff", "Roll ”cheff”", "Menade du ”chef”"),
        ("A,a@example.org,hofors,", "Roll saknas", ""),
        ("A,,hofors,chef", "E-post saknas", ""),
        ("A,a@@example.org,hofors,chef", "ingen e-postadress", ""),
        ("A,åsa@example.org,hofors,chef", "går inte att skriva till", ""),
        ("A,a@example.org,hofors,ledamot (S)", "röjer ett parti", "artikel 9"),
        ("Anna Ek (kd),a@example.org,hofors,chef", "röjer ett parti", "artikel 9"),
        ("A,a@example.org,hofors,chef,mer", "fler celler", ""),
        ("Bo Ek,anna@example.org,hofors,chef", "redan på rad 2, med ett annat namn", ""),
    ],
)
def test_wrong_row(row: str, what: str, why: str) -> None:
    """A wrong row refuses the file, named by its row; asked to, the import leaves out that row alone."""
    data = HEADER + ANNA + row + "\n"
    with pytest.raises(Problems) as caught:
        planned(data)
    (problem,) = caught.value.problems
    assert str(problem.where) == "lista.csv:3"
    assert what in problem.what
    assert why in problem.why
    plan = planned(data, leave_out=True)
    assert [left.row for left in plan.left_out] == [3]
    assert len(plan.changes) == 1


def test_row_number_is_that_of_the_file() -> None:
    """Empty lines and cells of several lines are counted, so that the row is found in an editor."""
    with pytest.raises(Problems) as caught:
        planned(HEADER + '\n\n"Anna\nEk",anna@example.org,hofors,chef\nB,b@example.org,x,chef\n')
    assert str(caught.value.problems[0].where) == "lista.csv:6"


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"PK\x03\x04...", b"Namn\x00,E-post", b'Namn,E-post\n"open', b"Namn\x81\x8d\n"]
)
def test_what_is_no_list(data: bytes) -> None:
    """An empty file, a workbook, binary data and an open quotation mark are refused in words."""
    with pytest.raises(InputError) as caught:
        planned(data)
    assert caught.value.where is not None


def test_partner_has_no_member() -> None:
    """Partners and media stand for no member, and need none."""
    ((_, partner),) = planned(HEADER + "P,p@example.org,,partner\n").changes
    assert partner.mandates == (Mandate(Role.PARTNER, "", "val"),)


def test_repeating_changes_nothing() -> None:
    """The same file again finds everybody unchanged, under the same ids."""
    first = planned(HEADER + ANNA)
    again = planned(HEADER + ANNA, existing=after(first))
    assert [kind for kind, _ in again.changes] == [Change.UNCHANGED]
    assert again.changes[0][1] == first.changes[0][1]


def test_list_replaces_its_own_mandates_only() -> None:
    """A new version of a list changes what that list said, and leaves what other lists say."""
    known = after(planned(HEADER + ANNA, list_="styrelsen"))
    known = after(planned(HEADER + "Anna Ek,anna@example.org,falun,rua\n", existing=known), known)
    plan = planned(HEADER + "Anna Ek,anna@example.org,falun,chef\n", existing=known)
    ((kind, anna),) = plan.changes
    assert kind is Change.CHANGED
    assert anna.mandates == (Mandate(Role.HEAD, "hofors", "styrelsen"), Mandate(Role.HEAD, "falun", "val"))


def test_erased_person_stays_out() -> None:
    """Who asked to be forgotten is left out, with the reason, and the rest is taken."""
    plan = planned(HEADER + ANNA + "B,b@example.org,hofors,rua\n", erased=frozenset({"anna@example.org"}))
    assert [left.row for left in plan.left_out] == [2]
    assert [person.address for _, person in plan.changes] == ["b@example.org"]


ADDRESSES = st.sampled_from(
    ["a@example.org", "A@EXAMPLE.org", "b.c@example.org", "bc@example.org", "d@å.example"]
)
ROWS = st.tuples(
    ADDRESSES, st.sampled_from([*MEMBERS, "Falu kommun", "x"]), st.sampled_from(["chef", "rua", "media"])
)


@given(st.lists(ROWS, min_size=1, max_size=8))
def test_each_row_ends_in_one_place(listed: list[tuple[str, str, str]]) -> None:
    """Every row is in one person or among those left out, and no address is in two people."""
    data = "E-post;Medlem;Roll\n" + "".join(";".join(row) + "\n" for row in listed)
    plan = planned(data, leave_out=True)
    keys = [address_key(person.address) for _, person in plan.changes]
    assert len(keys) == len(set(keys))
    good = {address_key(address) for address, member, _ in listed if member != "x"}
    assert set(keys) == good
    assert len(plan.left_out) == sum(member == "x" for _, member, _ in listed)


@pytest.mark.parametrize(
    ("address", "reserved"),
    [
        ("a@example.org", True),
        ("a@hofors.example.org", True),
        ("a@x.example", True),
        ("a@x.test", True),
        ("a@notexample.org", False),
        ("a@hofors.se", False),
        ("a@example.org.se", False),
    ],
)
def test_reserved_domains(address: str, reserved: bool) -> None:
    """Only domains that are kept for examples count as nobody's."""
    assert people.is_reserved(address) is reserved
