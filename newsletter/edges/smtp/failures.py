"""A transport that cannot work at all, in the words of the person who reads it, and what to do about it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from newsletter.edges.smtp import judging
from newsletter.edges.smtp.wire import Cut, Reply
from newsletter.errors import TransportFailed
from newsletter.model.settings import SmtpSettings

VARIABLE = "NEWSLETTER_SMTP_PASSWORD"
_SETTINGS = "Kontrollera [smtp] i newsletter.toml med den som sköter e-posten."
_AGAIN = "Kör samma kommando igen om en stund: det fortsätter där det slutade."


def not_set_up() -> TransportFailed:
    """The settings name no server."""
    return TransportFailed(
        "Ingen e-postserver är inställd.",
        why="host saknas under [smtp] i newsletter.toml.",
        do="Fyll i [smtp] så som docs/smtp.md visar, eller välj en annan väg med --via.",
        retryable=False,
    )


def unreachable(settings: SmtpSettings, why: str) -> TransportFailed:
    """No connection came about."""
    return TransportFailed(
        f"E-postservern {settings.host}:{settings.port} går inte att nå.",
        why=why,
        do=f"Se efter att datorn har nät, och att adressen och porten stämmer. {_AGAIN}",
        retryable=True,
    )


def broken(settings: SmtpSettings, cut: Cut) -> TransportFailed:
    """The connection ended before it could carry a letter."""
    return TransportFailed(
        f"E-postservern {settings.host}:{settings.port} {cut}.",
        why="Inget av de brev som skulle lämnas över just nu har gått iväg.",
        do=_SETTINGS if cut.lasting else _AGAIN,
        retryable=not cut.lasting,
        retry_after=cut.retry_after,
    )


def turned_away(settings: SmtpSettings, reply: Reply) -> TransportFailed:
    """The server did not want to talk with us: its greeting, or its reply to EHLO or STARTTLS."""
    passing = reply.kind == 4
    return TransportFailed(
        f"E-postservern {settings.host}:{settings.port} släpper inte in oss.",
        why=f"Den svarade: {reply.words}",
        do=_AGAIN if passing else _SETTINGS,
        retryable=passing,
        retry_after=judging.wish(reply.words) if passing else None,
    )


def no_starttls(settings: SmtpSettings) -> TransportFailed:
    """The server offers no TLS, and nothing goes unencrypted."""
    return TransportFailed(
        f"E-postservern {settings.host}:{settings.port} erbjuder ingen kryptering (STARTTLS).",
        why="Brev och inloggning går inte okrypterade över nätet.",
        do='Prova port = 465 och security = "tls" under [smtp], eller fråga den som sköter servern.',
        retryable=False,
    )


def in_the_clear(settings: SmtpSettings) -> TransportFailed:
    """The settings ask for no encryption, to another machine."""
    return TransportFailed(
        f"Brev och inloggning skulle gå okrypterade till {settings.host}.",
        why='security = "none" är bara till för en server på den egna datorn.',
        do='Skriv security = "starttls" eller "tls" under [smtp] i newsletter.toml.',
        retryable=False,
    )


def no_mechanism(settings: SmtpSettings, offered: Iterable[str]) -> TransportFailed:
    """The server knows other ways to log in than the one that is set."""
    told = ", ".join(sorted(offered))[:200] or "ingen inloggning"
    return TransportFailed(
        f"{settings.host} tar inte emot det sätt att logga in som är inställt.",
        why=f'Inställt är auth = "{settings.auth}", och servern erbjuder {told}.',
        do="Ändra auth under [smtp] i newsletter.toml, eller fråga den som sköter servern.",
        retryable=False,
    )


def no_secret(settings: SmtpSettings, why: str) -> TransportFailed:
    """There is no password or token to log in with."""
    kind = "Åtkomstnyckeln" if settings.auth == "xoauth2" else "Lösenordet"
    return TransportFailed(
        f"{kind} för {settings.username} hos {settings.host} saknas.",
        why=why,
        do=f"Lägg det i miljön som {VARIABLE}, eller i en fil som {VARIABLE}_FILE pekar på.",
        retryable=False,
    )


def login_refused(settings: SmtpSettings, reply: Reply) -> TransportFailed:
    """AUTH was refused; a token in a file may be a fresh one the next time."""
    token = settings.auth == "xoauth2"
    do = (
        "Åtkomstnyckeln har gått ut eller gäller något annat: hämta en ny, med rätten SMTP.Send."
        if token
        else "Kontrollera username i newsletter.toml och lösenordet i miljön (NEWSLETTER_SMTP_PASSWORD)."
    )
    passing = reply.kind == 4
    return TransportFailed(
        f"{settings.host} godtar inte inloggningen som {settings.username}.",
        why=f"Den svarade: {reply.words}",
        do=_AGAIN if passing else do,
        retryable=passing or (token and bool(settings.secret_file)),
    )


def not_allowed(settings: SmtpSettings, reply: Reply) -> TransportFailed:
    """The server takes no letter at all from this account or this sender."""
    return TransportFailed(
        f"{settings.host} tar inte emot brev från oss.",
        why=f"Den svarade: {reply.words}",
        do="Felet gäller kontot eller avsändaren, inte mottagarna. Visa svaret för den som sköter e-posten: "
        f"kontot {settings.username or '(inget)'} måste få skicka från avsändarens adress och studsarnas. "
        "Går inga tillägg i adressen, skriv verp = false under [smtp].",
        retryable=False,
    )


def is_loopback(host: str) -> bool:
    """Whether the server is on this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
