"""``newsletter people``: import, list, segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.rights import COMMANDS as RIGHTS
from newsletter.cli.roles import COMMANDS as ROLES
from newsletter.cli.roles import explanation_json, show_explanation

if TYPE_CHECKING:
    from newsletter.model.people import Change, ImportPlan, Recipient
    from newsletter.pipeline.people import SegmentCounts

_FIELDS = {
    "name": "namn",
    "mandates": "uppdrag",
    "language": "språk",
    "basis": "rättslig grund",
    "source": "källa",
    "tags": "taggar",
}
_ROWS_SHOWN = 20
_LEFT_OUT_SHOWN = 200
_ROWS_WRITTEN = 1000  # at a time
_WIDE = 200  # columns in a file or a pipe, where nothing need be cut


@click.group()
def command() -> None:
    """Mottagare: ta in listor, se vilka som står på dem, och räkna segment.

    \b
    Exempel:
      newsletter people import subscribers/private/hofors.csv --basis "berättigat intresse"
      newsletter people list --segment politiker
      newsletter people segments
    """


for each in (*RIGHTS, *ROLES):
    command.add_command(each)


@command.command("import")
@click.argument("file", metavar="FIL", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "list_", metavar="NAMN", help="Listans namn. Annars filens namn utan ändelse.")
@click.option("--basis", metavar="TEXT", default="", help="Rättslig grund, till exempel berättigat intresse.")
@click.option("--confirm", is_flag=True, help="Genomför det som visas. Utan den ändras inget.")
@click.option("--leave-out-bad-rows", is_flag=True, help="Ta in resten när några rader är fel.")
@click.option("--sheet", metavar="NAMN", default="", help="Vilket blad, när arbetsboken har flera listor.")
@click.option("--member", metavar="MEDLEM", default="", help="När hela filen gäller en medlem.")
@click.option("--role", metavar="ROLL", default="", help="När hela filen gäller en roll.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def import_(
    workspace: Path | None,
    file: Path,
    list_: str | None,
    basis: str,
    confirm: bool,
    leave_out_bad_rows: bool,
    sheet: str,
    member: str,
    role: str,
    as_json: bool,
) -> None:
    """Visa vad listan FIL skulle ändra, och ändra det med --confirm.

    En Excel-arbetsbok (.xlsx) eller CSV-fil med rubrikerna Namn, E-post, Medlem och Roll, i vilken ordning
    som helst. En fil tas in hel eller inte alls. De som redan finns och inte står i filen blir kvar.
    Partitillhörighet och personnummer tas aldrig emot. Mer står i docs/people.md.

    \b
    Exempel:
      newsletter people import subscribers/private/hofors.csv
      newsletter people import subscribers/private/hofors.csv --basis "berättigat intresse" --confirm
      newsletter people import subscribers/private/nora.xlsx --sheet Ledamöter --member Nora
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        plan = app.import_people(
            file,
            list_=list_ or file.stem,
            basis=basis,
            confirm=confirm,
            leave_out_bad_rows=leave_out_bad_rows,
            sheet=sheet,
            member=member,
            role=role,
        )
    _show_json(_plan_json(plan, confirm)) if as_json else _show_plan(plan)
    if confirm:
        click.echo("Klart: ändringarna är sparade.", err=True)
    elif basis.strip():
        click.echo("Inget är ändrat. Lägg till --confirm för att genomföra det.", err=True)
    else:
        click.echo("Inget är ändrat. Lägg till --basis och --confirm för att genomföra det.", err=True)


