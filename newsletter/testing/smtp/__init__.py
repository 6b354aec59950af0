"""An SMTP server on loopback that keeps what it takes over, and fails on order at any step.

    with SmtpServer(keep=Keep.ID) as server:
        server.faults.add(Fault(Kind.DROP, Step.ANSWER))  # kept, and nobody hears of it
        ...  # send to 127.0.0.1, server.port
        assert Counter(letter.message_id for letter in server.letters) == expected

RFC 5321 with PIPELINING, SIZE, 8BITMIME, SMTPUTF8, DSN, ENHANCEDSTATUSCODES, STARTTLS and AUTH, each of
which can be left out; TLS from the first byte as well. Nothing is ever sent on.
"""

from newsletter.testing.smtp.faults import Fault, Kind, Step
from newsletter.testing.smtp.server import EXTENSIONS, Keep, Letter, SmtpServer

__all__ = ["EXTENSIONS", "Fault", "Keep", "Kind", "Letter", "SmtpServer", "Step"]
