"""One client's talk with the server: RFC 5321, with PIPELINING (RFC 2920) and ENHANCEDSTATUSCODES (2034).

Every command, its place in a transaction, and the faults on order.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from newsletter.testing.loopback import reset, wait_for_end
from newsletter.testing.smtp import envelope
from newsletter.testing.smtp.auth import Credentials, offered_mechanisms
from newsletter.testing.smtp.envelope import Recipient, Rejected, Sender
from newsletter.testing.smtp.faults import Fault, Kind, Step
from newsletter.testing.smtp.wire import Ended, LineTooLong, Wire

if TYPE_CHECKING:
    from newsletter.testing.smtp.server import SmtpServer

_MOST_TEXT_LINE = 998  # octets without CRLF (RFC 5321, 4.5.3.1.6)
_STEPS = {
    "EHLO": Step.EHLO,
    "HELO": Step.EHLO,
    "STARTTLS": Step.STARTTLS,
    "AUTH": Step.AUTH,
    "MAIL": Step.MAIL,
    "RCPT": Step.RCPT,
}


class Session:
    """The state of one connection."""

    def __init__(self, server: SmtpServer, connection: socket.socket, number: int) -> None:
        self._server = server
        self._wire = Wire(connection)
        self._number = number
        self._offered: frozenset[str] = frozenset()  # what this client was told in reply to EHLO
        self._greeted = False
        self._tls = False
        self._user = ""
        self._sender: Sender | None = None
        self._recipients: list[Recipient] = []
        self._letters = 0

    def run(self) -> None:
        """Talk until either side has had enough."""
        if self._server.tls:
            self._begin_tls()
        self._struck(Step.CONNECT)
        self._reply(220, "", f"{self._server.name} ESMTP ready")
        while (line := self._line()) is not None:
            self._command(line)

    def _command(self, line: str) -> None:
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        call = _COMMANDS.get(verb)
        if call is None:
            self._reply(500, "5.5.2", "Command not recognized")
            return
        if self._wire.has_more and "PIPELINING" not in self._offered and verb not in ("EHLO", "HELO"):
            self._reply(503, "5.5.0", "Commands in one piece, but PIPELINING was not offered")
            return
        step = _STEPS.get(verb)
        fault = self._due(step, argument) if step else None
        if fault is not None and not fault.answered:
            self._strike(fault)
            return
        try:
            call(self, argument)
        except Rejected as rejected:
            self._reply(rejected.code, rejected.status, rejected.text)
        if fault is not None:
            self._strike(fault)

    def _ehlo(self, argument: str) -> None:
        if not argument.strip():
            raise Rejected(501, "5.5.4", "Syntax: EHLO hostname")
        self._forget()
        self._greeted = True
        self._offered = self._offers()
        lines = [self._server.name, *sorted(self._offered - {"SIZE", "AUTH"})]
        if "SIZE" in self._offered:
            lines.append(f"SIZE {self._server.max_bytes}")
        if "AUTH" in self._offered:
            lines.append("AUTH " + " ".join(offered_mechanisms(self._server.credentials)))
        for line in lines[:-1]:
            self._wire.say(f"250-{line}")
        self._wire.say(f"250 {lines[-1]}")

    def _helo(self, argument: str) -> None:
        if not argument.strip():
            raise Rejected(501, "5.5.4", "Syntax: HELO hostname")
        self._forget()
        self._greeted, self._offered = True, frozenset()
        self._reply(250, "", self._server.name)

    def _offers(self) -> frozenset[str]:
        offers = set(self._server.extensions)
        if self._tls:
            offers.discard("STARTTLS")
        if self._server.credentials and (self._tls or self._server.auth_in_clear):
            offers.add("AUTH")
        return frozenset(offers)

    def _starttls(self, argument: str) -> None:
        if "STARTTLS" not in self._server.extensions:
            raise Rejected(502, "5.5.1", "STARTTLS is not offered")
        if self._tls:
            raise Rejected(503, "5.5.1", "TLS is on already")
        self._reply(220, "2.0.0", "Ready to start TLS")
        self._wire.flush()
        self._wire.forget()  # what came in the clear behind STARTTLS counts for nothing (RFC 3207, 5)
        self._begin_tls()
        self._forget()
        self._greeted, self._offered = False, frozenset()

    def _begin_tls(self) -> None:
        wrapped = self._server.tls_context.wrap_socket(
            self._wire.connection, server_side=True, do_handshake_on_connect=False
        )
        self._wire.connection = wrapped
        self._server.exchanged(self._number, wrapped)  # before the handshake, in which a client may hang
        wrapped.do_handshake()
        self._tls = True

    def _auth(self, argument: str) -> None:
        if not self._greeted or self._user or self._sender:
            raise Rejected(503, "5.5.1", "AUTH is out of place")
        if "AUTH" not in self._offered:
            if self._server.credentials:
                raise Rejected(538, "5.7.11", "Encryption required for authentication")
            raise Rejected(502, "5.5.1", "AUTH is not offered")
        self._user = Credentials(self._server.credentials, self._asked).user(argument)
        self._reply(235, "2.7.0", "Authentication succeeded")

    def _asked(self, challenge: str) -> str:
        self._reply(334, "", challenge)
        answer = self._line()
        if answer is None:
            raise Ended
        return answer

    def _mail(self, argument: str) -> None:
        if not self._greeted or self._sender is not None:
            raise Rejected(503, "5.5.1", "MAIL is out of place")
        if self._server.credentials and not self._user:
            raise Rejected(530, "5.7.0", "Authentication required")
        if self._server.letters_per_connection and self._letters >= self._server.letters_per_connection:
            self._reply(421, "4.7.0", "Enough letters on this connection")
            self._end()
        self._sender = envelope.sender(argument, self._offered, self._server.max_bytes)
        self._reply(250, "2.1.0", "Sender ok")

    def _rcpt(self, argument: str) -> None:
        if self._sender is None:
            raise Rejected(503, "5.5.1", "MAIL first")
        if len(self._recipients) >= self._server.max_recipients:
            raise Rejected(452, "4.5.3", "Too many recipients")
        found = envelope.recipient(argument, self._offered, utf8=self._sender.utf8)
        if self._server.is_greylisted(self._sender.address, found.address):
            raise Rejected(450, "4.7.1", "Greylisted, try again later")
        self._recipients.append(found)
        self._reply(250, "2.1.5", "Recipient ok")

    def _data(self, argument: str) -> None:
        if self._sender is None:
            raise Rejected(503, "5.5.1", "MAIL first")
        if not self._recipients:
            raise Rejected(554, "5.5.1", "No valid recipients")
        if self._wire.has_more:
            raise Rejected(503, "5.5.0", "DATA must be the last of a piece")
        fault = self._due(Step.DATA)
        if fault is not None and not fault.answered:
            self._strike(fault)
            return
        self._reply(354, "", "End data with <CR><LF>.<CR><LF>")
        self._wire.flush()
        if fault is not None:
            self._strike(fault)
        self._letter(self._sender, tuple(self._recipients), self._content())

    def _content(self) -> bytes:
        """The letter as it came, with its dots still doubled."""
        fault = self._due(Step.MIDST)
        if fault is not None:
            self._wire.more()
            self._strike(fault)
            raise Ended  # a rejection in the midst cannot be spoken; the talk is over all the same
        return self._wire.letter()

    def _letter(self, sender: Sender, recipients: tuple[Recipient, ...], content: bytes) -> None:
        self._sender, self._recipients = None, []
        if self._struck(Step.DOT):
            return
        self._check(sender, content)
        number = self._server.keep_letter(self._number, sender, recipients, content, self._user)
        self._letters += 1
        if not self._struck(Step.ANSWER):
            self._reply(250, "2.0.0", f"Ok: queued as {number}")

    def _check(self, sender: Sender, content: bytes) -> None:
        if len(content) > self._server.max_bytes:
            raise Rejected(552, "5.3.4", "Message size exceeds fixed limit")
        if not content.isascii() and not (sender.eight_bit or sender.utf8):
            raise Rejected(554, "5.6.3", "8-bit content without BODY=8BITMIME")
        if not self._server.checks_lines:
            return
        lines = content.split(b"\r\n")
        if content.count(b"\n") != len(lines) - 1 or content.count(b"\r") != len(lines) - 1:
            raise Rejected(554, "5.6.0", "A line ends in CR or LF alone")
        if max(map(len, lines)) > _MOST_TEXT_LINE + 1:  # one more for a doubled dot
            raise Rejected(554, "5.6.0", "A line is longer than 998 octets")

    def _rset(self, argument: str) -> None:
        self._forget()
        self._reply(250, "2.0.0", "Ok")

    def _noop(self, argument: str) -> None:
        self._reply(250, "2.0.0", "Ok")

    def _help(self, argument: str) -> None:
        self._reply(214, "2.0.0", "See RFC 5321")

    def _vrfy(self, argument: str) -> None:
        self._reply(252, "2.1.5", "Will not say, but will try")

    def _unknown(self, argument: str) -> None:
        raise Rejected(502, "5.5.1", "Command not implemented")

    def _quit(self, argument: str) -> None:
        self._reply(221, "2.0.0", "Bye")
        self._end()

    def _forget(self) -> None:
        self._sender, self._recipients = None, []

    def _due(self, step: Step, about: str = "") -> Fault | None:
        return self._server.faults.due(lambda fault: fault.step is step and fault.address in about)

    def _struck(self, step: Step) -> bool:
        """Whether a fault took this step's place."""
        fault = self._due(step)
        if fault is not None:
            self._strike(fault)
        return fault is not None

    def _strike(self, fault: Fault) -> None:
        if fault.kind is Kind.REJECT:
            if not fault.answered:
                self._wire.say(f"{fault.code} {fault.text}")
            if fault.code == 421 or fault.step is Step.CONNECT:
                self._end()
            return
        self._wire.flush()
        if fault.kind is Kind.RESET:
            reset(self._wire.connection)
        if fault.kind is Kind.HANG:
            wait_for_end(self._wire.connection)
        raise Ended

    def _end(self) -> NoReturn:
        self._wire.flush()
        raise Ended

    def _reply(self, code: int, status: str, text: str) -> None:
        told = f"{status} " if status and "ENHANCEDSTATUSCODES" in self._offered else ""
        self._wire.say(f"{code} {told}{text}")

    def _line(self) -> str | None:
        """The next command; None when the client has hung up."""
        try:
            line = self._wire.line()
        except LineTooLong:
            self._reply(500, "5.5.6", "Line too long")
            self._end()
        if line is not None:
            self._server.note(self._number, line)
        return line


_COMMANDS: dict[str, Callable[[Session, str], None]] = {
    "EHLO": Session._ehlo,
    "HELO": Session._helo,
    "STARTTLS": Session._starttls,
    "AUTH": Session._auth,
    "MAIL": Session._mail,
    "RCPT": Session._rcpt,
    "DATA": Session._data,
    "RSET": Session._rset,
    "NOOP": Session._noop,
    "HELP": Session._help,
    "VRFY": Session._vrfy,
    "EXPN": Session._unknown,
    "BDAT": Session._unknown,
    "TURN": Session._unknown,
    "QUIT": Session._quit,
}
