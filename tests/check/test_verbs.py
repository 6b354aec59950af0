"""Build and check, over a folder on disk."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter import config
from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.edges.workspace import Folder
from newsletter.errors import ChecksFailed, InputError
from newsletter.model.people import Mandate, Recipient, Role
from newsletter.pipeline.build import Built, build
from newsletter.pipeline.check import Checked, Ports, check
from newsletter.testing.store import MemoryPeople
from tests.render.building import ROOT, png

NOW = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
TOML = """schema = 1
[association]
name = "Föreningen"
postal_address = "Gatan 1"
website = "https://www.forening.example"
contact = "kansli@forening.example"
[senders.kansliet]
name = "Föreningen"
address = "brev@forening.example"
reply_to = "kansli@forening.example"
[unsubscribe]
mailbox = "avsluta@forening.example"
[[topics]]
id = "projekt"
name = "Projekt"
"""
SEGMENTS = """[politiker]
name = "Förtroendevalda"
where = "grupp = politiker"
[tjanstepersoner]
name = "Tjänstepersoner"
where = "grupp = tjanstepersoner"
"""
MEMBERS = "id,name,kind,county,website\nsater,Säters kommun,kommun,Dalarna,\n"
ISSUE = """---
number: 2026-2
title: Nyhetsbrev nr 2
subject: Nya spår och en dag i Ludvika
preheader: Vad vi gör, vart vi samlas och hur du nominerar.
date: 2026-11-17
language: sv
sender: kansliet
audiences: [politiker, tjanstepersoner]
---

Hej {{namn}}!

::: kort ämne=projekt
![Ett tåg på en bro](pictures/tag.png)

## Ett projekt

Det går bra.
:::

:::: för politiker
::: kort ämne=projekt
## Till dig som är vald

Välkommen.
:::
::::
"""


def lists(*roles: Role) -> MemoryPeople:
    """A list with one invented person a role."""
    people = MemoryPeople()
    invented = [
        Recipient(f"r{number}", f"r{number}@example.org", "R", (Mandate(role, "sater", "lista"),))
        for number, role in enumerate(roles)
    ]
    people.put(invented, at=NOW, command="test")
    return people


@pytest.fixture
def workspace(tmp_path: Path) -> Folder:
    """A small workspace."""
    folder = Folder(tmp_path)
    folder.write(
        {
            "newsletter.toml": TOML.encode(),
            "subscribers/segments.toml": SEGMENTS.encode(),
            "subscribers/members.csv": MEMBERS.encode(),
            "content/issues/2026-2/issue.md": ISSUE.encode(),
            "content/issues/2026-2/pictures/tag.png": png(),
        }
    )
    return folder


def _shipped() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (ROOT / "newsletter/letters").iterdir()}


def _ports(workspace: Folder, people: MemoryPeople | None) -> Ports:
    settings = config.load(workspace.root)
    return Ports(workspace=workspace, people=people, settings=settings, shipped=_shipped(), now=NOW)


def _build(workspace: Folder, people: MemoryPeople | None = None) -> Built:
    return build("2026-2", _ports(workspace, people))


def _check(workspace: Folder, people: MemoryPeople | None = None) -> Checked:
    return check("2026-2", _ports(workspace, people))


def _written(workspace: Folder) -> dict[str, bytes]:
    return {path: workspace.read(path) for path in workspace.names("build")}


def test_building_twice_gives_the_same_bytes(workspace: Folder) -> None:
    """The same content gives the same files and digests."""
    first, files = _build(workspace), _written(workspace)
    assert _build(workspace) == first
    assert _written(workspace) == files
    assert {path.rpartition("/")[2] for path in files} >= {"letter.html", "letter.txt"}


def test_without_readers_every_named_segment_has_its_edition(workspace: Folder) -> None:
    """A new workspace builds at once, for everybody and for each segment that a block names."""
    assert [(each.edition, each.readers) for each in _build(workspace).letters] == [
        ("alla", 0),
        ("politiker", 0),
    ]


def test_readers_decide_the_editions(workspace: Folder) -> None:
    """Only editions that somebody gets are built, and those outside the audiences do not count."""
    built = _build(workspace, lists(Role.COUNCIL, Role.BOARD, Role.MEDIA))
    assert [(each.edition, each.readers) for each in built.letters] == [("politiker", 2)]


def test_the_workspaces_templates_lie_over_the_programs(workspace: Folder) -> None:
    """A template of the same name takes the program's place."""
    foot = b'<mj-section><mj-column><mj-text>Egen fot <a href="{{ marks.unsubscribe }}">Avsluta</a></mj-text>'
    workspace.write({"templates/foot.mjml.j2": foot + b"</mj-column></mj-section>"})
    _build(workspace)
    assert b"Egen fot" in workspace.read("build/2026-2/alla/letter.html")


