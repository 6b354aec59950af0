"""The gallery's examples, blocks/*.md: read, built into letters, and told of in README.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter import wiring
from newsletter.edges.package import example
from newsletter.edges.workspace import Folder

HERE = Path(__file__).parent
BLOCKS = HERE / "blocks"
ISSUE = "galleri"
EDITION = "politiker"  # the one that gets every block
WIDTHS = (600, 375)
_TITLE = re.compile(r"<!-- (.+) -->\n")
_PICTURES = "content/issues/2026-2/pictures/"
_HEAD = f"""---
number: {ISSUE}
title: Alla block
subject: Alla block i ett brev
preheader: Så ser de ut, ljust och mörkt
date: 2026-11-17
sender: kansliet
audiences: [{EDITION}, tjanstepersoner]
---

"""
_TOP = """# Så ser blocken ut

Varje block i föreningens brev, som det ser ut på en dator och på en telefon, ljust och mörkt. Vad som kan stå
i dem säger [Att skriva ett brev](../writing.md); hur färger, typsnitt och logotyp byts säger
[docs/theme.md](../theme.md).

Bilderna ritas av exemplen i [blocks](blocks) med `make gallery`, som gör om dem som syns ha ändrats.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A few blocks of an issue."""

    name: str  # its pictures are NAME-WIDTH-SCHEME.png
    title: str
    markdown: str


def read() -> Sequence[Example]:
    """All of them, in the order of their files. Raises ValueError where one does not begin with its title."""
    return tuple(_example(file) for file in sorted(BLOCKS.glob("*.md")))


def _example(file: Path) -> Example:
    text = file.read_text(encoding="utf-8")
    title = _TITLE.match(text)
    if not title:
        raise ValueError(f"{file} should begin with <!-- its title -->")
    return Example(file.stem.partition("-")[2], title[1], text[title.end() :].strip())


def text(examples: Sequence[Example]) -> str:
    """An issue of these examples."""
    return "\n\n".join([_HEAD.rstrip(), *(each.markdown for each in examples)]) + "\n"


def built(folder: Path, examples: Sequence[Example], *, neutral: bool = False) -> Path:
    """The folder with the letter of these examples, in the association's look or in the program's own."""
    Folder(folder).write(_workspace(examples, neutral))
    with wiring.application(folder) as application:
        application.build(ISSUE)
    made = folder / "build" / ISSUE
    return made / EDITION if (made / EDITION).exists() else next(made.iterdir())


def _workspace(examples: Sequence[Example], neutral: bool) -> Mapping[str, bytes]:
    left_out = ("content/issues/", *(("templates/",) if neutral else ()))
    whole, issue = example(), text(examples)
    home = f"content/issues/{ISSUE}"
    pictures = {name: data for name, data in whole.items() if name.startswith(_PICTURES)}
    news = {f"{home}/news.toml": (BLOCKS / "news.toml").read_bytes()} if "::: medlemsnytt" in issue else {}
    return {
        **{name: data for name, data in whole.items() if not name.startswith(left_out)},
        **{f"{home}/pictures/{name.removeprefix(_PICTURES)}": data for name, data in pictures.items()},
        f"{home}/issue.md": issue.encode(),
        **news,
    }


def page(examples: Sequence[Example]) -> str:
    """README.md: each example's Markdown and its pictures."""
    return "\n".join([_TOP, *(_shown(each) for each in examples)])


def _shown(each: Example) -> str:
    wide, narrow = WIDTHS
    return f"""## {each.title}

````markdown
{each.markdown}
````

| Ljust, {wide} punkter | Mörkt, {wide} punkter |
|---|---|
| {_picture(each, wide, "light")} | {_picture(each, wide, "dark")} |

| Ljust, {narrow} punkter | Mörkt, {narrow} punkter |
|---|---|
| {_picture(each, narrow, "light")} | {_picture(each, narrow, "dark")} |
"""


def _picture(each: Example, width: int, scheme: str) -> str:
    where = {"light": "ljust", "dark": "mörkt"}[scheme]
    said = each.title.replace("`", "").partition(":")[0]
    return f"![{said}, {where}, {width} punkter bred]({file_name(each, width, scheme)})"


def file_name(each: Example, width: int, scheme: str) -> str:
    """The picture's name."""
    return f"{each.name}-{width}-{scheme}.png"
