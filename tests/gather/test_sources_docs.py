"""docs/sources.md says what to do about each thing that finding and gathering may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter import compose, config
from newsletter.cli import cli
from newsletter.cli.sources import command
from newsletter.gather import sources

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
PROGRAM = ("edges/fetch", "edges/sandbox", "gather", "pipeline", "cli")


def said() -> list[str]:
    """What the table says that the program says."""
    table = DOCS.split("### What it may say")[1].split("###")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [words for cell in cells for words in re.findall("`([^`]+)`", cell)]


def program_text() -> str:
    """The program's own words, literals joined as Python joins them, without what is filled in."""
    files = [file for room in PROGRAM for file in sorted((ROOT / "newsletter" / room).rglob("*.py"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_the_table_says_what_the_program_says() -> None:
    """Each message in the table stands in the program, so that it can be found by those who meet it."""
    text = program_text()
    for words in said():
        parts = [part for part in re.split(r" … |…|\d+", words) if len(part.strip(" ,")) > 3]
        assert parts or words.isdigit(), words
        assert all(part.strip(" ,") in text for part in parts), words


@pytest.mark.parametrize("room", ["edges/fetch", "edges/sandbox", "gather"])
def test_every_failure_stands_in_the_table(room: str) -> None:
    """Whatever fetching and reading raise about a source has a row."""
    rows = [words for words in said() if not words.isdigit()]
    files = sorted((ROOT / "newsletter" / room).rglob("*.py"))
    for file in files:
        for call in re.finditer(r"(?:FetchFailed|ParseFailed)\(\s*f?\"([^\"]+)\"", file.read_text("utf-8")):
            plain = re.sub(r"\{[^}]*\}", "", call[1]).strip(" .")
            if file.name not in ("pictures.py", "reach.py") and "Sandlådan" not in plain:
                assert any(row in plain or plain in row for row in rows), f"{file.name}: {call[1]}"


def test_commands_of_the_docs_exist() -> None:
    """Each command and option that the page shows is one."""
    for words in re.findall(r"newsletter (sources|gather|pick)\b(?: ([a-z]+))?", DOCS):
        assert words[0] in cli.list_commands(None)  # type: ignore[arg-type]
        if words[0] == "sources" and words[1]:
            assert words[1] in command.commands
    shown = set(re.findall(r"--([a-z]+)", DOCS)) - {"add"}
    options = {option for one in command.commands.values() for each in one.params for option in each.opts}
    assert {f"--{name}" for name in shown} <= options


def test_examples_of_the_docs_are_read() -> None:
    """The source and the item that the page shows are read by the program."""
    source, item = re.findall(r"```toml\n(.*?)```", DOCS, re.S)
    assert sources(source, "docs", ["sater"])[0].page == "https://www.sater.se/"
    assert compose.picks(item, "docs")[0].member == "sala"


def test_shipped_politeness_is_what_the_docs_say() -> None:
    """The pause that the page names is the one that ships."""
    rules = config.load(ROOT).gather
    assert f"`politeness_seconds` ({rules.politeness_seconds:g})" in DOCS
