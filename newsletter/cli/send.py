"""``newsletter send``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.status import REASONS, equation_json, show_equation

if TYPE_CHECKING:
    from newsletter.pipeline.send import SendPlan, SendReport


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--via", type=click.Choice(["outbox"]), default="outbox", help="Hur breven lämnar datorn.")
@click.option("--confirm", metavar="NUMMER", default="", help="Skicka: numrets namn en gång till.")
@click.option("--dry-run", is_flag=True, help="Gör allt utom att skicka, och ändra inget.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, issue: str, via: str, confirm: str, dry_run: bool, as_json: bool) -> None:
    """Visa planen för NUMMER, och skicka när den är bekräftad.

    Breven läggs i outbox/NUMMER, en fil för varje mottagare. Ingen får brevet två gånger: kör samma kommando
    igen efter ett avbrott, så fortsätter det där det slutade.

    \b
    Exempel:
      newsletter send 2026-2                       visar planen, skickar inget
      newsletter send 2026-2 --confirm 2026-2      skickar
    """
    from rich.console import Console
    from rich.progress import Progress

    from newsletter import wiring

    with wiring.application(workspace) as app, Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Skickar", total=None, visible=False)
        report = app.send(
            issue,
            via=via,
            confirm=confirm,
            dry_run=dry_run,
            on_plan=_shown_as_json if as_json and (dry_run or not confirm) else _shown,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total, visible=True),
        )
    if as_json and not dry_run:
        _show_json(_report_json(report))
    elif not dry_run:
        _show_report(report)
    else:
        click.echo("Allt gick att göra. Inget har skickats och inget är ändrat.", err=True)
    report.raise_if_partly()


def _shown(plan: SendPlan) -> None:
    """The plan in words, on stderr: the result is what was sent."""
    letters = sum(plan.editions.values())
    lines = [f"{plan.issue}: {plan.subject}"]
    if plan.resumed:
        lines.append("Ett tidigare utskick tas upp där det slutade.")
    runs = "en omgång" if plan.chunks == 1 else f"{_counted(plan.chunks)} omgångar"
    lines.append(f"{_counted(letters)} brev ska ut, i {runs}, till {plan.transport}.")
    lines += [f"  utgåva {edition}: {_counted(number)}" for edition, number in sorted(plan.editions.items())]
    lines += [f"  segment {segment}: {_counted(number)}" for segment, number in plan.segments.items()]
    lines += [f"  grupp {group}: {_counted(number)}" for group, number in sorted(plan.groups.items())]
    lines += [
        f"  utelämnas: {_counted(number)} {REASONS.get(reason, reason)}"
        for reason, number in sorted(plan.excluded.items())
    ]
    lines += [
        f"  varning: {f'{finding.where}: ' if finding.where else ''}{finding.what}"
        for finding in plan.warnings
    ]
    lines.append(f"Mätning: {plan.mode}. Fingeravtryck: {plan.digest[:16]}")
    click.echo("\n".join(lines), err=True)


def _shown_as_json(plan: SendPlan) -> None:
    _show_json(
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
            "chunks": plan.chunks,
            "segments": dict(plan.segments),
            "groups": dict(plan.groups),
            "resumed": plan.resumed,
            "warnings": [finding.what for finding in plan.warnings],
        }
    )


def _show_report(report: SendReport) -> None:
    if report.already:
        click.echo(f"{report.issue} är redan skickat. Inget skickades nu.", err=True)
    if report.equation:
        show_equation(report.equation)
    click.echo(f"Läget: newsletter status {report.issue}", err=True)


def _report_json(report: SendReport) -> dict[str, Any]:
    return {
        "schema": 1,
        "issue": report.issue,
        "already_sent": report.already,
        "state": report.sending.state.value if report.sending else None,
        "digest": report.sending.digest if report.sending else None,
        "equation": equation_json(report.equation) if report.equation else None,
    }


def _show_json(data: Any) -> None:  # noqa: ANN401
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _counted(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")
