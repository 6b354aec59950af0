"""`Fetcher` over HTTP: manners first, then hop by hop, within caps on hops, bytes and time."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from newsletter import __version__
from newsletter.edges.fetch.manners import Robots, Turns
from newsletter.edges.fetch.reach import Reach, Resolve, origin, resolved
from newsletter.edges.fetch.wire import Deadline, Wire
from newsletter.errors import FetchFailed
from newsletter.model.news import SourceState
from newsletter.model.settings import GatherRules
from newsletter.ports import Fetched

AGENT = "newsletter-gather"  # what a robots.txt calls us
_HOPS = 10  # a host that sets a cookie and sends us back takes two
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504})
_ROBOTS_BYTES = 500_000  # RFC 9309 asks for at least 500 KiB

_CORE_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)
_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.CookieConflict, httpx2.StreamError, *_CORE_ERRORS)


class Web:
    """Gets pages as the settings say; cookies are kept per host while it lives; safe to share by threads."""

    def __init__(
        self,
        rules: GatherRules,
        *,
        resolve: Resolve = resolved,
        turns: Turns | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._rules = rules
        self._reach = Reach(rules.trial_hosts, resolve)
        self._turns = turns or Turns(rules.politeness_seconds)
        self._robots = Robots(self._robots_text, AGENT)
        self._client = httpx2.Client(transport=Wire(tls), trust_env=False, headers=_headers(rules.contact))

    def fetch(self, url: str, state: SourceState | None = None) -> Fetched:
        """One page or feed; 304 where `state` is still true. Raises FetchFailed."""
        return self._walked(url, _conditions(state), self._rules.max_bytes, ask_robots=True)

    def close(self) -> None:
        """Let go of what is open."""
        self._client.close()

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- hops -----------------------------------------------------------------------------------------

    def _walked(
        self, url: str, conditions: Mapping[str, str], max_bytes: int, *, ask_robots: bool
    ) -> Fetched:
        """The answer at the end of the redirects; each hop is checked as the first."""
        here, headers = url, conditions
        deadline = Deadline(self._rules.deadline_seconds)
        for _ in range(_HOPS):
            if ask_robots:
                self._ask_robots(here)
            answer, onward = self._hop(here, headers, max_bytes, deadline)
            if answer is not None:
                return answer
            onward = self._reach.public(urljoin(here, onward), here)
            headers = headers if origin(onward) == origin(here) else {}
            here = onward.split("#")[0]
        raise FetchFailed(f"{url} skickar oss runt i cirkel.", why=f"Mer än {_HOPS} omdirigeringar.")

    def _ask_robots(self, url: str) -> None:
        self._reach.door(url)  # what may not be reached is not asked for its robots.txt either
        own = origin(url)
        if not self._robots.allows(url, own):
            raise FetchFailed(
                f"{url} får inte hämtas.",
                why="Webbplatsens robots.txt säger nej.",
                do="Välj en annan adress, eller skriv in nyheten för hand i news.toml.",
            )
        self._turns.ask_for(_host(url), self._robots.delay(own))

    def _hop(
        self, url: str, headers: Mapping[str, str], max_bytes: int, deadline: Deadline
    ) -> tuple[Fetched | None, str]:
        """The answer, or the address that it sends us on to."""
        door = self._reach.door(url)
        with self._turns.turn(_host(url)), _mapped(url), deadline:
            extensions = {"door": door, "deadline": deadline}
            request = self._client.build_request("GET", url, headers=dict(headers), extensions=extensions)
            response = self._client.send(request, stream=True, follow_redirects=False)
            try:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return None, response.headers["location"]
                return _fetched(url, response, max_bytes, deadline), ""
            finally:
                response.close()

    # --- robots.txt -----------------------------------------------------------------------------------

    def _robots_text(self, own: str) -> str:
        """The origin's robots.txt; "" where it has none: a 4xx means that all may be read (RFC 9309)."""
        try:
            answer = self._walked(f"{own}/robots.txt", {}, _ROBOTS_BYTES, ask_robots=False)
        except _Refused as refused:
            if 400 <= refused.status < 500 and refused.status != 429:
                return ""
            raise
        return answer.body.decode("utf-8", "replace")


def _headers(contact: str) -> dict[str, str]:
    """Who we are, honestly; only encodings whose growth can be watched."""
    who = f" (+mailto:{contact})" if contact else ""
    return {
        "User-Agent": f"{AGENT}/{__version__}{who}",
        "Accept": "application/rss+xml, application/atom+xml, text/html;q=0.9, */*;q=0.5",
        "Accept-Language": "sv, en;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }


def _conditions(state: SourceState | None) -> dict[str, str]:
    if state is None:
        return {}
    asked = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in asked.items() if value}


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


class _Refused(FetchFailed):
    """The site answered, but with a status that is no page."""

    def __init__(self, url: str, status: int) -> None:
        words = f" ({_STATUS_WORDS[status]})" if status in _STATUS_WORDS else ""
        super().__init__(
            f"{url} svarade {status}{words}.",
            do="Försök senare."
            if status in _RETRYABLE
            else "Kontrollera adressen i subscribers/sources.toml.",
            retryable=status in _RETRYABLE,
        )
        self.status = status


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


def _fetched(url: str, response: httpx2.Response, max_bytes: int, deadline: Deadline) -> Fetched:
    if response.status_code not in (200, 304):
        raise _Refused(url, response.status_code)
    headers = response.headers
    return Fetched(
        url=url,
        status=response.status_code,
        body=_body(url, response, max_bytes, deadline),
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
    )


def _body(url: str, response: httpx2.Response, max_bytes: int, deadline: Deadline) -> bytes:
    """The body after decompression, in pieces of at most 1 MiB, and no more than allowed."""
    body = bytearray()
    for piece in response.iter_bytes():
        deadline.left()
        body += piece
        if len(body) > max_bytes:
            raise FetchFailed(f"{url} är för stor.", why=f"Svaret är större än {max_bytes // 1000} kB.")
    return bytes(body)


class _mapped(AbstractContextManager[None]):  # noqa: N801  (reads as a verb where it is used)
    """Every error of the libraries below becomes a FetchFailed that says what happened."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, _ERRORS):
            what, retryable = _said(error)
            why = str(error) or type(error).__name__
            raise FetchFailed(
                f"{_host(self._url)} {what}.", why=f"{self._url}: {why}", retryable=retryable
            ) from error


_SAID: tuple[tuple[tuple[type[BaseException], ...], str, bool], ...] = (
    ((httpx2.ConnectTimeout, httpcore2.ConnectTimeout), "gick inte att nå i tid", True),
    ((httpx2.TimeoutException, httpcore2.TimeoutException), "svarade för långsamt", True),
    ((httpx2.ConnectError, httpcore2.ConnectError), "gick inte att ansluta till", True),
    ((httpx2.NetworkError, httpcore2.NetworkError), "bröt förbindelsen", True),
    ((httpx2.DecodingError,), "skickade något som inte går att packa upp", False),
    ((httpx2.ProtocolError, httpcore2.ProtocolError), "talar inte rätt http", False),
    ((httpx2.InvalidURL,), "har en adress som inte går att tolka", False),
)


def _said(error: BaseException) -> tuple[str, bool]:
    return next(
        ((what, retryable) for kinds, what, retryable in _SAID if isinstance(error, kinds)),
        ("gick inte att hämta från", False),
    )
