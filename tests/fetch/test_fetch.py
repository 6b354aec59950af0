"""Fetching from real servers on loopback."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import httpcore2
import httpx2
import pytest

from newsletter.edges.fetch import Web
from newsletter.edges.fetch.failures import CORE_ERRORS, ERRORS, mapped, said
from newsletter.edges.fetch.manners import Turns
from newsletter.edges.fetch.reach import Reach, is_public
from newsletter.edges.fetch.wire import Deadline
from newsletter.errors import FetchFailed
from newsletter.model.news import SourceState
from newsletter.model.settings import GatherRules
from tests.fetch.conftest import PUBLIC, Site, reply


def rules(site: Site, **changes: object) -> GatherRules:
    """Rules without a pause, by which the server stands for a public site."""
    known: dict[str, object] = {
        "contact": "kansli@example.org",
        "politeness_seconds": 0.0,
        "deadline_seconds": 5.0,
        "trial_hosts": {PUBLIC: site.origin},
    }
    return GatherRules(**(known | changes))  # type: ignore[arg-type]


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what HTTP servers should not; gives its origin."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.recv(4096)
                try:
                    talk(peer)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)


def test_page_arrives_with_its_headers(site: Site) -> None:
    """Bytes, status, type and what to be spared by next time come back, under the public address."""
    site.answers["/nyheter"] = reply(200, "å".encode("latin-1"), ETag='"1"', Content_Type="text/html")
    with Web(rules(site)) as web:
        fetched = web.fetch(f"{PUBLIC}/nyheter")
    assert (fetched.url, fetched.status, fetched.body) == (f"{PUBLIC}/nyheter", 200, b"\xe5")
    assert (fetched.etag, fetched.content_type) == ('"1"', "text/html")


def test_caller_is_honest(site: Site) -> None:
    """The server sees the public host, and who is asking with an address to write to."""
    site.answers["/"] = reply()
    with Web(rules(site)) as web:
        web.fetch(f"{PUBLIC}/")
    headers = site.asked[-1][1]
    assert headers["host"] == "www.example.se"
    assert headers["user-agent"].startswith("newsletter-gather/")
    assert "mailto:kansli@example.org" in headers["user-agent"]


def test_unchanged_page_is_spared(site: Site) -> None:
    """What the last answer said is sent along, and 304 comes back as it is."""
    site.answers["/feed"] = reply(304, ETag='"1"')
    state = SourceState(f"{PUBLIC}/feed", etag='"1"', last_modified="Mon, 02 Nov 2026 08:00:00 GMT")
    with Web(rules(site)) as web:
        assert web.fetch(f"{PUBLIC}/feed", state).status == 304
    headers = site.asked[-1][1]
    assert headers["if-none-match"] == '"1"'
    assert headers["if-modified-since"] == "Mon, 02 Nov 2026 08:00:00 GMT"


def test_cookies_are_kept_through_a_redirect(site: Site) -> None:
    """A host that sets a secure cookie and sends us back by 307 is satisfied."""

    def gate(request: BaseHTTPRequestHandler) -> None:
        if "seen=1" in request.headers.get("Cookie", ""):
            return reply(200, b"in")(request)
        return reply(307, Location="/gate", Set_Cookie="seen=1; Path=/; Secure; HttpOnly")(request)

    site.answers["/gate"] = gate
    with Web(rules(site)) as web:
        assert web.fetch(f"{PUBLIC}/gate").body == b"in"


def test_circle_of_redirects_ends(site: Site) -> None:
    """A redirect that never ends is given up."""
    site.answers["/a"] = reply(307, Location="/a")
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="cirkel"):
        web.fetch(f"{PUBLIC}/a")
    assert len(site.asked) < 15


def test_trial_server_that_names_itself_is_followed(site: Site) -> None:
    """A redirect to the trial server's own origin becomes the public address it stands for."""
    site.answers["/old"] = reply(301, Location=f"{site.origin}/new")
    site.answers["/new"] = reply(200, b"here")
    with Web(rules(site)) as web:
        fetched = web.fetch(f"{PUBLIC}/old")
    assert (fetched.url, fetched.body) == (f"{PUBLIC}/new", b"here")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]/",
        "http://10.0.0.7/",
        "http://192.168.1.1/admin",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "file:///etc/passwd",
        "ftp://example.se/",
        "gopher://127.0.0.1/",
    ],
)
def test_redirect_into_private_places_is_refused(site: Site, target: str) -> None:
    """No redirect leads to a private address or to another scheme."""
    site.answers["/go"] = reply(302, Location=target)
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match=r"hämtas|hämtas inte"):
        web.fetch(f"{PUBLIC}/go")


