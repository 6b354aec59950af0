"""Calls as the `sendgrid` package names them, made by our own transport.

The package knows the paths, the regions and how a call is authorised; `client.mail.send.post(body)` is its
own way to speak. Its transport opens a connection for each call, waits for ever, follows redirects and logs
the key: none of that is reached here (docs/decisions/0006-sendgrid-client.md).
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpcore2
import httpx2
import python_http_client
from sendgrid import SendGridAPIClient
from sendgrid.base_interface import region_host_dict as REGIONS  # noqa: N812

from newsletter.edges.sendgrid.wire import Backend
from newsletter.errors import InputError, TransportFailed, UsageError
from newsletter.model.settings import SendGridSettings

_MOST_BYTES = 8 * 1024 * 1024  # of an answer: a thousand rows of the logs with room to spare
_IDLE_SECONDS = 15.0  # how long a connection is kept between calls; the provider hangs up later
_KEY = re.compile(r"[!-~]+")
_NOTHING_LEFT = (
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
    httpcore2.UnsupportedProtocol,
)
_PERHAPS_LEFT = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    OSError,
)


class Lost(Exception):
    """The call may have arrived, and its answer was not heard; `args[0]` says why, in Swedish."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # by lower-case name
    body: bytes = b""


class Calls:
    """Makes calls over connections that are kept; any thread may call."""

    def __init__(self, settings: SendGridSettings, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls or httpx2.create_ssl_context(trust_env=False),
            max_connections=max(settings.workers, 1),
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=Backend(settings.timeout_seconds),
        )
        waits = ("connect", "read", "write", "pool")
        self._timeouts = {"timeout": dict.fromkeys(waits, settings.timeout_seconds)}

    def made(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to one call, whatever it is. Raises TransportFailed where nothing arrived; Lost."""
        try:
            with self._pool.stream(
                method, url, headers=list(headers.items()), content=body, extensions=self._timeouts
            ) as response:
                return Reply(response.status, _read(response.headers), _bounded(response.iter_stream()))
        except _NOTHING_LEFT as error:
            raise _unreached(url, error) from None  # the library's words may hold what was to be sent
        except _PERHAPS_LEFT as error:
            raise Lost(_why(error)) from None

    def close(self) -> None:
        """Hang up."""
        self._pool.close()


class Client(python_http_client.Client):  # type: ignore[misc]  # the package ships no types
    """A path of the API: each attribute is one step further, and a method makes the call."""

    def __init__(
        self,
        calls: Calls,
        host: str,
        request_headers: Mapping[str, str],
        version: int | None = None,
        url_path: list[str] | None = None,
    ) -> None:
        super().__init__(host, request_headers=dict(request_headers), version=version, url_path=url_path)
        self._calls = calls

    def post(self, body: bytes) -> Reply:
        """POST a JSON body. Raises TransportFailed, Lost."""
        return self._made("POST", body)

    def patch(self, body: bytes) -> Reply:
        """PATCH with a JSON body. Raises TransportFailed, Lost."""
        return self._made("PATCH", body)

    def get(self, query: Mapping[str, str] | None = None) -> Reply:
        """GET. Raises TransportFailed, Lost."""
        return self._made("GET", b"", query)

    def delete(self) -> Reply:
        """DELETE. Raises TransportFailed, Lost."""
        return self._made("DELETE", b"")

    def _made(self, method: str, body: bytes, query: Mapping[str, str] | None = None) -> Reply:
        headers = self.request_headers | ({"Content-Type": "application/json"} if body else {})
        return self._calls.made(method, self._build_url(query), headers, body)

    def _build_client(self, name: str | None = None) -> Client:
        path = [*self._url_path, name] if name else self._url_path
        return Client(self._calls, self.host, self.request_headers, self._version, path)


def client(settings: SendGridSettings, calls: Calls) -> Client:
    """The root of the API. Raises UsageError for a key, InputError for an address, that cannot be used."""
    if not _KEY.fullmatch(settings.api_key):
        raise UsageError(
            "Nyckeln till SendGrid saknas." if not settings.api_key else "Nyckeln till SendGrid är trasig.",
            why="" if not settings.api_key else "Den innehåller tecken som ingen nyckel har.",
            do="Sätt SENDGRID_API_KEY, eller SENDGRID_API_KEY_FILE till en fil med nyckeln.",
        )
    named = SendGridAPIClient(settings.api_key, endpoint(settings))
    return Client(calls, named.host, named.client.request_headers, version=3)


def endpoint(settings: SendGridSettings) -> str:
    """Where the API is. Raises InputError for an address that the key must not be sent to."""
    url = (settings.url or REGIONS[settings.region]).rstrip("/")
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
        plain = bool(parts.hostname) and not (
            parts.path or parts.query or parts.fragment or "@" in parts.netloc
        )
    except ValueError:
        fits = plain = False
    if not (fits and plain):
        raise InputError(
            f"SendGrid kan inte ha adressen {settings.url}.",
            why="Den ska börja med https:// och sluta efter värdnamnet; http:// går bara till denna dator.",
            do="Rätta NEWSLETTER_SENDGRID_URL, eller ta bort den.",
        )
    return url


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _read(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _bounded(pieces: Iterable[bytes]) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > _MOST_BYTES:
            raise Lost("Svaret var för stort.")
    return bytes(body)


def _unreached(url: str, error: Exception) -> TransportFailed:
    """Nothing was sent: what stood in the way."""
    host = urlsplit(url).hostname
    if _is_untrusted(error):
        return TransportFailed(
            f"{host} har ett certifikat som inte går att lita på.",
            why="Ingenting skickades.",
            do="Se efter om en brandvägg eller ett virusskydd läser krypterad trafik.",
            retryable=False,
        )
    words = "i tid" if isinstance(error, httpcore2.TimeoutException) else ""
    return TransportFailed(
        f"SendGrid gick inte att nå {words}".rstrip() + f" ({host}).",
        why="Ingenting skickades.",
        do="Kontrollera nätet.",
    )


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether the certificate is what failed; the library says so only in the error's causes."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _why(error: Exception) -> str:
    if isinstance(error, httpcore2.TimeoutException):
        return "SendGrid svarade inte i tid."
    if isinstance(error, httpcore2.ProtocolError):
        return "SendGrid svarade med något som inte är http."
    return "Förbindelsen med SendGrid bröts."
