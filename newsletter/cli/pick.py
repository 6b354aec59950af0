"""``newsletter pick``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from newsletter.gather import LeftOut
    from newsletter.model.news import Pick
    from newsletter.pipeline.pick import Numbered, Picking

_SHOWN = 8  # candidates for each topic, unless all are asked for


def _numbers(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    """Numbers with commas between them: 1,3,5."""
    try:
        return tuple(int(part) for part in value.replace(" ", "").split(",") if part)
    except ValueError:
        raise click.BadParameter(f"”{value}” är inga nummer. Skriv till exempel 1,3,5.") from None


@click.command()
@click.argument("issue", metavar="NUMMER")
@click.option("--take", callback=_numbers, default="", metavar="1,3,5", help="Ta med dem med de här numren.")
@click.option(
    "--auto",
    type=click.IntRange(0, 30),
    default=0,
    metavar="N",
    help="Fyll på med de bästa tills brevet har N.",
)
@click.option("--add", default="", metavar="ADRESS", help="Läs en webbsida och ta med den.")
@click.option(
    "--member", default="", metavar="MEDLEM", help="Vems sida --add är, när det inte syns på adressen."
)
@click.option("--drop", multiple=True, metavar="ID", help="Ta bort en vald nyhet; går att ange flera gånger.")
@click.option("--no-pictures", is_flag=True, help="Hämta inga bilder.")
@click.option(
    "--all", "everything", is_flag=True, help="Visa alla, även servicemeddelanden och sådant utan ämne."
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def command(
    workspace: Path | None,
    issue: str,
    take: tuple[int, ...],
    auto: int,
    add: str,
    member: str,
    drop: tuple[str, ...],
    no_pictures: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Välj medlemsnyheter till ett nummer.

    Utan val visas förslagen, ämne för ämne, med varför de föreslås. Valen hamnar i numrets news.toml, och
    deras bilder i mappen pictures. I news.toml får rubrik och ingress skrivas om; det som redan står där
    lämnas orört. Vad som helst på nätet kan tas med med --add, eller skrivas in i news.toml för hand.

    \b
    Exempel:
      newsletter pick 2026-2
      newsletter pick 2026-2 --take 1,3,5
      newsletter pick 2026-2 --auto 6
      newsletter pick 2026-2 --add https://www.exempel.se/nyhet --member sater
      newsletter pick 2026-2 --drop ny-bro
    """
    from newsletter import wiring
    from newsletter.pipeline.pick import Choice

    if member and not add:
        raise click.UsageError("--member hör ihop med --add.")
    choice = Choice(take, auto, add, member, drop, pictures=not no_pictures)
    with wiring.application(workspace) as app:
        picking = app.pick(issue, choice)
        topics = {topic.id: topic.name for topic in app.settings.topics}
        names = app.member_names()
    if as_json:
        import json

        click.echo(json.dumps(_json(picking), ensure_ascii=False))
    elif not choice.is_empty:
        click.echo("\n".join(_chosen(picking, names)))
    else:
        _show(picking, topics, names, everything=everything)
    for note in picking.notes:
        click.echo(f"  {note}", err=True)


def _chosen(picking: Picking, names: Mapping[str, str]) -> Iterator[str]:
    """What was taken out and added, and what the issue has now."""
    yield from (f"- {_titled(pick, names)}" for pick in picking.dropped)
    for pick in picking.added:
        yield f"+ {_titled(pick, names)}{'  [bild]' if pick.picture else ''}"
    added = f"{len(picking.added)} lades till" if picking.added else "Inget lades till"
    dropped = f", {len(picking.dropped)} togs bort" if picking.dropped else ""
    yield f"{added}{dropped}; {picking.path} har nu {len(picking.picks)}."


def _titled(pick: Pick, names: Mapping[str, str]) -> str:
    member = names.get(pick.member, pick.member)
    return f"{member}: {pick.title}" if member else pick.title


# --- the list -----------------------------------------------------------------------------------------


def _show(picking: Picking, topics: Mapping[str, str], names: Mapping[str, str], *, everything: bool) -> None:
    from rich.console import Console

    page = Console(highlight=False, soft_wrap=True)
    hidden = len(picking.candidates)
    for topic, name in {**topics, "": "Utan ämne"}.items():
        found = [one for one in picking.candidates if one.topic == topic]
        shown = found if everything else _worth_showing(found)
        hidden -= len(shown)
        if shown:
            page.print(f"\n[bold]{name}[/bold]")
        for one in shown:
            _print(page, one, names)
    _say_left_out(page, picking, names)
    _say_next(picking, hidden)


