"""The commands of a person's rights, from the words typed to what is left on disk."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.edges.workspace import FileLock
from newsletter.errors import InputError, UsageError
from newsletter.model.people import Change, ImportPlan, Mandate, Recipient, Role, Suppression
from newsletter.model.rights import Held
from newsletter.people.extract import extract_html
from newsletter.pipeline import suppressing
from newsletter.testing import builders
from newsletter.testing.store import MemoryStore, StandingClock
from newsletter.wiring import application
from tests.people.test_pipeline import Desk
from tests.send.world import ISSUE, lay_out

ANNA = "anna.hemlig@example.org"
LIST = f"Namn,E-post,Medlem,Roll\nAnna Hemlig,{ANNA},hofors,ordforande\nBo Ek,bo@example.org,hofors,chef\n"


class Office:
    """A workspace with two people who have had a letter, and somebody who types."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.root, self._capture = root, capture
        self.out = self.err = ""

    def run(self, *words: str) -> int:
        """The exit status."""
        self._capture.readouterr()
        status = run(cli, ["--workspace", str(self.root), *words])
        self.out, self.err = self._capture.readouterr()
        return status

    def imports(self) -> None:
        """Take the list in."""
        assert self.run("people", "import", "list.csv", "--basis", "uppdrag", "--confirm") == 0, self.err

    def addresses(self) -> list[str]:
        """Who is listed."""
        assert self.run("people", "list", "--json") == 0
        return [one["address"] for one in json.loads(self.out)["people"]]

    def holds(self, secret: bytes) -> list[str]:
        """The files of the program in which the bytes stand."""
        places = (".newsletter", "outbox", "backups")
        files = [path for place in places for path in (self.root / place).rglob("*") if path.is_file()]
        return [path.name for path in files if secret in path.read_bytes()]


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    """The list is taken in and an issue is sent."""
    monkeypatch.delenv("NEWSLETTER_BACKUP_PASSPHRASE", raising=False)
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    made = Office(tmp_path, capsys)
    made.imports()
    assert made.run("send", ISSUE, "--confirm", ISSUE) == 0, made.err
    return made


def test_export(office: Office) -> None:
    """A page and a JSON file hold the person, the mandates, the letter and the log, in a private folder."""
    assert office.run("people", "export", ANNA) == 0
    page, data = (Path(line) for line in office.out.split("\n")[:2])
    assert page.is_relative_to(office.root / "subscribers/private")
    found = json.loads(data.read_text("utf-8"))
    assert found["person"]["name"] == "Anna Hemlig"
    assert found["person"]["mandates"][0]["role"] == "ordforande"
    assert [(one["issue"], one["state"]) for one in found["letters"]] == [(ISSUE, "accepted")]
    assert [one["what"] for one in found["log"]] == ["new"]
    text = page.read_text("utf-8")
    for word in ("Anna Hemlig", "ordförande", "uppdrag", "list.csv", ISSUE, "skickat"):
        assert word in text
    assert "Bo Ek" not in text


def test_export_of_a_stranger(office: Office) -> None:
    """Of somebody unknown nothing is written, and the command says so."""
    assert office.run("people", "export", "ingen@example.org") == 1
    assert "Inget är sparat" in office.err
    assert not (office.root / "subscribers/private").exists()


def test_export_never_into_git(office: Office) -> None:
    """A folder that git would carry is refused."""
    subprocess.run(["git", "init", "-q", str(office.root)], check=True)
    assert office.run("people", "export", ANNA, "--out", str(office.root / "ut")) == 1
    assert "git" in office.err
    assert not list((office.root / "ut").iterdir())


def test_the_page_is_safe() -> None:
    """What somebody wrote as a name is text on the page."""
    one = builders.recipient(1, name="<script>alert(1)</script>")
    page = extract_html(
        Held(one.address, one),
        association="A & B",
        contact="x@y.example",
        at=builders.NOON,
        zone=ZoneInfo("UTC"),
    )
    assert "<script>" not in page
    assert "A &amp; B" in page


