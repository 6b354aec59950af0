"""``newsletter gather``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from newsletter.model.sources import FoundSource
    from newsletter.pipeline.gather import Gathered, SourceResult


@click.command()
@click.argument("members", metavar="[MEDLEM]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, members: tuple[str, ...], as_json: bool) -> None:
    """Hämta nyheter från medlemmarnas webbplatser.

    Källorna står i subscribers/sources.toml. En rad visas för varje medlem när den är klar. Det går bra att
    avbryta och att köra igen: det som redan är hämtat hämtas inte en gång till.

    \b
    Exempel:
      newsletter gather
      newsletter gather sater hofors
    """
    from rich.console import Console

    from newsletter import wiring

    talk = Console(stderr=True, highlight=False, soft_wrap=True)
    with wiring.application(workspace) as app:
        names = app.member_names()
        gathered = app.gather(
            members, on_progress=lambda result: talk.print(_line(result, names), markup=True)
        )
    if as_json:
        import json

        click.echo(json.dumps(_shown(gathered), ensure_ascii=False))
    else:
        click.echo(_summary(gathered))
    _say_what_needs_a_hand(gathered, talk.print)
    if gathered.results and not any(result.listed for result in gathered.results):
        from newsletter.errors import FetchFailed

        reached = any(result.reached for result in gathered.results)
        network = "Kontrollera att datorn har nät, och försök igen."
        raise FetchFailed(
            "Ingen enda källa gick att läsa.", do="Gör som det står här ovanför." if reached else network
        )


def _line(result: SourceResult, names: Mapping[str, str]) -> str:
    """One source in one line: new, unchanged, or failed and why."""
    from rich.markup import escape

    name = escape(f"{names.get(result.source.member, result.source.member):<26}")
    match result.outcome.value:
        case "failed":
            return f"[red]✗[/red] {name} {escape(result.why)}"
        case "unchanged":
            return f"[dim]= {name} inget nytt ({result.listed} nyheter kända)[/dim]"
    notes = escape(f" – {'; '.join(result.notes)}" if result.notes else "")
    counted = f"{result.new} {'ny' if result.new == 1 else 'nya'} av {result.listed}"
    pictured = f", {result.pictured} med bild" if result.pictured else ""
    return f"[green]+[/green] {name} {counted}{pictured}{notes}"


def _summary(gathered: Gathered) -> str:
    from newsletter.pipeline.gather import Outcome

    failed = gathered.count(Outcome.FAILED)
    answered = len(gathered.results) - failed
    news, sources = "ny nyhet" if gathered.new == 1 else "nya nyheter", "källa" if answered == 1 else "källor"
    told = f"{gathered.new} {news} från {answered} {sources}"
    they = "den" if failed == 1 else "de"
    return f"{told}, {failed} svarade inte som {they} ska." if failed else f"{told}."


def _say_what_needs_a_hand(gathered: Gathered, say: Callable[[str], None]) -> None:
    from rich.markup import escape

    for do, members in _advised(gathered).items():
        say(f"  {escape(', '.join(members))}: {escape(do)}")
    for result in gathered.results:
        if result.instead:
            _propose(result, result.instead, say)
    if gathered.new:
        say("\nVälj bland dem med `newsletter pick NUMMER`.")


def _advised(gathered: Gathered) -> dict[str, list[str]]:
    """What to do, and for which members: one advice may be for all of them."""
    advised: dict[str, list[str]] = {}
    for result in gathered.results:
        if result.do and result.source.member not in advised.setdefault(result.do, []):
            advised[result.do].append(result.source.member)
    return advised


def _propose(result: SourceResult, found: FoundSource, say: Callable[[str], None]) -> None:
    """The source that was found instead of one that is gone; nothing is changed by itself."""
    from rich.markup import escape

    newest = f", senast ”{found.items[0].title}”" if found.items else ""
    say(
        f"\n{escape(result.source.member)}: källan har inte fungerat två gånger i rad. "
        f"På {escape(found.page)} finns nu {escape(found.url)} ({found.kind.value}, "
        f"{found.sureness.value}{escape(newest)})."
    )
    say(f"  Skriv in den med:\n  {escape(result.command)}")


def _shown(gathered: Gathered) -> dict[str, object]:
    return {
        "schema": 1,
        "new": gathered.new,
        "sources": [
            {
                "member": result.source.member,
                "url": result.source.url,
                "outcome": result.outcome.value,
                "new": result.new,
                "listed": result.listed,
                "pictured": result.pictured,
                "why": result.why,
                "do": result.do,
                "notes": list(result.notes),
                "instead": result.instead.url if result.instead else "",
                "command": result.command,
            }
            for result in gathered.results
        ],
    }
