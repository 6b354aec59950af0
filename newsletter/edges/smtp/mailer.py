"""The Mailer port over a mail server: connections that are kept, used in turn, and replaced when they end.

A server may close a connection whenever it likes: it was idle, or has carried enough. Letters that were not
begun then go on by a new one, where the old one had carried any. A new one that ends before it carried
anything means a server in trouble: then the transport has failed, and where some of the parcel had an outcome
already, the others are put off without words, since they are not to blame.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from newsletter.edges.smtp import failures
from newsletter.edges.smtp.exchange import AccountRefused, Exchange
from newsletter.edges.smtp.opening import Connection, opened
from newsletter.edges.smtp.wire import Cut
from newsletter.errors import TransportFailed
from newsletter.model.delivery import Delivery
from newsletter.model.settings import SmtpSettings
from newsletter.model.transport import Answer, Carries, Features, Outcome, Outgoing, Parcel

_SLOW_PER_MINUTE = 600.0
_WINDOW = 8  # letters of a chunk: what a kill leaves in doubt, against two commits a chunk
_PUT_OFF = Answer(Outcome.DEFERRED, retry_after=0.0)
_PATIENCE = 10.0  # RFC 5321, 4.5.3.2: ten minutes for the answer to a letter, where a command gets one or two


class Smtp:
    """Hands letters to one server. Several threads may attempt at once, each by a connection of its own."""

    def __init__(
        self, settings: SmtpSettings, tls: ssl.SSLContext | None = None, patience: float = _PATIENCE
    ) -> None:
        """`tls` in place of the system's trust; the answer to a letter may take `patience` timeouts."""
        self._settings = settings
        self._tls = tls
        self._answer_seconds = settings.timeout_seconds * patience
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self.features = features(settings)

    def attempt(self, parcel: Parcel) -> Mapping[str, Answer]:
        """Hand over each letter once, in order. Raises TransportFailed where certainly none of them left."""
        answers: dict[str, Answer] = {}
        left: Sequence[Outgoing] = parcel.letters
        fresh = False
        while left:
            try:
                connection = self._opened() if fresh else self._taken()
                left = self._carried(connection, left, answers)
            except TransportFailed:
                if not answers:
                    raise
                return {letter.delivery: _PUT_OFF for letter in parcel.letters} | answers
            fresh = True
        return answers

    def ask(self, deliveries: Sequence[Delivery], since: datetime) -> Mapping[str, Answer | None]:
        """Nothing: a mail server cannot be asked what became of a letter."""
        return {}

    def close(self) -> None:
        """Take leave of the server, on every connection that is not in use."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.quit()

    def _carried(
        self, connection: Connection, letters: Sequence[Outgoing], answers: dict[str, Answer]
    ) -> Sequence[Outgoing]:
        """Hand letters over by one connection and note the answers; those that should go by another.

        Raises TransportFailed where they should not.
        """
        exchange = Exchange(connection, letters, self._settings.letters_per_connection, self._answer_seconds)
        try:
            exchange.run()
        except Cut as cut:
            connection.wire.close()
            answers |= exchange.answers
            if not connection.carried and exchange.left:
                raise failures.broken(self._settings, cut) from cut
            return exchange.left
        except AccountRefused as refused:
            connection.quit()
            answers |= exchange.answers
            raise failures.not_allowed(self._settings, refused.reply) from refused
        except BaseException:
            connection.wire.close()
            raise
        answers |= exchange.answers
        self._give_back(connection)
        return exchange.left

    def _taken(self) -> Connection:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        return connection or self._opened()

    def _opened(self) -> Connection:
        return opened(self._settings, self._tls)

    def _give_back(self, connection: Connection) -> None:
        if not 0 < connection.carried < self._settings.letters_per_connection:
            connection.quit()
            return
        with self._lock:
            self._idle.append(connection)


def features(settings: SmtpSettings) -> Features:
    """What the server so set up can do.

    Where letters leave slowly anyway, each is a chunk of its own, so that a kill leaves one in doubt.
    """
    slow = 0 < settings.per_minute < _SLOW_PER_MINUTE
    bounces = settings.bounces or "bounces@"
    form = ", en adress för varje brev" if settings.verp else ""
    return Features(
        "smtp",
        carries=Carries.BYTES,
        chunk=1 if slow else _WINDOW,
        workers=settings.connections,
        per_minute=settings.per_minute,
        passing=True,
        local=failures.is_loopback(settings.host),
        settings=f"smtp {settings.host}, studsar till {bounces}{form}",
    )
