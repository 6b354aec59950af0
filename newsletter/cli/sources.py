"""``newsletter sources``: list, discover, test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from newsletter.model.news import NewsItem, Source, SourceState
    from newsletter.model.sources import FoundSource, PassedOver
    from newsletter.pipeline.discovering import Discovery
    from newsletter.pipeline.sources import Listed, Tried, Written
    from newsletter.wiring import Application

_PASSED_SHOWN = 8


@click.group()
def command() -> None:
    """Medlemmarnas nyhetskällor: hitta dem, prova dem och se vilka som finns.

    \b
    Exempel:
      newsletter sources list
      newsletter sources discover https://www.sater.se/
      newsletter sources test sater
    """


# --- list ---------------------------------------------------------------------------------------------


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def list_(workspace: Path | None, as_json: bool) -> None:
    """Visa källorna i subscribers/sources.toml, hur det gick senast, och vilka medlemmar som saknar källa.

    \b
    Exempel:
      newsletter sources list
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        listed = app.sources()
    if as_json:
        _show_json(_listed_json(listed))
        return
    for source, state in listed.sources:
        click.echo(f"{source.member:<18} {source.kind.value:<8} {_standing(source, state):<34} {source.url}")
    if listed.without:
        names = ", ".join(member.name for member in listed.without)
        click.echo(f"\nUtan källa: {names}.", err=True)
        click.echo("Hitta en med `newsletter sources discover ADRESS --write MEDLEM`.", err=True)


def _standing(source: Source, state: SourceState | None) -> str:
    if state is not None and state.failure:
        return f"fel {_day_of(state)}"
    if state is not None:
        return f"{state.items} nyheter {_day_of(state)}"
    return "aldrig hämtad" if source.verified else "aldrig hämtad, inte prövad"


def _day_of(state: SourceState) -> str:
    return state.fetched_at.date().isoformat() if state.fetched_at else ""


def _listed_json(listed: Listed) -> dict[str, Any]:
    return {
        "schema": 1,
        "sources": [
            {
                **_source_json(source),
                "fetched_at": state.fetched_at.isoformat() if state and state.fetched_at else None,
                "items": state.items if state else 0,
                "failure": state.failure if state else "",
            }
            for source, state in listed.sources
        ],
        "without": [member.id for member in listed.without],
    }


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "member": source.member,
        "url": source.url,
        "kind": source.kind.value,
        "verified": source.verified,
        "page": source.page,
    }


# --- discover -----------------------------------------------------------------------------------------


@command.command()
@click.argument("url", metavar="ADRESS")
@click.option("--write", "member", metavar="MEDLEM", default="", help="Skriv in den bästa för medlemmen.")
@click.option(
    "--take", type=click.IntRange(1), metavar="N", help="Skriv in nummer N i stället för det första."
)
@click.option("--replace", "replaces", metavar="ADRESS", default="", help="Källan som den nya ersätter.")
@click.option("--add", is_flag=True, help="Lägg till den nya och låt medlemmens andra källor stå.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def discover(
    workspace: Path | None,
    url: str,
    member: str,
    take: int | None,
    replaces: str,
    add: bool,
    as_json: bool,
) -> None:
    """Leta efter nyheter på ADRESS och på de nyhetssidor som den länkar till.

    Flöden, WordPress inlägg och sidor med nyheter visas, den säkraste först, med de fem nyaste nyheterna och
    varför. Högst 14 frågor ställs. Inget skrivs utan --write; då byts medlemmens källa i
    subscribers/sources.toml, och allt annat i filen står kvar tecken för tecken.

    \b
    Exempel:
      newsletter sources discover https://www.sater.se/
      newsletter sources discover https://www.sater.se/ --write sater
      newsletter sources discover https://www.sater.se/ --write sater --take 2 --add
    """
    from newsletter import wiring

    if not member and (take or replaces or add):
        raise click.UsageError("--take, --replace och --add hör ihop med --write MEDLEM.")
    with wiring.application(workspace) as app:
        replaced = app.plan_source(member, replaces=replaces, add=add) if member else ""
        discovery = app.discover(url, on_ask=lambda asked: click.echo(f"frågar {asked}", err=True))
        if not as_json:
            _show(discovery)
        written = _written(app, member, discovery, take, replaced) if member else None
    if as_json:
        _show_json(_discovery_json(discovery, written))
    elif written:
        _say_written(written)
    if not discovery.found:
        raise _nothing(discovery)
    if not member:
        click.echo(
            f'\nSkriv in den första med:\n  newsletter sources discover "{url}" --write MEDLEM', err=True
        )


def _written(
    app: Application, member: str, discovery: Discovery, take: int | None, replaces: str
) -> Written | None:
    from newsletter.errors import UsageError

    if not discovery.found:
        return None
    if take is not None and take > len(discovery.found):
        do = "Kör utan --write och se numren."
        raise UsageError(f"Nummer {take} finns inte: {len(discovery.found)} källor hittades.", do=do)
    if take is None and not discovery.good:
        raise UsageError(
            "Ingen av källorna är säker nog att skrivas in av sig själv.",
            why="Se på nyheterna ovan först.",
            do="Lägg till --take 1 om de är rätt.",
        )
    return app.write_source(member, discovery.found[(take or 1) - 1], replaces=replaces)


