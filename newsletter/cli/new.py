"""``newsletter new``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option(
    "--kind",
    type=click.Choice(["newsletter", "invitation", "notice"]),
    default="newsletter",
    show_default=True,
    help="Nyhetsbrev, inbjudan till ett möte, eller ett kort meddelande.",
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, issue: str, kind: str, as_json: bool) -> None:
    """Börja på ett nytt nummer: en mapp med ett brev som går att bygga direkt.

    NUMMER blir mappens namn: år och nummer (2026-3), eller ett ord (arsmote-2027). Ett nummer som redan finns
    skrivs aldrig över.

    \b
    Exempel:
      newsletter new 2026-3
      newsletter new arsmote-2027 --kind invitation
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        made = app.new(issue, kind)
    if as_json:
        import json

        shown = {"schema": 1, "issue": made.issue, "kind": made.kind.value, "files": list(made.files)}
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        click.echo("\n".join(made.files))
    click.echo(f"\nSkriv i den, och se hur det blir med `newsletter build {issue}`.", err=True)
