"""`Fetcher` over HTTP: manners first, then hop by hop, within caps on hops, bytes, time and repeats."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from types import TracebackType
from urllib.parse import quote, urljoin, urlsplit

import httpx2

from newsletter import __version__
from newsletter.edges.fetch.failures import Failed, Refused, mapped
from newsletter.edges.fetch.manners import Resting, Robots, Turns
from newsletter.edges.fetch.reach import Door, Reach, Resolve, checked, origin, resolved
from newsletter.edges.fetch.unpacking import TooLarge, coding, unpacked
from newsletter.edges.fetch.wire import Deadline, Wire
from newsletter.errors import FetchFailed
from newsletter.model.news import SourceState
from newsletter.model.settings import GatherRules
from newsletter.ports import Fetched

AGENT = "newsletter-gather"  # what a robots.txt calls us
LEAST_PAUSE = 2.0  # seconds between two calls to a host, whatever the settings say; trial hosts need none
_HOPS = 10  # a host that sets a cookie and sends us back takes two
_REPEATS = 2  # calls after the first; the pause doubles each time
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ROBOTS_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
_LONGEST_TAG = 500  # characters of an ETag or Last-Modified that are worth keeping


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
        self._wire = Wire(tls)
        self._headers = _headers(rules.contact)
        self._clients: dict[str, httpx2.Client] = {}  # by host, each with cookies of its own

    def fetch(self, url: str, state: SourceState | None = None) -> Fetched:
        """One page or feed; 304 where `state` is still true. Raises FetchFailed."""
        return self._walked(url, _conditions(state), self._rules.max_bytes, ask_robots=True)

    def close(self) -> None:
        """Let go of what is open."""
        for client in list(self._clients.values()):
            client.close()

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
            door = self._door(here, deadline)  # the one time that the name is resolved for this hop
            if ask_robots:
                self._ask_robots(here)
            answer, onward = self._patient(here, door, headers, max_bytes, deadline)
            if answer is not None:
                return answer
            onward = self._onward(here, onward)
            headers = headers if origin(onward) == origin(here) else {}
            here = onward
        raise FetchFailed(f"{url} skickar oss runt i cirkel.", why=f"Mer än {_HOPS} omdirigeringar.")

    def _door(self, url: str, deadline: Deadline) -> Door:
        checked(url)
        with deadline, mapped(url, _host(url), deadline):
            return self._reach.door(url, deadline.left())

    def _onward(self, here: str, location: str) -> str:
        """The absolute address that a redirect leads to, as the world knows it. Raises FetchFailed."""
        try:
            joined = urljoin(here, location).split("#")[0]
        except ValueError:
            joined = location
        return self._reach.public(checked(joined), here)

    def _ask_robots(self, url: str) -> None:
        own = origin(url)
        if not self._robots.allows(url, own):
            raise FetchFailed(
                f"{url} får inte hämtas.",
                why="Webbplatsens robots.txt säger nej.",
                do="Välj en annan adress, eller skriv in nyheten för hand i news.toml.",
            )
        self._turns.ask_for(_host(url), self._robots.delay(own))

    # --- one hop --------------------------------------------------------------------------------------

    def _patient(
        self, url: str, door: Door, headers: Mapping[str, str], max_bytes: int, deadline: Deadline
    ) -> tuple[Fetched | None, str]:
        """The answer or the address onward; asked for again where that is safe and time allows."""
        host = _host(url)
        if not door.is_trial:
            self._turns.ask_for(host, LEAST_PAUSE)
        for repeat in range(_REPEATS + 1):
            try:
                return self._asked(url, door, headers, max_bytes, deadline)
            except Resting as resting:
                raise _left_alone(host, resting.seconds) from resting
            except Failed as failed:
                rest = max(failed.rest, self._turns.pause(host) * 2**repeat) if failed.again else 0.0
                self._turns.rest(host, rest)
                if repeat == _REPEATS or not failed.again or not deadline.affords(rest):
                    raise
        raise AssertionError("the last repeat returns or raises")

    def _asked(
        self, url: str, door: Door, headers: Mapping[str, str], max_bytes: int, deadline: Deadline
    ) -> tuple[Fetched | None, str]:
        """One call: the answer, or the address that it sends us on to."""
        host = _host(url)
        client = self._client(host)
        with self._turns.turn(host, self._rules.deadline_seconds), deadline, mapped(url, host, deadline):
            extensions = {"door": door, "deadline": deadline}
            request = client.build_request("GET", url, headers=dict(headers), extensions=extensions)
            response = client.send(request, stream=True, follow_redirects=False)
            try:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return None, response.headers["location"]
                return _fetched(url, response, max_bytes, deadline, is_known=bool(headers)), ""
            finally:
                response.close()

    def _client(self, host: str) -> httpx2.Client:
        client = self._clients.get(host)
        if client is None:
            made = httpx2.Client(transport=self._wire, trust_env=False, headers=self._headers)
            client = self._clients.setdefault(host, made)
        return client

    # --- robots.txt -----------------------------------------------------------------------------------

    def _robots_text(self, own: str) -> str:
        """The origin's robots.txt; "" where it has none: a 4xx means that all may be read (RFC 9309)."""
        try:
            answer = self._walked(f"{own}/robots.txt", {}, _ROBOTS_BYTES, ask_robots=False)
        except Refused as refused:
            if 400 <= refused.status < 500 and refused.status != 429:
                return ""
            raise
        return answer.body.decode("utf-8", "replace")


