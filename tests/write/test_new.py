"""A new issue builds before a word is written in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter.edges.workspace import Folder
from newsletter.errors import StateError, UsageError
from newsletter.model.issue import BlockKind, IssueKind
from newsletter.model.letter import LetterSender
from newsletter.model.settings import Association, Settings, Topic
from newsletter.pipeline import issues, new

TODAY = date(2026, 11, 23)
SETTINGS = Settings(
    Association(
        "Föreningen: ”X”", 'Fören"ingen\\', "Gatan 1", "https://forening.example", "kansli@example.org"
    ),
    senders={"kansliet": LetterSender("Kansliet", "nyhetsbrev@example.org", "kansli@example.org")},
    unsubscribe_mailbox="avsluta@example.org",
    topics=(Topic("eu", "EU"),),
)
SEGMENTS = (
    b'[politiker]\nname = "P"\nwhere = "grupp = politiker"\n[chefer]\nname = "C"\nwhere = "roll = chef"\n'
)


@pytest.fixture
def workspace(tmp_path: Path) -> Folder:
    """A workspace without issues."""
    folder = Folder(tmp_path)
    members = "id,name,kind,county,website\navesta,Avesta kommun,kommun,Dalarna,\n"
    folder.write({issues.MEMBERS: members.encode(), issues.SEGMENTS: SEGMENTS})
    return folder


@pytest.mark.parametrize("kind", IssueKind)
@pytest.mark.parametrize("name", ["2026-3", "arsmote-2027"])
def test_a_new_issue_loads_with_every_name_known(workspace: Folder, kind: IssueKind, name: str) -> None:
    """Each kind, under a number or a word, has no mistake, also where names hold quotes and colons."""
    made = new.new(workspace, SETTINGS, name, kind=kind, today=TODAY)
    issue = issues.load(workspace, name, settings=SETTINGS).issue
    assert (issue.id, issue.kind, issue.date) == (name, kind, TODAY)
    assert issue.audiences == ("politiker", "chefer")
    assert made.files == (f"content/issues/{name}/issue.md",)


def test_the_kinds_differ(workspace: Folder) -> None:
    """A newsletter has cards and member news, an invitation its event, a notice text alone."""
    kinds = {}
    for kind in IssueKind:
        new.new(workspace, SETTINGS, kind.value, kind=kind, today=TODAY)
        kinds[kind] = {block.kind for block in issues.load(workspace, kind.value).issue.blocks}
    assert {BlockKind.CARD, BlockKind.MEMBER_NEWS, BlockKind.CALENDAR} < kinds[IssueKind.NEWSLETTER]
    assert BlockKind.INVITATION in kinds[IssueKind.INVITATION]
    assert kinds[IssueKind.NOTICE] == {BlockKind.TEXT}


def test_the_title_counts_the_issues_of_the_year(workspace: Folder) -> None:
    """2026-3 is number 3 of 2026."""
    new.new(workspace, SETTINGS, "2026-3", kind=IssueKind.NEWSLETTER, today=TODAY)
    assert issues.load(workspace, "2026-3").issue.title == "Nyhetsbrev nr 3 · 2026"


def test_audiences_follow_the_newest_issue(workspace: Folder) -> None:
    """Who got the last one gets the next one; an issue that cannot be read is passed over."""
    new.new(workspace, SETTINGS, "2026-2", kind=IssueKind.NOTICE, today=TODAY)
    path = "content/issues/2026-2/issue.md"
    workspace.write({path: workspace.read(path).replace(b"[politiker, chefer]", b"[chefer]")})
    workspace.write({"content/issues/2026-3/issue.md": b"broken"})
    new.new(workspace, SETTINGS, "2026-4", kind=IssueKind.NOTICE, today=TODAY)
    assert issues.load(workspace, "2026-4").issue.audiences == ("chefer",)


def test_nothing_is_ever_overwritten(workspace: Folder) -> None:
    """A folder that holds anything is left as it was."""
    workspace.write({"content/issues/2026-3/pictures/a.png": b"x"})
    with pytest.raises(StateError, match="finns redan"):
        new.new(workspace, SETTINGS, "2026-3", kind=IssueKind.NOTICE, today=TODAY)
    assert list(workspace.names("content/issues")) == ["content/issues/2026-3/pictures/a.png"]


def test_a_name_that_cannot_be_a_folder_is_refused(workspace: Folder) -> None:
    """Capitals, blanks and slashes are refused before anything is written."""
    with pytest.raises(UsageError):
        new.new(workspace, SETTINGS, "Nr 3/2026", kind=IssueKind.NOTICE, today=TODAY)
    assert not workspace.names("content")
