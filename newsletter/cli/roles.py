"""``newsletter people mandates``, ``audit`` and ``explain``: who holds what, whom lists reach, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import showing

if TYPE_CHECKING:
    from newsletter.model.coverage import MemberCoverage, Reach
    from newsletter.people import Reason, RegistrarLetter
    from newsletter.pipeline.coverage import Audit
    from newsletter.pipeline.explain import Explanation

_STATES = {"giltigt": "giltigt", "slut": "slut", "obekraftat": "obekräftat", "nyvald": "nyvald"}
_WHY = {
    "left": "har lämnat listan",
    "complained": "har anmält skräppost",
    "bounced": "adressen finns inte",
    "erased": "har bett att få bli glömd",
    "ended": "alla uppdrag har upphört",
}


@click.command("mandates")
@click.option(
    "--letters", metavar="MAPP", type=click.Path(file_okay=False, path_type=Path), help="Skriv breven dit."
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def mandates(workspace: Path | None, letters: Path | None, as_json: bool) -> None:
    """Visa per medlem vilka uppdrag som har upphört, eller inte är bekräftade sedan valet.

    Fullmäktige räknas om den 15 oktober valåret och styrelser den 1 januari därefter. Ett uppdrag är
    bekräftat när en lista som togs in senare säger det. Med --letters skrivs ett brev till varje medlems
    registrator, med antal och inga namn: MEDLEM.txt att läsa och MEDLEM.eml att öppna som utkast.

    \b
    Exempel:
      newsletter people mandates
      newsletter people mandates --letters brev/
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        found = app.audit()
        written = app.registrar_letters(found, letters)
    if as_json:
        showing.json(_mandates_json(found, written))
        return
    _show_mandates(found, written)
    if letters is not None:
        click.echo(f"{len(written)} brev ligger i {letters}.", err=True)
    elif written:
        click.echo("Skriv breven till registratorerna med --letters MAPP.", err=True)


