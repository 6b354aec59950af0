"""Letters by SMTP, and how nodemailer's pool and Django do on the same sink.

    .venv-bench/bin/python -m bench.smtp [--letters 4000] [--rounds 5] [--connections 8]

`make bench` installs Django, `npm ci` in bench/ installs nodemailer; who is missing is left out, and said so.

Personalised letters of 66 kB go to a sink in a process of its own (bench/sink.py). In each round everybody
sends in turn; the figures are medians, and the ratios are of those. The peers do what their pages say:
nodemailer fills in its texts and hands each letter to a pool with as many connections; Django sends
EmailMultiAlternatives by send_messages, over one connection, and by as many threads as there are connections,
each with its own. Neither keeps any row. A round whose letters did not all arrive, each to its own recipient,
is no round: the sink counts.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.through import delivered
from newsletter import send
from newsletter.edges import store
from newsletter.edges.smtp import Smtp
from newsletter.model.delivery import Chunk, Delivery, Sending
from newsletter.model.letter import Letter, LetterSender, Mark
from newsletter.model.settings import SmtpSettings
from newsletter.model.transport import Outcome, Parcel
from newsletter.ports import Mailer

HERE = Path(__file__).parent
AT = datetime(2026, 11, 17, 11, 0, tzinfo=UTC)
DOMAIN = "bergslaget.example"
SIZE = 66_000  # octets of a letter on the wire
PARAGRAPH = (
    "<p>Dubbelspåret mellan Borlänge och Falun tar form, och <b>fem kommuner</b> har sagt vad de behöver. "
    "Under hösten träffades kommuner, regioner och företag. "
    '<a href="https://www.bergslaget.example/spar/%d">Läs mer</a></p>\n'
)


def main() -> None:
    """Measure in rounds, and print."""
    gc.set_threshold(50_000, 20, 20)  # as the program sets it, for all
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--letters", type=int, default=4000, help="ours in a round; the peers send fewer")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--connections", type=int, default=8)
    given = options.parse_args()
    with sink() as port, tempfile.TemporaryDirectory() as folder:
        field = contestants(port, given.connections, Path(folder))
        shares = {name: max(50, given.letters // one.fewer) for name, one in field.items()}
        rates: dict[str, list[float]] = {name: [] for name in field}
        for _ in range(given.rounds):
            for name, one in field.items():
                rates[name].append(rate(one.send, shares[name], port))
        show(field, {name: statistics.median(found) for name, found in rates.items()})
        print(f"CPU of the edge alone, letters ready: {edge_cpu(port):.0f} µs a letter")


@dataclass(frozen=True, slots=True)
class Contestant:
    """Somebody who sends letters."""

    send: Callable[[int], float]  # how many -> seconds, all handed over
    fewer: int = 1  # so many times fewer letters a round than ours
    wanted: float = 0.0  # how many times faster ours should be; 0: nothing is wanted


OURS = "newsletter, with a durable row for each recipient"


def contestants(port: int, connections: int, folder: Path) -> dict[str, Contestant]:
    """Who takes part, by name; who is not installed is left out, and said so."""
    found = {
        "the sink alone, the same bytes again and again": Contestant(
            lambda count: blast(port, connections, count)
        ),
        "newsletter, the edge alone": Contestant(lambda count: ours(port, connections, count, None)),
        OURS: Contestant(lambda count: ours(port, connections, count, folder)),
    }
    if (HERE / "node_modules/nodemailer").is_dir() and shutil.which("node"):
        file = folder / "letter.json"
        file.write_text(json.dumps(as_json()), "utf-8")
        found["nodemailer, pooled"] = Contestant(lambda count: pooled(port, connections, count, file), 4, 6.0)
    else:
        print("nodemailer is not installed (npm ci in bench/), and left out", file=sys.stderr)
    try:
        from django.conf import settings
    except ImportError:
        print("Django is not installed (make bench), and left out", file=sys.stderr)
        return found
    settings.configure(USE_I18N=False, DEFAULT_CHARSET="utf-8")
    found["Django, send_messages"] = Contestant(lambda count: django(port, 1, count), 16, 7.0)
    found[f"Django, send_messages in {connections} threads"] = Contestant(
        lambda count: django(port, connections, count), 16
    )
    return found


def rate(send: Callable[[int], float], count: int, port: int) -> float:
    """Letters a second. Raises SystemExit where they did not all arrive, each to its own recipient."""
    counted(port)
    seconds = send(count)
    came, recipients = counted(port)
    if came < count or recipients < min(count, came):
        raise SystemExit(f"{count} letters were sent, and {came} came, to {recipients} recipients")
    return count / seconds


def show(field: dict[str, Contestant], rates: dict[str, float]) -> None:
    """Print each one's letters a second, and ours as a multiple."""
    for name, one in field.items():
        wanted = f"   (wanted: {one.wanted:g})" if one.wanted else ""
        print(f"{name:76}{rates[name]:8.0f} /s   ours is {rates[OURS] / rates[name]:5.2f} times{wanted}")


