"""What every Mailer must do, run over the fake and over every real one."""

from __future__ import annotations

from newsletter.model.delivery import Answer, Outcome, Outgoing
from newsletter.ports import Mailer

ACCEPTED = Answer(Outcome.ACCEPTED)


def letter(number: int, data: bytes = b"Subject: x\r\n\r\nx\r\n") -> Outgoing:
    """A small letter."""
    return Outgoing(f"d{number}", f"bounces+d{number}@x.example", f"p{number}@example.org", data)


class MailerContract:
    """Subclass it with a `mailer` fixture."""

    def test_accepts(self, mailer: Mailer) -> None:
        """Letters that leave are answered as accepted, each by its delivery."""
        assert mailer.attempt([letter(1), letter(2)]) == {"d1": ACCEPTED, "d2": ACCEPTED}

    def test_asking(self, mailer: Mailer) -> None:
        """Asking tells which letters left, and which certainly never did."""
        mailer.attempt([letter(1)])
        assert mailer.ask(["d1", "d2"]) == {"d1": ACCEPTED, "d2": None}

    def test_nothing_to_do(self, mailer: Mailer) -> None:
        """No letters, no answers; nothing asked, nothing told."""
        assert mailer.attempt([]) == {}
        assert mailer.ask([]) == {}

    def test_has_a_name(self, mailer: Mailer) -> None:
        """A transport has the name that the ledger keeps."""
        assert mailer.name in {"outbox", "smtp", "sendgrid"}
