"""``newsletter events``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from newsletter.pipeline.events import TakenIn

_WHY = {"left": "lämnade listan", "complained": "anmälde skräppost", "bounced": "adressen finns inte"}


@click.group()
def command() -> None:
    """Vad som hände med breven efter att de lämnade.

    \b
    Exempel:
      newsletter events import hamtat/handelser.json
    """


@command.command("import")
@click.argument("file", metavar="FIL", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def import_(workspace: Path | None, file: Path, as_json: bool) -> None:
    """Ta in leverantörens händelser ur FIL: en JSON-lista, eller en händelse per rad.

    En fil tas in hel eller inte alls, och samma fil två gånger ändrar inget. Den som lämnade listan, anmälde
    skräppost eller vars adress inte finns får aldrig mer ett brev; det gäller genast.

    \b
    Exempel:
      newsletter events import hamtat/handelser.json
      newsletter events import hamtat/handelser.jsonl --json
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        taken = app.import_events(file)
    if as_json:
        import json

        click.echo(json.dumps(_data(taken), ensure_ascii=False))
    else:
        _show(taken)


def _data(taken: TakenIn) -> dict[str, object]:
    return {
        "schema": 1,
        "new": taken.intake.new,
        "repeated": taken.intake.repeated,
        "strangers": taken.intake.strangers,
        "settled": taken.settled,
        "suppressed": {why.value: count for why, count in taken.suppressed.items()},
    }


def _show(taken: TakenIn) -> None:
    click.echo(f"Nya händelser    {taken.intake.new}")
    click.echo(f"Kända sedan förr {taken.intake.repeated}")
    if taken.settled:
        click.echo(f"Oklara som gick  {taken.settled}")
    if taken.intake.strangers:
        click.echo(f"Utan känt brev   {taken.intake.strangers} (sparade, räknas inte)")
    for why, count in taken.suppressed.items():
        click.echo(f"Spärrade         {count} ({_WHY.get(why.value, why.value)})")
