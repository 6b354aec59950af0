"""``newsletter report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from newsletter.pipeline.report import Reported

_FORMATS = ("html", "pdf")


def _formats(ctx: click.Context, option: click.Parameter, value: str) -> tuple[str, ...]:
    chosen = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    unknown = [part for part in chosen if part not in _FORMATS]
    if unknown or not chosen:
        raise click.BadParameter(f"{', '.join(unknown) or 'inget'} är inget format. Välj bland html och pdf.")
    return chosen


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option(
    "--format",
    "formats",
    metavar="FORMAT",
    default="html,pdf",
    show_default=True,
    callback=_formats,
    help="html, pdf eller båda med komma emellan.",
)
@click.option(
    "--out",
    metavar="MAPP",
    type=click.Path(file_okay=False, path_type=Path),
    help="Mappen att skriva i. Annars reports/NUMMER i arbetsytan.",
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(
    workspace: Path | None, issue: str, formats: tuple[str, ...], out: Path | None, as_json: bool
) -> None:
    """Skriv rapporten om NUMMER: vad som kom fram, vilka som läste vidare, och hur säkert det är.

    Rapporten visar aldrig en enskild person, och ingen grupp som är för liten. Samma läge ger samma rapport.

    \b
    Exempel:
      newsletter report 2026-2
      newsletter report 2026-2 --format pdf --out ~/styrelsen
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        made = app.report(issue, formats=formats, out=out)
    files = [str(out / path) if out else path for path in made.files]
    if as_json:
        import json

        click.echo(json.dumps(_data(made, files), ensure_ascii=False))
    else:
        for path in files:
            click.echo(path)
    _remark(made)


def _data(made: Reported, files: list[str]) -> dict[str, object]:
    from dataclasses import asdict

    cube = made.cube
    return {
        "schema": 1,
        "issue": cube.issue,
        "files": files,
        "run": made.figures.run,
        "digest": made.figures.digest,
        "mode": cube.mode,
        "simulated": cube.simulated,
        "published": made.published,
        "counts": asdict(cube.counts),
        "clicks": asdict(cube.clicks),
    }


def _remark(made: Reported) -> None:
    click.echo("".join(run.text for run in made.figures.headline), err=True)
    if made.figures.notice:
        click.echo(made.figures.notice, err=True)
    if made.frozen:
        click.echo(
            "Rapporten är den som publicerades tidigare: en ny indelning kunde röja enskilda.", err=True
        )
    elif not made.published:
        click.echo("Delarna per roll, län och medlem visas när besked om leveransen har kommit.", err=True)
