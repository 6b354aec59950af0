"""The proxy that cuts connections."""

from __future__ import annotations

import socket

import pytest

from newsletter.testing.loopback import Loopback
from newsletter.testing.proxy import Cut, Proxy, Side, Way


class Echo(Loopback):
    """Says what it hears."""

    def talk(self, connection: socket.socket, number: int) -> None:
        """Say it again."""
        while piece := connection.recv(4096):
            connection.sendall(piece)


def heard(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 5.0) as caller:
        caller.sendall(data)
        answer = b""
        while len(answer) < len(data) and (piece := caller.recv(4096)):
            answer += piece
        return answer


def test_passes_on() -> None:
    """Without a cut everything goes both ways, and is counted."""
    with Echo() as server, Proxy(server.port) as proxy:
        assert heard(proxy.port, b"hej och hopp") == b"hej och hopp"
        assert proxy.passed == {Side.CLIENT: 12, Side.SERVER: 12}
        assert proxy.boundaries[Side.CLIENT][-1] == 12
        assert not proxy.struck


@pytest.mark.parametrize("side", list(Side))
def test_ends(side: Side) -> None:
    """With FIN just the first bytes go through, and the next connection is whole."""
    with Echo() as server, Proxy(server.port, Cut(side, 5)) as proxy:
        assert heard(proxy.port, b"hej och hopp") in {b"hej o", b""}
        assert proxy.struck
        assert heard(proxy.port, b"igen") == b"igen"


def test_resets() -> None:
    """With RST the caller's next read fails."""
    with Echo() as server, Proxy(server.port, Cut(Side.CLIENT, 0, Way.RST)) as proxy:
        with pytest.raises(ConnectionError):
            heard(proxy.port, b"hej")
        assert heard(proxy.port, b"igen") == b"igen"