# Ours


def ours(port: int, connections: int, count: int, folder: Path | None) -> float:
    """Seconds for so many letters, to the last answer; with a folder for its file, through the ledger."""
    settings = SmtpSettings(
        "127.0.0.1", port, security="none", auth="none", connections=connections, per_minute=0.0,
        letters_per_connection=1_000_000,
    )  # fmt: skip
    mailer = Smtp(settings)
    with closing(mailer):
        size = mailer.features.chunk
        rows = [delivery(number)._replace(chunk=number // size) for number in range(count)]
        if folder is None:
            return edge_alone(mailer, rows)
        file = folder / "state.db"
        for old in folder.glob("state.db*"):
            old.unlink()
        with store.open(file, suppression_key=b"invented-key-for-the-bench-alone") as state:
            return through_the_ledger(mailer, state, rows)


def edge_alone(mailer: Mailer, rows: Sequence[Delivery]) -> float:
    """Chunks by threads, and no row of anybody."""
    size = mailer.features.chunk
    start = time.perf_counter()
    chunks = [
        Chunk("s", number, tuple(rows[at : at + size])) for number, at in enumerate(range(0, len(rows), size))
    ]
    with ThreadPoolExecutor(mailer.features.workers) as pool:
        for outcome in pool.map(lambda chunk: one_chunk(mailer, chunk), chunks):
            if outcome != {Outcome.ACCEPTED}:
                raise SystemExit(f"a chunk ended as {outcome}")
    return time.perf_counter() - start


def one_chunk(mailer: Mailer, chunk: Chunk) -> set[Outcome]:
    """The outcomes of one chunk."""
    made = [send.outgoing(TEMPLATE, one, {Mark.NAME: one.name}, AT) for one in chunk.deliveries]
    return {answer.outcome for answer in mailer.attempt(Parcel(chunk, LETTER, made)).values()}


def through_the_ledger(mailer: Mailer, state: store.Store, rows: Sequence[Delivery]) -> float:
    """As `newsletter send` does it: a row for each, planned, claimed, attempted and closed on the disk."""
    start = time.perf_counter()
    sending = state.ledger.plan(Sending("s", "2026-2", "d", "smtp", "none", AT), rows)
    delivered(sending, LETTER, mailer, state)
    return time.perf_counter() - start


def delivery(number: int) -> Delivery:
    """The row of one invented reader."""
    return Delivery(
        f"{number:024x}", "s", f"r{number}", f"p{number}@{DOMAIN}", f"Läsare {number}", "alla", "", "", "", 0
    )


def edition() -> Letter:
    """A letter that is 66 kB on the wire, with the reader's name in both parts."""

    def of(paragraphs: int) -> Letter:
        body = "".join(PARAGRAPH % number for number in range(paragraphs))
        return Letter(
            "2026-2", "alla", "sv", "Nya spår och en dag i Ludvika", "Kort om allt",
            f"<p>Hej {{{{name}}}}!</p>\n{body}",
            "Hej {{name}}!\n\nDubbelspåret mellan Borlänge och Falun tar form.\n" * 40, (), (),
            LetterSender("Bergslaget", f"brev@{DOMAIN}", f"kansli@{DOMAIN}"), {}, {}, {},
        )  # fmt: skip

    def size(letter: Letter) -> int:
        return sum(map(len, send.template(letter).segments))

    each = size(of(2)) - size(of(1))
    return of(1 + (SIZE - size(of(1))) // each)


LETTER = edition()
TEMPLATE = send.template(LETTER)


def edge_cpu(port: int, count: int = 4000) -> float:
    """Microseconds of CPU, the system's part included, that the edge takes for a letter; one thread."""
    letters = [send.outgoing(TEMPLATE, delivery(number), {Mark.NAME: "Åsa"}, AT) for number in range(400)]
    mailer = Smtp(
        SmtpSettings("127.0.0.1", port, security="none", auth="none", letters_per_connection=1_000_000)
    )
    chunk = Chunk("s", 0, ())
    with closing(mailer):
        mailer.attempt(Parcel(chunk, LETTER, letters[:8]))
        start = time.process_time()
        for at in range(0, count, 8):
            mailer.attempt(Parcel(chunk, LETTER, letters[at % 400 : at % 400 + 8]))
        return (time.process_time() - start) / count * 1e6


# The others


def as_json() -> dict[str, str]:
    """The letter's texts, for those who build it themselves."""
    return {
        "subject": LETTER.subject, "text": LETTER.text, "html": LETTER.html, "domain": DOMAIN,
        "from": f"Bergslaget <brev@{DOMAIN}>",
    }  # fmt: skip


def pooled(port: int, connections: int, count: int, file: Path) -> float:
    """Seconds of nodemailer's, as it tells them: without node's start, and warm."""
    command = ["node", str(HERE / "nodemailer.cjs"), str(port), str(connections), str(count), str(file)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def django(port: int, threads: int, count: int) -> float:
    """Django's seconds, by so many threads with a connection each."""
    from django.core.mail import EmailMultiAlternatives
    from django.core.mail.backends.smtp import EmailBackend
    from django.core.mail.utils import DNS_NAME

    DNS_NAME.get_fqdn()  # it asks for this machine's name once, which may take a while

    def message(number: int) -> EmailMultiAlternatives:
        name = f"Läsare {number}"
        made = EmailMultiAlternatives(
            LETTER.subject,
            LETTER.text.replace("{{name}}", name),
            f"Bergslaget <brev@{DOMAIN}>",
            [f"{name} <p{number}@{DOMAIN}>"],
        )
        made.attach_alternative(LETTER.html.replace("{{name}}", name), "text/html")
        return made

    def share(start: int) -> None:
        backend = EmailBackend(host="127.0.0.1", port=port, use_tls=False, use_ssl=False)
        backend.send_messages([message(number) for number in range(start, count, threads)])

    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(share, range(threads)))
    return time.perf_counter() - start


# The sink


@contextmanager
def sink() -> Iterator[int]:
    """The sink in a process of its own; its port."""
    command = [sys.executable, str(HERE / "sink.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def counted(port: int) -> tuple[int, int]:
    """How many letters came since this was asked last, and to how many recipients."""
    with socket.create_connection(("127.0.0.1", port)) as asked, asked.makefile("rb") as replies:
        replies.readline()
        asked.sendall(b"XCOUNT\r\n")
        _, letters, recipients = replies.readline().split()
        return int(letters), int(recipients)


def blast(port: int, connections: int, count: int) -> float:
    """Seconds of whoever does nothing but write: the same letter again and again, commands behind it."""
    data = send.outgoing(TEMPLATE, delivery(0), {Mark.NAME: "Åsa"}, AT).data + b".\r\n"

    def share(start: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as to:
            to.recv(4096)
            to.sendall(b"EHLO x\r\n" + commands(start))
            for number in range(start, count, connections):
                while b"354" not in to.recv(4096):
                    pass
                to.sendall(data + commands(number + connections) if number + connections < count else data)
            to.recv(4096)

    start = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(share, range(connections)))
    return time.perf_counter() - start


def commands(number: int) -> bytes:
    """MAIL, RCPT and DATA in one piece."""
    return f"MAIL FROM:<a@{DOMAIN}>\r\nRCPT TO:<p{number}@{DOMAIN}>\r\nDATA\r\n".encode()


if __name__ == "__main__":
    main()
