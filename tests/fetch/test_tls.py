"""Over TLS, the certificate is checked against the public name though the address is connected to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from newsletter.edges.fetch import Web
from newsletter.errors import FetchFailed
from newsletter.model.settings import GatherRules
from newsletter.testing.certificate import certificate_for
from tests.fetch.conftest import PUBLIC, reply

CERTIFICATE = certificate_for("www.example.se")


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        reply(200, b"hej")(self)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """A TLS server with a certificate for www.example.se."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    server.socket = CERTIFICATE.server().wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def fetched(public: str, port: int) -> bytes:
    rules = GatherRules(politeness_seconds=0, trial_hosts={public: f"https://127.0.0.1:{port}"})
    with Web(rules, tls=CERTIFICATE.client()) as web:
        return web.fetch(f"{public}/").body


def test_certificate_of_the_public_name_is_accepted(port: int) -> None:
    """The name in the address is the one that the certificate must hold, not the IP address."""
    assert fetched(PUBLIC, port) == b"hej"


def test_certificate_of_another_name_is_refused(port: int) -> None:
    """A server that cannot prove the name is not read."""
    with pytest.raises(FetchFailed, match="certifikat") as failed:
        fetched("https://www.other.se", port)
    assert not failed.value.retryable
