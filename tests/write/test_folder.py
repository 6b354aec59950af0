"""An issue's folder is read whole, and everything wrong in it is told at once."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from newsletter.edges.workspace import Folder
from newsletter.errors import InputError, MissingFile, Problem, Problems, UsageError
from newsletter.model.letter import LetterSender
from newsletter.model.settings import Association, Settings, Topic
from newsletter.pipeline import issues

SENDER = LetterSender("Kansliet", "nyhetsbrev@example.org", "kansli@example.org")
SETTINGS = Settings(
    Association("Föreningen", "Föreningen", "Gatan 1", "https://forening.example", "kansli@example.org"),
    senders={"kansliet": SENDER},
    unsubscribe_mailbox="avsluta@example.org",
    topics=(Topic("eu", "EU"),),
)
PNG = b"\x89PNG\r\n\x1a\n-the rest-"
ISSUE = """---
number: 2026-2
title: Nyhetsbrev
subject: Ämne
preheader: Mer
date: 2026-11-17
sender: kansliet
audiences: [politiker]
---
::: kort ämne=eu
## Rubrik
![En bro](pictures/brå.png)
:::

::: medlemsnytt
:::
"""
NEWS = '[[item]]\nmember = "avesta"\nurl = "https://avesta.example/1"\ntitle = "Titel"\ntopic = "eu"\n'
FOLDER = "content/issues/2026-2"


@pytest.fixture
def workspace(tmp_path: Path) -> Folder:
    """A workspace with one whole issue."""
    folder = Folder(tmp_path)
    folder.write(
        {
            f"{FOLDER}/issue.md": ISSUE.encode(),
            f"{FOLDER}/news.toml": NEWS.encode(),
            f"{FOLDER}/pictures/brå.png": PNG,
            issues.MEMBERS: b"id,name,kind,county,website\navesta,Avesta kommun,kommun,Dalarna,\n",
            issues.SEGMENTS: b'[politiker]\nname = "P"\nwhere = "grupp = politiker"\n',
        }
    )
    return folder


def problems(workspace: Folder) -> list[Problem]:
    with pytest.raises(Problems) as caught:
        issues.load(workspace, "2026-2", settings=SETTINGS)
    return list(caught.value.problems)


def told(workspace: Folder) -> list[str]:
    return [f"{problem.where} {problem.what}".removeprefix(f"{FOLDER}/") for problem in problems(workspace)]


def change(workspace: Folder, old: str, new: str, name: str = "issue.md") -> None:
    path = f"{FOLDER}/{name}"
    workspace.write({path: workspace.read(path).decode().replace(old, new).encode()})


def test_a_whole_issue_is_loaded(workspace: Folder) -> None:
    """Text, picks and the bytes of each picture, by the path that render asks for."""
    loaded = issues.load(workspace, "2026-2", settings=SETTINGS)
    assert loaded.issue.title == "Nyhetsbrev"
    assert [pick.title for pick in loaded.picks] == ["Titel"]
    assert loaded.pictures == {f"{FOLDER}/pictures/brå.png": PNG}


def test_news_is_not_required(workspace: Folder, tmp_path: Path) -> None:
    """An issue without news.toml has no picks."""
    (tmp_path / FOLDER / "news.toml").unlink()
    assert issues.load(workspace, "2026-2").picks == ()


def test_file_names_may_be_decomposed(workspace: Folder, tmp_path: Path) -> None:
    """A file name whose å is two characters, as a Mac writes it, is the same picture."""
    file = tmp_path / FOLDER / "pictures/brå.png"
    file.rename(file.with_name(unicodedata.normalize("NFD", file.name)))
    assert issues.load(workspace, "2026-2").pictures == {f"{FOLDER}/pictures/brå.png": PNG}


def test_a_missing_picture_is_told_with_its_line(workspace: Folder) -> None:
    """The line is that of the picture in the text, and a file of nearly that name is proposed."""
    change(workspace, "brå.png", "bra.PNG")
    (problem,) = problems(workspace)
    assert str(problem.where) == f"{FOLDER}/issue.md:12"
    assert problem.do == "Menade du pictures/brå.png?"


def test_a_picture_is_what_its_bytes_say(workspace: Folder) -> None:
    """A file that only calls itself PNG is refused."""
    workspace.write({f"{FOLDER}/pictures/brå.png": b"RIFF....WEBP"})
    assert told(workspace) == ["issue.md:12 Bilden pictures/brå.png är varken PNG eller JPEG."]


def test_unknown_names_are_told_together(workspace: Folder) -> None:
    """Audience, sender, topic and member are looked up in one go, in the text and in the picks."""
    change(workspace, "[politiker]", "[politker]")
    change(workspace, "kansliet", "kansli")
    change(workspace, "ämne=eu", "ämne=ue")
    change(workspace, '"avesta"', '"avsta"', "news.toml")
    assert told(workspace) == [
        "issue.md:7 Avsändaren ”kansli” finns inte.",
        "issue.md:8 Målgruppen ”politker” finns inte.",
        "issue.md:10 Ämnet ”ue” finns inte.",
        "news.toml:1 Medlemmen ”avsta” finns inte.",
    ]


def test_mistakes_of_text_and_picks_are_told_together(workspace: Folder) -> None:
    """A broken issue hides no mistakes in its picks."""
    change(workspace, "date: 2026-11-17", "date: i dag")
    change(workspace, "title", "titel", "news.toml")
    assert [line.split()[0] for line in told(workspace)] == ["issue.md:6", "news.toml:4", "news.toml:1"]


def test_picks_without_a_place_are_refused(workspace: Folder) -> None:
    """What was picked is never left out in silence."""
    change(workspace, "::: medlemsnytt\n:::\n", "")
    assert told(workspace) == ["issue.md:1 1 vald nyhet har ingen plats i brevet."]


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        (ISSUE.encode("latin-1"), 4, "byte (0xc4)"),
        (ISSUE.encode("utf-16"), 1, "UTF-16"),
    ],
)
def test_text_must_be_utf8(workspace: Folder, data: bytes, line: int, why: str) -> None:
    """The line of the first byte that cannot be read is told."""
    path = f"{FOLDER}/issue.md"
    workspace.write({path: data})
    with pytest.raises(InputError, match="UTF-8") as caught:
        issues.text(workspace, path)
    assert (str(caught.value.where), why in caught.value.why) == (f"{path}:{line}", True)


def test_an_issue_that_is_not_there_is_told_with_the_nearest(workspace: Folder) -> None:
    """The issues that are there are named."""
    with pytest.raises(MissingFile) as caught:
        issues.load(workspace, "2026-3")
    assert (caught.value.do, caught.value.why) == ("Menade du 2026-2?", "De som finns är 2026-2.")


@pytest.mark.parametrize("name", ["../2026-2", "", "2026/2", "-x", "Årsmöte", "a" * 61])
def test_a_name_cannot_leave_the_folder(workspace: Folder, name: str) -> None:
    """An issue's name is one plain folder name."""
    with pytest.raises(UsageError):
        issues.load(workspace, name)


def test_issues_come_in_the_order_of_their_numbers(workspace: Folder) -> None:
    """2026-10 comes after 2026-2, and words after numbers."""
    workspace.write({f"content/issues/{name}/issue.md": b"" for name in ("2026-10", "arsmote", "2027-1")})
    assert issues.ids(workspace) == ["2026-2", "2026-10", "2027-1", "arsmote"]
