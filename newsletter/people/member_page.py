"""One page about how the newsletter reaches a member, to be sent to that member: printable, nobody named."""

from __future__ import annotations

from html import escape

from newsletter.model.coverage import MemberCoverage, Reach
from newsletter.model.mandates import Calendar
from newsletter.model.people import Group, Member
from newsletter.model.settings import Association
from newsletter.people.registrar import written

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #16232e; --muted: #4f5e69; --line: #cfd6db;
  --head: #123f5c; --sand: #f5f1e9; --accent: #8c2b20; }
@media (prefers-color-scheme: dark) { :root { --paper: #10181f; --ink: #e9eef2; --muted: #a9b7c1;
  --line: #33424e; --head: #b5d5ea; --sand: #1d262d; --accent: #f0998c; } }
* { box-sizing: border-box; }
html { font: 400 1.0625rem/1.5 "Segoe UI", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: break-word; }
main { max-width: 44rem; margin: 0 auto; padding: 1.6rem 1.1rem 2.5rem; }
header { border-bottom: 4px solid var(--accent); padding-bottom: .6rem; }
h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.2rem); line-height: 1.15; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; color: var(--head); margin: 1.8rem 0 .5rem; }
p { margin: 0 0 .7rem; }
.facts, .note { color: var(--muted); font-size: .94rem; }
.lead { background: var(--sand); border-left: 6px solid var(--accent); padding: .8rem 1rem;
  margin: 1.2rem 0 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); font-size: .94rem; padding-bottom: .4rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .5rem .35rem 0; text-align: left;
  vertical-align: top; }
thead th { border-bottom: 2px solid var(--ink); font-size: .9rem; }
th[scope=row] { font-weight: 600; }
.number { text-align: right; width: 6.4rem; }
table + .note { margin-top: .8rem; }
li { margin-bottom: .35rem; }
@media (max-width: 30rem) { th, td { padding-right: .35rem; font-size: .94rem; }
  thead th { font-size: .82rem; } .number { width: auto; } }
@media print { :root { --paper: #fff; --ink: #000; --muted: #333; --sand: #fff; }
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; } tr { break-inside: avoid; } @page { size: A4; margin: 18mm; } }
"""
_GROUPS = ((Group.POLITICIANS, "Förtroendevalda"), (Group.OFFICIALS, "Tjänstepersoner"))


def member_page(one: MemberCoverage, member: Member, association: Association, calendar: Calendar) -> str:
    """The page, as HTML that needs nothing from anywhere."""
    title = f"Nyhetsbrevet hos {member.name}"
    tables = "".join(_table(one, group, name) for group, name in _GROUPS)
    return f"""<!doctype html>
<html lang="sv"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} – {escape(association.name)}</title><style>{_STYLE}</style></head>
<body><main>
<header><h1>{escape(title)}</h1>
<p class="facts">{escape(association.name)}, den {written(calendar.on)}</p></header>
<p class="lead">{_lead(one, member)}</p>
{tables}
<p class="note">Platser är hur många som har uppdraget, när det är känt med källa; annars står <em>okänt</em>.
Ordförande, vice ordförande och oppositionsråd räknas ihop, som politisk ledning.
Vi sparar aldrig partitillhörighet.</p>
<h2>Det här kan ni hjälpa oss med</h2>
<ul>{"".join(f"<li>{wish}</li>" for wish in _wishes(one))}</ul>
<p>Skicka listan, som CSV eller Excel, till {escape(association.contact)}: en rad för varje uppdrag, med
namn, e-post, roll och uppdragets första och sista dag. Skriv varken parti eller personnummer.</p>
<p class="note">Sidan visar antal och inga namn. Den som inte vill ha våra brev slipper dem, också om personen
står i er lista, och räknas då inte som mottagare.</p>
</main></body></html>
"""


def _lead(one: MemberCoverage, member: Member) -> str:
    if not one.people:
        return f"Vi har ännu inga mottagare hos {escape(member.name)}."
    people = "En person" if one.people == 1 else f"{_number(one.people)} personer"
    unconfirmed = sum(reach.unconfirmed for reach in one.reach)
    doubt = (
        " Alla uppdrag är bekräftade."
        if not unconfirmed
        else (f" {_number(unconfirmed)} uppdrag är inte bekräftade sedan mandatperioden började.")
    )
    return f"{people} hos {escape(member.name)} står på våra listor.{doubt}"


def _table(one: MemberCoverage, group: Group, name: str) -> str:
    """Officials have no periods of office, so that nothing of theirs can be unconfirmed."""
    periods = group is Group.POLITICIANS
    rows = "".join(_row(reach, periods) for reach in one.reach if reach.post.group is group)
    headings = ["Mottagare", "Platser", *["Obe&shy;kräftade"] * periods]
    columns = "".join(f'<th scope="col" class="number">{heading}</th>' for heading in headings)
    return f"""<h2>{name}</h2>
<table><caption>Mottagare och kända platser</caption>
<thead><tr><th scope="col">Uppdrag</th>{columns}</tr></thead>
<tbody>{rows}</tbody></table>
"""


def _row(reach: Reach, periods: bool) -> str:
    seats = "okänt" if reach.seats is None else _number(reach.seats)
    cells = (_number(reach.recipients), seats, *[_number(reach.unconfirmed)] * periods)
    numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    name = escape(reach.post.swedish).replace("tjänstepersons", "tjänstepersons&shy;")
    return f'<tr><th scope="row">{name[0].upper() + name[1:]}</th>{numbers}</tr>'


def _wishes(one: MemberCoverage) -> list[str]:
    """What the member can do, the most useful first."""
    wishes = []
    if any(reach.unconfirmed or reach.ended for reach in one.reach):
        wishes.append("Skicka en ny lista: mandatperioder har börjat eller slutat sedan den förra.")
    missing = [reach for reach in one.reach if reach.missing]
    wishes += [f"{_number(reach.missing or 0)} saknas: {escape(reach.post.swedish)}." for reach in missing]
    empty = [reach.post.swedish for reach in one.reach if not reach.recipients and not reach.missing]
    if empty:
        wishes.append(f"Vi har ingen mottagare för: {escape(', '.join(empty))}.")
    if one.role_addresses:
        wishes.append(f"Ersätt gemensamma adresser med personliga: {escape(', '.join(one.role_addresses))}.")
    if one.bounced:
        wishes.append(f"{_number(len(one.bounced))} adresser tar inte emot post. Kontrollera dem i er lista.")
    return wishes or ["Just nu ingenting: listan är aktuell."]


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")
