"""``newsletter review ISSUE``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from newsletter.cli import showing
from newsletter.cli.showing import counted
from newsletter.cli.status import REASONS

if TYPE_CHECKING:
    from newsletter.model.review import Approval, Decision, Gone, Verdict
    from newsletter.pipeline.review import Reviewed, Shown

_VIA = click.option(
    "--via",
    type=click.Choice(["outbox", "smtp", "sendgrid"]),
    help="Hur breven ska lämna datorn; det är en del av det som godkänns.",
)
_CORRECTS = click.option(
    "--corrects", metavar="NUMMER", default="", help="När det är en rättelse: numret vars mottagare får den."
)
_HOW = {
    "link": "med en länk som bara den personen fick",
    "code": "med engångskoden i sitt korrektur",
    "file": "i en fil som lämnades tillbaka",
    "terminal": "på arbetsytans dator",
}


class _OfIssue(click.Group):
    """A group whose first word is the issue; it helps without one, and options alone are those of status."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        match args:
            case [word, option] if word in self.commands and option in ctx.help_option_names:
                args = ["NUMMER", word, option]
            case [issue, option, *others] if not issue.startswith("-") and option.startswith("-"):
                args = [issue, "status", option, *others]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands:
            known = " eller ".join(self.commands)
            raise click.UsageError(
                f"”{args[0]}” går inte att göra. Skriv numret först, och sedan {known}.", ctx
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_OfIssue, invoke_without_command=True, subcommand_metavar="[approve|status]")
@click.argument("issue", metavar="NUMMER")
@click.pass_context
def command(ctx: click.Context, issue: str) -> None:
    """Godkänn NUMMER, och se vem som har gjort det och vad som ändrats sedan dess.

    Ett godkännande gäller exakt det som visades: text, bilder, avsändare, mottagare och hur breven går iväg.
    En ändring upphäver det. Utan ord efter numret visas läget.

    \b
    Exempel:
      newsletter review 2026-2
      newsletter review 2026-2 approve --by "Anna Berg"
      newsletter review 2026-2 status --json
    """
    ctx.obj = (ctx.obj, issue)
    if ctx.invoked_subcommand is None:
        ctx.invoke(status, via=None, corrects="", as_json=False)


@command.command()
@click.option("--by", metavar="NAMN", required=True, help="Den som godkänner.")
@_VIA
@_CORRECTS
@click.option("--confirm", metavar="NUMMER", default="", help="Godkänn: numrets namn en gång till.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def approve(
    obj: tuple[Path | None, str], by: str, via: str | None, corrects: str, confirm: str, as_json: bool
) -> None:
    """Visa vad som godkänns, och godkänn det när det är bekräftat.

    Granskningen får inte ha hittat något fel. Godkännandet läggs i content/issues/NUMMER/review/ som en
    textfil, att spara i git; vilka mottagarna är står inte i den.

    \b
    Exempel:
      newsletter review 2026-2 approve --by "Anna Berg"                     visar, godkänner inget
      newsletter review 2026-2 approve --by "Anna Berg" --confirm 2026-2    godkänner
      newsletter review 2026-2 approve --by "Anna Berg" --via smtp --confirm 2026-2
    """
    from newsletter import wiring

    workspace, issue = obj
    with wiring.application(workspace) as app:
        done = app.approve(
            issue,
            by,
            via=via or "",
            corrects=corrects,
            confirm=confirm,
            on_shown=_shown_as_json if as_json and not confirm else _show,
        )
    if as_json:
        showing.json(
            {"schema": 1, "file": done.path, **_approval_json(done.approval), **_verdict_json(done.verdict)}
        )
    else:
        click.echo(f"{done.approval.by} har godkänt {issue}: {done.path}")
        _say_needed(done.verdict)


@command.command()
@_VIA
@_CORRECTS
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def status(obj: tuple[Path | None, str], via: str | None, corrects: str, as_json: bool) -> None:
    """Visa vem som har godkänt, vad som ändrats sedan dess och vad det upphäver.

    De som lämnat listan, vars adress inte finns eller som fått sina uppgifter raderade får inget brev, och
    upphäver inget. Den som tillkommit gör det.

    \b
    Exempel:
      newsletter review 2026-2 status
      newsletter review 2026-2 status --json
    """
    from newsletter import wiring

    workspace, issue = obj
    with wiring.application(workspace) as app:
        found = app.review(issue, via=via or "", corrects=corrects)
        zone = ZoneInfo(app.settings.association.timezone)
    if as_json:
        showing.json(_status_json(found))
    else:
        _show_status(found, zone)


