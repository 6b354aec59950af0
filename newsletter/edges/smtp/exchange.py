"""Letters one after another over one connection, and what is known of each at every step.

A letter is taken over by its final dot and by nothing before it (RFC 5321, 4.1.1.4 and 6.1), so what a cut at
each step means is a table:

    The connection ends …                              The letter     The letters after it
    while connecting, in TLS, EHLO or AUTH             not begun      not begun
    before or after MAIL, RCPT or DATA is answered     not begun      not begun
    after 354, before the content or in its midst      DEFERRED       not begun
    after the final dot went out, before its answer    UNKNOWN        not begun
    after the answer                                   as answered    not begun

    The server says …
    2xx to the final dot                               ACCEPTED       go on
    4xx to MAIL, RCPT, DATA or the final dot           DEFERRED       go on
    5xx to RCPT, DATA or the final dot                 REJECTED       go on
    5xx to MAIL, or any 5xx about the account          not begun      not begun; it is we who are refused
    421 to MAIL, RCPT or DATA                          not begun      not begun; the connection ends
    421 to the final dot                               DEFERRED       not begun; the connection ends
    something else, or nothing that is SMTP            as a cut at that step

What is *not begun* has certainly not left, for no fault of its own, and is handed back to the caller. What
stands in `answers` is always what would be true if the connection ended now: it is written before each act,
so that no way to end can leave it wrong.

Where PIPELINING (RFC 2920) is offered, MAIL, RCPT and DATA are one piece, and a letter's final dot and the
commands of the next are another, so that a letter costs one round trip. That changes nothing in the table:
the next letter's content does not begin before the answer about the one before it was read. Where RCPT is
refused and the server still says 354, a lone dot ends the letter (RFC 2920, 3.1): it goes to nobody, whatever
is answered.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from newsletter.edges.smtp import envelope, judging
from newsletter.edges.smtp.opening import Connection
from newsletter.edges.smtp.wire import Cut, Reply
from newsletter.model.transport import Answer, Outcome, Outgoing

_BROKEN_OFF = Answer(Outcome.DEFERRED, "Förbindelsen bröts mitt i brevet. Det har inte gått iväg.")
_NO_ANSWER = Answer(Outcome.UNKNOWN, "Brevet lämnades över, men servern svarade inte om det togs emot.")
_LINE_START = re.compile(rb"([\r\n])\.")


class AccountRefused(Exception):
    """The server takes nothing from this account or sender."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.words)
        self.reply = reply