def _headers(contact: str) -> dict[str, str]:
    """Who we are, honestly; only encodings whose growth is watched."""
    who = f" (+mailto:{quote(contact, safe='@+')})" if contact else ""
    return {
        "User-Agent": f"{AGENT}/{__version__}{who}",
        "Accept": "application/rss+xml, application/atom+xml, text/html;q=0.9, */*;q=0.5",
        "Accept-Language": "sv, en;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }


def _conditions(state: SourceState | None) -> dict[str, str]:
    if state is None:
        return {}
    asked = {"If-None-Match": _tag(state.etag), "If-Modified-Since": _tag(state.last_modified)}
    return {name: value for name, value in asked.items() if value}


def _tag(said: str) -> str:
    """An ETag or Last-Modified that can be said back to the server; "" where it cannot."""
    return said if said.isascii() and said.isprintable() and len(said) <= _LONGEST_TAG else ""


def _left_alone(host: str, seconds: float) -> FetchFailed:
    """A host that asked for a longer rest than we wait is not asked at all until then."""
    return FetchFailed(
        f"{host} ber om att få vara i fred.",
        why=f"Den bad om en paus, och {seconds:.0f} sekunder återstår av den.",
        do="Försök senare.",
        retryable=True,
    )


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _fetched(
    url: str, response: httpx2.Response, max_bytes: int, deadline: Deadline, *, is_known: bool
) -> Fetched:
    """The answer; a 304 has no body, and is one only where we said what we know."""
    if response.status_code != 200 and not (response.status_code == 304 and is_known):
        raise Refused(url, response)
    headers = response.headers
    return Fetched(
        url=url,
        status=response.status_code,
        body=_body(response, max_bytes, deadline) if response.status_code == 200 else b"",
        content_type=headers.get("content-type", ""),
        etag=_tag(headers.get("etag", "")),
        last_modified=_tag(headers.get("last-modified", "")),
    )


def _body(response: httpx2.Response, max_bytes: int, deadline: Deadline) -> bytes:
    """The body, unpacked; what says beforehand that it is too large is not read."""
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > max_bytes:
        raise TooLarge(f"{length} bytes")
    packing = coding(response.headers.get("content-encoding", ""))
    pieces = (piece for piece in response.iter_raw() if deadline.left())
    return unpacked(pieces, packing, max_bytes)
