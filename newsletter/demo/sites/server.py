"""One loopback server for all the sites; the host that is asked for decides which."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from newsletter.demo.sites.shapes import DEMO_DAY, SITES, Page

_MISSING = Page(b"Sidan finns inte.", "text/plain; charset=utf-8", 404)
_COOKIE = "visited=1"


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites while they are served."""

    origins: Mapping[str, str]  # public origin → loopback origin; fits GatherRules.trial_hosts
    day: date


@contextmanager
def serve(port: int = 0, day: date = DEMO_DAY) -> Iterator[Sites]:
    """Serve the sites on 127.0.0.1 as of this day; port 0 takes a free one. They end with the block."""
    server = _Server(port, {site.origin.removeprefix("https://"): dict(site.pages(day)) for site in SITES})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    local = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield Sites({site.origin: local for site in SITES}, day)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """The pages by host and path."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, pages: Mapping[str, Mapping[str, Page]]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pages = pages
        self.gated = {site.origin.removeprefix("https://") for site in SITES if site.wants_cookie}

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a caller that hangs up has its reasons."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page, with 304 where the caller has it, or by sending him round for a cookie."""
        host = self.headers.get("Host", "").split(":")[0]
        page = self.server.pages.get(host, {}).get(self.path, _MISSING)
        if host in self.server.gated and _COOKIE not in self.headers.get("Cookie", ""):
            self._answer(
                307, {"Location": self.path, "Set-Cookie": f"{_COOKIE}; Path=/; Secure; HttpOnly"}, b""
            )
            return
        tag = '"' + hashlib.sha256(page.body).hexdigest()[:16] + '"'
        if page.status == 200 and self.headers.get("If-None-Match") == tag:
            self._answer(304, {"ETag": tag}, b"")
            return
        self._answer(page.status, {"Content-Type": page.content_type, "ETag": tag}, page.body)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo has its own lines."""
