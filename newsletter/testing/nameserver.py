"""A name server on loopback that answers from memory, by UDP; for tests of what asks DNS for real."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from newsletter.testing.dns import Records

_TTL = 60


class NameServer(socketserver.ThreadingUDPServer):
    """Answers from a zone: name → type → values, as `MemoryDns` has them; `refuses` gets SERVFAIL."""

    daemon_threads = True

    def __init__(self, zone: Mapping[str, Records], refuses: frozenset[str] = frozenset()) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.zone = zone
        self.refuses = refuses
        self.asked: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        """IP:port, as the setting ``nameservers`` takes it."""
        host, port = self.server_address[:2]
        return f"{host!s}:{port}"

    def answered(self, wire: bytes) -> bytes:
        """The answer to a question, both as they travel."""
        query = dns.message.from_wire(wire)
        reply = dns.message.make_response(query, recursion_available=True)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower().removesuffix(".")
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.refuses:
            reply.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._fill(reply, name, kind)
        return reply.to_wire(max_size=65_000)

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        if name not in ("", *self.zone) and not any(each.endswith(f".{name}") for each in self.zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return
        records = self.zone.get(name, {})
        if "CNAME" in records and kind != "CNAME":
            self._add(reply, name, "CNAME", records["CNAME"])
            self._fill(reply, records["CNAME"][0].lower().rstrip("."), kind)
        elif kind in records:
            self._add(reply, name, kind, records[kind])

    def _add(self, reply: dns.message.Message, name: str, kind: str, values: Sequence[str]) -> None:
        told = [_as_data(kind, value) for value in values]
        reply.answer.append(dns.rrset.from_text_list(f"{name}.", _TTL, "IN", kind, told))


def _as_data(kind: str, value: str) -> str:
    """A value as dnspython reads it: a long TXT as several strings, names as whole ones."""
    if kind == "TXT":
        data = value.encode()
        pieces = [data[at : at + 255] for at in range(0, len(data), 255)] or [b""]
        return " ".join('"' + "".join(f"\\{byte:03d}" for byte in piece) + '"' for piece in pieces)
    return value if kind in ("A", "AAAA") else value.rstrip(".") + "."


class _Answering(socketserver.DatagramRequestHandler):
    server: NameServer

    def handle(self) -> None:
        try:
            self.wfile.write(self.server.answered(self.rfile.read()))
        except dns.exception.DNSException:
            return


@contextmanager
def name_server(zone: Mapping[str, Records], refuses: frozenset[str] = frozenset()) -> Iterator[NameServer]:
    """A name server that runs as long as the block."""
    with NameServer(zone, refuses) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