def test_loopback_needs_to_be_a_trial(site: Site) -> None:
    """The same server is refused under its own origin where the settings do not name it."""
    with Web(rules(site, trial_hosts={})) as web, pytest.raises(FetchFailed, match="öppen adress"):
        web.fetch(f"{site.origin}/")
    assert not site.asked


def test_checked_address_is_the_one_connected_to(site: Site) -> None:
    """The connection goes to the address that was checked: the system itself would not know the name."""
    local = site.origin.replace("127.0.0.1", "trial.invalid")
    site.answers["/"] = reply(200, b"x")
    with Web(rules(site, trial_hosts={PUBLIC: local}), resolve=lambda host, port: ["127.0.0.1"]) as web:
        assert web.fetch(f"{PUBLIC}/").body == b"x"


def test_private_answer_of_a_name_server_is_refused(site: Site) -> None:
    """A public name whose addresses include a private one is refused, whatever else it has."""
    with (
        Web(rules(site), resolve=lambda host, port: ["93.184.216.34", "10.1.2.3"]) as web,
        pytest.raises(FetchFailed, match=r"10\.1\.2\.3"),
    ):
        web.fetch("https://rebind.example.se/")


def test_trial_must_be_loopback(site: Site) -> None:
    """A trial host may not name any other machine."""
    reach = Reach({PUBLIC: "http://trial.invalid"}, lambda host, port: ["192.168.1.1"])
    with pytest.raises(FetchFailed):
        reach.door(f"{PUBLIC}/")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_public_addresses_are_told_apart(address: str, public: bool) -> None:
    """Private ranges are seen through IPv6's ways of wrapping IPv4."""
    assert is_public(address) is public


def test_slow_drip_ends_at_the_deadline() -> None:
    """A body that never stops coming, a byte at a time, ends at the total deadline."""
    done = threading.Event()

    def drip(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not done.wait(0.02):
            peer.sendall(b"x")

    with raw_server(drip) as local:
        limits = GatherRules(politeness_seconds=0, deadline_seconds=0.25, trial_hosts={PUBLIC: local})
        with Web(limits) as web, pytest.raises(FetchFailed, match="långsamt") as failed:
            web.fetch(f"{PUBLIC}/")
        done.set()
    assert failed.value.retryable


def test_slow_headers_end_at_the_deadline() -> None:
    """Headers that drip end at the deadline too."""
    done = threading.Event()

    def drip(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.02):
            peer.sendall(b"X-A: b\r\n")

    with raw_server(drip) as local:
        limits = GatherRules(politeness_seconds=0, deadline_seconds=0.25, trial_hosts={PUBLIC: local})
        with Web(limits) as web, pytest.raises(FetchFailed, match="långsamt"):
            web.fetch(f"{PUBLIC}/")
        done.set()


def test_bomb_stops_at_the_cap(site: Site) -> None:
    """A small answer that unpacks to a large one is given up at the cap."""
    bomb = gzip.compress(b"\0" * 30_000_000)
    site.answers["/bomb"] = reply(200, bomb, Content_Encoding="gzip")
    with Web(rules(site, max_bytes=1_000_000)) as web, pytest.raises(FetchFailed, match="för stor"):
        web.fetch(f"{PUBLIC}/bomb")


def test_broken_packing_is_told(site: Site) -> None:
    """What says gzip and is none is a FetchFailed."""
    site.answers["/x"] = reply(200, b"no gzip", Content_Encoding="gzip")
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="packa upp"):
        web.fetch(f"{PUBLIC}/x")


