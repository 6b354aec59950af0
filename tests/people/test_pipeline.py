"""Importing, listing and counting, over the state in memory; and whether git would carry a list along."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from newsletter import config
from newsletter.edges import git
from newsletter.edges.workspace import Folder
from newsletter.errors import InputError, Problems, UsageError
from newsletter.model.people import Change, ImportPlan, Suppression
from newsletter.pipeline import importing, people
from newsletter.ports import SandboxLimits
from newsletter.testing.store import MemoryStore, StandingClock

T = TypeVar("T")

MEMBERS = "id,name,kind,county,website\nhofors,Hofors kommun,kommun,Gävleborg,\n"
SETTINGS = """schema = 1
[association]
name = "Föreningen"
postal_address = "Gatan 1, 123 45 Orten"
website = "https://www.forening.example"
contact = "kansli@forening.example"
[senders.kansliet]
name = "Föreningen"
address = "brev@forening.example"
reply_to = "kansli@forening.example"
[unsubscribe]
mailbox = "avsluta@forening.example"
"""
SEGMENTS = """[politiker]
name = "Förtroendevalda"
where = "grupp = politiker"
[ordforande]
name = "Ordförande"
where = "roll = ordforande"
"""
LIST = (
    "Namn;E-post;Medlem;Roll\nA;a@example.org;hofors;ordförande\nB;b@example.org;hofors;fullmaktige\n"
    "C;c@example.org;hofors;chef\n"
)


class Here:
    """Isolated, in this process: the sandbox has tests of its own."""

    def run(self, function: Callable[..., T], data: bytes, *args: object, limits: SandboxLimits) -> T:
        """The function's result."""
        return function(data, *args)


class Desk:
    """A workspace, its lists, and a person who imports."""

    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        self.folder.write(
            {"subscribers/members.csv": MEMBERS.encode(), "subscribers/segments.toml": SEGMENTS.encode()}
        )
        (root / "newsletter.toml").write_text(SETTINGS, "utf-8")
        self.folder_root = root
        self.store = MemoryStore()
        self.numbers = count(1)

    def imports(self, text: str = LIST, **changes: Any) -> ImportPlan:
        """Import a list."""
        options: dict[str, Any] = {"list": "val", "basis": "uppdrag", "confirm": True}
        return importing.imported(
            text.encode(),
            importing.ImportRequest("listor/val.csv", **(options | changes)),
            workspace=self.folder,
            people=self.store.people,
            suppressions=self.store.suppressions,
            isolated=Here(),
            clock=StandingClock(),
            new_id=lambda: f"r{next(self.numbers)}",
        )

    def lists(self) -> dict[str, Any]:
        """What reading the lists takes."""
        return {
            "workspace": self.folder,
            "people": self.store.people,
            "settings": config.load(self.folder_root),
            "now": StandingClock().now(),
        }

    def names(self, segment: str | None = None) -> list[str]:
        """The names on the list."""
        found = people.listed(segment, **self.lists())
        return [one.name for one, _ in found]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Empty lists."""
    return Desk(tmp_path)


def test_dry_run_changes_nothing(desk: Desk) -> None:
    """Without confirmation the plan is there, and the list is as it was."""
    assert desk.imports(confirm=False).count(Change.NEW) == 3
    assert desk.names() == []


def test_confirmed_import(desk: Desk) -> None:
    """Confirmed, the people are on the list, with the basis, and the file's name as their source."""
    desk.imports()
    first = next(iter(desk.store.people.everyone()))
    assert desk.names() == ["A", "B", "C"]
    assert (first.basis, first.source) == ("uppdrag", "val.csv")
    assert {command for _, _, command in desk.store.people.log} == {"people import"}


def test_repeating_logs_nothing(desk: Desk) -> None:
    """The same list again changes nobody and writes nothing."""
    desk.imports()
    logged = len(desk.store.people.log)
    assert desk.imports().count(Change.UNCHANGED) == 3
    assert len(desk.store.people.log) == logged


def test_bad_row_changes_nothing(desk: Desk) -> None:
    """A file with one wrong row is not taken, unless the row is left out on purpose."""
    text = LIST + "D;d@example.org;hoffors;chef\n"
    with pytest.raises(Problems) as caught:
        desk.imports(text)
    assert str(caught.value.where) == "listor/val.csv:5"
    assert desk.names() == []
    assert [row.row for row in desk.imports(text, leave_out_bad_rows=True).left_out] == [5]
    assert desk.names() == ["A", "B", "C"]


def test_basis_is_needed_to_confirm(desk: Desk) -> None:
    """A list is not taken in without a legal basis."""
    with pytest.raises(UsageError, match="rättsliga grunden"):
        desk.imports(basis=" ")
    assert desk.names() == []


def test_real_list_in_git_is_refused(desk: Desk) -> None:
    """A list that git would carry along is refused, but for one of example addresses."""
    desk.imports(in_git=True)
    with pytest.raises(InputError, match="git"):
        desk.imports(LIST + "D;d@hofors.se;hofors;chef\n", in_git=True, confirm=False)


def test_import_brings_nobody_back(desk: Desk) -> None:
    """Who left stays left through an import, and who was erased is not even listed."""
    clock = StandingClock()
    desk.store.suppressions.suppress("a@example.org", Suppression.LEFT, at=clock.now(), source="t")
    desk.store.suppressions.suppress("b@example.org", Suppression.ERASED, at=clock.now(), source="t")
    desk.imports()
    assert desk.names() == ["A", "C"]
    assert desk.store.suppressions.why("A@Example.org") is Suppression.LEFT


def test_listing_a_segment(desk: Desk) -> None:
    """A segment lists its people; an unknown one is an error with the nearest spelling."""
    desk.imports()
    assert desk.names("politiker") == ["A", "B"]
    with pytest.raises(UsageError) as caught:
        desk.names("politker")
    assert "politiker" in caught.value.why


def test_segment_counts(desk: Desk) -> None:
    """Counts, overlaps and those in no segment add up."""
    desk.imports()
    counts = people.segments(**desk.lists())
    assert [counts.count(one.id) for one in counts.segments] == [2, 1]
    assert counts.counts["politiker", "ordforande"] == 1
    assert (counts.outside, counts.everyone) == (1, 3)


def test_what_git_carries(tmp_path: Path) -> None:
    """Git carries what it tracks and what a commit could add, not what it ignores nor what lies outside."""
    for name in ("tracked.csv", "new.csv", "private/list.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert not git.carries(tmp_path / "tracked.csv")
    (tmp_path / ".gitignore").write_text("/private/\n")
    for words in (["init", "-q"], ["add", "tracked.csv"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    carried = [git.carries(tmp_path / name) for name in ("tracked.csv", "new.csv", "private/list.csv")]
    assert carried == [True, True, False]


def test_without_git_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git cannot be asked, a file below a repository counts as carried unless its folder is private."""
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert git.carries(tmp_path / "list.csv")
    assert not git.carries(tmp_path / "private" / "list.csv")
