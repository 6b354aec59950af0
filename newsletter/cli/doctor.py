"""``newsletter doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from newsletter.pipeline.doctor import Checkup, Diagnosis


@click.command()
@click.option(
    "--via",
    type=click.Choice(["outbox", "smtp", "sendgrid"]),
    default=None,
    help="Granska domänen för utskick den vägen. Utan: smtp om en server är inställd, annars outbox.",
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_context
def command(ctx: click.Context, via: str | None, as_json: bool) -> None:
    """Se vad som är klart, vad som saknas, och nästa steg. Ändrar ingenting.

    Slår också upp avsändarens domän i DNS: SPF, DKIM, DMARC och MX. Poster att lägga till eller ändra
    skrivs ut sist, färdiga att klistra in i ett brev till den som sköter domänen. Utan nät granskas resten.

    Slutar med 1 om något är fel.

    \b
    Exempel:
      newsletter doctor
      newsletter doctor --via sendgrid
      newsletter doctor --json
    """
    from newsletter import wiring
    from newsletter.pipeline.doctor import Health

    with wiring.application(ctx.obj) as app:
        checkup = app.doctor(via or "")
    if as_json:
        import json

        shown = [_as_json(each) for each in checkup.diagnoses]
        told = {"schema": 1, "diagnoses": shown, "note": checkup.note}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _show(checkup)
    ctx.exit(1 if any(each.health is Health.BROKEN for each in checkup.diagnoses) else 0)


def _as_json(each: Diagnosis) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "what": each.what,
        "health": each.health.name.lower(),
        "detail": each.detail,
        "do": each.do,
        "why": each.why,
        "rule": each.rule,
        "records": [asdict(record) for record in each.records],
    }


def _show(checkup: Checkup) -> None:
    from newsletter.pipeline.doctor import Health

    colours = {Health.FINE: "green", Health.WARNING: "yellow", Health.BROKEN: "red"}
    for each in checkup.diagnoses:
        mark = click.style(f"{each.health.value:<8}", fg=colours[each.health])
        click.echo(f"{mark} {each.what}: {each.detail}")
        if each.why:
            click.echo(f"{'':<8}   {each.why}")
        if each.do:
            click.echo(f"{'':<8} → {each.do}")
    if checkup.note:
        click.echo("\nTill den som sköter domänen (klipp ut och skicka):\n")
        click.echo(checkup.note)
