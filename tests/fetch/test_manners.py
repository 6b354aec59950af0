"""Pauses, repeats and rests, on a clock that moves only when somebody waits."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest

from newsletter.edges.fetch import Web
from newsletter.edges.fetch.manners import Resting, Turns
from newsletter.edges.fetch.reach import Door
from newsletter.edges.fetch.web import LEAST_PAUSE
from newsletter.errors import FetchFailed
from newsletter.model.settings import GatherRules
from tests.fetch.conftest import PUBLIC, Answer, Site, reply
from tests.fetch.test_fetch import raw_server, rules


class Time:
    """Seconds that pass by waiting alone; the waits are kept."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.seconds += seconds

    def turns(self, pause: float) -> Turns:
        return Turns(pause, now=self.now, wait=self.wait)


def in_turn(*answers: Answer) -> Answer:
    """One answer after another; the last stays."""
    left = list(answers)

    def answer(request: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_passing_trouble_is_asked_again(site: Site, status: int) -> None:
    """A status that speaks of passing trouble is asked again, after a pause that doubles."""
    time = Time()
    site.answers["/x"] = in_turn(reply(status), reply(status), reply(200, b"hej"))
    with Web(rules(site), turns=time.turns(1.0)) as web:
        assert web.fetch(f"{PUBLIC}/x").body == b"hej"
    assert time.waits == [1.0, 1.0, 2.0]  # after robots.txt, then twice


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500])
def test_other_refusals_are_not_asked_again(site: Site, status: int) -> None:
    """A status that asking cannot change is asked once."""
    site.answers["/x"] = reply(status)
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match=str(status)):
        web.fetch(f"{PUBLIC}/x")
    assert site.paths.count("/x") == 1


def test_repeats_end(site: Site) -> None:
    """What stays in trouble is given up after the third call."""
    site.answers["/x"] = reply(503)
    with Web(rules(site)) as web, pytest.raises(FetchFailed, match="503"):
        web.fetch(f"{PUBLIC}/x")
    assert site.paths.count("/x") == 3


def test_asked_rest_is_kept(site: Site) -> None:
    """A Retry-After within the deadline is waited for, instead of our own shorter pause."""
    time = Time()
    site.answers["/x"] = in_turn(reply(503, Retry_After="4"), reply(200, b"hej"))
    with Web(rules(site), turns=time.turns(1.0)) as web:
        assert web.fetch(f"{PUBLIC}/x").body == b"hej"
    assert time.waits == [1.0, 4.0]


def test_rest_may_be_a_moment(site: Site) -> None:
    """A Retry-After that names a moment is read against the server's own clock."""
    time = Time()
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    site.answers["/x"] = in_turn(reply(429, Retry_After=moment), reply(200, b"hej"))
    with Web(rules(site), turns=time.turns(0.0)) as web:
        assert web.fetch(f"{PUBLIC}/x").body == b"hej"
    assert len(time.waits) == 1
    assert 1.0 <= time.waits[0] <= 4.0


@pytest.mark.parametrize("said", ["soon", "-1", "٣", "Wed, 99 Foo", "1" * 5000])
def test_odd_rest_does_no_harm(site: Site, said: str) -> None:
    """A Retry-After that means nothing, or for ever, ends in a refusal and no endless wait."""
    time = Time()
    site.answers["/x"] = reply(503, Retry_After=said.encode().decode("latin-1"))
    with Web(rules(site), turns=time.turns(0.0)) as web, pytest.raises(FetchFailed, match="503"):
        web.fetch(f"{PUBLIC}/x")
    assert sum(time.waits) < 10


def test_long_rest_is_left_alone(site: Site) -> None:
    """A host that asks for an hour is not waited for, and not asked again in that hour."""
    time = Time()
    site.answers |= {"/x": reply(503, Retry_After="3600"), "/y": reply(200, b"hej")}
    with Web(rules(site), turns=time.turns(1.0)) as web:
        with pytest.raises(FetchFailed, match="503"):
            web.fetch(f"{PUBLIC}/x")
        with pytest.raises(FetchFailed, match="fred") as failed:
            web.fetch(f"{PUBLIC}/y")
        assert failed.value.retryable
        time.seconds += 3601
        assert web.fetch(f"{PUBLIC}/y").body == b"hej"
    assert site.paths == ["/robots.txt", "/x", "/y"]


def test_turn_says_how_long_the_rest_is() -> None:
    """Who waits at most so long is told of a longer rest; the usual pause is waited for in any case."""
    time = Time()
    turns = time.turns(5.0)
    turns.rest("a.se", 60)
    with pytest.raises(Resting, match="60"), turns.turn("a.se", most=20):
        pass
    with turns.turn("b.se", most=0):
        pass
    with turns.turn("b.se", most=0):
        pass
    assert time.waits == [5.0]


