"""``newsletter`` without a command: where the year and each issue stand."""

from __future__ import annotations

from pathlib import Path

import click


def show(workspace: Path | None) -> None:
    """Show each issue, how far it has come, and what to run next."""
    from rich.console import Console
    from rich.table import Table

    from newsletter import wiring

    with wiring.application(workspace) as app:
        standings = app.overview()
    if not standings:
        click.echo("Här finns inget nummer än. Börja med `newsletter new 2027-1`.")
        return
    table = Table(title=app.settings.association.name, title_justify="left", box=None, pad_edge=False)
    for heading in ("Nummer", "Var det står", "", "Nästa steg"):
        table.add_column(heading)
    for each in standings:
        table.add_row(each.issue, each.stage.value, each.detail, each.next)
    Console().print(table)
    click.echo("\nAlla kommandon: newsletter --help", err=True)
