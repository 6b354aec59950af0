"""Bodies to a sink that answers at once: the edge, against a bare build-and-POST loop in the same run.

    .venv/bin/python -m bench.bodies [recipients] [rounds]

The sink is a process of its own that reads each request and says yes. All ways send the same bodies, which
is looked at before. The bare loop builds each as a plain dict, encodes it with `json` and posts it over one
connection that is kept: what a careful script would do; with rows it also keeps one for each recipient, as
durable as ours, in a table of its own. The package's loop builds it with the classes of SendGrid's own
package, as its page shows. The edge sends the same letters; the ledger is `newsletter send` from first claim
to last close, a row for each recipient committed twice. One connection each, unless --workers says more for
the ledger. 500 a request, in turns; medians count.
"""

from __future__ import annotations

import argparse
import gc
import html
import http.client
import json
import secrets
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formatdate
from pathlib import Path
from typing import Any, NamedTuple

from bench.through import delivered
from newsletter.edges import store
from newsletter.edges.clock import SystemClock
from newsletter.edges.sendgrid import SendGrid, payload
from newsletter.model.delivery import Delivery
from newsletter.model.letter import Letter, Picture
from newsletter.model.settings import SendGridSettings
from newsletter.model.transport import Outcome, Parcel
from newsletter.pipeline.batching import Batching
from newsletter.testing import builders

ROOT = Path(__file__).parents[1]
CHUNK = 500
HTML_BYTES = 66_000
_ANSWER = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink\r\nDate: %b\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Measured:
    """One round."""

    seconds: float
    cpu_seconds: float  # of this process; the sink's is its own


