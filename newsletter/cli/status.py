"""``newsletter status``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.model.delivery import Equation
    from newsletter.pipeline.status import Status

REASONS = {
    "left": "har lämnat listan",
    "complained": "har klagat",
    "bounced": "adressen finns inte",
    "erased": "har bett att få bli glömd",
    "ended": "alla uppdrag har upphört",
}
_PARTS = {
    "excluded": "utelämnade",
    "waiting": "väntar",
    "attempting": "pågår",
    "accepted": "skickade",
    "rejected": "avvisade",
    "unknown": "oklara",
    "cancelled": "återtagna",
}
_STATES = {
    "planned": "planerat",
    "sending": "skickas",
    "paused": "pausat",
    "cancelled": "återtaget",
    "done": "klart",
}


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, issue: str, as_json: bool) -> None:
    """Visa liggaren för NUMMER: hur många som fått brevet, och var alla andra finns.

    Alla räknas: mottagare = utelämnade + väntar + pågår + skickade + avvisade + oklara + återtagna.

    \b
    Exempel:
      newsletter status 2026-2
      newsletter status 2026-2 --json
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        found = app.status(issue)
        held = app.local(found.held_until) if found.held_until else None
    if as_json:
        import json

        click.echo(json.dumps(status_json(found), ensure_ascii=False, indent=2))
    else:
        _show(found, held)


def equation_json(counts: Equation) -> dict[str, Any]:
    """The whole equation, and whether it holds."""
    parts = {name: getattr(counts, name) for name in _PARTS}
    return {"candidates": counts.candidates, **parts, "holds": counts.holds}


def status_json(found: Status) -> dict[str, Any]:
    """A status as JSON."""
    sending = found.sending
    return {
        "schema": 1,
        "issue": found.issue,
        "state": sending.state.value if sending else None,
        "elsewhere": found.elsewhere,
        "sending": sending.id if sending else None,
        "digest": sending.digest if sending else None,
        "transport": sending.transport if sending else None,
        "planned_at": sending.planned_at.isoformat() if sending else None,
        "paused": sending.paused if sending else "",
        "held_until": found.held_until.isoformat() if found.held_until else None,
        "stoppable": found.stoppable,
        "equation": equation_json(found.equation) if found.equation else None,
        "excluded": dict(found.excluded),
        "rejected": dict(found.rejected),
        "next": found.next_step,
    }


def show_equation(counts: Equation) -> None:
    """The equation as lines, each part with its number."""
    width = len(f"{counts.candidates:,}")
    click.echo(f"{_number(counts.candidates, width)} mottagare, varav")
    for name, word in _PARTS.items():
        if name in ("accepted", "excluded") or getattr(counts, name):
            click.echo(f"{_number(getattr(counts, name), width)} {word}")
    if not counts.holds:
        click.echo("Summan stämmer inte. Skicka inget, och spara mappen .newsletter som den är.")


def _show(found: Status, held: datetime | None) -> None:
    if found.sending and found.equation:
        click.echo(f"{found.issue}: {_STATES[found.sending.state.value]}, {found.sending.transport}\n")
        show_equation(found.equation)
        for reason, number in sorted(found.excluded.items()):
            click.echo(f"  utelämnade: {number} {REASONS.get(reason, reason)}")
        for words, number in sorted(found.rejected.items()):
            click.echo(f"  avvisade: {number} med svaret ”{words}”")
        if held:
            click.echo(f"  leverantören håller breven till {held:%Y-%m-%d kl. %H.%M}")
        click.echo("")
    click.echo(found.next_step)


def _number(number: int, width: int) -> str:
    return f"{number:,}".replace(",", "\u00a0").rjust(width)
