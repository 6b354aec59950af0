"""A letter to a member's registrar that asks for the list anew: posts and counts, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from newsletter.model.coverage import MemberCoverage, Reach
from newsletter.model.mandates import Calendar
from newsletter.model.people import Member
from newsletter.model.settings import Association

_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni", "juli"),
    *("augusti", "september", "oktober", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class RegistrarLetter:
    """A letter ready to be looked at and sent."""

    member: str
    to: str  # empty: not known
    is_guess: bool  # the address was made from the member's website, and must be looked up
    subject: str
    text: str


def to_ask_about(one: MemberCoverage) -> tuple[Reach, ...]:
    """The posts that the member must be asked about: where mandates have ended, or are unconfirmed."""
    return tuple(reach for reach in one.reach if reach.ended or reach.unconfirmed)


def registrar_letter(
    one: MemberCoverage, member: Member, association: Association, calendar: Calendar
) -> RegistrarLetter:
    """The letter to one member's registrar."""
    to, is_guess = registrar_address(member)
    subject = f"Aktuella förtroendevalda och kontaktpersoner: {member.name}"
    return RegistrarLetter(member.id, to, is_guess, subject, _text(one, member, association, calendar))


def registrar_address(member: Member) -> tuple[str, bool]:
    """The address, and whether it is only a guess: kommun@ at the member's own domain, as most have it."""
    if member.registrar:
        return member.registrar, False
    host = (urlsplit(member.website).hostname or "").removeprefix("www.")
    guess = f"kommun@{host}" if host and member.kind == "kommun" else ""
    return guess, bool(guess)


def mail(letter: RegistrarLetter, association: Association) -> bytes:
    """The letter as a file that a mail program opens as a draft (RFC 5322; X-Unsent)."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["From"] = association.contact
    if letter.to:
        message["To"] = letter.to
    message["Subject"] = letter.subject
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    return bytes(message)


def _text(one: MemberCoverage, member: Member, association: Association, calendar: Calendar) -> str:
    rows = "\n".join(f"- {_row(reach)}" for reach in to_ask_about(one))
    return f"""Hej!

{association.name} skickar nyhetsbrev och inbjudningar till medlemmarnas förtroendevalda och tjänstepersoner.
Vi behöver veta vilka som har uppdragen hos er nu. Så här ser våra listor ut den {written(calendar.on)}:

{rows}

Kan ni skicka en aktuell lista, som CSV eller Excel? En rad för varje uppdrag, med kolumnerna

    Namn; E-post; Medlem; Roll; Från; Till

Medlem är {member.name}.
Roll är till exempel ledamot i fullmäktige, ledamot i styrelsen, ordförande eller chef.
Från och Till är uppdragets första och sista dag, om ni har dem.

Skriv inte parti, personnummer eller annat som inte står här: det behöver vi inte, och tar inte emot det.
Den som inte vill ha våra brev skriver vi inte till, också om personen står i er lista.

Svara till {association.contact}.

Med vänlig hälsning
{association.name}
{association.postal_address}
"""


def _row(reach: Reach) -> str:
    parts = [f"{reach.ended} uppdrag har upphört"] * bool(reach.ended)
    parts += [f"{reach.unconfirmed} är inte bekräftade sedan mandatperioden började"] * bool(
        reach.unconfirmed
    )
    return f"{reach.post.swedish}: {' och '.join(parts)}"


def written(day: date) -> str:
    """The day in Swedish words."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