def test_cut_before_any_byte_is_asked_again() -> None:
    """A connection that ends before a byte came is tried again; one that ends after is not."""
    calls: list[bytes] = []

    def silent_first(peer: socket.socket) -> None:
        calls.append(b"")
        if len(calls) == 2:  # the first is robots.txt
            return
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with raw_server(silent_first) as local, Web(trial(local)) as web:
        assert web.fetch(f"{PUBLIC}/").status == 200
    assert len(calls) == 3


def test_cut_in_the_middle_is_not_asked_again() -> None:
    """A body that is shorter than promised is a FetchFailed at once, not half a page."""
    calls: list[bytes] = []

    def short(peer: socket.socket) -> None:
        calls.append(b"")
        size = b"5" if len(calls) > 1 else b"0"
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: " + size + b"\r\n\r\n" + b"ab"[: int(size)])

    with raw_server(short) as local, Web(trial(local)) as web, pytest.raises(FetchFailed, match="http"):
        web.fetch(f"{PUBLIC}/")
    assert len(calls) == 2


def trial(local: str) -> GatherRules:
    return GatherRules(politeness_seconds=0, deadline_seconds=2, trial_hosts={PUBLIC: local})


def test_real_hosts_get_two_seconds_whatever_the_settings_say(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause of nothing is for trial hosts alone: a public host is given two seconds between calls."""
    time = Time()
    site.answers["/a"] = reply(200, b"a")
    with Web(rules(site, politeness_seconds=0.0), turns=time.turns(0.0)) as web:
        port = int(site.origin.rsplit(":", 1)[1])
        door = Door("http", ("127.0.0.1",), port)  # as a public host's would be, but for the address
        monkeypatch.setattr(web._reach, "door", lambda url, seconds: door)
        web.fetch("http://www.public.se/a")
        web.fetch("http://www.public.se/a")
    assert time.waits == [LEAST_PAUSE, LEAST_PAUSE]


@pytest.mark.parametrize(
    ("asked", "kept"), [("7", 7.0), ("3600", 30.0), ("-5", 1.0), ("nan", 1.0), ("inf", 1.0), ("x", 1.0)]
)
def test_crawl_delay_is_kept_within_reason(site: Site, asked: str, kept: float) -> None:
    """A Crawl-delay is kept up to half a minute; one that is no number changes nothing."""
    time = Time()
    robots = f"User-agent: *\nCrawl-delay: {asked}\n".encode()
    site.answers |= {"/robots.txt": reply(200, robots), "/a": reply(200, b"a")}
    with Web(rules(site), turns=time.turns(1.0)) as web:
        web.fetch(f"{PUBLIC}/a")
        web.fetch(f"{PUBLIC}/a")
    assert time.waits == [1.0, kept]


@pytest.mark.parametrize(
    "robots",
    [
        b"\xff\xfe\x00nonsense\x00" * 100,
        b"User-agent: *\nDisallow: /" + b"*a" * 200 + b"$\n",
        b"User-agent: *\n" + b"Disallow: /x*y$\n" * 20_000,
        b"User-agent: *\nDisallow: /%zz%\xc3\n",
        b"<html><body>404</body></html>",
    ],
)
def test_odd_robots_do_no_harm(site: Site, robots: bytes) -> None:
    """Whatever a robots.txt holds, it is read in no time and says nothing of what it does not name."""
    site.answers |= {"/robots.txt": reply(200, robots), "/nyheter": reply(200, b"a")}
    with Web(rules(site)) as web:
        assert web.fetch(f"{PUBLIC}/nyheter").body == b"a"


def test_cookies_stay_with_their_host(site: Site) -> None:
    """A cookie that one host sets, also for the whole domain above it, is never shown to another."""
    other = "https://other.example.se"
    cookie = "id=7; Path=/; Domain=example.se"
    site.answers |= {"/a": reply(200, b"a", Set_Cookie=cookie), "/b": reply(200, b"b")}
    both = {PUBLIC: site.origin, other: site.origin}
    with Web(rules(site, trial_hosts=both)) as web:
        web.fetch(f"{PUBLIC}/a")
        web.fetch(f"{other}/b")
        web.fetch(f"{PUBLIC}/b")
    shown = [headers.get("cookie", "") for path, headers in site.asked if path == "/b"]
    assert shown == ["", "id=7"]


def test_deadline_counts_no_pauses() -> None:
    """Waiting for a host's turn takes nothing from the seconds of the fetch; a repeat's rest does."""
    from newsletter.edges.fetch.wire import Deadline

    time = Time()
    deadline = Deadline(10, now=time.now)
    with deadline:
        time.wait(4)
    time.wait(60)
    with deadline:
        assert deadline.left() == 6
    assert deadline.affords(5)
    assert not deadline.affords(2)