class Exchange:
    """Hands letters over by one connection until it has none left, or the connection is used up."""

    def __init__(
        self, connection: Connection, letters: Iterable[Outgoing], most: int, answer_seconds: float
    ) -> None:
        self._connection, self._wire = connection, connection.wire
        self._most = most  # letters that one connection carries
        self._answer_seconds = answer_seconds  # how long the answer to a final dot is waited for
        self._announced = False  # the commands of the next letter are on their way already
        self.answers: dict[str, Answer] = {}
        self.left: deque[Outgoing] = deque()  # not begun: nothing of them has left
        for letter in letters:
            self._queue(letter)

    def run(self) -> None:
        """Hand over. Raises Cut or AccountRefused; `answers` and `left` say how far it came."""
        while self.left and self._connection.carried < self._most:
            letter = self.left[0]
            replies = self._go_ahead(letter)
            refusal = next((reply for reply in replies[:2] if reply.kind != 2), None)
            if refusal is None and replies[-1].kind == 3:
                self._hand_over(letter)
            else:
                self._pass_over(letter, replies, refusal or replies[-1])

    def _queue(self, letter: Outgoing) -> None:
        if why := envelope.misfit(letter, self._connection.offers):
            self.answers[letter.delivery] = Answer(Outcome.REJECTED, why)
        else:
            self.left.append(letter)

    def _go_ahead(self, letter: Outgoing) -> list[Reply]:
        """The replies to MAIL, RCPT and DATA; where each is waited for, none after the first refusal."""
        if self._announced:
            self._announced = False
            return [self._heard(), self._heard(), self._heard()]
        if self._wire.is_ahead:
            raise Cut("sade något som ingen hade frågat om")
        commands = envelope.commands(letter, self._connection.offers)
        if not self._connection.offers.pipelining:
            return self._one_by_one(commands)
        self._wire.write(self._reset() + b"".join(commands))
        self._was_reset()
        return [self._heard(), self._heard(), self._heard()]

    def _one_by_one(self, commands: Iterable[bytes]) -> list[Reply]:
        if self._connection.stopped_short:
            self._wire.write(self._reset())
            self._was_reset()
        replies: list[Reply] = []
        for command in commands:
            self._wire.write(command)
            replies.append(self._heard())
            if replies[-1].kind > 3:
                break
        return replies

    def _reset(self) -> bytes:
        return b"RSET\r\n" if self._connection.stopped_short else b""

    def _was_reset(self) -> None:
        if self._connection.stopped_short:
            self._heard()
            self._connection.stopped_short = False

    def _heard(self) -> Reply:
        reply = self._wire.reply()
        if reply.code == 421:  # the server is closing, whatever it was asked (RFC 5321, 3.8)
            raise _closing(reply)
        return reply

    def _hand_over(self, letter: Outgoing) -> None:
        if self._wire.is_ahead:  # a reply too many would be taken for the answer
            raise Cut("sade något som ingen hade frågat om")
        self.left.popleft()
        content, end = _content(letter)
        self.answers[letter.delivery] = _BROKEN_OFF
        self._wire.write(content)
        following = self._following()
        self.answers[letter.delivery] = _NO_ANSWER
        self._wire.write(end + following)
        self._announced = bool(following)
        self._settle(letter, self._wire.reply(self._answer_seconds))

    def _following(self) -> bytes:
        """The next letter's commands, to go out with the final dot."""
        offers = self._connection.offers
        if not (self.left and offers.pipelining and self._connection.carried + 1 < self._most):
            return b""
        return b"".join(envelope.commands(self.left[0], offers))

    def _settle(self, letter: Outgoing, reply: Reply) -> None:
        answer = judging.answer(reply)
        if answer is None:
            raise Cut(f"svarade något som inte är väntat ({reply.words})")
        self._connection.carried += 1
        if judging.is_about_account(reply):
            del self.answers[letter.delivery]  # it was turned down, and not for its own sake
            self.left.appendleft(letter)
            raise AccountRefused(reply)
        self.answers[letter.delivery] = answer
        if reply.code == 421:
            raise _closing(reply)

    def _pass_over(self, letter: Outgoing, replies: list[Reply], refusal: Reply) -> None:
        """The letter was refused before its content."""
        answer = judging.answer(refusal)
        if answer is None or answer.outcome is Outcome.ACCEPTED:
            raise Cut(f"svarade något som inte är väntat ({refusal.words})")
        if judging.is_about_account(refusal) or (refusal is replies[0] and judging.is_about_sender(refusal)):
            raise AccountRefused(refusal)
        self.left.popleft()
        self.answers[letter.delivery] = answer
        self._connection.carried += 1
        self._connection.stopped_short = True
        if len(replies) == 3 and replies[2].kind == 3:
            self._end_without_content(replies)

    def _end_without_content(self, replies: list[Reply]) -> None:
        if replies[1].kind == 2:  # it would take an empty letter to a recipient that it does know
            raise Cut("tog emot en mottagare för ett brev som den hade nekat")
        self._wire.write(b".\r\n")
        self._heard()
        self._connection.stopped_short = False


def _closing(reply: Reply) -> Cut:
    return Cut(f"avslutade förbindelsen ({reply.words})", retry_after=judging.wish(reply.words))


def _content(letter: Outgoing) -> tuple[bytes, bytes]:
    """What goes out before the final dot, and the dot with what ends its line: RFC 5321, 4.5.2.

    A dot after a lone CR or LF is doubled as well: some servers take these for line ends, and a letter must
    not be able to end itself there.
    """
    data = letter.data
    if letter.dots and (b"\n." in data or b"\r." in data or data.startswith(b".")):
        data = _LINE_START.sub(rb"\1..", data)
        data = b"." + data if data.startswith(b".") else data
    return data, b".\r\n" if data.endswith(b"\r\n") or not data else b"\r\n.\r\n"
