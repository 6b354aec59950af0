"""Whom the lists reach, who must be asked about, and that nothing below county tells a bloc."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from lxml import html as pages

from newsletter import config, people
from newsletter.edges.workspace import Folder
from newsletter.errors import Problems, UsageError
from newsletter.model.coverage import MemberCoverage, Post, Reach, Seats, post_of
from newsletter.model.figure import Cell
from newsletter.model.mandates import Calendar
from newsletter.model.people import Mandate, Member, Recipient, Role, Suppression
from newsletter.model.settings import Association
from newsletter.people.coverage import is_role_address
from newsletter.people.registrar import registrar_address
from newsletter.pipeline import coverage as pipeline
from newsletter.pipeline import explain
from newsletter.testing.builders import NOON
from newsletter.testing.store import MemoryStore
from tests.people.test_pipeline import SETTINGS

ON = Calendar(date(2026, 11, 17))
FALUN = Member("falun", "Falu kommun", "kommun", "Dalarna", "https://www.falun.example/")
MEMBERS = {"falun": FALUN, "region": Member("region", "Regionen", "region", "Dalarna")}
OURS = Association("Föreningen", "F", "Gatan 1", "https://www.forening.example", "kansli@forening.example")
HEADER = "member,role,seats,as_of,source\n"
BLOC = ("oppositionsr", "vice-ordforande", "opposition")


def one(number: int, *held: Mandate, name: str = "", address: str = "") -> Recipient:
    return Recipient(f"r{number}", address or f"a.b{number}@falun.example", name or f"Namn {number}", held)


def seat(role: Role = Role.COUNCIL, member: str = "falun", **days: date) -> Mandate:
    return Mandate(role, member, "val", **days)


FRESH = date(2026, 11, 2)


def covered(
    *crowd: Recipient, why: Suppression | None = None, seats: tuple[Seats, ...] = ()
) -> MemberCoverage:
    asked = [(each, why if at == 0 else None) for at, each in enumerate(crowd)]
    return people.coverage(asked, MEMBERS, seats, ON, date(2025, 11, 17))[0]


def test_counts_against_known_seats() -> None:
    """Recipients, suppressed, ended and unconfirmed are told apart, and what is missing is known by seats."""
    found = covered(
        one(0, seat(confirmed=FRESH)),
        one(1, seat(confirmed=FRESH)),
        one(2, seat()),
        one(3, seat(until=date(2026, 10, 14))),
        why=Suppression.LEFT,
        seats=(Seats("falun", Post.COUNCIL, 5, FRESH, "beslut"),),
    )
    reach = found.of(Post.COUNCIL)
    assert reach == Reach(Post.COUNCIL, 2, 5, ended=1, unconfirmed=1, suppressed=1)
    assert (reach.missing, found.people) == (2, 3)


def test_unknown_is_never_invented() -> None:
    """Where no seats are known, nothing is said to be missing."""
    assert covered(one(0, seat())).of(Post.COUNCIL).missing is None


def test_doubts() -> None:
    """One name with two addresses, one mailbox with two spellings, offices' addresses, bounces, old lists."""
    found = covered(
        one(0, seat(), name="Anna Ek", address="anna.ek@falun.example"),
        one(1, seat(confirmed=FRESH), name="anna  ek", address="ek@falun.example"),
        one(2, seat(confirmed=FRESH), name="Bo", address="annaek+val@falun.example"),
        one(3, seat(confirmed=FRESH), name="Registrator", address="Kommun@falun.example"),
        why=Suppression.BOUNCED,
    )
    assert [(each.why, set(each.addresses)) for each in found.doubts] == [
        ("name", {"anna.ek@falun.example", "ek@falun.example"}),
        ("mailbox", {"anna.ek@falun.example", "annaek+val@falun.example"}),
    ]
    assert found.role_addresses == ("Kommun@falun.example",)
    assert found.bounced == ("anna.ek@falun.example",)
    assert found.stale == 1