@command.command("list")
@click.option("--segment", metavar="ID", help="Bara de som hör till segmentet.")
@click.option("--list", "one_list", metavar="NAMN", help="Bara det som listan säger (med --format csv).")
@click.option(
    "--format", "format_", type=click.Choice(["table", "csv"]), default="table", help="Tabell eller CSV."
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def list_(
    workspace: Path | None, segment: str | None, one_list: str | None, format_: str, as_json: bool
) -> None:
    """Visa vilka som står på listorna.

    Med --format csv blir det en fil för kalkylprogrammet, som också kan tas in igen. Den innehåller
    personuppgifter: spara den under subscribers/private/.

    \b
    Exempel:
      newsletter people list --segment kommunikatorer
      newsletter people list --format csv > subscribers/private/alla.csv
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        if format_ == "csv":
            _write_csv(app.people_csv(segment, one_list))
            return
        found = list(app.people_list(segment))
    if as_json:
        _show_json({"schema": 1, "people": [_person_json(one, segments) for one, segments in found]})
        return
    _table(
        ("Namn", "E-post", "Medlem", "Roll"),
        [(one.name, one.address, _members(one), _roles(one)) for one, _ in found],
    )
    click.echo(f"{_counted(len(found))} personer.", err=True)


@command.command("segments")
@click.option(
    "--explain", "address", metavar="ADRESS", help="Varför en person hör till segmenten, eller inte."
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def segments(workspace: Path | None, address: str | None, as_json: bool) -> None:
    """Visa segmenten, hur många som hör till vart och ett, och hur de överlappar.

    \b
    Exempel:
      newsletter people segments
      newsletter people segments --explain anna@example.org
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        if address:
            told = app.explain(address)
            _show_json(explanation_json(told)) if as_json else show_explanation(told)
            return
        counts = app.people_segments()
    if as_json:
        _show_json(_counts_json(counts))
        return
    _table(
        ("Segment", "Namn", "Personer"),
        [(one.id, one.name, _counted(counts.count(one.id))) for one in counts.segments],
    )
    overlapping = [(a, b, number) for a, b, number in _overlaps(counts) if number]
    if overlapping:
        _table(("I båda", "", "Personer"), [(a, b, _counted(number)) for a, b, number in overlapping])
    click.echo(f"{_counted(counts.everyone)} personer, {_counted(counts.outside)} i inget segment.", err=True)


def _write_csv(lines: Iterator[str]) -> None:
    """Bytes as they are: a console's own line ends and encoding would change them."""
    while some := "".join(islice(lines, _ROWS_WRITTEN)):
        click.echo(some.encode(), nl=False)


def _show_plan(plan: ImportPlan) -> None:
    from newsletter.model.people import Change

    rows = [("Nya", Change.NEW), ("Ändrade", Change.CHANGED), ("Oförändrade", Change.UNCHANGED)]
    counts = [(label, _counted(plan.count(change))) for label, change in rows]
    counts += [("Utelämnade rader", _counted(len(plan.left_out)))]
    counts += [("Står på listan men får inga brev (spärrade)", _counted(plan.silent))] * bool(plan.silent)
    if plan.sheet:
        click.echo(f"Bladet ”{plan.sheet}”.")
    _table(("", "Antal"), counts)
    if plan.fields:
        told = (f"{_FIELDS[name]} hos {_counted(number)}" for name, number in plan.fields.items())
        click.echo(f"Av de ändrade ändras {', '.join(told)}.\n")
    if plan.unread:
        click.echo(f"Läses inte: kolumn {', '.join(plan.unread)}. Behövs de inte, ta bort dem ur filen.\n")
    _show_changes([(change, one) for change, one in plan.changes if change is not Change.UNCHANGED])
    if plan.left_out:
        shown = plan.left_out[:_LEFT_OUT_SHOWN]
        _table(("Rad", "E-post", "Varför"), [(str(row.row), row.address, row.why) for row in shown])
    if len(plan.left_out) > _LEFT_OUT_SHOWN:
        click.echo(
            f"… och {_counted(len(plan.left_out) - _LEFT_OUT_SHOWN)} rader till; alla står med --json."
        )


def _show_changes(changed: Sequence[tuple[Change, Recipient]]) -> None:
    words = {"new": "ny", "changed": "ändrad"}
    shown = [
        (words[change.value], one.name, one.address, _members(one), _roles(one))
        for change, one in changed[:_ROWS_SHOWN]
    ]
    if shown:
        _table(("", "Namn", "E-post", "Medlem", "Roll"), shown)
    if len(changed) > _ROWS_SHOWN:
        click.echo(f"… och {_counted(len(changed) - _ROWS_SHOWN)} till.")


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: a name in brackets is no markup
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(table)


def _show_json(data: Any) -> None:  # noqa: ANN401
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _plan_json(plan: ImportPlan, confirmed: bool) -> dict[str, Any]:
    from newsletter.model.people import Change

    return {
        "schema": 1,
        "list": plan.list,
        "basis": plan.basis,
        "source": plan.source,
        "confirmed": confirmed,
        "sheet": plan.sheet,
        "unread_columns": list(plan.unread),
        "suppressed": plan.silent,
        "changed_fields": dict(plan.fields),
        "counts": {change.value: plan.count(change) for change in Change} | {"left_out": len(plan.left_out)},
        "changes": [
            {"change": change.value, "name": one.name, "address": one.address}
            for change, one in plan.changes
            if change is not Change.UNCHANGED
        ],
        "left_out": [{"row": row.row, "address": row.address, "why": row.why} for row in plan.left_out],
    }


def _person_json(one: Recipient, segments: Sequence[str]) -> dict[str, Any]:
    mandates = [{"role": held.role.value, "member": held.member, "list": held.list} for held in one.mandates]
    return {
        "id": one.id,
        "name": one.name,
        "address": one.address,
        "language": one.language,
        "basis": one.basis,
        "source": one.source,
        "tags": list(one.tags),
        "mandates": mandates,
        "segments": list(segments),
    }


def _counts_json(counts: SegmentCounts) -> dict[str, Any]:
    return {
        "schema": 1,
        "people": counts.everyone,
        "in_no_segment": counts.outside,
        "segments": [
            {"id": one.id, "name": one.name, "count": counts.count(one.id)} for one in counts.segments
        ],
        "overlaps": [{"segments": [a, b], "count": number} for a, b, number in _overlaps(counts)],
    }


def _overlaps(counts: SegmentCounts) -> list[tuple[str, str, int]]:
    pairs = combinations([one.id for one in counts.segments], 2)
    return [(a, b, counts.counts[a, b]) for a, b in pairs if (a, b) in counts.counts]


def _members(one: Recipient) -> str:
    return ", ".join(dict.fromkeys(held.member for held in one.mandates if held.member))


def _roles(one: Recipient) -> str:
    return ", ".join(dict.fromkeys(held.role.swedish for held in one.mandates))


def _counted(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")