def letter(pictures_kb: int) -> Letter:
    """A letter of common size, with pictures inside where it has any."""
    row = "<tr><td>Nyheter från {{member}} till {{name}}: kommunen bygger en ny skola.</td></tr>\n"
    few = row.replace("{{member}}", "kommunen").replace("{{name}}", "alla")
    text = row * 3 + few * (HTML_BYTES // len(few)) + '<a href="{{unsubscribe}}">Avsluta</a>'
    data = bytes(range(256)) * (pictures_kb * 4)
    pictures = (Picture("p.png", "p@bergslaget.example", "image/png", data, 1, 1),) if pictures_kb else ()
    return builders.letter(html=text, pictures=pictures)


def parcels(recipients: int, edition: Letter) -> list[Parcel]:
    """The letters, in chunks."""
    made = []
    for start in range(0, recipients, CHUNK):
        rows = [
            builders.delivery(number, attempt=1, id=f"{number:032x}")
            for number in range(start, min(start + CHUNK, recipients))
        ]
        made.append(builders.parcel(rows, edition, letters=()))
    return made


def by_edge(port: int) -> Callable[[Sequence[Parcel]], None]:
    """The edge alone, and no row of anybody."""
    mailer = SendGrid(SendGridSettings(url=f"http://127.0.0.1:{port}", api_key="SG.bench"))

    def run(parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            answers = mailer.attempt(parcel)
            assert all(answer.outcome is Outcome.ACCEPTED for answer in answers.values())

    return run


def by_ledger(port: int, folder: Path, workers: int) -> Callable[[Sequence[Parcel]], float]:
    """Our own way whole; the seconds of sending, planning and opening the database not among them."""

    def run(parcels: Sequence[Parcel]) -> float:
        for old in folder.glob("state.db*"):
            old.unlink()
        settings = SendGridSettings(url=f"http://127.0.0.1:{port}", api_key="SG.bench", workers=workers)
        mailer, edition = SendGrid(settings), parcels[0].letter
        with store.open(folder / "state.db", suppression_key=b"invented-key-for-the-bench-alone") as state:
            rows = (row for parcel in parcels for row in parcel.chunk.deliveries)
            chunks = (row._replace(chunk=at // CHUNK, attempt=0) for at, row in enumerate(rows))
            sending = state.ledger.plan(builders.sending(), chunks)
            seconds = delivered(
                sending,
                edition,
                mailer,
                state,
                members={"falun": builders.member()},
                batching=Batching(sending, mailer, state.batches, SystemClock(), timedelta(hours=1)),
            )
        mailer.close()
        return seconds

    return run


def posting(port: int) -> Callable[[bytes], None]:
    """Posts bodies over one connection that is kept."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    headers = {"Authorization": "Bearer SG.bench", "Content-Type": "application/json"}

    def post(body: bytes) -> None:
        connection.request("POST", "/v3/mail/send", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 202

    return post


class Row(NamedTuple):
    """A reader in the table of a script that wants to know whom it has written to."""

    id: str
    sending: str
    address: str
    name: str
    notice: str
    attempt: int


def door(one: Delivery | Row) -> str:
    """How a reader leaves."""
    return f"mailto:avsluta@bergslaget.example?subject=Avsluta%20{one.id}"


def substitutions(one: Delivery | Row, stem: str) -> dict[str, str]:
    """What is filled in for one reader."""
    return {
        f"-{stem}-html-name-": html.escape(one.name),
        f"-{stem}-html-member-": html.escape("Falun"),
        f"-{stem}-html-unsubscribe-": html.escape(door(one)),
        f"-{stem}-text-name-": one.name,
        f"-{stem}-text-member-": "Falun",
        f"-{stem}-text-unsubscribe-": door(one),
        f"-{stem}-text-source-": one.notice,
    }


def plain(readers: Sequence[Delivery | Row], shared: Mapping[str, Any], stem: str) -> dict[str, Any]:
    """The request as a careful script would build it."""
    people = [
        {
            "to": [{"email": one.address, "name": one.name}],
            "custom_args": {"delivery": one.id, "attempt": str(one.attempt), "sending": one.sending},
            "substitutions": substitutions(one, stem),
            "headers": {"List-Unsubscribe": f"<{door(one)}>"},
        }
        for one in readers
    ]
    return {"personalizations": people, **shared}


def packaged(readers: Sequence[Delivery | Row], shared: Mapping[str, Any], stem: str) -> dict[str, Any]:
    """The request as the page of SendGrid's package shows it."""
    from sendgrid.helpers import mail

    letter = mail.Mail()
    for one in readers:
        made = mail.Personalization()
        made.add_to(mail.To(one.address, one.name))
        for name, value in (("delivery", one.id), ("attempt", str(one.attempt)), ("sending", one.sending)):
            made.add_custom_arg(mail.CustomArg(name, value))
        for tag, value in substitutions(one, stem).items():
            made.add_substitution(mail.Substitution(tag, value))
        made.add_header(mail.Header("List-Unsubscribe", f"<{door(one)}>"))
        letter.add_personalization(made)
    return {**letter.get(), **shared}


def by(built: Callable[..., dict[str, Any]], port: int) -> Callable[[Sequence[Parcel]], None]:
    """A loop that builds each request, encodes it as a whole and posts it."""
    post = posting(port)

    def run(parcels: Sequence[Parcel]) -> None:
        shared, stem = common(parcels[0])
        for parcel in parcels:
            post(json.dumps(built(parcel.chunk.deliveries, shared, stem)).encode())

    return run


def by_rows(port: int, folder: Path) -> Callable[[Sequence[Parcel]], float]:
    """The bare loop with a row for each recipient, as durable as ours: claimed before, closed after."""
    post, file = posting(port), folder / "script.db"

    def laid_out(parcels: Sequence[Parcel]) -> sqlite3.Connection:
        for old in folder.glob("script.db*"):
            old.unlink()
        database = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}")
        database.executescript(
            "CREATE TABLE reader (id TEXT PRIMARY KEY, sending TEXT, address TEXT, name TEXT, notice TEXT,"
            " attempt INTEGER, chunk INTEGER, state TEXT); CREATE INDEX chunks ON reader (chunk)"
        )
        rows = [
            (one.id, one.sending, one.address, one.name, one.notice, 0, at, "waiting")
            for at, parcel in enumerate(parcels)
            for one in parcel.chunk.deliveries
        ]
        database.execute("BEGIN")
        database.executemany("INSERT INTO reader VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.execute("COMMIT")
        return database

    def run(parcels: Sequence[Parcel]) -> float:
        with closing(laid_out(parcels)) as database:
            begun = time.perf_counter()
            shared, stem = common(parcels[0])
            for number in range(len(parcels)):
                claim = "UPDATE reader SET state = 'attempting', attempt = attempt + 1 WHERE chunk = ?"
                read = "SELECT id, sending, address, name, notice, attempt FROM reader WHERE chunk = ?"
                database.execute("BEGIN IMMEDIATE")
                database.execute(claim, (number,))
                readers = [Row(*row) for row in database.execute(read, (number,))]
                database.execute("COMMIT")
                post(json.dumps(plain(readers, shared, stem)).encode())
                database.execute("UPDATE reader SET state = 'accepted' WHERE chunk = ?", (number,))
            return time.perf_counter() - begun

    return run


def common(parcel: Parcel) -> tuple[Mapping[str, Any], str]:
    """What all requests of the edition have in them, and the word that its tags begin with."""
    choices = payload.Choices()
    own = payload.per_parcel(parcel.letter, parcel.chunk.sending, None)
    return own | payload.shared(parcel.letter, choices), payload.frame(parcel.letter, choices).stem


def looked_at(parcel: Parcel) -> None:
    """All ways send the same."""
    frame = payload.frame(parcel.letter, payload.Choices())
    people = [payload.person(frame, one, parcel.personal[one.id]) for one in parcel.chunk.deliveries]
    ours = json.loads(payload.body(frame, people, parcel.chunk.sending, None))
    for built in (plain, packaged):
        assert built(parcel.chunk.deliveries, *common(parcel)) == ours, built


def measured(run: Callable[[Sequence[Parcel]], float | None], parcels: Sequence[Parcel]) -> Measured:
    """What one round costs; a way may tell its seconds itself."""
    wall, cpu = time.perf_counter(), time.process_time()
    told = run(parcels)
    return Measured(told or time.perf_counter() - wall, time.process_time() - cpu)


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
        connection.sendall(_answer(head))


def _answer(head: bytes) -> bytes:
    """What the provider would say to the call, its clock included."""
    path = head.split(b" ", 2)[1]
    if path.endswith(b"/mail/send"):
        return (
            b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink\r\nDate: %b\r\nContent-Length: 0\r\n\r\n" % _date()
        )
    batch = path.endswith(b"/mail/batch")
    body = json.dumps({"batch_id": secrets.token_hex(8)} if batch else []).encode()
    status = b"201 Created" if batch else b"200 OK"
    lines = (b"HTTP/1.1 " + status, b"Date: " + _date(), b"Content-Length: %d" % len(body), b"", body)
    return b"\r\n".join(lines)


def _date() -> bytes:
    return formatdate(usegmt=True).encode()


def shown(name: str, recipients: int, rounds: Sequence[Measured]) -> str:
    """The medians of one way."""
    wall = statistics.median(one.seconds for one in rounds)
    cpu = statistics.median(one.cpu_seconds for one in rounds)
    return (
        f"  {name:<10} {recipients / wall:>9,.0f} recipients/s   {cpu * 1e6 / recipients:6.1f} µs of CPU each"
    )


def compared(port: int, asked: argparse.Namespace, pictures_kb: int, folder: Path) -> None:
    """All ways in turns, and the medians' ratios."""
    recipients, edition = asked.recipients, letter(pictures_kb)
    looked_at(*parcels(1, edition))  # of one: the package turns the order around
    work = parcels(recipients, edition)
    gc.collect()
    gc.freeze()  # what only the bench holds
    ways: dict[str, Callable[[Sequence[Parcel]], float | None]] = {
        "ledger": by_ledger(port, folder, asked.workers),
        "edge": by_edge(port),
        "package": by(packaged, port),
        "bare rows": by_rows(port, folder),
        "bare loop": by(plain, port),
    }
    found: dict[str, list[Measured]] = {name: [] for name in ways}
    for run in ways.values():
        measured(run, work[:1])  # the edition's first encoding, the first connection
    for _ in range(asked.rounds):
        for name, run in ways.items():
            found[name].append(measured(run, work))
    size = f"{HTML_BYTES // 1000} kB of HTML, {pictures_kb} kB of pictures"
    print(f"{recipients:,} recipients, {CHUNK} a request, {size}")
    for name in ways:
        print(shown(name, recipients, found[name]))
    walls = {name: statistics.median(one.seconds for one in found[name]) for name in ways}
    for name in ("ledger", "edge", "bare rows"):
        bare, rows, package = (walls[peer] / walls[name] for peer in ("bare loop", "bare rows", "package"))
        print(
            f"  {name}: {package:.2f} of the package's loop, {bare:.2f} of the bare one, {rows:.2f} with rows"
        )
    print()


def main() -> None:
    """Measure with and without pictures."""
    gc.set_threshold(50_000, 20, 20)  # as the program sets it, for all
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipients", nargs="?", type=int, default=20_000)
    parser.add_argument("rounds", nargs="?", type=int, default=7)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.sink:
        sink()
    command = [sys.executable, "-m", "bench.bodies", "--sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            with tempfile.TemporaryDirectory() as folder:
                for pictures_kb in (0, 600):
                    compared(port, asked, pictures_kb, Path(folder))
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
