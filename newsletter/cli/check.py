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
@click.option("--probe", is_flag=True, help="Fråga varje adress i brevet om den fungerar. Kräver nät.")
@click.option("--no-spam", is_flag=True, help="Låt inte SpamAssassin döma brevet, fast det är installerat.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(workspace: Path | None, issue: str, probe: bool, no_spam: bool, as_json: bool) -> None:
    """Granska breven i NUMMER: länkar, bilder, färger, storlek, datum, glömda ord.

    Fel måste rättas innan något skickas (slutkod 3). En varning rättas, eller får stå kvar med ett skäl i
    issue.md: `# newsletter: allow REGEL because SKÄL`. Alla regler står i docs/checks.md. Inget skrivs, och
    utan --probe behövs inget nät.

    \b
    Exempel:
      newsletter check 2026-2
      newsletter check 2026-2 --probe
      newsletter check 2026-2 --json
    """
    from newsletter import wiring
    from newsletter.errors import ChecksFailed

    with wiring.application(workspace) as app:
        checked = app.check(issue, probe=probe, spam=not no_spam)
    if as_json:
        import json

        click.echo(json.dumps(shown(checked), ensure_ascii=False))
    else:
        _say_all(checked)
    if checked.errors:
        raise ChecksFailed(
            "Ett fel måste rättas."
            if len(checked.errors) == 1
            else f"{len(checked.errors)} fel måste rättas.",
            do=f"Rätta, och kör `newsletter check {issue}` igen.",
        )
    editions = len(checked.editions)
    click.echo(f"Inga fel i {editions} {'utgåva' if editions == 1 else 'utgåvor'} av {issue}.", err=True)


def _say_all(checked: Checked) -> None:
    """The findings on stdout, each apart; on stderr what was let stand, and what nobody looked into."""
    for finding in checked.findings:
        say(finding)
    say_allowed(checked)
    if checked.spam:
        worst = f"{max(verdict.points for verdict in checked.spam.values()):.1f}".replace(".", ",")
        click.echo(f"SpamAssassin: {worst} poäng; 5 räknas som skräppost.", err=True)
    for unlooked in checked.unlooked:
        click.echo(f"Inte granskat: {unlooked}.", err=True)


def say_allowed(checked: Checked) -> None:
    """What the issue lets stand and why, on stderr."""
    for allowed in checked.allowed:
        finding = allowed.finding
        place = f"{finding.where}: " if finding.where else ""
        click.echo(f"Får stå  {place}{finding.what} ({finding.rule})", err=True)
        click.echo(f"      Skäl: {allowed.reason}", err=True)


def shown(checked: Checked) -> dict[str, object]:
    """The findings as data."""
    return {
        "schema": 1,
        "issue": checked.issue,
        "editions": list(checked.editions),
        "findings": [_data(finding) for finding in checked.findings],
        "allowed": [
            {**_data(each.finding), "reason": each.reason, "allowed_at_line": each.line}
            for each in checked.allowed
        ],
        "spam": {
            edition: {"points": verdict.points, "rules": {rule.name: rule.points for rule in verdict.rules}}
            for edition, verdict in checked.spam.items()
        },
        "not_checked": list(checked.unlooked),
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
    click.echo(f"{label}  {place}{finding.what}{edition} [{finding.rule}]")
    click.echo(f"      Varför: {finding.why}")
    click.echo(f"      Gör så här: {finding.do}")
