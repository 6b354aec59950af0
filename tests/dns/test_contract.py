"""The Resolver's contract over the fake, and over dnspython against a name server on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import dns.resolver
import pytest

from newsletter.edges.dns import Dns
from newsletter.errors import LookupFailed, NoNetwork
from newsletter.testing.dns import MemoryDns
from newsletter.testing.nameserver import name_server
from tests.dns.contract import SILENT, ZONE, ResolverContract


class TestMemoryDns(ResolverContract):
    """The fake."""

    @pytest.fixture
    def resolver(self) -> MemoryDns:
        return MemoryDns(ZONE, silent={SILENT})


class TestDns(ResolverContract):
    """The real one."""

    @pytest.fixture
    def resolver(self) -> Iterator[Dns]:
        with name_server(ZONE, frozenset({SILENT})) as server:
            yield Dns([server.address])

    @pytest.mark.parametrize("name", ["a..b", "x" * 70 + ".se", "\ud800.se", "é" * 80])
    def test_impossible_names(self, resolver: Dns, name: str) -> None:
        """What is no name at all is told as ours, and nothing of the library shows."""
        with pytest.raises(LookupFailed):
            resolver.txt(name)


def test_offline_fake() -> None:
    """The fake can be without a network."""
    with pytest.raises(NoNetwork):
        MemoryDns(ZONE, is_offline=True).txt("forening.se")


def test_no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that knows no name server has no network, and is told what to do."""

    def unconfigured(*args: object, **options: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", unconfigured)
    with pytest.raises(NoNetwork) as caught:
        Dns().txt("forening.se")
    assert "nameservers" in caught.value.do


def test_a_closed_port() -> None:
    """A name server that nobody is behind gives no answer within the time of one look-up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(LookupFailed):
        Dns([f"127.0.0.1:{port}"]).txt("forening.se")
