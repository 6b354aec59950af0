"""How DNS is asked: in rounds, within bounds, and what doctor shows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from newsletter import config
from newsletter.cli import boundary, cli
from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.errors import InputError, Problems
from newsletter.model.domain import Standing
from newsletter.pipeline.init import init
from newsletter.pipeline.readiness import Transport, readiness
from newsletter.testing.dns import MemoryDns, Records
from newsletter.testing.nameserver import NameServer, name_server
from tests.dns.zones import healthy, settings


def test_example_domains_are_not_asked_for() -> None:
    """A domain that is reserved for examples is told, and nobody is asked about it."""
    resolver = MemoryDns(is_offline=True)
    found = readiness(settings(domain="forening.example"), Transport(), resolver)
    assert (found.examples, found.findings, found.note) == (("forening.example",), (), "")
    assert resolver.asked == []


def test_an_example_beside_a_real_domain() -> None:
    """An example address among real ones is left to be told elsewhere, and is not asked for."""
    resolver = MemoryDns(healthy())
    readiness(
        config.parse(_toml().replace("avsluta@forening.se", "avsluta@forening.example")),
        Transport(),
        resolver,
    )
    assert resolver.asked
    assert not any("example" in name for name, _ in resolver.asked)


def _toml(nameserver: str = "") -> str:
    skeleton = shipped("skeleton")["newsletter.toml"].decode()
    text = skeleton.replace("@forening.example", "@forening.se")
    return text + (f'\n[dns]\nnameservers = ["{nameserver}"]\n' if nameserver else "")


def test_without_a_network() -> None:
    """Where nobody answers at all, that is the only thing said, after one round."""
    resolver = MemoryDns(is_offline=True)
    found = readiness(settings(), Transport("smtp"), resolver)
    assert found.is_offline
    assert found.findings == ()
    assert len(resolver.asked) == len(set(resolver.asked)) < 15


def test_behind_a_wall() -> None:
    """A name server that denies every name, the root too, knows nothing, so no domain is called missing."""
    assert readiness(settings(), Transport("smtp"), MemoryDns(healthy(), is_walled=True)).is_offline


def test_a_domain_that_does_not_exist() -> None:
    """Where the public DNS is known, a domain that is missing is told as missing."""
    found = readiness(settings(), Transport("smtp"), MemoryDns({"granne.se": {"A": ["192.0.2.1"]}}))
    assert "mx-no-domain" in {each.rule for each in found.findings}


def test_nothing_is_asked_twice() -> None:
    """Each look-up is made once, however many judgements need it."""
    resolver = MemoryDns(healthy())
    readiness(settings(), Transport("smtp"), resolver)
    direct = [(name, kind) for name, kind in resolver.asked if kind == "MX"]
    assert len(direct) == len(set(direct))


def test_when_the_time_is_out() -> None:
    """What was not answered in time is unknown; the program goes on."""
    ticks = count(step=4)
    found = readiness(settings(), Transport("smtp"), MemoryDns(healthy()), lambda: float(next(ticks)))
    assert Standing.ERROR not in {each.standing for each in found.findings}
    assert Standing.UNKNOWN in {each.standing for each in found.findings}


def test_a_domain_with_swedish_letters() -> None:
    """A domain such as åäö.se is asked for as it travels."""
    resolver = MemoryDns({"xn--4cab6c.se": {"A": ["192.0.2.1"]}})
    readiness(settings(domain="åäö.se"), Transport("smtp"), resolver)
    assert ("xn--4cab6c.se", "TXT") in resolver.asked
    assert all(name.isascii() for name, _ in resolver.asked)


def test_an_address_that_cannot_travel() -> None:
    """An address whose domain is none is told as a mistake in the settings."""
    with pytest.raises(InputError):
        readiness(settings(domain="a..se"), Transport("smtp"), MemoryDns())


def test_settings_are_read() -> None:
    """The table [dns] lands in the settings."""
    dns = settings(
        'dkim_selectors = ["s1", "mail_2026"]\nspf_includes = ["_spf.a.se"]\n'
        'dmarc_reports = "x@a.se"\nnameservers = ["192.0.2.1", "127.0.0.1:5353", "2001:db8::1"]'
    ).dns
    assert dns.dkim_selectors == ("s1", "mail_2026")
    assert dns.nameservers == ("192.0.2.1", "127.0.0.1:5353", "2001:db8::1")
    assert (dns.spf_includes, dns.dmarc_reports) == (("_spf.a.se",), "x@a.se")


@pytest.mark.parametrize(
    "line",
    [
        'dkim_selectors = ["s1._domainkey.a.se."]',
        "dkim_selectors = [1]",
        'spf_includes = ["include:a.se"]',
        'spf_includes = ["~all"]',
        'nameservers = ["dns.a.se"]',
        'nameservers = ["127.0.0.1:99999"]',
        'dmarc_reports = "a.se"',
        'dkim = ["s1"]',
    ],
)
def test_bad_settings_are_told(line: str) -> None:
    """A value that cannot be is told with its line."""
    with pytest.raises(Problems) as caught:
        settings(line)
    (problem,) = caught.value.problems
    assert problem.where is not None
    assert problem.where.line == 14


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh workspace, with the current folder in it."""
    init(Folder(tmp_path), skeleton=shipped("skeleton"), today=date(2027, 1, 4))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def server() -> Iterator[NameServer]:
    """A name server on loopback that knows a healthy domain without DMARC."""
    zone: Mapping[str, Records] = {name: each for name, each in healthy().items() if "_dmarc" not in name}
    with name_server(zone) as running:
        yield running


def test_doctor_shows_it(workspace: Path, server: NameServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Doctor asks the name server of the settings, fails for what stops letters, and prints the record."""
    (workspace / "newsletter.toml").write_text(_toml(server.address), "utf-8")
    assert boundary.run(cli, ["doctor", "--via", "smtp"]) == 1
    out = capsys.readouterr().out
    assert "fel      DMARC: forening.se har ingen DMARC-post." in out
    line = '_dmarc.forening.se. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@forening.se"'
    assert line in out
    assert "Mätning" in out
    assert ("forening.se", "TXT") in server.asked


def test_doctor_as_json(workspace: Path, server: NameServer, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as JSON; by the outbox it is a warning, and doctor ends well."""
    (workspace / "newsletter.toml").write_text(_toml(server.address), "utf-8")
    assert boundary.run(cli, ["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (finding,) = [each for each in told["diagnoses"] if each["rule"] == "dmarc-none"]
    assert (told["schema"], finding["health"]) == (1, "warning")
    (record,) = finding["records"]
    assert (record["name"], record["type"], record["ttl"]) == ("_dmarc.forening.se", "TXT", 3600)
    assert finding["why"]
    assert told["note"].startswith("Hej!")


def test_doctor_without_a_network(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network one line says so, and the rest is looked at."""
    (workspace / "newsletter.toml").write_text(_toml(), "utf-8")
    monkeypatch.setattr("newsletter.wiring.Application.resolver", MemoryDns(is_offline=True))
    assert boundary.run(cli, ["doctor", "--via", "smtp"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if " DNS: " in line] == [
        "se över  DNS: Ingen namnserver på internet svarar, så SPF, DKIM, DMARC och MX är inte granskade."
    ]
    assert any("Mätning" in line for line in lines)