def _worth_showing(found: Sequence[Numbered]) -> list[Numbered]:
    """What has a topic and is no service notice, up to a number; and what is picked."""
    likely = [one for one in found if one.topic and not one.candidate.service][:_SHOWN]
    return [one for one in found if one.picked or one in likely]


def _print(page: Console, one: Numbered, names: Mapping[str, str]) -> None:
    from rich.markup import escape

    candidate = one.candidate
    members = dict.fromkeys(item.member for item in (candidate.item, *candidate.also))
    told = ", ".join(names.get(member, member) for member in members)
    mark = "[green]✓[/green]" if one.picked else " "
    page.print(f"{mark}{one.number:>4}  {escape(candidate.item.title)}  [dim]{escape(told)}[/dim]")
    reasons = (*candidate.reasons, *(["har bild"] if candidate.item.image else []))
    page.print(f"       [dim]{escape(' · '.join(reasons))}[/dim]")


def _say_left_out(page: Console, picking: Picking, names: Mapping[str, str]) -> None:
    """Members that no issue had news from: each with its best number, the others by what they lack."""
    from rich.markup import escape

    if not picking.left_out:
        return
    numbers = {one.candidate.item.url: one.number for one in picking.candidates}
    page.print("\n[bold]Ännu aldrig med i ett nummer[/bold]")
    for out in picking.left_out:
        if out.best:
            number, told = numbers[out.best.item.url], names.get(out.member, out.member)
            page.print(f" {number:>4}  {escape(out.best.item.title)}  [dim]{escape(told)}[/dim]")
    for told_any, said in ((True, "bara annat än föreningens ämnen"), (False, "inga nyheter hämtade")):
        rest = [out for out in picking.left_out if not out.best and bool(out.told) == told_any]
        if rest:
            called = ", ".join(names.get(out.member, out.member) for out in rest)
            page.print(f"       [dim]{said}: {escape(called)}[/dim]")


def _say_next(picking: Picking, hidden: int) -> None:
    if not picking.candidates:
        click.echo("Inga nyheter är hämtade. Kör `newsletter gather` först.", err=True)
        return
    if hidden:
        click.echo(
            f"\n{hidden} till visas inte (servicemeddelanden och sådant utan ämne); se dem med --all.",
            err=True,
        )
    example = f"newsletter pick {picking.issue} --take 1,2"
    click.echo(f"\nTa med några: `{example}`. Skriv om dem i {picking.path}.", err=True)


def _json(picking: Picking) -> dict[str, object]:
    return {
        "schema": 1,
        "issue": picking.issue,
        "path": picking.path,
        "taken": list(picking.taken),
        "dropped": [pick.id for pick in picking.dropped],
        "notes": list(picking.notes),
        "picks": [_pick_json(pick) for pick in picking.picks],
        "candidates": [_candidate_json(one) for one in picking.candidates],
        "left_out": [_left_out_json(out) for out in picking.left_out],
    }


def _left_out_json(out: LeftOut) -> dict[str, object]:
    return {
        "member": out.member,
        "issues": out.issues,
        "told": out.told,
        "best": out.best.item.url if out.best else None,
    }


def _pick_json(pick: Pick) -> dict[str, object]:
    picture = pick.picture
    shown = {"path": picture.path, "alt": picture.alt, "source": picture.source} if picture else None
    return {
        "id": pick.id,
        "member": pick.member,
        "title": pick.title,
        "url": pick.url,
        "topic": pick.topic,
        "picture": shown,
    }


def _candidate_json(one: Numbered) -> dict[str, object]:
    item = one.candidate.item
    return {
        "number": one.number,
        "picked": one.picked,
        "member": item.member,
        "title": item.title,
        "url": item.url,
        "date": item.published.isoformat() if item.published else None,
        "provenance": item.provenance.value,
        "uncertain": item.uncertain,
        "topics": list(one.candidate.topics),
        "score": one.candidate.score,
        "reasons": list(one.candidate.reasons),
        "picture": {"url": item.image, "alt": item.image_alt} if item.image else None,
        "also": [{"member": other.member, "url": other.url} for other in one.candidate.also],
    }
