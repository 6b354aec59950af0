"""``newsletter send``, and ``resume``, which goes on with what was begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import showing, stopping
from newsletter.cli.status import REASONS, equation_json, show_equation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from newsletter.pipeline.send import SendPlan, SendReport
    from newsletter.pipeline.trial import Tried
    from newsletter.wiring import Application

VIA = click.Choice(["outbox", "smtp", "sendgrid"])


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option(
    "--via",
    type=VIA,
    help="Hur breven lämnar datorn. Annars som förut, det enda som är inställt, eller outbox.",
)
@click.option("--confirm", metavar="NUMMER", default="", help="Skicka: numrets namn en gång till.")
@click.option("--dry-run", is_flag=True, help="Gör allt utom att skicka, och ändra inget.")
@click.option("--at", metavar="TID", default="", help='Tidigast då, till exempel "2026-12-01 08:00".')
@click.option("--test", "trial", metavar="ADRESS", multiple=True, help="Provbrev dit; seeds: provadresserna.")
@click.option(
    "--correction",
    metavar="FIL",
    default="",
    help="Rätta NUMMER: texten till en rättelse, som går till dem som fick det.",
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(
    workspace: Path | None,
    issue: str,
    via: str | None,
    confirm: str,
    dry_run: bool,
    at: str,
    trial: tuple[str, ...],
    correction: str,
    as_json: bool,
) -> None:
    """Visa planen för NUMMER, och skicka när den är bekräftad.

    Ingen får brevet två gånger: kör samma kommando igen efter ett avbrott, så fortsätter det där det slutade.
    Med outbox läggs breven i outbox/NUMMER, en fil för varje mottagare.

    \b
    Exempel:
      newsletter send 2026-2                       visar planen, skickar inget
      newsletter send 2026-2 --confirm 2026-2      skickar
      newsletter send 2026-2 --via smtp --test kansli@forening.se
      newsletter send 2026-2 --correction content/issues/2026-2-rattelse/issue.md
    """
    from newsletter import wiring

    if trial:
        _refuse_with_trial(confirm=confirm, dry_run=dry_run, at=at)
    with wiring.application(workspace) as app:
        if trial:
            _try(app, issue, trial, via=via, correction=correction, as_json=as_json)
            return
        with _progress() as on_progress:
            report = app.send(
                issue,
                via=via,
                confirm=confirm,
                dry_run=dry_run,
                at=at,
                correction=correction,
                on_plan=_shown_as_json if as_json and (dry_run or not confirm) else _shown(app),
                on_progress=on_progress,
            )
        _end(app, report, dry_run=dry_run, as_json=as_json)


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def resume(workspace: Path | None, issue: str, as_json: bool) -> None:
    """Fortsätt med ett utskick som pausats eller avbrutits. Det bekräftades när det började.

    \b
    Exempel:
      newsletter resume 2026-2
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        with _progress() as on_progress:
            report = app.resume(issue, on_plan=_shown(app), on_progress=on_progress)
        _end(app, report, dry_run=False, as_json=as_json)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr with the rate and the time that is left, and a word on Ctrl-C."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Skickar"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, visible=False, rate="")

        def is_sending() -> bool:
            return bar.tasks[0].visible

        def say(words: str) -> None:
            console.print(words, highlight=False)

        def on_progress(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = f"{showing.counted(round(speed * 60))}/min" if speed else ""
            bar.update(task, completed=done, total=total, visible=True, rate=rate)

        with stopping.patiently(is_sending, say):
            yield on_progress


def _end(app: Application, report: SendReport, *, dry_run: bool, as_json: bool) -> None:
    if dry_run:
        click.echo("Allt gick att göra. Inget har skickats och inget är ändrat.", err=True)
    elif as_json:
        showing.json(_report_json(report))
    else:
        _show_report(app, report)
    report.raise_if_partly()


def _refuse_with_trial(**others: object) -> None:
    """Raise a usage error for what a trial does not heed: it leaves at once, and is no sending."""
    if given := [f"--{name.replace('_', '-')}" for name, value in others.items() if value]:
        raise click.UsageError(f"--test och {given[0]} går inte ihop: ett provbrev går genast.")


def _try(
    app: Application, issue: str, to: Sequence[str], *, via: str | None, correction: str, as_json: bool
) -> None:
    from newsletter.pipeline import trial

    tried = app.send_trial(issue, to, via=via, correction=correction)
    if as_json:
        showing.json({"schema": 1, "issue": issue, "letters": [_tried_json(one) for one in tried]})
    else:
        for one in tried:
            outcome = _OUTCOMES.get(one.answer.outcome.value, one.answer.outcome.value)
            click.echo(f"{one.address}: utgåva {one.edition}, {outcome} {one.answer.words}".rstrip())
        click.echo("Provbreven räknas inte i liggaren, och deras personliga länkar är avstängda.", err=True)
    trial.raise_if_partly(tried, issue)


_OUTCOMES = {
    "accepted": "skickat",
    "rejected": "avvisat",
    "deferred": "uppskjutet",
    "unknown": "oklart om det gick",
}


def _tried_json(one: Tried) -> Mapping[str, str]:
    answer = one.answer
    return {
        "address": one.address,
        "edition": one.edition,
        "outcome": answer.outcome.value,
        "words": answer.words,
    }


def _shown(app: Application) -> Callable[[SendPlan], None]:
    """Shows the plan in words, on stderr: the result is what was sent."""

    def show(plan: SendPlan) -> None:
        click.echo("\n".join(_plan_lines(app, plan)), err=True)

    return show


def _plan_lines(app: Application, plan: SendPlan) -> Iterator[str]:
    letters = sum(plan.editions.values())
    yield f"{plan.issue}: {plan.subject}"
    if plan.resumed:
        yield "Ett tidigare utskick tas upp där det slutade."
    yield f"{showing.counted(letters)} brev ska ut {_way(plan)}."
    for edition, number in sorted(plan.editions.items()):
        first = ", ".join(plan.samples.get(edition, ()))
        yield f"  utgåva {edition}: {showing.counted(number)}{f', bland dem {first}' if first else ''}"
    yield from _counts("segment", plan.segments)
    yield from _counts("grupp", plan.groups)
    if plan.members:
        listed = ", ".join(f"{name} {showing.counted(n)}" for name, n in sorted(plan.members.items()))
        yield from wrap(f"medlemmar: {listed}", 100, initial_indent="  ", subsequent_indent="    ")
    for reason, number in sorted(plan.excluded.items()):
        yield f"  utelämnas: {showing.counted(number)} {REASONS.get(reason, reason)}"
    for finding in plan.warnings:
        yield f"  varning: {f'{finding.where}: ' if finding.where else ''}{finding.what}"
    if plan.warnings:
        yield f"  De rättas, eller får stå med ett skäl, innan breven kan gå: newsletter check {plan.issue}"
    yield from _when(app, plan, letters)
    yield f"Mätning: {showing.measuring(plan.mode)}. Fingeravtryck: {plan.digest[:16]}"


def _way(plan: SendPlan) -> str:
    """How the letters leave; only a provider counts, and charges for, requests."""
    if plan.transport == "outbox":
        return "till utkorgen, ett i varje fil"
    if plan.transport == "smtp":
        return "genom e-postservern, ett i taget"
    asked = "ett anrop" if plan.requests == 1 else f"{showing.counted(plan.requests)} anrop"
    return f"med SendGrid, i {asked}"


def _counts(what: str, counted: Mapping[str, int]) -> Iterator[str]:
    for name, number in sorted(counted.items()):
        yield f"  {what} {name}: {showing.counted(number)}"


def _when(app: Application, plan: SendPlan, letters: int) -> Iterator[str]:
    if plan.leaves_at is None:
        yield "Breven går genast." if plan.resumed else "Breven går genast när planen bekräftas."
    elif plan.stoppable_until:
        now = "" if plan.resumed else ", om planen bekräftas nu"
        yield f"Breven går {_clock(app, plan.leaves_at)}{now}."
        until = _clock(app, plan.stoppable_until)
        yield f"De kan tas tillbaka till {until} med `newsletter cancel {plan.issue}`."
    else:
        yield f"Breven går {_clock(app, plan.leaves_at)}."
        yield "Då måste det här kommandot vara igång: låt fönstret stå öppet och datorn vara på, eller låt"
        yield f"schemaläggaren (cron, Schemaläggaren i Windows) köra newsletter resume {plan.issue} då."
    if plan.per_minute:
        rate = f"{plan.per_minute:g}".replace(".", ",")
        yield f"Takten är högst {rate} brev i minuten, så det tar {_lasting(letters / plan.per_minute)}."


def _lasting(minutes: float) -> str:
    """About how long, in words."""
    if minutes < 1:
        return "mindre än en minut"
    if minutes < 90:
        return f"omkring {showing.counted(round(minutes))} {'minut' if round(minutes) == 1 else 'minuter'}"
    return f"omkring {showing.counted(round(minutes / 60))} timmar"


def _clock(app: Application, moment: datetime) -> str:
    return f"{app.local(moment):%Y-%m-%d kl. %H.%M}"


def _shown_as_json(plan: SendPlan) -> None:
    showing.json(
        {
            "schema": 1,
            "issue": plan.issue,
            "subject": plan.subject,
            "transport": plan.transport,
            "mode": plan.mode,
            "digest": plan.digest,
            "candidates": plan.candidates,
            "excluded": dict(plan.excluded),
            "editions": dict(plan.editions),
            "requests": plan.requests,
            "segments": dict(plan.segments),
            "groups": dict(plan.groups),
            "members": dict(plan.members),
            "leaves_at": plan.leaves_at.isoformat() if plan.leaves_at else None,
            "stoppable_until": plan.stoppable_until.isoformat() if plan.stoppable_until else None,
            "per_minute": plan.per_minute,
            "resumed": plan.resumed,
            "warnings": [finding.what for finding in plan.warnings],
        }
    )


def _show_report(app: Application, report: SendReport) -> None:
    if report.already:
        click.echo(f"{report.issue} är redan skickat. Inget skickades nu.", err=True)
    if report.equation:
        show_equation(report.equation)
    if report.stoppable_until:
        until = _clock(app, report.stoppable_until)
        click.echo(f"Kan tas tillbaka till {until} med `newsletter cancel {report.issue}`.", err=True)
    click.echo(f"Läget: newsletter status {report.issue}", err=True)


def _report_json(report: SendReport) -> dict[str, Any]:
    until = report.stoppable_until
    return {
        "schema": 1,
        "issue": report.issue,
        "already_sent": report.already,
        "state": report.sending.state.value if report.sending else None,
        "digest": report.sending.digest if report.sending else None,
        "stoppable_until": until.isoformat() if until else None,
        "equation": equation_json(report.equation) if report.equation else None,
    }
