"""Over TLS, the certificate is checked against the public name though the address is connected to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newsletter.edges.fetch import Web
from newsletter.errors import FetchFailed
from newsletter.model.settings import GatherRules
from tests.fetch.conftest import PUBLIC, reply


def certificate(folder: Path, host: str) -> Path:
    """A certificate for the host, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    began = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "both.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        reply(200, b"hej")(self)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path, "www.example.se")


@pytest.fixture
def port(pem: Path) -> Iterator[int]:
    """A TLS server with a certificate for www.example.se."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def fetched(public: str, port: int, pem: Path) -> bytes:
    rules = GatherRules(politeness_seconds=0, trial_hosts={public: f"https://127.0.0.1:{port}"})
    with Web(rules, tls=ssl.create_default_context(cafile=str(pem))) as web:
        return web.fetch(f"{public}/").body


def test_certificate_of_the_public_name_is_accepted(port: int, pem: Path) -> None:
    """The name in the address is the one that the certificate must hold, not the IP address."""
    assert fetched(PUBLIC, port, pem) == b"hej"


def test_certificate_of_another_name_is_refused(port: int, pem: Path) -> None:
    """A server that cannot prove the name is not read."""
    with pytest.raises(FetchFailed, match="certifikat") as failed:
        fetched("https://www.other.se", port, pem)
    assert not failed.value.retryable
