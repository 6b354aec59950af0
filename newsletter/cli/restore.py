"""``newsletter restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from newsletter.pipeline.restoring import Restored


@click.command()
@click.argument("file", metavar="[FIL]", required=False, type=click.Path(path_type=Path))
@click.option("--settled", metavar="SKÄL", default="", help="Tillåt utskick igen: hur du vet vad som hänt.")
@click.pass_obj
def command(workspace: Path | None, file: Path | None, settled: str) -> None:
    """Lägg tillbaka säkerhetskopian FIL.

    Den som lämnat listan eller raderats sedan kopian gjordes förblir det, så långt den här datorn vet. Det
    som ersätts sparas undan. Efteråt skickas inget förrän händelserna är intagna, eller --settled säger
    varför det går bra ändå.

    \b
    Exempel:
      newsletter restore backups/forening-20261117T080000Z-01.nlbackup
      newsletter restore --settled "inget har skickats sedan kopian gjordes"
    """
    from newsletter import wiring
    from newsletter.errors import UsageError

    if bool(file) == bool(settled):
        raise UsageError("Ange antingen en fil eller --settled.", do="Se exemplen: newsletter restore --help")
    with wiring.application(workspace) as app:
        if file:
            _show(app.restore(file))
        else:
            app.settle_restore(settled)
            click.echo("Klart: utskick är tillåtna igen.", err=True)


def _show(done: Restored) -> None:
    click.echo(f"Tillbakalagd: {done.association}, som det var {done.made_at:%Y-%m-%d %H:%M}Z.")
    click.echo(f"Spärrar från den ersatta databasen: {done.suppressions}. Raderade på nytt: {done.erased}.")
    if done.aside:
        click.echo(f"Det som ersattes: {done.aside}")
    if done.unread:
        click.echo(
            f"Varning: den ersatta databasen gick inte att läsa, så senare spärrar saknas. {done.unread}",
            err=True,
        )
    click.echo(
        "Inget skickas nu förrän `newsletter events import FIL` eller `newsletter restore --settled SKÄL`.",
        err=True,
    )