def _say_written(written: Written) -> None:
    source = written.source
    done = "Bytte" if written.replaced else "Lade till"
    was = f" (förut {written.replaced})" if written.replaced not in ("", source.url) else ""
    click.echo(f"\n{done} källan för {source.member} i {written.path}: {source.url}{was}", err=True)


def _nothing(discovery: Discovery) -> Exception:
    from newsletter.errors import ParseFailed

    return ParseFailed(
        f"Inga nyheter hittades från {discovery.url}.",
        why=f"{len(discovery.asked)} sidor och flöden frågades.",
        do="Öppna webbplatsen, leta upp sidan med nyheter och prova dess adress.",
    )


def _show(discovery: Discovery) -> None:
    for number, found in enumerate(discovery.found, start=1):
        click.echo("\n".join(_found_lines(found, f"{number}. ")))
        click.echo()
    if discovery.passed:
        click.echo("Togs inte för nyheter:", err=True)
    for passed in discovery.passed[:_PASSED_SHOWN]:
        click.echo(f"  {passed.url}\n    {passed.why}", err=True)


def _found_lines(found: FoundSource, mark: str) -> Iterator[str]:
    yield f"{mark}{found.sureness.value} ({found.score} av 100)  {found.kind.value}  {found.url}"
    yield f"   varför: {'; '.join(found.reasons)}"
    if found.page != found.url:
        yield f"   hittad på: {found.page}"
    yield from (f"     {_day(item)}  {item.title}" for item in found.items)


def _day(item: NewsItem) -> str:
    day = item.published.isoformat() if item.published else "odaterad"
    return f"{day}{'?' if item.uncertain else ' '}".ljust(11)


def _discovery_json(discovery: Discovery, written: Written | None) -> dict[str, Any]:
    return {
        "schema": 1,
        "url": discovery.url,
        "asked": list(discovery.asked),
        "found": [_found_json(found) for found in discovery.found],
        "passed": [{"url": passed.url, "why": passed.why} for passed in discovery.passed],
        "written": {**_source_json(written.source), "replaced": written.replaced} if written else None,
    }


def _found_json(found: FoundSource) -> dict[str, Any]:
    return {
        "url": found.url,
        "kind": found.kind.value,
        "page": found.page,
        "score": found.score,
        "sureness": found.sureness.name.lower(),
        "reasons": list(found.reasons),
        "listed": found.listed,
        "items": [
            {
                "title": item.title,
                "url": item.url,
                "date": item.published.isoformat() if item.published else None,
                "uncertain": item.uncertain,
            }
            for item in found.items
        ],
    }


# --- test ---------------------------------------------------------------------------------------------


@command.command()
@click.argument("member", metavar="MEDLEM")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def test(workspace: Path | None, member: str, as_json: bool) -> None:
    """Fråga medlemmens källor en gång och visa vad de ger. Inget sparas.

    \b
    Exempel:
      newsletter sources test sater
    """
    from newsletter import wiring
    from newsletter.errors import FetchFailed

    with wiring.application(workspace) as app:
        tried = app.try_sources(member)
    if as_json:
        _show_json({"schema": 1, "member": member, "sources": [_tried_json(one) for one in tried]})
    else:
        click.echo("\n\n".join("\n".join(_tried_lines(one)) for one in tried))
    failed = [one for one in tried if not _works(one.outcome)]
    if len(failed) == len(tried):
        page = failed[0].source.page or failed[0].source.url
        do = f"Leta igen med `newsletter sources discover {page} --write {member}`."
        raise FetchFailed("Ingen av medlemmens källor gav nyheter.", do=do)


def _works(outcome: FoundSource | PassedOver) -> bool:
    from newsletter.model.sources import FoundSource

    return isinstance(outcome, FoundSource)


def _tried_lines(one: Tried) -> Iterator[str]:
    from newsletter.model.sources import FoundSource

    if isinstance(one.outcome, FoundSource):
        yield from _found_lines(one.outcome, "")
    else:
        yield f"fungerar inte  {one.source.kind.value}  {one.source.url}"
        yield f"   varför: {one.outcome.why}"


def _tried_json(one: Tried) -> dict[str, Any]:
    from newsletter.model.sources import FoundSource

    found = one.outcome if isinstance(one.outcome, FoundSource) else None
    return {
        **_source_json(one.source),
        "found": _found_json(found) if found else None,
        "why": "" if isinstance(one.outcome, FoundSource) else one.outcome.why,
    }


def _show_json(shown: dict[str, Any]) -> None:
    import json

    click.echo(json.dumps(shown, ensure_ascii=False))
