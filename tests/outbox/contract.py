"""What every Mailer must do, run over the fake and over every real one."""

from __future__ import annotations

from newsletter.model.delivery import Delivery
from newsletter.model.transport import Answer, Outcome, Outgoing, Parcel
from newsletter.ports import Mailer
from newsletter.testing import builders
from newsletter.testing.builders import NOON

ACCEPTED = Answer(Outcome.ACCEPTED)


def row(number: int) -> Delivery:
    """A row that was claimed."""
    return builders.delivery(number, id=f"d{number}", address=f"p{number}@example.org")


def parcel(*numbers: int) -> Parcel:
    """A chunk of these rows, ready to leave."""
    return builders.parcel([row(number) for number in numbers])


def letter(number: int, data: bytes = b"Subject: x\r\n\r\nx\r\n") -> Outgoing:
    """A small letter."""
    return Outgoing(f"d{number}", f"bounces+d{number}@x.example", f"p{number}@example.org", data)


class MailerContract:
    """Subclass it with a `mailer` fixture."""

    def test_accepts(self, mailer: Mailer) -> None:
        """Letters that leave are answered as accepted, each by its delivery."""
        answers = mailer.attempt(parcel(1, 2))
        assert {one: answer.outcome for one, answer in answers.items()} == {
            "d1": Outcome.ACCEPTED,
            "d2": Outcome.ACCEPTED,
        }

    def test_asking(self, mailer: Mailer) -> None:
        """Who can answer tells which letters left, and which certainly never did; who cannot says nothing.

        A provider's log that lacks a letter may only lag, so there silence is no answer.
        """
        mailer.attempt(parcel(1))
        told = mailer.ask([row(1), row(2)], NOON)
        if not mailer.features.answers:
            assert told == {}
            return
        first = told["d1"]
        assert first is not None
        assert first.outcome is Outcome.ACCEPTED
        assert "d2" not in told if mailer.features.holds else told["d2"] is None

    def test_nothing_asked(self, mailer: Mailer) -> None:
        """Nothing asked, nothing told."""
        assert mailer.ask([], NOON) == {}

    def test_has_a_name(self, mailer: Mailer) -> None:
        """A transport has the name that the ledger keeps."""
        assert mailer.features.name in {"outbox", "smtp", "sendgrid"}

    def test_closing_twice(self, mailer: Mailer) -> None:
        """Giving back connections does no harm, however often."""
        mailer.close()
        mailer.close()
