"""``newsletter check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from newsletter.model.finding import Finding
    from newsletter.pipeline.check import Checked


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, issue: str, as_json: bool) -> None:
    """Granska breven i NUMMER: storlek, bilder, länkar, datum, glömda ord.

    Fel måste rättas innan något skickas (slutkod 3); varningar vill ha en blick. Inget skrivs.

    \b
    Exempel:
      newsletter check 2026-2
      newsletter check 2026-2 --json
    """
    from newsletter import wiring
    from newsletter.errors import ChecksFailed

    with wiring.application(workspace) as app:
        checked = app.check(issue)
    if as_json:
        import json

        click.echo(json.dumps(shown(checked), ensure_ascii=False))
    else:
        for finding in checked.findings:
            say(finding)
    if checked.errors:
        raise ChecksFailed(
            "Ett fel måste rättas."
            if len(checked.errors) == 1
            else f"{len(checked.errors)} fel måste rättas.",
            do=f"Rätta, och kör `newsletter check {issue}` igen.",
        )
    editions = len(checked.editions)
    click.echo(f"Inga fel i {editions} {'utgåva' if editions == 1 else 'utgåvor'} av {issue}.", err=True)


def shown(checked: Checked) -> dict[str, object]:
    """The findings as data."""
    return {
        "schema": 1,
        "issue": checked.issue,
        "editions": list(checked.editions),
        "findings": [_data(finding) for finding in checked.findings],
    }


def _data(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "what": finding.what,
        "file": finding.where.file if finding.where else None,
        "line": finding.where.line if finding.where else None,
        "why": finding.why,
        "do": finding.do,
        "edition": finding.edition or None,
    }


def say(finding: Finding) -> None:
    """One finding in words, on stdout."""
    from newsletter.model.finding import Severity

    wrong = finding.severity is Severity.ERROR
    label = click.style("Fel", fg="red") if wrong else click.style("Varning", fg="yellow")
    place = f"{finding.where}: " if finding.where else ""
    edition = f" (utgåva {finding.edition})" if finding.edition else ""
    click.echo(f"{label}  {place}{finding.what}{edition}")
    click.echo(f"      Varför: {finding.why}")
    click.echo(f"      Gör så här: {finding.do}")
