"""``newsletter build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsletter.pipeline.build import Built, BuiltLetter


_WIDE = 160  # a path must never be cut short or in two: it is there to be opened


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, issue: str, as_json: bool) -> None:
    """Bygg breven i NUMMER och lägg dem i build/NUMMER/UTGÅVA/.

    Varje utgåva blir letter.html, letter.txt och dess bilder, att öppna i webbläsaren. Namn och medlem
    visas med påhittade exempel. Samma innehåll ger samma filer och samma kontrollsumma.

    Är utgåvorna flera visas vilka som får var och en, och vad som skiljer den från den första.

    \b
    Exempel:
      newsletter build 2026-2
      newsletter build 2026-2 --json
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        built = app.build(issue)
    if as_json:
        import json

        click.echo(json.dumps(_data(built), ensure_ascii=False))
    else:
        _show(built)
    _talk(built)


def _data(built: Built) -> dict[str, object]:
    from dataclasses import asdict

    from newsletter.cli.check import shown

    letters = [
        {
            "edition": letter.edition,
            "readers": letter.readers,
            "segments": letter.segments,
            "counties": letter.counties,
            "differs": asdict(letter.differs),
            "digest": letter.digest,
            "html_bytes": letter.html_bytes,
            "picture_bytes": letter.picture_bytes,
            "folder": letter.folder,
        }
        for letter in built.letters
    ]
    looked = shown(built.checked)
    found = {key: looked[key] for key in ("findings", "allowed")}
    return {"schema": 1, "issue": built.issue, "letters": letters, **found}


def _show(built: Built) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Utgåva", "Läsare", "HTML", "Bilder", "Kontrollsumma", "Öppna", box=None, pad_edge=False)
    for letter in built.letters:
        table.add_row(
            letter.edition,
            str(letter.readers),
            _kb(letter.html_bytes),
            _kb(letter.picture_bytes),
            letter.digest[:12],
            f"{letter.folder}/letter.html",
        )
    console = Console(width=_WIDE, soft_wrap=True, highlight=False, markup=False)
    console.print(table)
    for letter in built.letters if len(built.letters) > 1 else ():
        console.print("\n".join(_told(letter)))


def _told(letter: BuiltLetter) -> Iterator[str]:
    """Who gets an edition, and what is different for them."""
    yield f"\n{letter.edition}"
    if letter.readers:
        yield f"  läsare: {_counted(letter.segments)}"
        yield f"  län: {_counted(letter.counties)}"
    differs = letter.differs
    for said, titles in (
        ("har också", differs.added),
        ("saknar", differs.removed),
        ("har högre upp", differs.moved),
        ("märker som läsarens eget", differs.marked),
    ):
        if titles:
            yield f"  {said}: {', '.join(f'”{title}”' for title in titles)}"


def _counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name or 'okänt'} {number}" for name, number in numbers.items())


def _kb(size: int) -> str:
    return f"{size / 1024:.0f}\N{NO-BREAK SPACE}kB"


def _talk(built: Built) -> None:
    from newsletter.cli.check import say_allowed

    say_allowed(built.checked)
    errors, findings = len(built.checked.errors), len(built.checked.findings)
    if findings:
        warnings = findings - errors
        said = f"{errors} fel och {warnings} {'varning' if warnings == 1 else 'varningar'}"
        click.echo(f"\n{said}: se dem med `newsletter check {built.issue}`.", err=True)
    else:
        click.echo(f"\nInget att anmärka. Nästa steg: `newsletter send {built.issue} --dry-run`.", err=True)