def test_erase_is_shown_first(office: Office) -> None:
    """Without the address once more nothing is changed."""
    assert office.run("people", "erase", ANNA) == 2
    assert "1 brev" in office.err
    assert office.run("people", "erase", ANNA, "--confirm", "bo@example.org") == 2
    assert ANNA in office.addresses()


def test_erase_leaves_nothing(office: Office) -> None:
    """No name, address or id of the person is in state, log, outbox or backups; nobody brings it back."""
    (office.root / ".newsletter/.backup-dead").mkdir()
    (office.root / ".newsletter/.backup-dead/state.db").write_text("Anna Hemlig")
    (office.root / "outbox/prov").mkdir()
    (office.root / "outbox/prov/prov.eml").write_bytes(
        f"Subject: x\r\nTo: Anna\r\n <{ANNA}>\r\n\r\n".encode()
    )
    with application(office.root) as app:
        id = next(one.id for one, _ in app.people_list() if one.address == ANNA)
    assert office.run("people", "erase", ANNA.upper(), "--confirm", ANNA) == 0, office.err
    assert "2 filer" in office.out
    for secret in (b"hemlig", b"Hemlig", id.encode()):
        assert office.holds(secret) == []
    assert "list.csv" not in office.out
    office.imports()
    assert office.addresses() == ["bo@example.org"]
    assert office.run("status", ISSUE, "--json") == 0
    assert json.loads(office.out)["equation"]["holds"]


def test_erase_tells_what_is_left(office: Office) -> None:
    """The association's own list is not touched, and is named."""
    private = office.root / "subscribers/private"
    private.mkdir()
    (private / "hofors.csv").write_text(LIST, "utf-8")
    assert office.run("people", "erase", ANNA, "--confirm", ANNA) == 0
    assert "subscribers/private/hofors.csv" in office.err


def test_restored_backup_forgets_again(office: Office) -> None:
    """A backup from before the erasure brings the person back neither to the list nor to the letters."""
    old = sorted((office.root / "backups").glob("*.nlbackup"))[-1].rename(office.root / "old.nlbackup")
    assert office.run("people", "erase", ANNA, "--confirm", ANNA) == 0
    assert office.run("restore", str(old)) == 0, office.err
    assert office.addresses() == ["bo@example.org"]
    assert office.holds(b"hemlig") == office.holds(b"Hemlig") == []


def test_erasing_waits_for_a_sender(office: Office) -> None:
    """While letters leave nobody is erased."""
    with FileLock(office.root / ".newsletter/send.lock"):
        assert office.run("people", "erase", ANNA, "--confirm", ANNA) == 1
    assert ANNA in office.addresses()


def test_suppress_and_lift(office: Office) -> None:
    """Who left is lifted by the person's word alone, a bounce with a reason; the log tells all of it."""
    assert office.run("people", "suppress", ANNA, "--reason", "left", "--source", "samtal") == 0
    assert office.run("people", "suppress", ANNA, "--lift", "--reason", "fel") == 2
    assert "bara av personen" in office.err
    words = ("--reason", "ångrade sig", "--confirmed-by-person", "mejl 9 november")
    assert office.run("people", "suppress", ANNA, "--lift", *words) == 0
    assert office.run("people", "suppress", ANNA, "--lift", *words) == 2
    assert office.run("people", "suppress", ANNA, "--reason", "bounced") == 0
    assert office.run("people", "suppress", ANNA, "--lift", "--reason", " ") == 2
    assert office.run("people", "suppress", ANNA, "--lift", "--reason", "ny server") == 0
    assert office.run("people", "log", ANNA, "--json") == 0
    log = json.loads(office.out)["log"]
    assert [one["what"] for one in log] == [
        "new",
        "suppressed: left",
        "lifted: left",
        "suppressed: bounced",
        "lifted: bounced",
    ]
    assert "mejl 9 november" in log[2]["why"]
    assert {one["command"] for one in log[1:]} == {"people suppress"}


@pytest.mark.parametrize("reason", ["erased", "lfet", ""])
def test_reasons_that_cannot_be(office: Office, reason: str) -> None:
    """An erasure is another command, and a misspelt reason is told."""
    assert office.run("people", "suppress", ANNA, "--reason", reason) == 2
    assert "Gör så här" in office.err


