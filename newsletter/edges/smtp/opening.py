"""From nothing to a connection that can carry letters: TCP, TLS, EHLO, AUTH.

Implicit TLS is RFC 8314, STARTTLS RFC 3207; after STARTTLS everything said before counts for nothing, and
EHLO is said anew.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from functools import cache

from newsletter.edges.smtp import failures
from newsletter.edges.smtp.envelope import Offers, offers
from newsletter.edges.smtp.login import log_in
from newsletter.edges.smtp.wire import Cut, Reply, Wire
from newsletter.model.settings import SmtpSettings

_FAREWELL_SECONDS = 2.0


class Connection:
    """A connection that is logged in. One thread at a time."""

    def __init__(self, wire: Wire, offered: Offers) -> None:
        self.wire = wire
        self.offers = offered
        self.carried = 0  # letters that came to an outcome over it
        self.stopped_short = False  # the last letter was refused before its end: RSET before the next

    def quit(self) -> None:
        """Take leave (RFC 5321, 4.1.1.10), and close; whether the server answers does not matter."""
        with suppress(Cut):
            self.wire.write(b"QUIT\r\n")
            self.wire.reply(_FAREWELL_SECONDS)
        self.wire.close()


def opened(settings: SmtpSettings, tls: ssl.SSLContext | None = None) -> Connection:
    """A new connection, over the system's own trust where no other is given. Raises TransportFailed."""
    if not settings.host:
        raise failures.not_set_up()
    if settings.security == "none" and not failures.is_loopback(settings.host):
        raise failures.in_the_clear(settings)
    wire = _connected(settings)
    try:
        return _ready(wire, settings, tls)
    except Cut as cut:
        wire.close()
        raise failures.broken(settings, cut) from cut
    except BaseException:
        wire.close()
        raise


@cache  # reading the system's certificates takes a while
def trusting() -> ssl.SSLContext:
    """TLS by the system's own trust, 1.2 or newer, the host's name checked."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _connected(settings: SmtpSettings) -> Wire:
    try:
        made = socket.create_connection((settings.host, settings.port), settings.timeout_seconds)
    except TimeoutError as error:
        why = f"Den svarade inte inom {settings.timeout_seconds:g} sekunder."
        raise failures.unreachable(settings, why) from error
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that is none
        why = str(getattr(error, "strerror", "") or error)
        raise failures.unreachable(settings, f"{why}.") from error
    return Wire(made, settings.timeout_seconds)


def _ready(wire: Wire, settings: SmtpSettings, tls: ssl.SSLContext | None) -> Connection:
    if settings.security == "tls":
        wire.encrypt(tls or trusting(), settings.host)
    _welcome(settings, wire.reply())
    offered = _introduced(wire, settings)
    if settings.security == "starttls":
        if not offered.starttls:
            raise failures.no_starttls(settings)
        wire.write(b"STARTTLS\r\n")
        _welcome(settings, wire.reply())
        wire.encrypt(tls or trusting(), settings.host)
        offered = _introduced(wire, settings)
    log_in(wire, offered, settings)
    return Connection(wire, offered)


def _introduced(wire: Wire, settings: SmtpSettings) -> Offers:
    wire.write(f"EHLO {wire.own_address}\r\n".encode("ascii"))
    return offers(_welcome(settings, wire.reply()).lines)


def _welcome(settings: SmtpSettings, reply: Reply) -> Reply:
    if reply.kind != 2:
        raise failures.turned_away(settings, reply)
    return reply
