"""``newsletter people``: suppress, export, erase, log, tidy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from newsletter.model.rights import Held

_REASONS = {
    "left": "vill inte ha utskicken",
    "complained": "anmälde skräppost",
    "bounced": "adressen tar inte emot brev",
    "erased": "har bett att få bli glömd",
}


@click.command()
@click.argument("address", metavar="ADRESS")
@click.option(
    "--reason", required=True, metavar="SKÄL", help="left, complained eller bounced; med --lift fri text."
)
@click.option(
    "--source", metavar="TEXT", default="", help="Hur det blev känt, till exempel ”samtal 3 november”."
)
@click.option("--lift", is_flag=True, help="Häv spärren i stället.")
@click.option("--confirmed-by-person", metavar="TEXT", default="", help="Hur och när personen själv sa till.")
@click.pass_obj
def suppress(
    workspace: Path | None, address: str, reason: str, source: str, lift: bool, confirmed_by_person: str
) -> None:
    """Skriv aldrig mer till ADRESS, vilka listor den än står på; eller häv spärren med --lift.

    Den som lämnat listan, anmält skräppost eller bett att få bli glömd får brev igen bara om personen själv
    har sagt till: då krävs --confirmed-by-person. En studs hävs med ett skäl.

    \b
    Exempel:
      newsletter people suppress anna@forening.example --reason left --source "mejl 3 november"
      newsletter people suppress anna@forening.example --lift --reason "ny e-postserver"
      newsletter people suppress anna@forening.example --lift --reason "ångrade sig" \\
          --confirmed-by-person "mejl från henne 9 november"
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        if lift:
            was = app.lift_suppression(address, reason=reason, confirmed_by_person=confirmed_by_person)
            click.echo(f"Hävd: {address} ({_REASONS[was.value]}). Brev skickas igen.", err=True)
        else:
            stands = app.suppress(address, _reason(reason), source=source or "people suppress")
            click.echo(f"Spärrad: {address} ({_REASONS[stands.value]}).", err=True)


def _reason(text: str) -> Any:  # noqa: ANN401 (the model is loaded when it is needed)
    from newsletter.errors import UsageError
    from newsletter.model.people import Suppression
    from newsletter.model.toml import nearest

    known = [each.value for each in Suppression]
    if text not in known:
        raise UsageError(
            f"Skälet ”{text}” finns inte.",
            why=nearest(text, known),
            do="Välj left (vill inte ha), complained (anmälde skräppost) eller bounced (fungerar inte).",
        )
    return Suppression(text)


@click.command("export")
@click.argument("address", metavar="ADRESS")
@click.option("--out", metavar="MAPP", type=click.Path(file_okay=False, path_type=Path), help="Mapp för dem.")
@click.option("--json", "as_json", is_flag=True, help="Skriv också innehållet som JSON på stdout.")
@click.pass_obj
def export(workspace: Path | None, address: str, out: Path | None, as_json: bool) -> None:
    """Skriv allt som är sparat om ADRESS (artikel 15): utdrag.html att läsa, utdrag.json för maskiner.

    Filerna läggs i subscribers/private/utdrag, som git hoppar över. Ta bort dem när personen har fått dem.

    \b
    Exempel:
      newsletter people export anna@forening.example
      newsletter people export anna@forening.example --out ~/utdrag
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        found, folder = app.export_person(address, out)
    if as_json:
        click.echo((folder / "utdrag.json").read_text("utf-8"), nl=False)
    else:
        click.echo(folder / "utdrag.html")
        click.echo(folder / "utdrag.json")
    click.echo(f"{_summary(found)} Ta bort filerna när personen har fått dem.", err=True)


@click.command()
@click.argument("address", metavar="ADRESS")
@click.option("--confirm", metavar="ADRESS", default="", help="Radera: adressen en gång till.")
@click.pass_obj
def erase(workspace: Path | None, address: str, confirm: str) -> None:
    """Glöm personen med ADRESS (artikel 17), och skriv aldrig dit igen.

    Person och uppdrag tas bort. Breven räknas kvar i statistiken men mister namn, adress och id; filerna i
    utkorgen raderas. Kvar blir en nyckelhash, så att ingen lista tar in personen igen, och så att en
    säkerhetskopia som läggs tillbaka raderar personen på nytt.

    \b
    Exempel:
      newsletter people erase anna@forening.example
      newsletter people erase anna@forening.example --confirm anna@forening.example
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        done = app.erase_person(
            address, confirm=confirm, on_plan=lambda held: click.echo(_summary(held), err=True)
        )
    erased = done.erased
    click.echo(
        f"Glömd: {erased.people} person, {erased.letters} brev i liggaren, {erased.events} händelser, "
        f"{done.files} filer i utkorgen."
    )
    for path in done.left:
        click.echo(f"Adressen står kvar i {path}: ta bort den där själv.", err=True)
    click.echo(
        "En ny säkerhetskopia är gjord. Läggs en äldre tillbaka raderas personen på nytt.",
        err=True,
    )


@click.command()
@click.argument("address", metavar="ADRESS")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def log(workspace: Path | None, address: str, as_json: bool) -> None:
    """Visa varje ändring som rör ADRESS: vad, när, varför och genom vilket kommando.

    \b
    Exempel:
      newsletter people log anna@forening.example
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        entries = app.person_log(address)
    if as_json:
        rows = [
            {"at": one.at.isoformat(), "what": one.what, "why": one.why, "command": one.command}
            for one in entries
        ]
        click.echo(json.dumps({"schema": 1, "log": rows}, ensure_ascii=False, indent=2))
        return
    for one in entries:
        click.echo(f"{one.at:%Y-%m-%d %H:%M}Z  {one.what}  {one.why}  ({one.command or 'okänt kommando'})")


@click.command()
@click.option("--confirm", is_flag=True, help="Ta bort det som visas. Utan den ändras inget.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def tidy(workspace: Path | None, confirm: bool, as_json: bool) -> None:
    """Gallra det som har sparats så länge som [privacy] i newsletter.toml tillåter.

    Enskildas klick (när rapporten är publicerad), namn och adress i gamla utskick, och personer utan uppdrag.
    Spärrar gallras aldrig.

    \b
    Exempel:
      newsletter people tidy
      newsletter people tidy --confirm
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        found = app.tidy(confirm=confirm)
    if as_json:
        data = {"clicks": found.clicks, "letters": found.letters, "unlisted": found.unlisted}
        click.echo(json.dumps({"schema": 1, "confirmed": confirm, **data}))
    else:
        click.echo(f"Enskildas klick             {found.clicks}")
        click.echo(f"Brev med namn och adress    {found.letters}")
        click.echo(f"Personer utan uppdrag       {found.unlisted}")
    click.echo(
        "Borttaget." if confirm else "Inget är ändrat. Lägg till --confirm för att ta bort det.", err=True
    )


COMMANDS = (suppress, export, erase, log, tidy)


def _summary(held: Held) -> str:
    parts = [
        "1 person" if held.recipient else "ingen på listorna",
        f"{len(held.recipient.mandates) if held.recipient else 0} uppdrag",
        f"{len(held.letters)} brev",
        f"{sum(len(one.events) for one in held.letters)} händelser",
    ]
    blocked = f", spärrad ({_REASONS[held.suppression.reason.value]})" if held.suppression else ""
    return f"Sparat om {held.address}: {', '.join(parts)}{blocked}."