@pytest.mark.parametrize(
    ("path", "data", "where"),
    [
        ("templates/card.mjml.j2", b"\n{% if %}", "templates/card.mjml.j2:2"),
        ("templates/theme.toml", b'[light]\nink = "x"', "templates/theme.toml:2"),
        ("templates/theme.toml", b'[logo]\nfile = "logo.png"', "templates/theme.toml"),
        ("content/issues/2026-2/pictures/tag.png", b"\x89PNG\r\n\x1a\n", "content/issues/2026-2/issue.md:15"),
        ("content/issues/2026-2/issue.md", ISSUE.replace("=projekt", "=x").encode(), "issue.md:14"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    workspace: Folder, path: str, data: bytes, where: str
) -> None:
    """Each fault is told with its place, and what was built before stays as it was."""
    _build(workspace)
    before = _written(workspace)
    workspace.write({path: data})
    with pytest.raises(InputError) as caught:
        _build(workspace)
    assert str(caught.value.where).endswith(where)
    assert _written(workspace) == before


def test_a_letter_that_gmail_would_cut_is_not_built(workspace: Folder) -> None:
    """Over the limit nothing is written, and the exit status is that of failed checks."""
    workspace.write({"newsletter.toml": f"{TOML}[limits]\nhtml_warn_kb = 2\nhtml_refuse_kb = 3\n".encode()})
    with pytest.raises(ChecksFailed) as caught:
        _build(workspace)
    assert caught.value.exit_code == 3
    assert _written(workspace) == {}


def test_a_finding_of_every_edition_stands_once(workspace: Folder) -> None:
    """The same finding in all editions names none; in one it names that one."""
    text = ISSUE.replace("Det går bra.", "Det går TK.").replace("Välkommen.", "Välkommen XX.")
    workspace.write({"content/issues/2026-2/issue.md": text.encode()})
    found = _check(workspace)
    assert [(each.rule, each.edition) for each in found.errors] == [
        ("placeholder", ""),
        ("placeholder", "politiker"),
    ]
    assert _written(workspace) == {}


def _run(workspace: Folder, *arguments: str) -> int:
    return run(cli, ["--workspace", str(workspace.root), *arguments])


def test_build_shows_what_it_wrote(workspace: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    """The command lists each edition with a whole path, and its JSON is versioned."""
    assert _run(workspace, "build", "2026-2") == 0
    assert "build/2026-2/politiker/letter.html" in capsys.readouterr().out
    assert _run(workspace, "build", "2026-2", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["schema"] == 1
    assert [letter["edition"] for letter in shown["letters"]] == ["alla", "politiker"]


def test_check_leaves_with_three_where_an_error_stands(
    workspace: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without errors the status is 0, with one it is 3, and the finding is on stdout."""
    assert _run(workspace, "check", "2026-2", "--no-spam") == 0
    text = ISSUE.replace("Det går bra.", "Det går TK.")
    workspace.write({"content/issues/2026-2/issue.md": text.encode()})
    assert _run(workspace, "check", "2026-2", "--no-spam") == 3
    assert "content/issues/2026-2/issue.md:19" in capsys.readouterr().out
    assert _run(workspace, "check", "2026-2", "--no-spam", "--json") == 3
    assert json.loads(capsys.readouterr().out)["findings"][0]["rule"] == "placeholder"
