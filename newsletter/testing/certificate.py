"""Certificates signed by themselves, for this machine or any name, and the TLS settings on both sides."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """A key and what it proves, in PEM."""

    key: bytes
    public: bytes

    def server(self) -> ssl.SSLContext:
        """The settings of a server that shows the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:  # ssl reads keys from files alone
            path = Path(folder, "both.pem")
            path.write_bytes(self.key + self.public)
            context.load_cert_chain(path)
        return context

    def client(self) -> ssl.SSLContext:
        """The settings of a client that trusts the certificate and no other."""
        return ssl.create_default_context(cadata=self.public.decode("ascii"))


def loopback_certificate() -> Certificate:
    """One for this machine, good for three days; the same whenever this process asks."""
    return certificate_for("localhost", "127.0.0.1")


@cache
def certificate_for(*hosts: str) -> Certificate:
    """One for these names and addresses; the same whenever this process asks."""
    from cryptography import x509  # heavy: most who import this never speak TLS
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def named(host: str) -> x509.GeneralName:
        try:
            return x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            return x509.DNSName(host)

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, hosts[0])])
    began = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=4))
        .add_extension(x509.SubjectAlternativeName(list(map(named, hosts))), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Certificate(private, made.public_bytes(pem))