def _show(shown: Shown) -> None:
    """What is approved, in words, on stderr: the result is the approval."""
    from newsletter.cli.check import say_allowed

    lines = [
        f"{shown.issue}: {shown.subject}",
        f"  förhandstext: {shown.preheader}",
        f"  från: {shown.sender}, svar till {shown.reply_to}",
        f"  till {counted(shown.readers.count)} mottagare av {counted(shown.listed.count)} på listorna, "
        f"med {shown.transport}",
    ]
    lines += [f"  utgåva {edition}: {counted(number)}" for edition, number in shown.editions.items()]
    lines += [
        f"  varning: {f'{finding.where}: ' if finding.where else ''}{finding.what}"
        for finding in shown.warnings
    ]
    lines.append(f"Mätning: {showing.measuring(shown.mode)}. Fingeravtryck: {shown.digest[:16]}")
    click.echo("\n".join(lines), err=True)
    say_allowed(shown.checked)


def _shown_as_json(shown: Shown) -> None:
    showing.json(
        {
            "schema": 1,
            "issue": shown.issue,
            "subject": shown.subject,
            "preheader": shown.preheader,
            "sender": shown.sender,
            "reply_to": shown.reply_to,
            "transport": shown.transport,
            "mode": shown.mode,
            "digest": shown.digest,
            "listed": shown.listed.count,
            "readers": shown.readers.count,
            "editions": dict(shown.editions),
            "warnings": [finding.what for finding in shown.warnings],
            "allowed": [{"what": one.finding.what, "reason": one.reason} for one in shown.checked.allowed],
        }
    )


def _show_status(found: Reviewed, zone: ZoneInfo) -> None:
    click.echo(
        f"{found.issue} som det är nu: {counted(found.readers.count)} mottagare, med {found.transport}. "
        f"Fingeravtryck: {found.digest[:16]}"
    )
    for decision in found.verdict.decisions:
        _say_decision(decision, zone)
    if not found.verdict.decisions:
        click.echo("Ingen har godkänt det.")
    _say_needed(found.verdict)


def _say_decision(decision: Decision, zone: ZoneInfo) -> None:
    from newsletter.review import reasons

    given = decision.approval
    state = "gäller" if decision.holds else "gäller inte längre"
    later = " (har godkänt igen senare)" if decision.is_superseded else ""
    at = given.at.astimezone(zone)
    click.echo(f"\n{given.by}, {at:%Y-%m-%d %H:%M}, {_HOW[given.how.value]}: {state}{later}")
    for reason in reasons(decision):
        click.echo(f"  {reason}")
    turnover = decision.turnover
    if turnover and turnover.gone:
        click.echo(f"  {counted(turnover.gone)} av {counted(given.readers.count)} får det inte längre:")
        for one in turnover.known:
            click.echo(f"    {one.name or one.recipient}: {_why(one)}")
        if unnamed := turnover.gone - len(turnover.known):
            click.echo(f"    {counted(unnamed)} som inte visas eller inte finns kvar på någon lista")


def _why(one: Gone) -> str:
    return REASONS[one.why.value] if one.why else "hör inte längre till mottagarna"


def _say_needed(verdict: Verdict) -> None:
    if not verdict.needed:
        click.echo("\nArbetsytan kräver inget godkännande ([sending] approvals = 0).", err=True)
        return
    verb = "Det räcker" if verdict.is_approved else "Det räcker inte"
    click.echo(f"\n{len(verdict.approvers)} av {verdict.needed} godkännanden gäller. {verb}.", err=True)


def _status_json(found: Reviewed) -> dict[str, Any]:
    return {
        "schema": 1,
        "issue": found.issue,
        "transport": found.transport,
        "digest": found.digest,
        "readers": found.readers.count,
        **_verdict_json(found.verdict),
        "approvals": [_decision_json(decision) for decision in found.verdict.decisions],
    }


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "needed": verdict.needed,
        "approved": verdict.is_approved,
        "approvers": list(verdict.approvers),
    }


def _approval_json(given: Approval) -> dict[str, Any]:
    return {
        "by": given.by,
        "at": given.at.isoformat(),
        "how": given.how.value,
        "transport": given.transport,
        "digest": given.digest,
        "readers": given.readers.count,
    }


def _decision_json(decision: Decision) -> dict[str, Any]:
    from newsletter.review import reasons

    turnover = decision.turnover
    return {
        **_approval_json(decision.approval),
        "holds": decision.holds,
        "superseded": decision.is_superseded,
        "voided_by": list(reasons(decision)),
        "changes": [
            {"part": change.name, "editions": list(change.editions), "what": change.words}
            for change in decision.changes
        ],
        "added": turnover.added if turnover else None,
        "gone": turnover.gone if turnover else None,
        "gone_known": [
            {"recipient": one.recipient, "name": one.name, "why": one.why.value if one.why else "outside"}
            for one in (turnover.known if turnover else ())
        ],
    }