@click.command("audit")
@click.option("--member", metavar="MEDLEM", default="", help="Bara en medlem, efter kortnamn.")
@click.option("--page", metavar="MEDLEM", default="", help="Skriv en sida (HTML) att skicka till medlemmen.")
@click.option(
    "--out", metavar="FIL", type=click.Path(dir_okay=False, path_type=Path), help="Var sidan läggs."
)
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def audit(workspace: Path | None, member: str, page: str, out: Path | None, as_json: bool) -> None:
    """Visa vilka listorna når hos varje medlem, vilka som saknas och vad som ser fel ut.

    Platser hämtas ur subscribers/mandates.csv; där inget står är de okända. Ordförande, vice ordförande och
    oppositionsråd räknas ihop. Personer rangordnas aldrig.

    \b
    Exempel:
      newsletter people audit
      newsletter people audit --member hofors
      newsletter people audit --page hofors --out hofors.html
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        found = app.audit(page or member)
        html = app.member_page(found, page) if page else ""
    if page:
        _write_page(html, out or Path(f"{page}.html"))
    elif as_json:
        showing.json(_audit_json(found))
    elif member:
        _show_member(found.coverage[0])
    else:
        _show_audit(found)


@click.command("explain")
@click.argument("address", metavar="ADRESS")
@click.argument("issue", metavar="[NUMMER]", default="")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.pass_obj
def explain(workspace: Path | None, address: str, issue: str, as_json: bool) -> None:
    """Säg varför en person får ett nummer, eller inte: varje villkor, sant eller falskt.

    \b
    Exempel:
      newsletter people explain anna@example.org
      newsletter people explain anna@example.org 2026-2
    """
    from newsletter import wiring

    with wiring.application(workspace) as app:
        told = app.explain(address, issue)
    showing.json(explanation_json(told)) if as_json else show_explanation(told)


COMMANDS = (mandates, audit, explain)


def _write_page(html: str, out: Path) -> None:
    out.write_text(html, encoding="utf-8")
    click.echo(f"Sidan ligger i {out}. Läs den innan den skickas.", err=True)


def _show_mandates(found: Audit, written: Sequence[RegistrarLetter]) -> None:
    to = {letter.member: letter for letter in written}
    rows = [
        (
            found.members[one.member].name,
            _post(reach),
            _n(reach.ended),
            _n(reach.unconfirmed),
            _to(to[one.member]),
        )
        for one in found.coverage
        for reach in one.reach
        if one.member in to and (reach.ended or reach.unconfirmed)
    ]
    if rows:
        showing.table(("Medlem", "Uppdrag", "Slut", "Obekräftade", "Registrator"), rows)
    else:
        click.echo("Inga uppdrag har upphört, och alla är bekräftade.")
    if any(letter.is_guess for letter in written):
        click.echo("? = gissad adress. Slå upp den, och skriv den i members.csv (registrar).", err=True)


def _to(letter: RegistrarLetter) -> str:
    return f"{letter.to}{' ?' if letter.is_guess else ''}" if letter.to else "saknas"


def _show_audit(found: Audit) -> None:
    rows = []
    for one in found.coverage:
        missing = [reach.missing for reach in one.reach if reach.missing is not None]
        empty = [_post(reach) for reach in one.reach if not reach.recipients]
        wrong = (len(one.doubts), len(one.role_addresses), len(one.bounced), one.stale)
        lacking = _n(sum(missing)) if missing else "okänt"
        name = found.members[one.member].name
        rows.append((name, _n(one.people), lacking, *map(_n, wrong), ", ".join(empty) or "–"))
    headings = (
        "Medlem",
        "Personer",
        "Saknas",
        "Dubbletter",
        "Rolladresser",
        "Studsade",
        "Gamla",
        "Ingen alls",
    )
    showing.table(headings, rows)
    click.echo("En medlem i taget: --member MEDLEM. En sida att skicka: --page MEDLEM.", err=True)


def _show_member(one: MemberCoverage) -> None:
    rows = [
        (
            _post(reach),
            _n(reach.recipients),
            _known(reach.seats),
            _known(reach.missing),
            _n(reach.unconfirmed),
        )
        for reach in one.reach
    ]
    showing.table(("Uppdrag", "Mottagare", "Platser", "Saknas", "Obekräftade"), rows)
    words = {"name": "Samma namn, två adresser", "mailbox": "Samma brevlåda, trots punkter och plus"}
    remarks = [(words[each.why], ", ".join(each.names), ", ".join(each.addresses)) for each in one.doubts]
    remarks += [("Rolladress", "", address) for address in one.role_addresses]
    remarks += [("Studsar", "", address) for address in one.bounced]
    if remarks:
        showing.table(("Att se över", "Namn", "Adress"), remarks)
    if one.stale:
        click.echo(f"{_n(one.stale)} personer har ingen lista nämnt på länge.")


def show_explanation(told: Explanation) -> None:
    """Show why on stdout, the answer first."""
    click.echo(_verdict(told))
    rows = [
        (held.role.swedish, held.member or "–", held.list, ", ".join(_STATES[state] for state in states))
        for held, states in told.standings
    ]
    showing.table(("Uppdrag", "Medlem", "Lista", "Mandat"), rows)
    for one in told.placings:
        if not told.issue or one.is_audience:
            click.echo(f"{_mark(one.reason)} {one.segment} ({one.name})")
            _show_reason(one.reason, 1)


def _verdict(told: Explanation) -> str:
    name = told.recipient.name or told.recipient.address
    why = f": {_WHY[told.excluded.value]}" if told.excluded else ""
    if not told.issue:
        return f"{name} får inga brev{why}." if told.excluded else f"{name} kan få brev."
    if told.gets_it:
        return f"{name} får {told.issue}, utgåva {told.edition}."
    if told.is_candidate:
        return f"{name} får inte {told.issue}{why}."
    return (
        f"{name} får inte {told.issue}: hör inte till något av dess segment{' och' + why[1:] if why else ''}."
    )


def _show_reason(reason: Reason, depth: int) -> None:
    answer = f"  (personen: {reason.answer})" if reason.answer else ""
    click.echo(f"{'  ' * depth}{_mark(reason)} {reason.says}{answer}")
    for part in reason.parts:
        _show_reason(part, depth + 1)


def _mark(reason: Reason) -> str:
    return "ja " if reason.holds else "nej"


def _post(reach: Reach) -> str:
    return reach.post.swedish


def _n(number: int) -> str:
    return showing.counted(number)


def _known(number: int | None) -> str:
    return "okänt" if number is None else _n(number)


def _mandates_json(found: Audit, written: Sequence[RegistrarLetter]) -> dict[str, Any]:
    reach = {one.member: one.reach for one in found.coverage}
    return {
        "schema": 1,
        "on": found.calendar.on.isoformat(),
        "council_turn": found.calendar.council_turn.isoformat(),
        "board_turn": found.calendar.board_turn.isoformat(),
        "members": [
            {
                "member": letter.member,
                "registrar": letter.to,
                "registrar_is_a_guess": letter.is_guess,
                "posts": [
                    {"post": one.post.value, "ended": one.ended, "unconfirmed": one.unconfirmed}
                    for one in reach[letter.member]
                    if one.ended or one.unconfirmed
                ],
            }
            for letter in written
        ],
    }


def _audit_json(found: Audit) -> dict[str, Any]:
    return {
        "schema": 1,
        "on": found.calendar.on.isoformat(),
        "members": [_member_json(one) for one in found.coverage],
    }


def _member_json(one: MemberCoverage) -> dict[str, Any]:
    return {
        "member": one.member,
        "people": one.people,
        "posts": [
            {
                "post": reach.post.value,
                "recipients": reach.recipients,
                "seats": reach.seats,
                "missing": reach.missing,
                "ended": reach.ended,
                "unconfirmed": reach.unconfirmed,
                "suppressed": reach.suppressed,
            }
            for reach in one.reach
        ],
        "doubts": [
            {"why": each.why, "names": list(each.names), "addresses": list(each.addresses)}
            for each in one.doubts
        ],
        "role_addresses": list(one.role_addresses),
        "bounced": list(one.bounced),
        "stale": one.stale,
    }


def explanation_json(told: Explanation) -> dict[str, Any]:
    """The same as a value of JSON."""
    return {
        "schema": 1,
        "address": told.recipient.address,
        "issue": told.issue or None,
        "gets_it": told.gets_it if told.issue else None,
        "edition": told.edition or None,
        "excluded": told.excluded.value if told.excluded else None,
        "mandates": [
            {"role": held.role.value, "member": held.member, "list": held.list, "states": list(states)}
            for held, states in told.standings
        ],
        "segments": [
            {
                "id": one.segment,
                "is_audience": one.is_audience,
                "holds": one.reason.holds,
                "why": _reason_json(one.reason),
            }
            for one in told.placings
        ],
    }


def _reason_json(reason: Reason) -> dict[str, Any]:
    return {
        "says": reason.says,
        "holds": reason.holds,
        "answer": reason.answer,
        "parts": [_reason_json(part) for part in reason.parts],
    }