def test_role_addresses() -> None:
    """An office's address is known by its name alone, and nobody's own is taken for one."""
    offices = ("kommun@a.se", "info@a.se", "Registrator@a.se")
    assert all(is_role_address(each) for each in offices)
    assert not any(is_role_address(each) for each in ("info.svensson@a.se", "anna.press@a.se"))


def test_leaders_are_counted_as_one() -> None:
    """Chair, vice chair and opposition councillor are one post, so that no bloc shows at a member."""
    roles = (Role.CHAIR, Role.VICE_CHAIR, Role.OPPOSITION)
    assert {post_of(role) for role in roles} == {Post.LEADERSHIP}
    found = covered(*(one(at, seat(role, confirmed=FRESH)) for at, role in enumerate(roles)))
    assert found.of(Post.LEADERSHIP).recipients == 3
    assert not any(bloc in post.value for post in Post for bloc in BLOC)


def test_reports_have_no_role() -> None:
    """A cell of the report knows place, group and topic: there is no role to cut it by, at any level."""
    names = {field.name for field in fields(Cell)}
    assert not names & {"role", "roles", "post", "mandate", "mandates"}


def test_seats() -> None:
    """A row is read by member's and post's ids or names; lines of explanation are passed over."""
    rows = "Falu kommun,ledamot i fullmäktige,49,2026-10-15,beslut § 3\nfalun,ledning,3,2026-10-15,x\n"
    text = f"{HEADER}# Så här\n{rows}"
    found = people.seats(text, "m.csv", MEMBERS)
    assert [(each.member, each.post, each.number) for each in found] == [
        ("falun", Post.COUNCIL, 49),
        ("falun", Post.LEADERSHIP, 3),
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("falum,styrelse,3,2026-10-15,x", "falum"),
        ("falun,styrelsen för allt,3,2026-10-15,x", "inte känd"),
        ("falun,oppositionsrad,1,2026-10-15,x", "för sig"),
        ("falun,styrelse,många,2026-10-15,x", "många"),
        ("falun,styrelse,3,i fjol,x", "i fjol"),
        ("falun,styrelse,3,2026-10-15,", "Källan"),
        ("falun,styrelse,3", "celler"),
    ],
)
def test_wrong_seats(row: str, what: str) -> None:
    """A wrong row is told by its line; an opposition councillor's seat is not counted by itself."""
    with pytest.raises(Problems) as caught:
        people.seats(f"{HEADER}{row}\n", "m.csv", MEMBERS)
    (problem,) = caught.value.problems
    assert str(problem.where) == "m.csv:2"
    assert what in problem.what


def test_wrong_headings_of_seats() -> None:
    """A file without its headings is refused."""
    with pytest.raises(Problems):
        people.seats("", "m.csv", MEMBERS)


def test_shipped_seats_are_none(request: pytest.FixtureRequest) -> None:
    """The file that is shipped states no seat: nobody has looked them up yet, and none is made up."""
    root = request.config.rootpath / "subscribers"
    known = people.members((root / "members.csv").read_text("utf-8"), "members.csv")
    assert people.seats((root / "mandates.csv").read_text("utf-8"), "mandates.csv", known) == ()


def test_registrar_letter() -> None:
    """The letter has posts and counts and nobody's name, and its draft is a mail to the registrar."""
    found = covered(one(0, seat(), name="Anna Ek"), one(1, seat(Role.OPPOSITION, until=date(2026, 1, 1))))
    letter = people.registrar_letter(found, FALUN, OURS, ON)
    assert "fullmäktige: 1 är inte bekräftade" in letter.text
    assert "politisk ledning: 1 uppdrag har upphört" in letter.text
    assert not any(word in letter.text.lower() for word in ("anna ek", "oppositions", "@falun"))
    mail = message_from_bytes(people.mail(letter, OURS), policy=default)
    assert (mail["To"], mail["From"]) == ("kommun@falun.example", "kansli@forening.example")
    body = mail.get_body()
    assert body is not None
    assert "Från; Till" in body.get_content()


