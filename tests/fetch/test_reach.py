"""Where no address leads, whatever it looks like."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.edges.fetch import Web
from newsletter.edges.fetch.reach import Reach, is_public
from newsletter.errors import FetchFailed
from newsletter.model.settings import GatherRules
from tests.fetch.conftest import PUBLIC, Site, reply
from tests.fetch.test_fetch import rules

ALONE = Web(GatherRules(), resolve=lambda host, port: ["127.0.0.1"])  # every name is this machine
ODD_LOOPBACKS = [
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://127.1/",
    "http://0/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
]


@pytest.mark.parametrize("url", ODD_LOOPBACKS)
def test_odd_spellings_lead_nowhere(site: Site, url: str) -> None:
    """Private addresses are refused in every spelling, as a start and behind a redirect."""
    site.answers["/go"] = reply(302, Location=url.encode().decode("latin-1"))
    with Web(rules(site)) as web:
        for start in (url, f"{PUBLIC}/go"):
            with pytest.raises(FetchFailed, match=r"hämtas|finns inte"):
                web.fetch(start)


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://a:99999999/",
        "http://a:0/",
        "http://a:b/",
        "http:///x",
        "http://",
        "//",
        "",
        "http://user@www.example.se/",
        "http://:word@www.example.se/",
        "http://@www.example.se/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://x.se/" + "a" * 5000,
        "http://x.se/\ud800",
        "http://\x00/",
    ],
)
def test_broken_addresses_are_told(url: str) -> None:
    """What is no address to fetch is a FetchFailed, whatever the libraries think of it."""
    with pytest.raises(FetchFailed):
        ALONE.fetch(url)


@pytest.mark.parametrize(
    "location",
    ["http://[::1", "http://a:99999999/", "//", "\x80\xff", "http://\xe5\xe4.se:x/", "?" + "a" * 5000],
)
def test_broken_redirects_are_told(site: Site, location: str) -> None:
    """A redirect to what is no address is a FetchFailed."""
    site.answers["/go"] = reply(302, Location=location)
    with Web(rules(site)) as web, pytest.raises(FetchFailed):
        web.fetch(f"{PUBLIC}/go")


@given(st.text(max_size=60))
def test_any_text_as_an_address_is_told(text: str) -> None:
    """No text makes the fetcher raise anything but FetchFailed."""
    for url in (text, f"http://{text}", f"https://www.example.se:{text}"):
        with pytest.raises(FetchFailed):
            ALONE.fetch(url)


@given(st.ip_addresses(v=6))
def test_only_global_unicast_is_public(address: object) -> None:
    """Of IPv6 only 2000::/3 is public, and IPv4 through NAT64 or mapped where that IPv4 is."""
    if is_public(str(address)):
        first = int(address) >> 125  # type: ignore[call-overload]
        assert first == 1 or str(address).startswith(("64:ff9b::", "::ffff:"))


def test_name_is_resolved_once_for_each_hop(site: Site) -> None:
    """A name server that changes its mind has no second chance: the first answer is the one used."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) <= 2 else ["192.168.1.1"]

    local = site.origin.replace("127.0.0.1", "trial.invalid")
    site.answers["/"] = reply(200, b"x")
    with Web(rules(site, trial_hosts={PUBLIC: local}), resolve=rebinding) as web:
        assert web.fetch(f"{PUBLIC}/").body == b"x"
        with pytest.raises(FetchFailed, match="192"):
            web.fetch(f"{PUBLIC}/")
    assert len(asked) == 3  # robots.txt, the page, and then the changed mind


def test_slow_name_server_ends_at_the_deadline(site: Site) -> None:
    """A name that is not resolved in time is a FetchFailed that trying again may mend."""
    done = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        done.wait(5)
        return ["127.0.0.1"]

    limits = rules(site, deadline_seconds=0.05)
    with Web(limits, resolve=slow) as web, pytest.raises(FetchFailed, match="finns inte") as failed:
        web.fetch(f"{PUBLIC}/")
    done.set()
    assert failed.value.retryable


def test_host_without_an_address_is_told() -> None:
    """A name that has no address at all is told at once."""
    with pytest.raises(FetchFailed, match="finns inte"):
        Reach({}, lambda host, port: []).door("https://www.example.se/")
