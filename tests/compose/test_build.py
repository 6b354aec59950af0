"""``newsletter build`` tells which editions there are, who gets each, and what differs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter import config
from newsletter.cli.build import _data, _show
from newsletter.edges.workspace import Folder
from newsletter.errors import Problems
from newsletter.model.people import Mandate, Recipient, Role
from newsletter.pipeline.build import Built, build
from newsletter.pipeline.check import Ports
from newsletter.testing.store import MemoryPeople

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
HEAD = """---
number: 2026-2
title: Nyhetsbrev nr 2
subject: Spår och bussar i fem län
preheader: Det som rör ditt län står först i det här numret.
date: 2026-11-17
sender: kansliet
audiences: [politiker, tjanstepersoner]
{}
---

Hej {{{{namn}}}}!

::: kort medlem=hofors
## Hofors bygger hamn

Bygget börjar.
:::

::: kort medlem={}
## Falun bygger resecentrum

Bygget börjar.
:::

:::: för politiker
::: kort
## Till dig som är vald

Välkommen.
:::
::::
"""


def lists() -> MemoryPeople:
    """A politician and an official in Falun, and an official in Hofors, all invented."""
    who = ((Role.COUNCIL, "falun"), (Role.HEAD, "falun"), (Role.HEAD, "hofors"))
    invented = [
        Recipient(f"r{number}", f"r{number}@example.org", "R", (Mandate(role, member, "lista"),))
        for number, (role, member) in enumerate(who)
    ]
    people = MemoryPeople()
    people.put(invented, at=NOW, command="test")
    return people


def built(folder: Path, switches: str, member: str = "falun") -> Built:
    for name in ("newsletter.toml", "subscribers/segments.toml", "subscribers/members.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    issue = folder / "content/issues/2026-2/issue.md"
    issue.parent.mkdir(parents=True)
    issue.write_text(HEAD.format(switches, member), encoding="utf-8")
    letters = ROOT / "newsletter" / "letters"
    shipped = {file.name: file.read_bytes() for file in letters.glob("*.mjml.j2")}
    return build(
        "2026-2",
        Ports(
            workspace=Folder(folder),
            people=lists(),
            settings=config.load(folder),
            shipped=shipped,
            now=NOW,
        ),
    )


def test_editions_say_who_gets_them_and_what_differs(tmp_path: Path) -> None:
    """Each edition has its readers by segment and county, and its titles against the first one's."""
    plain, near, both = built(tmp_path, "ordering: county\nmark_own: true").letters
    assert [each.edition for each in (plain, near, both)] == [
        "medlem=falun",
        "medlem=hofors",
        "politiker+medlem=falun",
    ]
    assert (both.readers, both.segments, both.counties) == (1, {"politiker": 1}, {"Dalarna": 1})
    assert both.differs.added == ("Till dig som är vald",)
    assert near.differs.moved == ("Hofors bygger hamn",)
    assert near.differs.marked == ("Hofors bygger hamn",)
    html = (tmp_path / near.folder / "letter.html").read_text("utf-8")
    text = (tmp_path / near.folder / "letter.txt").read_text("utf-8")
    assert html.count("Från din kommun") == text.count("Från din kommun") == 1


def test_without_the_switches_editions_are_few(tmp_path: Path) -> None:
    """Only the blocks for some make editions, and a sending's name for them is what it was."""
    made = built(tmp_path, "language: en").letters
    assert [(each.edition, each.readers) for each in made] == [("alla", 2), ("politiker", 1)]
    assert made[0].counties == {"Dalarna": 1, "Gävleborg": 1}


def test_english_letters_mark_in_english(tmp_path: Path) -> None:
    """The mark is a label of the letter, so it is in the letter's language."""
    made = built(tmp_path, "language: en\nmark_own: true").letters
    text = (tmp_path / made[0].folder / "letter.txt").read_text("utf-8")
    assert "From your municipality" in text


def test_the_command_tells_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People read it in words, and programs as JSON."""
    made = built(tmp_path, "ordering: county")
    _show(made)
    shown = capsys.readouterr().out
    assert "län: Gävleborg 1" in shown
    assert "har högre upp: ”Falun bygger resecentrum”" in shown
    letters = json.loads(json.dumps(_data(made)))["letters"]
    falun = ["Falun bygger resecentrum"]
    assert [each["differs"]["moved"] for each in letters] == [[], falun, falun]


def test_a_member_that_no_list_has_is_told(tmp_path: Path) -> None:
    """A misspelt member is refused with file, line and the nearest spelling."""
    with pytest.raises(Problems) as raised:
        built(tmp_path, "mark_own: true", member="fallun")
    (problem,) = raised.value.problems
    assert problem.where
    assert problem.where.line == 20
    assert problem.do == "Menade du ”falun”?"
