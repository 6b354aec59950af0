"""Sending to many: seconds and memory of plan, sending and taking up again.

    python bench/scale.py [recipients …]                     default: 10000 100000

The association's autumn issue goes to invented recipients, by SendGrid's edge to a server on loopback that
takes what it is given at once. Each measure is a process of its own, for the sake of its peak of memory; the
server is another one. What is left of a sending that was killed half-way is taken up: seconds until it sends.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsletter.model.people import Mandate, Recipient, Role  # noqa: E402

ISSUE = "2026-2"
_COPIED = ("newsletter.toml", "subscribers/members.csv", "subscribers/segments.toml", "templates", "content")
_ROLES = (Role.COUNCIL, Role.BOARD, Role.CHAIR, Role.HEAD, Role.PLANNING, Role.PARTNER)
_AT = datetime(2026, 11, 17, tzinfo=UTC)


def people(number: int) -> Iterator[Recipient]:
    """So many people, spread over the members and roles."""
    draw = random.Random(number)
    members = [line.split(",")[0] for line in (ROOT / "subscribers/members.csv").read_text().splitlines()[1:]]
    for each in range(number):
        held = (Mandate(draw.choice(_ROLES), draw.choice(members), "prov"),)
        address, name = f"namn{each}@{held[0].member}.example.org", f"Namn Efternamn{each}"
        yield Recipient(f"{draw.getrandbits(96):024x}", address, name, held, "sv", "uppdrag", "prov.csv")


def lay_out(root: Path, number: int) -> None:
    """The association's workspace, with so many recipients in its database."""
    from newsletter import wiring

    for name in _COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (root / f"content/issues/{ISSUE}/sending.json").unlink(missing_ok=True)
    with wiring.application(root) as app:
        app.store.people.put(people(number), at=_AT, command="bench")


# --- measures, each in a process of its own ------------------------------------------------------------


def _plan(root: Path) -> None:
    _send(root, confirm="")


def _whole(root: Path) -> None:
    _send(root, confirm=ISSUE)


def _resume(root: Path) -> None:
    _send(root, confirm=ISSUE)


def _send(root: Path, confirm: str) -> None:
    from newsletter import wiring
    from newsletter.errors import ConfirmationNeeded

    began = time.perf_counter()
    first: list[float] = []
    stages: dict[str, float] = {}

    def on_progress(done: int, total: int) -> None:
        if done and not first:
            first.append(time.perf_counter() - began)

    def on_plan(plan: object) -> None:
        stages["shown"] = time.perf_counter() - began

    with wiring.application(root) as app:
        try:
            report = app.send(
                ISSUE, via="sendgrid", confirm=confirm, on_plan=on_plan, on_progress=on_progress
            )
            stages["accepted"] = report.equation.accepted if report.equation else 0
        except ConfirmationNeeded:
            pass
    stages["first"] = first[0] if first else 0.0
    stages["seconds"] = time.perf_counter() - began
    stages["cpu"] = time.process_time()
    stages["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(stages))


def _serve() -> None:
    from newsletter.testing.sendgrid import SendGridServer

    with SendGridServer(checked=False) as server:
        print(json.dumps({"url": server.url, "key": server.key}), flush=True)
        sys.stdin.read()


MEASURES = {"plan": _plan, "whole": _whole, "resume": _resume}


@contextmanager
def served() -> Iterator[dict[str, str]]:
    """The environment of a sender, with a server that lives in another process."""
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        told = json.loads(server.stdout.readline())
        try:
            yield {**os.environ, "NEWSLETTER_SENDGRID_URL": told["url"], "SENDGRID_API_KEY": told["key"]}
        finally:
            server.terminate()


def measured(name: str, root: Path, environment: dict[str, str]) -> dict[str, float]:
    """What one measure gave."""
    command = [sys.executable, __file__, "--measure", name, str(root)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def killed(root: Path, environment: dict[str, str], share: float) -> None:
    """Begin to send, and kill the sender when so much of it is accepted."""
    command = [sys.executable, __file__, "--measure", "whole", str(root)]
    sender = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watch = f"file:{root / '.newsletter/state.db'}?mode=ro"
    while sender.poll() is None and _accepted(watch) < share:
        time.sleep(0.05)
    sender.send_signal(signal.SIGKILL)
    sender.wait()


def _accepted(uri: str) -> float:
    import sqlite3

    with sqlite3.connect(uri, uri=True) as connection:
        rows = dict(connection.execute("SELECT state, count(*) FROM delivery GROUP BY state"))
    return rows.get("accepted", 0) / max(1, sum(rows.values()))


def main(numbers: list[int]) -> None:
    """Print a table."""
    print("| recipients | | seconds | until the first letter | CPU seconds | peak memory |")
    print("|---:|---|---:|---:|---:|---:|", flush=True)
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder, served() as environment:
            root, again = Path(folder) / "whole", Path(folder) / "killed"
            lay_out(root, number)
            shutil.copytree(root, again)
            _row(number, "plan shown", measured("plan", root, environment))
            _row(number, "planned and sent", measured("whole", root, environment))
            killed(again, environment, 0.5)
            _row(number, "taken up after a kill", measured("resume", again, environment))


def _row(number: int, what: str, told: dict[str, float]) -> None:
    first = f"{told['first']:.1f}" if told["first"] else "–"
    cost = f"{told['seconds']:.1f} | {first} | {told['cpu']:.1f} | {told['peak_mb']:.0f} MB"
    print(f"| {number:,} | {what} | {cost} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("recipients", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "FOLDER"))
    parser.add_argument("--serve", action="store_true")
    chosen = parser.parse_args()
    if chosen.serve:
        _serve()
    elif chosen.measure:
        MEASURES[chosen.measure[0]](Path(chosen.measure[1]))
    else:
        main(chosen.recipients)
