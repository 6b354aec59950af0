"""The command line: parse, call, show.

Results go to stdout and talk to stderr. Commands are imported when they are used, so that
``newsletter --help`` is quick. One boundary turns every error into words and an exit status.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path

import click

from newsletter import __version__

# name: (module, or module:attribute where it holds several; short help). The order is the order of the work.
COMMANDS = {
    "demo": ("demo", "Visa hela flödet på ett påhittat exempel"),
    "init": ("init", "Skapa en ny arbetsyta"),
    "doctor": ("doctor", "Se vad som är klart, vad som saknas och nästa steg"),
    "new": ("new", "Börja på ett nytt nummer"),
    "sources": ("sources", "Medlemmarnas nyhetskällor: hitta, prova, lista"),
    "gather": ("gather", "Hämta nyheter från medlemmarnas webbplatser"),
    "pick": ("pick", "Välj medlemsnyheter till ett nummer"),
    "build": ("build", "Bygg breven och lägg dem på disk"),
    "check": ("check", "Granska breven och säg vad som är fel"),
    "review": ("review", "Godkänn ett nummer, och se vem som har gjort det"),
    "people": ("people", "Mottagare: importera, lista, segment, rättigheter"),
    "send": ("send", "Visa planen och skicka"),
    "status": ("status", "Visa liggaren: vem har fått vad"),
    "pause": ("steering:pause", "Hejda ett utskick som pågår"),
    "resume": ("send:resume", "Fortsätt ett utskick"),
    "cancel": ("steering:cancel", "Ta tillbaka det som inte har gått"),
    "resolve": ("steering:resolve", "Red ut brev som det är oklart om de gick"),
    "events": ("events", "Ta in vad som hände med breven"),
    "report": ("report", "Skriv rapporten"),
    "backup": ("backup", "Säkerhetskopiera liggaren, listorna och spärrarna"),
    "restore": ("restore", "Lägg tillbaka en säkerhetskopia"),
}


class _Commands(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(import_module(f"newsletter.cli.{module}"), attribute or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Kommandon"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from newsletter.model.toml import nearest

            raise click.UsageError(f"Kommandot {args[0]} finns inte. {nearest(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    help="Arbetsytans mapp. Annars den mapp du står i, eller närmaste ovanför med newsletter.toml.",
)
@click.version_option(__version__, message="newsletter %(version)s")
@click.pass_context
def cli(ctx: click.Context, workspace: Path | None) -> None:
    """Nyhetsbrev att lita på: från Markdown till rapport.

    Utan kommando: var året och varje nummer står, och nästa steg.

    \b
    Exempel:
      newsletter demo
      newsletter --workspace ~/nyhetsbrev status 2026-2
    """
    ctx.obj = workspace
    if ctx.invoked_subcommand is None:
        import_module("newsletter.cli.overview").show(workspace)


def main(arguments: list[str] | None = None) -> None:
    """Run the program and leave with its exit status."""
    from newsletter.cli.boundary import run

    # Lists hold hundreds of thousands of small things that no cycle is among, and looking them through over
    # and over took a tenth of an import's time.
    gc.set_threshold(50_000, 20, 20)
    sys.exit(run(cli, arguments))
