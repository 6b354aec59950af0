"""A round in which some members are hostile: each ends as a warning, and the others give their news."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsletter.cli import cli
from newsletter.cli.boundary import run
from newsletter.demo.sites import serve
from tests.gather.conftest import laid_out
from tests.hostile.conftest import Bait
from tests.hostile.inputs import FEEDS, PAGES

__all__ = ["laid_out"]  # the fixture

LayOut = Callable[[Mapping[str, str]], Path]
HTML, XML, PACKED = "text/html; charset=utf-8", "text/xml", ("Content-Encoding", "gzip")
Answer = tuple[int, bytes, tuple[tuple[str, str], ...]]


def answers(bait: Bait) -> Mapping[str, Answer]:
    """What each hostile member answers, whatever it is asked."""
    bomb = gzip.compress(b"\0" * 30_000_000)
    return {
        "www.hofors.example": (200, bait.laid(FEEDS["attribute flood"]), (("Content-Type", XML),)),
        "www.sandviken.example": (200, bomb, (("Content-Type", HTML), PACKED)),
        "www.borlange.example": (302, b"", (("Location", f"{bait.origin}/intern"),)),
        "www.ludvika.example": (302, b"", (("Location", "http://[::1"), ("ETag", '"\xe5"'))),
        "www.sater.example": (200, bait.laid(FEEDS["external entity of a file"]), (("Content-Type", XML),)),
        "www.lindesberg.example": (200, bait.laid(PAGES["data without end"]), (("Content-Type", HTML),)),
    }


@pytest.fixture
def hostile(bait: Bait) -> Iterator[Mapping[str, str]]:
    """Hostile members' origins, and where they answer."""
    told = answers(bait)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, headers = told[self.headers["Host"]]
            status, body = (404, b"") if self.path == "/robots.txt" else (status, body)
            self.send_response(status)
            for name, value in (*headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Callers hang up: that is what is wanted."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield {f"https://{host}": f"http://127.0.0.1:{server.server_address[1]}" for host in told}
    server.shutdown()
    server.server_close()


def test_hostile_members_are_warnings_and_the_rest_goes_on(
    laid_out: LayOut,
    hostile: Mapping[str, str],
    bait: Bait,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each hostile member fails with its reason; the others give all their news, and nothing leaks."""
    with serve() as sites:
        root = laid_out({**sites.origins, **hostile})
        assert run(cli, ["--workspace", str(root), "gather", "--json"]) == 0
    told = {entry["member"]: entry for entry in json.loads(capfd.readouterr().out)["sources"]}
    failed = {origin.split(".")[1] for origin in hostile} | {"avesta"}  # which answers 503 in the demo
    assert {member for member, entry in told.items() if entry["outcome"] == "failed"} == failed
    assert all(entry["new"] for member, entry in told.items() if member not in failed)
    assert all(told[member]["why"] for member in failed)
    assert not bait.calls
