"""A TCP proxy on loopback that cuts the connection after so many bytes.

    with Proxy(server.port, Cut(Side.SERVER, 120, Way.RST)) as proxy:
        ...  # call proxy.port in place of server.port

The bytes of all connections are counted as one run, each side's on its own. The first `after` of that side
are passed on; then both connections end, and those that are made later are passed on whole. Without a cut it
passes everything on, and `passed` and `boundaries` tell how much there was.
"""

from __future__ import annotations

import select
import socket
import threading
from dataclasses import dataclass
from enum import Enum

from newsletter.testing.loopback import Loopback, reset, shut

_PIECE = 65536
_LOOK_UP_SECONDS = 0.5  # how soon the proxy's own end is seen


class Side(Enum):
    """Whose bytes are counted."""

    CLIENT = "client"
    SERVER = "server"


class Way(Enum):
    """How both connections end."""

    FIN = "fin"  # as if the other side had closed
    RST = "rst"  # at once; what was not read yet is gone


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the connection ends."""

    side: Side
    after: int  # bytes of that side that are passed on
    way: Way = Way.FIN


class Proxy(Loopback):
    """Passes on to a port of 127.0.0.1. Use it as a context manager."""

    def __init__(self, port: int, cut: Cut | None = None) -> None:
        super().__init__()
        self._to, self._cut = port, cut
        self._counting = threading.Lock()
        self.struck = False  # whether the connection was cut
        self.passed = dict.fromkeys(Side, 0)  # bytes of each side so far
        self.boundaries: dict[Side, list[int]] = {side: [] for side in Side}  # where each piece ended

    def talk(self, connection: socket.socket, number: int) -> None:
        """Pass on both ways until either side ends."""
        with socket.create_connection(("127.0.0.1", self._to)) as onward:
            onward.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ways = {connection: (onward, Side.CLIENT), onward: (connection, Side.SERVER)}
            while self.wait(0):
                ready, _, _ = select.select(list(ways), [], [], _LOOK_UP_SECONDS)
                if not all(self._passes(one, *ways[one]) for one in ready):
                    break
            for one in ways:
                shut(one)

    def _passes(self, source: socket.socket, to: socket.socket, side: Side) -> bool:
        """Pass on what has come; whether more may follow."""
        piece = source.recv(_PIECE)
        allowed, cut = self._allowed(side, len(piece))
        to.sendall(piece[:allowed])
        if cut is not None and cut.way is Way.RST:
            reset(source)
            reset(to)
        return bool(piece) and cut is None

    def _allowed(self, side: Side, size: int) -> tuple[int, Cut | None]:
        """How many of the next bytes go on, and the cut where this is its moment."""
        with self._counting:
            before, cut = self.passed[side], self._cut
            if cut is None or self.struck or cut.side is not side or before + size < cut.after:
                self.passed[side] = before + size
                self.boundaries[side].append(before + size)
                return size, None
            self.struck = True
            self.passed[side] = cut.after
            return cut.after - before, cut
