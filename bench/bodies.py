"""Bodies to a sink that answers at once: the edge, against a bare build-and-POST loop in the same run.

    .venv/bin/python bench/bodies.py [recipients] [rounds]

The sink is a process of its own that reads each request and says 202. The bare loop builds each body as a
plain dict, encodes it as a whole and posts it over one connection that is kept: what a careful script would
do. Both send the same letters, 500 a request, by one thread, in turns; the median of the rounds counts.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT)  # in place of bench, where this file would hide the package of its name

from newsletter.edges.sendgrid import SendGrid, payload  # noqa: E402
from newsletter.model.letter import Letter, Picture  # noqa: E402
from newsletter.model.settings import SendGridSettings  # noqa: E402
from newsletter.model.transport import Outcome, Parcel  # noqa: E402
from newsletter.testing import builders  # noqa: E402

CHUNK = 500
HTML_BYTES = 66_000
_ANSWER = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Measured:
    """One round."""

    seconds: float
    cpu_seconds: float  # of this process; the sink's is its own


def letter(pictures_kb: int) -> Letter:
    """A letter of common size, with pictures inside where it has any."""
    row = "<tr><td>Nyheter från {{member}} till {{name}}: kommunen bygger en ny skola.</td></tr>\n"
    few = row.replace("{{member}}", "kommunen").replace("{{name}}", "alla")
    html = row * 3 + few * (HTML_BYTES // len(few)) + '<a href="{{unsubscribe}}">Avsluta</a>'
    data = bytes(range(256)) * (pictures_kb * 4)
    pictures = (Picture("p.png", "p@bergslaget.example", "image/png", data, 1, 1),) if pictures_kb else ()
    return builders.letter(html=html, pictures=pictures)


def parcels(recipients: int, edition: Letter) -> list[Parcel]:
    """The letters, in chunks."""
    made = []
    for start in range(0, recipients, CHUNK):
        rows = [
            builders.delivery(number, attempt=1) for number in range(start, min(start + CHUNK, recipients))
        ]
        made.append(builders.parcel(rows, edition, letters=()))
    return made


def by_edge(port: int) -> Callable[[Sequence[Parcel]], None]:
    """Our own way. A ledger may be put around each attempt here."""
    mailer = SendGrid(SendGridSettings(url=f"http://127.0.0.1:{port}", api_key="SG.bench"))

    def run(parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            answers = mailer.attempt(parcel)
            assert all(answer.outcome is Outcome.ACCEPTED for answer in answers.values())

    return run


def by_hand(port: int) -> Callable[[Sequence[Parcel]], None]:
    """The bare loop."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    headers = {"Authorization": "Bearer SG.bench", "Content-Type": "application/json"}

    def run(parcels: Sequence[Parcel]) -> None:
        shared = payload.shared(parcels[0].letter, payload.Choices())
        for parcel in parcels:
            people = [
                {
                    "to": [{"email": one.address, "name": one.name}],
                    "custom_args": {"delivery": one.id},
                    "substitutions": {
                        f"-{mark.value}-": value for mark, value in parcel.personal[one.id].items()
                    },
                }
                for one in parcel.chunk.deliveries
            ]
            body = json.dumps({"personalizations": people, **shared}).encode()
            connection.request("POST", "/v3/mail/send", body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202

    return run


def measured(run: Callable[[Sequence[Parcel]], None], parcels: Sequence[Parcel]) -> Measured:
    """What one round costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    run(parcels)
    return Measured(time.perf_counter() - wall, time.process_time() - cpu)


def sink() -> None:
    """Answer 202 to whatever comes, at once; the port is said on stdout."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_swallow, args=(connection,), daemon=True).start()


def _swallow(connection: socket.socket) -> None:
    window = memoryview(bytearray(1 << 20))
    while True:
        head = b""
        while b"\r\n\r\n" not in head:
            count = connection.recv_into(window)
            if not count:
                return
            head += window[:count]
        lines, _, rest = head.partition(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in lines.lower().split(b"\r\n") if line[:15] == b"content-length:"
        )
        left = length - len(rest)
        while left > 0:
            left -= connection.recv_into(window, min(left, len(window)))
        connection.sendall(_ANSWER)


def shown(name: str, recipients: int, rounds: Sequence[Measured]) -> str:
    """The medians of one way."""
    wall = statistics.median(one.seconds for one in rounds)
    cpu = statistics.median(one.cpu_seconds for one in rounds)
    return (
        f"  {name:<10} {recipients / wall:>9,.0f} recipients/s   {cpu * 1e6 / recipients:6.1f} µs of CPU each"
    )


def compared(port: int, recipients: int, rounds: int, pictures_kb: int) -> None:
    """Both ways in turns, and the medians' ratios."""
    work = parcels(recipients, letter(pictures_kb))
    ways = {"edge": by_edge(port), "bare loop": by_hand(port)}
    found: dict[str, list[Measured]] = {name: [] for name in ways}
    for run in ways.values():
        measured(run, work[:1])  # the edition's first encoding, the first connection
    for _ in range(rounds):
        for name, run in ways.items():
            found[name].append(measured(run, work))
    size = f"{HTML_BYTES // 1000} kB of HTML, {pictures_kb} kB of pictures"
    print(f"{recipients:,} recipients, {CHUNK} a request, {size}")
    for name in ways:
        print(shown(name, recipients, found[name]))
    walls, cpus = (
        [statistics.median(getattr(one, what) for one in found[name]) for name in ways]
        for what in ("seconds", "cpu_seconds")
    )
    print(f"  the edge is {walls[1] / walls[0]:.2f} times the bare loop (by CPU {cpus[1] / cpus[0]:.2f})\n")


def main() -> None:
    """Measure with and without pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipients", nargs="?", type=int, default=20_000)
    parser.add_argument("rounds", nargs="?", type=int, default=7)
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.sink:
        sink()
    command = [sys.executable, __file__, "--sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            for pictures_kb in (0, 600):
                compared(port, asked.recipients, asked.rounds, pictures_kb)
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