def test_registrar_address() -> None:
    """The address of members.csv goes first; a municipality's is guessed, and said to be; else unknown."""
    told = Member("a", "A", "kommun", "Dalarna", "", "registrator@a.example")
    assert registrar_address(told) == ("registrator@a.example", False)
    assert registrar_address(FALUN) == ("kommun@falun.example", True)
    assert registrar_address(MEMBERS["region"]) == ("", False)


def test_member_page() -> None:
    """The page has a language, a title, headings in order and tables with headers, and names nobody."""
    crowd = [one(at, seat(role), name="Anna Ek") for at, role in enumerate(Role) if role is not Role.MEDIA]
    text = people.member_page(covered(*crowd), FALUN, OURS, ON)
    page = pages.document_fromstring(text)
    assert page.get("lang") == "sv"
    assert page.findtext(".//title") == "Nyhetsbrevet hos Falu kommun – Föreningen"
    assert [each.tag for each in page.iter("h1", "h2", "h3")] == ["h1", "h2", "h2", "h2"]
    assert all(each.get("scope") for each in page.iter("th"))
    assert len(list(page.iter("caption"))) == 2
    rows = " ".join(each.text_content() for each in page.iter("tr")).lower()
    assert not any(word in rows for word in ("opposition", "vice", "parti", "anna"))
    assert "okänt" in rows
    assert "http" not in text


class Office:
    """A workspace with a few people."""

    def __init__(self, root: Path) -> None:
        rows = "".join(f"{m.id},{m.name},{m.kind},{m.county},{m.website}\n" for m in MEMBERS.values())
        self.folder = Folder(root)
        self.folder.write(
            {
                "subscribers/members.csv": f"id,name,kind,county,website\n{rows}".encode(),
                "subscribers/segments.toml": b'[fm]\nname="F"\nwhere="roll = fullmaktige"\n',
            }
        )
        self.store = MemoryStore()
        self.settings = config.parse(SETTINGS)

    def audit(self, member: str = "") -> pipeline.Audit:
        """The audit, at noon."""
        return pipeline.audit(
            workspace=self.folder,
            people=self.store.people,
            suppressions=self.store.suppressions,
            settings=self.settings,
            now=NOON,
            member=member,
        )

    def explain(self, address: str) -> explain.Explanation:
        """Why the person is in which segments."""
        return explain.explain(
            address,
            workspace=self.folder,
            people=self.store.people,
            suppressions=self.store.suppressions,
            settings=self.settings,
            now=NOON,
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Two in Falun's council, one of whom has left it."""
    made = Office(tmp_path)
    crowd = [one(0, seat()), one(1, seat(until=date(2026, 10, 14)))]
    made.store.people.put(crowd, at=NOON, command="test")
    return made


def test_letters_are_written(office: Office, tmp_path: Path) -> None:
    """Only a member that must be asked gets a letter: a text, and a draft of a mail."""
    out = tmp_path / "brev"
    out.mkdir()
    pipeline.write(pipeline.letters(office.audit(), office.settings), office.settings, Folder(out))
    assert sorted(file.name for file in out.iterdir()) == ["falun.eml", "falun.txt"]


def test_unknown_member(office: Office) -> None:
    """A member that does not exist is refused, with the nearest."""
    assert [each.member for each in office.audit("falun").coverage] == ["falun"]
    with pytest.raises(UsageError, match="falum"):
        office.audit("falum")


def test_explained_exclusion(office: Office) -> None:
    """Who has left every office is told so; who said no is told that first; a stranger is refused."""
    assert office.explain("a.b0@falun.example").excluded is None
    gone = office.explain("A.B1@falun.example")
    assert gone.excluded is not None
    assert (gone.excluded.value, gone.placings[0].reason.holds) == ("ended", True)
    office.store.suppressions.suppress("a.b1@falun.example", Suppression.LEFT, at=NOON, source="svar")
    left = office.explain("a.b1@falun.example")
    assert left.excluded is not None
    assert left.excluded.value == "left"
    with pytest.raises(UsageError):
        office.explain("nobody@falun.example")
