"""``newsletter init``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Skapa en ny arbetsyta i mappen FOLDER, med ett första nummer som går att bygga direkt.

    \b
    Exempel:
      newsletter init nyhetsbrev
      cd nyhetsbrev
      newsletter build 2027-1
    """
    from newsletter import wiring

    written = wiring.init(folder)
    issue = next(path.split("/")[2] for path in written if path.endswith("/issue.md"))
    for path in written:
        click.echo(path)
    click.echo(
        f"\nKlart. Gå vidare så här:\n"
        f"  cd {folder}\n"
        f"  newsletter doctor            vad som saknas och nästa steg\n"
        f"  newsletter build {issue}      bygger det första numret",
        err=True,
    )
