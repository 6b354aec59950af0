"""A SendGrid on loopback, as its public pages describe it, that fails on order and remembers everything.

    with SendGridServer() as server:
        server.faults.add(Fault(Kind.ACCEPT_THEN_HANG))
        ...  # send to server.url with server.key
        server.advance(3600)  # the provider's clock
        assert Counter(letter.address for letter in server.left()) == expected

It answers `mail/send` with every documented limit, `mail/batch`, `user/scheduled_sends`, `logs`, the
suppressions, `stats`, `whitelabel/domains` and `scopes`; each module names the pages it follows and what it
had to assume. Nothing is ever sent: a letter that "left" is one that the real provider would have delivered
by the server's own clock.
"""

from newsletter.testing.sendgrid.account import Letter, LetterState
from newsletter.testing.sendgrid.server import Fault, Kind, Request, SendGridServer

__all__ = ["Fault", "Kind", "Letter", "LetterState", "Request", "SendGridServer"]