def test_no_address(office: Office) -> None:
    """What is no address is refused by every command."""
    for words in (["export"], ["erase"], ["log"], ["suppress", "--reason", "left"]):
        assert office.run("people", words[0], "anna", *words[1:]) == 1
        assert "ingen e-postadress" in office.err


def test_tidy(office: Office) -> None:
    """What is due is shown, and nothing is due at once."""
    assert office.run("people", "tidy", "--json") == 0
    assert json.loads(office.out) == {
        "schema": 1,
        "confirmed": False,
        "clicks": 0,
        "letters": 0,
        "unlisted": 0,
    }
    assert office.run("people", "tidy", "--confirm") == 0


@pytest.mark.parametrize("name", ["suppress", "export", "erase", "log", "tidy"])
def test_help_has_an_example(office: Office, name: str) -> None:
    """The help of each command shows how it is used."""
    assert office.run("people", name, "--help") == 0
    assert "Exempel:" in office.out


FILES = (
    "Namn;E-post;Medlem;Roll\nA;a@example.org;hofors;chef\nB;B@example.org;hofors;chef\n",
    "Namn;E-post;Medlem;Roll\nA;A@Example.org;hofors;ordförande\n",
    "Namn;E-post;Medlem;Roll\nB;b@example.org;hofors;ordförande\nC;c@example.org;hofors;chef\n",
)
_STEP = st.one_of(
    st.tuples(st.just("import"), st.sampled_from(FILES)),
    st.tuples(st.sampled_from(["left", "complained", "erased"]), st.sampled_from("abc")),
)


@given(st.lists(_STEP, max_size=8))
@settings(max_examples=80)
def test_no_import_brings_anybody_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Any]]
) -> None:
    """Whatever is imported, in any order and as often, who said no stays suppressed."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    said: dict[str, Suppression] = {}
    suppressions = desk.store.suppressions
    for what, which in steps:
        if what == "import":
            desk.imports(which, confirm=True)
        else:
            address, reason = f"{which}@example.org", Suppression(what)
            suppressions.suppress(address, reason, at=builders.NOON, source="x")
            if reason.strength > said.get(address, Suppression.BOUNCED).strength:
                said[address] = reason
    assert {address: suppressions.why(address.upper()) for address in said} == said


def test_a_new_mandate_tries_a_bounced_address_again() -> None:
    """A bounce is lifted by a mandate at another member and by nothing else; who left stays away."""
    store, clock = MemoryStore(), StandingClock()
    before = builders.recipient(1)

    def after_import(member: str, why: Suppression) -> Suppression | None:
        store.suppressions.suppress(before.address, why, at=builders.NOON, source="x")
        plan = _plan(builders.recipient(1, *before.mandates, _at(member)), "kommunen")
        suppressing.retry_bounced(
            plan, lambda one: before, suppressions=store.suppressions, clock=clock, command="people import"
        )
        return store.suppressions.why(before.address)

    assert after_import("falun", Suppression.BOUNCED) is Suppression.BOUNCED
    assert after_import("sater", Suppression.BOUNCED) is None
    assert store.suppressions.log[-1][1].why == "nytt uppdrag hos sater, enligt listan kommunen"
    assert after_import("sater", Suppression.LEFT) is Suppression.LEFT


def _at(member: str) -> Mandate:
    return Mandate(Role.BOARD, member, "kommunen")


def _plan(one: Recipient, list_: str) -> ImportPlan:
    return ImportPlan(list_, "uppdrag", "x.csv", ((Change.CHANGED, one),))


def test_lifting_nothing() -> None:
    """What is not suppressed cannot be lifted, and a lift needs a reason."""
    store, clock = MemoryStore(), StandingClock()
    ports: dict[str, Any] = {"suppressions": store.suppressions, "clock": clock}
    with pytest.raises(UsageError, match="inte spärrad"):
        suppressing.lift("a@example.org", reason="x", confirmed_by_person="", **ports)
    with pytest.raises(InputError):
        suppressing.lift("a", reason="x", confirmed_by_person="", **ports)
