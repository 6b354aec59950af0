"""Proving who sends: AUTH (RFC 4954) with PLAIN (RFC 4616), LOGIN, or XOAUTH2.

LOGIN is draft-murchison-sasl-login. XOAUTH2 is described by Google ("OAuth 2.0 Mechanism", Gmail's pages) and
Microsoft ("Authenticate an IMAP, POP or SMTP connection using OAuth"): a refusal comes as a challenge with
JSON in it, which is answered with an empty line before the refusal proper is said.

What is secret stands in no error: the wire is told what to hide, since servers repeat commands that they do
not understand.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from newsletter.edges.smtp import failures
from newsletter.edges.smtp.envelope import Offers
from newsletter.edges.smtp.wire import Reply, Wire
from newsletter.model.settings import SmtpSettings


def log_in(wire: Wire, offered: Offers, settings: SmtpSettings) -> None:
    """Log in as the settings say. Raises TransportFailed where that is refused, and Cut."""
    if settings.auth == "none":
        return
    mechanism = _mechanism(offered, settings)
    reply = _Attempt(wire, replace(settings, secret=_secret(settings))).made(mechanism)
    if reply.kind != 2:
        raise failures.login_refused(settings, reply)


def _mechanism(offered: Offers, settings: SmtpSettings) -> str:
    wanted = ("XOAUTH2",) if settings.auth == "xoauth2" else ("PLAIN", "LOGIN")
    for mechanism in wanted:
        if mechanism in offered.mechanisms:
            return mechanism
    raise failures.no_mechanism(settings, offered.mechanisms)


def _secret(settings: SmtpSettings) -> str:
    """The password or token; one that lies in a file is read anew, since a token does not live long."""
    if not settings.secret_file:
        read, place = settings.secret, failures.VARIABLE
    else:
        read, place = _read(settings).strip(), settings.secret_file
    if not read.strip():
        raise failures.no_secret(settings, f"{place} är tom eller saknas.")
    return read


def _read(settings: SmtpSettings) -> str:
    try:
        return Path(settings.secret_file).read_text("utf-8")
    except (OSError, UnicodeError) as error:
        why = str(getattr(error, "strerror", "") or type(error).__name__)
        raise failures.no_secret(settings, f"{settings.secret_file}: {why}.") from error


class _Attempt:
    """One login over one connection."""

    def __init__(self, wire: Wire, settings: SmtpSettings) -> None:
        self._wire = wire
        self._user, self._secret = settings.username, settings.secret
        self._plain = _encoded(f"\0{self._user}\0{self._secret}")
        self._bearer = _encoded(f"user={self._user}\x01auth=Bearer {self._secret}\x01\x01")
        wire.hidden = (self._plain, self._bearer, _encoded(self._secret), self._secret)

    def made(self, mechanism: str) -> Reply:
        match mechanism:
            case "PLAIN":
                return self._said(f"AUTH PLAIN {self._plain}")
            case "LOGIN":
                return self._asked("AUTH LOGIN", _encoded(self._user), _encoded(self._secret))
            case _:
                return self._asked(f"AUTH XOAUTH2 {self._bearer}", "")

    def _asked(self, command: str, *answers: str) -> Reply:
        reply = self._said(command)
        for answer in answers:
            if reply.kind != 3:
                break
            reply = self._said(answer)
        return reply

    def _said(self, line: str) -> Reply:
        self._wire.write(f"{line}\r\n".encode("ascii"))
        return self._wire.reply()


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")
