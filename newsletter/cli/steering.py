"""``newsletter pause``, ``cancel`` and ``resolve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import showing
from newsletter.cli.status import equation_json, show_equation
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from newsletter.pipeline.steering import Steered

_MOST_SHOWN = 50
_NOTHING_MORE = "Allt som gick att ta tillbaka är redan återtaget."


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--because", "why", metavar="SKÄL", default="", help="Varför, för den som ser det sedan.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def pause(workspace: Path | None, issue: str, why: str, as_json: bool) -> None:
    """Hejda ett utskick som pågår, också från ett annat fönster. Inget nytt lämnas över.

    Det som en leverantör redan håller går ändå när det är dags; vill du inte det, kör `newsletter cancel`.

    \b
    Exempel:
      newsletter pause 2026-2 --because "fel datum i kalendern"
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        done = app.pause(issue, why)
    _show(done, as_json)
    click.echo(f"Pausat. Fortsätt med `newsletter resume {issue}`.", err=True)


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--confirm", metavar="NUMMER", default="", help="Ta tillbaka: numrets namn en gång till.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def cancel(workspace: Path | None, issue: str, confirm: str, as_json: bool) -> None:
    """Ta tillbaka det som inte har gått: det som väntar, och det som leverantören ännu håller.

    Ett återtaget utskick går inte att fortsätta. Ett pågående utskick lyder inom en omgång.

    \b
    Exempel:
      newsletter cancel 2026-2 --confirm 2026-2
    """
    from newsletter import wiring

    if confirm != issue:
        raise UsageError(
            "Inget är återtaget.",
            why="Det går inte att ångra, så numrets namn måste anges.",
            do=f"Kör newsletter cancel {issue} --confirm {issue}, eller hejda med newsletter pause {issue}.",
        )
    with wiring.application(workspace) as app:
        done = app.cancel(issue)
    _show(done, as_json)
    taken = f"{showing.counted(done.taken_back)} brev är återtagna." if done.taken_back else _NOTHING_MORE
    click.echo(taken, err=True)
    if done.unknown:
        click.echo(f"De oklara kan ha gått. Red ut dem med `newsletter resolve {issue}`.", err=True)


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--left", metavar="VEM", multiple=True, help="De gick: adress, brevets id, eller alla.")
@click.option("--again", metavar="VEM", multiple=True, help="De gick aldrig, och ska skickas.")
@click.option("--because", "why", metavar="SKÄL", default="", help="Hur du vet det. Sparas i liggaren.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def resolve(
    workspace: Path | None,
    issue: str,
    left: tuple[str, ...],
    again: tuple[str, ...],
    why: str,
    as_json: bool,
) -> None:
    """Red ut de brev som det är oklart om de gick: fråga leverantören, och visa vad bara du kan veta.

    Inget gissas. Ett brev som ingen kan säga något om ligger kvar som oklart tills du avgör det, och skickas
    inte igen av sig självt.

    \b
    Exempel:
      newsletter resolve 2026-2
      newsletter resolve 2026-2 --left anna@forening.se --because "hon har svarat på det"
    """
    from newsletter import wiring

    if left and again:
        raise UsageError("--left och --again går inte ihop.", do="Kör kommandot en gång för vardera.")
    verdict = "left" if left else "again" if again else ""
    with wiring.application(workspace) as app:
        done = app.resolve(issue, verdict, left or again, why)
    _show(done, as_json)
    if done.unknown and not as_json:
        _show_unknown(done, issue)
    elif done.equation.waiting:
        click.echo(f"Skicka dem som väntar med `newsletter resume {issue}`.", err=True)


def _show(done: Steered, as_json: bool) -> None:
    if not as_json:
        show_equation(done.equation)
        return
    unknown = [{"delivery": row.id, "address": row.address, "name": row.name} for row in done.unknown]
    showing.json(
        {
            "schema": 1,
            "issue": done.sending.issue,
            "state": done.sending.state.value,
            "taken_back": done.taken_back,
            "equation": equation_json(done.equation),
            "unknown": unknown,
        }
    )


def _show_unknown(done: Steered, issue: str) -> None:
    rows = [(row.name, row.address, row.id) for row in done.unknown[:_MOST_SHOWN]]
    showing.table(("Namn", "Adress", "Brev"), rows)
    more = len(done.unknown) - len(rows)
    click.echo(
        (f"… och {showing.counted(more)} till (--json visar alla).\n" if more else "")
        + "Om dem kan ingen server svara. Sök i e-postserverns logg, eller fråga mottagaren, och kör sedan\n"
        f'  newsletter resolve {issue} --left ADRESS --because "…"    det gick\n'
        f'  newsletter resolve {issue} --again ADRESS --because "…"   det gick aldrig, skicka det\n'
        "Annars ligger de kvar, och en studs kan ännu avgöra saken.",
        err=True,
    )
