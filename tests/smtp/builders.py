"""Settings, letters and the truth about them, for the tests of the SMTP edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsletter.model.settings import SmtpSettings
from newsletter.model.transport import Answer, Outcome, Outgoing, Parcel
from newsletter.testing import builders
from newsletter.testing.smtp import SmtpServer

BODY = "".join(f"Rad {number} i brevet om järnvägen.\r\n" for number in range(40)).encode("latin-1")


def settings(port: int, **changes: Any) -> SmtpSettings:
    """Settings for a server on loopback, without TLS and login."""
    given: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none", "auth": "none"}
    return SmtpSettings(**given | {"per_minute": 0.0, "timeout_seconds": 10.0} | changes)


def letter(number: int, body: bytes = b"Hej!\r\n", **changes: Any) -> Outgoing:
    """A small letter whose Message-ID tells the delivery."""
    head = f"Message-ID: <d{number}@x.example>\r\nSubject: Brev {number}\r\n\r\n".encode()
    given: dict[str, Any] = {
        "delivery": f"d{number}",
        "envelope_from": f"bounces+d{number}@x.example",
        "envelope_to": f"p{number}@example.org",
        "data": head + body,
    }
    return Outgoing(**given | changes)


def letters(count: int, body: bytes = b"Hej!\r\n") -> list[Outgoing]:
    """So many letters, from 1 on."""
    return [letter(number, body) for number in range(1, count + 1)]


def of(*outgoing: Outgoing) -> Parcel:
    """A parcel of these letters."""
    return builders.parcel([], letters=outgoing)


def outcomes(answers: Mapping[str, Answer]) -> dict[str, str]:
    """The outcome of each delivery, by its number in the tests."""
    return {delivery: answer.outcome.value for delivery, answer in answers.items()}


def taken(server: SmtpServer) -> list[str]:
    """The deliveries that the server took over, by its own record, in order."""
    return [kept.message_id.strip("<>").partition("@")[0] for kept in server.letters]


def assert_true(server: SmtpServer, sent: list[Outgoing], answers: Mapping[str, Answer]) -> None:
    """Hold the answers against the server's own record: nothing is said that is not so; nobody is twice."""
    kept = taken(server)
    assert len(kept) == len(set(kept))
    assert set(answers) == {one.delivery for one in sent}
    for delivery, answer in answers.items():
        if answer.outcome is Outcome.ACCEPTED:
            assert delivery in kept
        elif answer.outcome is not Outcome.UNKNOWN:
            assert delivery not in kept
