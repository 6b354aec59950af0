"""``newsletter demo``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from newsletter.demo.tour import Toured


@click.command()
@click.option(
    "--out",
    metavar="MAPP",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo",
    show_default=True,
    help="Mappen som demonstrationen ligger i.",
)
@click.option("--fresh", is_flag=True, help="Börja om från början: den gamla demonstrationen tas bort.")
def command(out: Path, fresh: bool) -> None:
    """Visa hela flödet på ett påhittat exempel, från Markdown till rapport. Inget nät behövs.

    Två nummer byggs, granskas och skickas till en utkorg av filer; medlemmarnas webbplatser och läsarna är
    simulerade. Det går bra att avbryta och att köra igen: inget skickas två gånger.

    \b
    Exempel:
      newsletter demo
      newsletter demo --fresh --out ~/prov
    """
    from rich.console import Console

    from newsletter.demo.tour import Step, tour

    talk = Console(stderr=True, highlight=False, soft_wrap=True)
    if fresh:
        _remove(out)
    with talk.status("Lägger ut exemplet …") as status:

        def told(step: Step) -> None:
            talk.print(f"[green]✓[/green] {step.what}: [dim]{step.outcome}[/dim]")
            status.update("Arbetar …")

        toured = tour(out.resolve(), told)
    click.echo(_ending(toured, out))


def _remove(folder: Path) -> None:
    """Remove an earlier demo, and nothing that is not one."""
    if not folder.exists():
        return
    if not (folder / "events").is_dir() and not (folder / "newsletter.toml").is_file():
        raise click.UsageError(f"{folder} är ingen demonstration, så den tas inte bort.")
    shutil.rmtree(folder)


def _ending(toured: Toured, out: Path) -> str:
    counts = toured.equation
    program = _program()
    return f"""
Nummer 2026-2: {counts.candidates} på listan = {counts.accepted} skickade + {counts.excluded} utelämnade.
Ingen två gånger, ingen borttappad.

Öppna
  {out}/build/2026-2/politiker/letter.html     brevet som förtroendevalda får
  {out}/outbox/2026-2/                         ett brev per mottagare, som .eml
  {out}/reports/2026-2/report.html             rapporten (report.pdf bredvid, för utskrift)

Pröva
  {program} --workspace {out} status 2026-2
  {program} --workspace {out} pick 2026-2
  {program} --workspace {out} send 2026-2 --confirm 2026-2      skickar inget två gånger
  {program} init mitt-nyhetsbrev                    en egen arbetsyta"""


def _program() -> str:
    """How this program is called from here."""
    if shutil.which("newsletter"):
        return "newsletter"
    path = Path(sys.argv[0])
    return os.path.relpath(path) if path.name.startswith("newsletter") else "python -m newsletter"