def test_nonsense_is_told() -> None:
    """A server that does not speak HTTP is a FetchFailed, and so is one that hangs up."""
    for words in (b"SSH-2.0-OpenSSH\r\n\r\n", b""):

        def talk(peer: socket.socket, words: bytes = words) -> None:
            peer.sendall(words)

        with raw_server(talk) as local:
            limits = GatherRules(politeness_seconds=0, deadline_seconds=2, trial_hosts={PUBLIC: local})
            with Web(limits) as web, pytest.raises(FetchFailed, match="http"):
                web.fetch(f"{PUBLIC}/")


def test_closed_door_is_told(site: Site) -> None:
    """Where nothing listens, the host could not be connected to, and trying again may help."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    limits = GatherRules(politeness_seconds=0, trial_hosts={PUBLIC: f"http://127.0.0.1:{port}"})
    with Web(limits) as web, pytest.raises(FetchFailed, match="ansluta") as failed:
        web.fetch(f"{PUBLIC}/")
    assert failed.value.retryable


@pytest.mark.parametrize(("status", "retryable"), [(404, False), (403, False), (503, True), (429, True)])
def test_status_is_told(site: Site, status: int, retryable: bool) -> None:
    """A status that is no page says itself, and whether trying again can help."""
    site.answers["/x"] = reply(status)
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match=str(status)) as failed:
        web.fetch(f"{PUBLIC}/x")
    assert failed.value.retryable is retryable


def test_robots_are_obeyed_and_read_once(site: Site) -> None:
    """What robots.txt forbids is not asked for; the file is read once for each origin."""
    site.answers["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /intern/\n")
    site.answers["/a"] = reply(200, b"a")
    with Web(rules(site)) as web:
        web.fetch(f"{PUBLIC}/a")
        with pytest.raises(FetchFailed, match="får inte"):
            web.fetch(f"{PUBLIC}/intern/x")
    assert site.paths == ["/robots.txt", "/a"]


def test_robots_that_cannot_be_read_forbid(site: Site) -> None:
    """A server error on robots.txt is no permission; a missing one is."""
    site.answers |= {"/robots.txt": reply(500), "/a": reply(200, b"a")}
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="500"):
        web.fetch(f"{PUBLIC}/a")
    assert site.paths == ["/robots.txt"]


def test_redirect_into_what_robots_forbid_is_refused(site: Site) -> None:
    """A redirect does not get around robots.txt."""
    site.answers |= {
        "/robots.txt": reply(200, b"User-agent: newsletter-gather\nDisallow: /nej\n"),
        "/ja": reply(302, Location="/nej"),
        "/nej": reply(200, b"x"),
    }
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="får inte"):
        web.fetch(f"{PUBLIC}/ja")
    assert "/nej" not in site.paths


def test_pause_between_two_calls_to_one_host() -> None:
    """A second call to the same host waits for the rest of the pause, another host does not."""
    waits: list[float] = []
    turns = Turns(2.0, now=lambda: 100.0, wait=waits.append)
    for host in ("a.se", "b.se", "a.se"):
        with turns.turn(host):
            pass
    assert waits == [2.0]


def test_site_may_ask_for_a_longer_pause(site: Site) -> None:
    """A Crawl-delay longer than our own pause is kept."""
    waits: list[float] = []
    turns = Turns(2.0, now=lambda: 100.0, wait=waits.append)
    site.answers |= {"/robots.txt": reply(200, b"User-agent: *\nCrawl-delay: 7\n"), "/a": reply(200, b"a")}
    with Web(rules(site), turns=turns) as web:
        web.fetch(f"{PUBLIC}/a")
        web.fetch(f"{PUBLIC}/a")
    assert waits == [2.0, 7.0]


def test_every_error_of_the_libraries_is_mapped() -> None:
    """Whatever error httpx2 or httpcore2 have by name, it is one that becomes a FetchFailed."""
    ours = (*ERRORS, *CORE_ERRORS)
    unmapped = {error.__name__ for error in library_errors() if not issubclass(error, ours)}
    assert unmapped <= {"ConnectionNotAvailable", "HTTPXDeprecationWarning", "SSEError"}


@pytest.mark.parametrize("tag", ['"å"', "x" * 600, "a\tb", '"\x80"'])
def test_odd_tags_are_forgotten(site: Site, tag: str) -> None:
    """An ETag that could not be said back, or is a flood, is neither kept nor sent."""
    site.answers["/a"] = reply(200, b"a", ETag=tag)
    with Web(rules(site)) as web:
        assert web.fetch(f"{PUBLIC}/a").etag == ""
        web.fetch(f"{PUBLIC}/a", SourceState(f"{PUBLIC}/a", etag=tag))
    assert "if-none-match" not in site.asked[-1][1]


def test_unasked_304_is_no_answer(site: Site) -> None:
    """A server that says *unchanged* to somebody who knows nothing has not answered."""
    site.answers["/a"] = reply(304)
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="304"):
        web.fetch(f"{PUBLIC}/a")


def test_body_of_a_redirect_or_a_refusal_is_not_read(site: Site) -> None:
    """Only the page itself is read: what comes with a redirect or an error is left."""
    site.answers |= {
        "/from": reply(301, b"x" * 10, Location="/to", Content_Encoding="gzip"),
        "/to": reply(200, b"hej"),
        "/gone": reply(410, b"x" * 10, Content_Encoding="gzip"),
    }
    with Web(rules(site)) as web:
        assert web.fetch(f"{PUBLIC}/from").body == b"hej"
        with pytest.raises(FetchFailed, match="410"):
            web.fetch(f"{PUBLIC}/gone")


def test_endless_headers_end() -> None:
    """Headers without end are cut off well before they fill the memory."""

    def flood(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(2000):
            peer.sendall(b"X-A: " + b"b" * 1000 + b"\r\n")

    with raw_server(flood) as local:
        limits = GatherRules(politeness_seconds=0, deadline_seconds=2, trial_hosts={PUBLIC: local})
        with Web(limits) as web, pytest.raises(FetchFailed, match="http"):
            web.fetch(f"{PUBLIC}/")


def library_errors() -> list[type[Exception]]:
    """Every error class that the two libraries have by name."""
    return [
        thing
        for library in (httpx2, httpcore2)
        for name in library.__all__
        if isinstance(thing := getattr(library, name, None), type) and issubclass(thing, Exception)
    ]


MAPPED = [error for error in library_errors() if issubclass(error, ERRORS)]


@pytest.mark.parametrize("kind", MAPPED, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_error_says_something(kind: type[Exception]) -> None:
    """Each error that is mapped comes out as a FetchFailed that names the host and the address."""
    error = kind.__new__(kind)
    Exception.__init__(error, "words")
    with (
        pytest.raises(FetchFailed, match=r"^www\.example\.se .*words$"),
        mapped(f"{PUBLIC}/", "www.example.se", Deadline(1)),
    ):
        raise error


@pytest.mark.parametrize(
    ("error", "words", "retryable"),
    [
        (httpcore2.ConnectTimeout("x"), "i tid", True),
        (httpcore2.ReadTimeout("x"), "långsamt", True),
        (httpcore2.ConnectError("x"), "ansluta", True),
        (httpcore2.ReadError("x"), "bröt", True),
        (httpcore2.RemoteProtocolError("x"), "http", True),
        (httpcore2.LocalProtocolError("x"), "http", False),
        (httpx2.InvalidURL("x"), "tolka", False),
        (httpx2.DecodingError("x"), "packa upp", False),
        (UnicodeEncodeError("ascii", "å", 0, 1, "x"), "tolka", False),
        (httpx2.TooManyRedirects("x"), "hämta", False),
    ],
)
def test_words_fit_the_error(error: Exception, words: str, retryable: bool) -> None:
    """What is said fits what happened, and so does whether trying again can help."""
    what, may_help = said(error)
    assert words in what
    assert may_help is retryable
