"""``newsletter doctor``."""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Se vad som är klart, vad som saknas, och nästa steg. Ändrar ingenting.

    Slutar med 1 om något är fel.

    \b
    Exempel:
      newsletter doctor
      newsletter doctor --json
    """
    from newsletter import wiring
    from newsletter.pipeline.doctor import Health

    with wiring.application(ctx.obj) as app:
        diagnoses = app.doctor()
    if as_json:
        import json

        shown = [
            {"what": each.what, "health": each.health.name.lower(), "detail": each.detail, "do": each.do}
            for each in diagnoses
        ]
        click.echo(json.dumps({"schema": 1, "diagnoses": shown}, ensure_ascii=False, indent=2))
    else:
        colours = {Health.FINE: "green", Health.WARNING: "yellow", Health.BROKEN: "red"}
        for each in diagnoses:
            mark = click.style(f"{each.health.value:<8}", fg=colours[each.health])
            click.echo(f"{mark} {each.what}: {each.detail}")
            if each.do:
                click.echo(f"{'':<8} → {each.do}")
    ctx.exit(1 if any(each.health is Health.BROKEN for each in diagnoses) else 0)
