"""What can go wrong on the way, in the words of the person who reads it, and whether to ask once more.

A call is repeated only where that is safe and may help: nothing was heard, or the site says that it is a
passing trouble (429, 502, 503, 504).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore2
import httpx2

from newsletter.edges.fetch.unpacking import TooLarge, Unreadable
from newsletter.edges.fetch.wire import Deadline
from newsletter.errors import FetchFailed

_RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504})
_REPEATED = frozenset({429, 502, 503, 504})

CORE_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)
# ValueError: what the libraries raise for characters that fit in no address and no header.
ERRORS = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.CookieConflict,
    httpx2.StreamError,
    *CORE_ERRORS,
    TooLarge,
    Unreadable,
    ValueError,
)


class Failed(FetchFailed):
    """A failed call: whether it may be made `again`, and the `rest` in seconds that the site asked for."""

    def __init__(
        self, what: str, *, why: str = "", do: str = "", retryable: bool = False, again: bool = False
    ) -> None:
        super().__init__(what, why=why, do=do, retryable=retryable)
        self.again = again
        self.rest = 0.0


class Refused(Failed):
    """The site answered, but with a status that is no page."""

    def __init__(self, url: str, response: httpx2.Response) -> None:
        self.status = response.status_code
        words = f" ({_STATUS_WORDS[self.status]})" if self.status in _STATUS_WORDS else ""
        passing = self.status in _RETRYABLE
        super().__init__(
            f"{url} svarade {self.status}{words}.",
            do="Försök senare." if passing else "Kontrollera adressen.",
            retryable=passing,
            again=self.status in _REPEATED,
        )
        self.rest = _asked_rest(response.headers) if self.again else 0.0


def _asked_rest(headers: httpx2.Headers) -> float:
    """The seconds of a Retry-After, given as such or as a moment; 0 where there is none to understand."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        now = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max(0.0, (parsedate_to_datetime(said) - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


_STATUS_WORDS = {
    401: "inloggning krävs",
    403: "nekad",
    404: "finns inte",
    410: "borttagen",
    429: "för många frågor",
    500: "internt fel",
    502: "fel i mellanled",
    503: "inte tillgänglig just nu",
    504: "svarar inte i tid",
}


@contextmanager
def mapped(url: str, host: str, deadline: Deadline) -> Iterator[None]:
    """Every error of the libraries below becomes a Failed that says what happened."""
    try:
        yield
    except ERRORS as error:
        what, retryable = said(error)
        again = isinstance(error, _CUT) and retryable and not deadline.heard
        why = f"{url}: {error or type(error).__name__}"[:500]
        raise Failed(f"{host} {what}.", why=why, retryable=retryable, again=again) from error


_CUT = (
    httpx2.NetworkError,
    httpcore2.NetworkError,
    httpx2.RemoteProtocolError,
    httpcore2.RemoteProtocolError,
)

_SAID: tuple[tuple[tuple[type[BaseException], ...], str, bool], ...] = (
    ((httpx2.ConnectTimeout, httpcore2.ConnectTimeout), "gick inte att nå i tid", True),
    ((httpx2.TimeoutException, httpcore2.TimeoutException), "svarade för långsamt", True),
    ((httpx2.ConnectError, httpcore2.ConnectError), "gick inte att ansluta till", True),
    ((httpx2.NetworkError, httpcore2.NetworkError), "bröt förbindelsen", True),
    ((TooLarge,), "skickade ett svar som är för stort", False),
    ((Unreadable, httpx2.DecodingError), "skickade något som inte går att packa upp", False),
    ((httpx2.RemoteProtocolError, httpcore2.RemoteProtocolError), "talar inte rätt http", True),
    ((httpx2.ProtocolError, httpcore2.ProtocolError), "talar inte rätt http", False),
    ((httpx2.InvalidURL, ValueError), "har en adress som inte går att tolka", False),
)
_UNTRUSTED = "har ett certifikat som inte går att lita på"


def said(error: BaseException) -> tuple[str, bool]:
    """The error in words that follow the host's name, and whether trying again can help."""
    if _is_untrusted(error):
        return _UNTRUSTED, False
    return next(
        ((what, retryable) for kinds, what, retryable in _SAID if isinstance(error, kinds)),
        ("gick inte att hämta från", False),
    )


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether the certificate is what failed; the libraries say so only in the error's causes."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
