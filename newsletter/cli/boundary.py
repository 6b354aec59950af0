"""Where every error becomes words on stderr and an exit status."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback

import click

from newsletter.errors import NewsletterError, Problem, Problems

INTERRUPTED = 130
_BROKEN = """
Fel: Programmet har ett fel som ingen har tänkt på.
      Varför: Det är inte ditt fel. Liggaren är hel: inget är förlorat, och inget skickas två gånger.
      Gör så här: Försök igen. Händer det på nytt, lämna texten här ovan till den som sköter programmet."""


def run(command: click.Command, arguments: list[str] | None) -> int:
    """Run a command; the exit status, as the command table of the design has it."""
    from newsletter.cli.journal import journal

    with journal(sys.argv[1:] if arguments is None else arguments) as entry:
        entry.status = _run(command, arguments)
    return entry.status


def _run(command: click.Command, arguments: list[str] | None) -> int:
    try:
        # Without its own error handling, click gives back the status of ctx.exit().
        status = command.main(args=arguments, prog_name="newsletter", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except NewsletterError as error:
        say(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nAvbrutet. Kör samma kommando igen, så fortsätter det där det slutade.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        traceback.print_exc()
        click.echo(_BROKEN, err=True)
        return 1


def say(error: NewsletterError) -> None:
    """An error in words: what, where, why, what to do."""
    if isinstance(error, Problems):
        count = len(error.problems)
        click.echo("Ett fel:" if count == 1 else f"{count} fel:", err=True)
        for problem in error.problems:
            _say(problem)
        return
    _say(Problem(error.what, error.where, error.why, error.do), "Fel: ")


def _say(problem: Problem, mark: str = "  ") -> None:
    place = click.style(f"{problem.where}: ", bold=True) if problem.where else ""
    click.echo(click.style(mark, fg="red") + place + problem.what, err=True)
    for label, text in (("Varför:", problem.why), ("Gör så här:", problem.do)):
        if text:
            click.echo(f"      {label} {text}", err=True)
