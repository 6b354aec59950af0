"""Domains as they are met, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.model.domain import (
    DnsRecord,
    DomainAuthentication,
    ProviderRecord,
    Standing,
)
from newsletter.pipeline.readiness import Transport, readiness
from newsletter.testing.dns import MemoryDns
from tests.dns.zones import ed25519_key, healthy, judged, rsa_key, rules, settings, short_key

OFFICE = 'host = "smtp.office365.com"'
SENDGRID = "v=spf1 include:sendgrid.net ~all"


def with_(name: str, **records: list[str]) -> dict[str, Any]:
    """The healthy zone with one name's records changed; an empty list takes them away."""
    zone = healthy()
    changed = {**zone.get(name, {}), **records}
    return zone | {name: {kind: values for kind, values in changed.items() if values}}


def without(name: str) -> dict[str, Any]:
    """The healthy zone without a name."""
    return {key: records for key, records in healthy().items() if key != name}


def test_a_healthy_domain() -> None:
    """A domain at Microsoft 365 that is set up right has nothing to mend, and no letter is needed."""
    found = judged(healthy(), smtp=OFFICE)
    told = rules(found)
    standing = {rule: each.standing for rule, each in told.items()}
    # the second selector is an alias whose key comes with the next change of keys
    assert standing.pop("dkim-dangling") is Standing.WARNING
    assert set(standing.values()) == {Standing.FINE}
    assert {"spf-whole", "dkim-key", "dmarc-none-policy", "mx"} == standing.keys()
    assert found.note == ""


def test_two_spf_records() -> None:
    """Two SPF records are as none; one that says what both say is written out, in the place of both."""
    old = "v=spf1 include:spf.protection.outlook.com -all"
    zone = with_("forening.se", TXT=[old, SENDGRID])
    zone |= {"sendgrid.net": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}}
    finding = rules(judged(zone))["spf-many"]
    (record,) = finding.records
    assert finding.standing is Standing.ERROR
    assert record.value == "v=spf1 include:sendgrid.net include:spf.protection.outlook.com ~all"
    assert set(record.replaces) == {old, SENDGRID}


def test_merging_may_cost_too_much() -> None:
    """A merged record that needs more than ten look-ups is told as such, and dead includes are left out."""
    one, other = (" ".join(f"include:{x}{n}.se" for n in range(6)) for x in "ab")
    zone = with_("forening.se", TXT=[f"v=spf1 {one} -all", f"v=spf1 {other} include:gone.se -all"])
    zone |= {f"{x}{n}.se": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]} for n in range(6) for x in "ab"}
    finding = rules(judged(zone))["spf-many"]
    assert "12 uppslag" in finding.do
    assert "gone.se" not in finding.records[0].value


def test_no_spf_record() -> None:
    """Where mail is taken in by Microsoft 365 and no SPF is there, theirs is suggested."""
    finding = rules(judged(with_("forening.se", TXT=[])))["spf-none"]
    assert [each.value for each in finding.records] == ["v=spf1 include:spf.protection.outlook.com ~all"]


def test_no_spf_and_nobody_known() -> None:
    """Where nobody is known to send, no record is invented: the setting to fill in is named."""
    zone = {"forening.se": {"A": ["192.0.2.1"]}}
    finding = rules(judged(zone))["spf-none"]
    assert finding.records == ()
    assert "spf_includes" in finding.do


@pytest.mark.parametrize(
    ("text", "rule", "standing"),
    [
        ("v=spf1 include:spf.protection.outlook.com +all", "spf-pass-all", Standing.ERROR),
        ("v=spf1 include:spf.protection.outlook.com ?all", "spf-open-end", Standing.WARNING),
        ("v=spf1 include:spf.protection.outlook.com", "spf-open-end", Standing.WARNING),
        ("v=spf1 include:spf.protection.outlook.com ptr ~all", "spf-ptr", Standing.WARNING),
        ("v=spf1 include:spf.protection.outlook.com ipv4:192.0.2.1 ~all", "spf-syntax", Standing.ERROR),
        ("v=spf1 ~all", "spf-not-included", Standing.ERROR),
    ],
)
def test_spf_records_to_change(text: str, rule: str, standing: Standing) -> None:
    """Each weakness is told with the very record that mends it, and that record has none."""
    finding = rules(judged(with_("forening.se", TXT=[text]), smtp=OFFICE))[rule]
    (record,) = finding.records
    assert (finding.standing, record.replaces) == (standing, (text,))
    after = rules(judged(with_("forening.se", TXT=[record.value]), smtp=OFFICE))
    assert {each for each in after if each.startswith("spf-")} == {"spf-whole"}


def test_more_than_ten_lookups() -> None:
    """More than ten look-ups make the record void; what costs most is named first."""
    zone = with_("forening.se", TXT=["v=spf1 a mx include:big.se include:spf.protection.outlook.com -all"])
    zone |= {"big.se": {"TXT": ["v=spf1 " + " ".join(f"include:i{n}.se" for n in range(8)) + " -all"]}}
    zone |= {f"i{n}.se": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]} for n in range(8)}
    finding = rules(judged(zone))["spf-lookups"]
    assert "12 uppslag" in finding.what
    assert "dyrast först: include:big.se (9)" in finding.do


def test_void_lookups_and_dead_includes() -> None:
    """Names that are gone make the record void when they are three, an include that is gone at once."""
    zone = with_("forening.se", TXT=["v=spf1 a:x.se a:y.se mx:z.se include:gone.se -all"])
    told = rules(judged(zone))
    assert {"spf-void", "spf-broken-include"} <= told.keys()
    assert "gone.se" in told["spf-broken-include"].what
    assert "gone.se" not in told["spf-broken-include"].records[0].value


@pytest.mark.parametrize(
    ("address", "rule"), [("192.0.2.7", "spf-host"), ("198.51.100.7", "spf-host-refused")]
)
def test_own_mail_server(address: str, rule: str) -> None:
    """Whether a server of one's own may send is worked out from its addresses, and the record written out."""
    zone = healthy() | {"smtp.forening.se": {"A": [address]}}
    found = rules(judged(zone, smtp='host = "smtp.forening.se"'))[rule]
    assert [each.value for each in found.records] == (
        ["v=spf1 include:spf.protection.outlook.com a:smtp.forening.se -all"]
        if rule.endswith("refused")
        else []
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "mail.example"])
def test_a_mail_server_for_trials(host: str) -> None:
    """A server on this machine, or by a name kept for trials, is not asked for in DNS."""
    assert not any("host" in rule for rule in rules(judged(healthy(), smtp=f'host = "{host}"')))


def test_bounces_elsewhere() -> None:
    """Where bounces go to another organization, SPF is that one's and does not count for DMARC."""
    zone: dict[str, Any] = healthy() | {
        "studs.se": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"], "MX": ["10 mx.studs.se"]},
        "mx.studs.se": {"A": ["192.0.2.1"]},
    }
    told = rules(judged(zone, smtp='bounces = "b@studs.se"'))
    assert told["spf-misaligned"].standing is Standing.WARNING
    assert told["spf-whole"].what.startswith("studs.se")
    own = healthy() | {"studs.forening.se": zone["studs.se"]}
    assert "spf-misaligned" not in rules(judged(own, smtp='bounces = "b@studs.forening.se"'))
    own["_dmarc.forening.se"] = {"TXT": ["v=DMARC1; p=none; aspf=s; rua=mailto:dmarc@forening.se"]}
    assert "aspf=s" in rules(judged(own, smtp='bounces = "b@studs.forening.se"'))["spf-misaligned"].why


def test_spf_by_the_settings() -> None:
    """What the settings say must be included is asked for, whoever takes mail in."""
    zone = with_("forening.se", TXT=["v=spf1 mx -all"])
    extra = 'spf_includes = ["_spf.leverantor.se"]'
    finding = rules(judged(zone, extra=extra))["spf-not-included"]
    assert finding.records[0].value == "v=spf1 mx include:_spf.leverantor.se -all"


def test_no_dkim() -> None:
    """A domain at Microsoft 365 without keys is told where the records stand; none is invented."""
    zone = {name: each for name, each in healthy().items() if "_domainkey" not in name}
    finding = rules(judged(zone))["dkim-none"]
    assert finding.standing is Standing.ERROR
    assert "Defender" in finding.do
    assert finding.records == ()


def test_unknown_selectors() -> None:
    """Selectors that nothing shows are asked for; those of the settings are looked up."""
    zone = {"forening.se": {"A": ["192.0.2.1"], "TXT": ["v=spf1 a -all"]}}
    assert "dkim-selectors-unknown" in rules(judged(zone))
    zone["mail2026._domainkey.forening.se"] = {"TXT": [ed25519_key()]}
    assert "Ed25519" in rules(judged(zone, extra='dkim_selectors = ["mail2026"]'))["dkim-key"].what


@pytest.mark.parametrize(
    ("texts", "rule", "standing"),
    [
        ([rsa_key(1024)], "dkim-short", Standing.WARNING),
        ([short_key(768)], "dkim-weak", Standing.ERROR),
        (["v=DKIM1; p="], "dkim-revoked", Standing.ERROR),
        (["v=DKIM1; p=AAAA"], "dkim-syntax", Standing.ERROR),
        ([rsa_key(2048), ed25519_key()], "dkim-many", Standing.ERROR),
        ([rsa_key(2048).replace("k=", "t=y; k=")], "dkim-trial", Standing.WARNING),
    ],
)
def test_dkim_keys(texts: list[str], rule: str, standing: Standing) -> None:
    """A key that is short, taken back, broken, one of several or on trial is told as such."""
    zone = with_("selector1-forening-se._domainkey.forening.onmicrosoft.com", TXT=texts)
    assert rules(judged(zone))[rule].standing is standing


def sendgrid(*, valid: bool = True, domain: str = "forening.se") -> Transport:
    """SendGrid, with its word on a domain."""
    records = (
        ProviderRecord("cname", f"em1234.{domain}", "u1.wl.sendgrid.net", valid),
        ProviderRecord("cname", f"s1._domainkey.{domain}", "s1.domainkey.u1.wl.sendgrid.net", valid),
        ProviderRecord("cname", f"s2._domainkey.{domain}", "s2.domainkey.u1.wl.sendgrid.net", valid),
    )
    return Transport("sendgrid", authentications=[DomainAuthentication(domain, valid, records)])


def test_sendgrid_beside_microsoft() -> None:
    """The office's mail at Microsoft 365 and the newsletter by SendGrid: each has its own records."""
    zone = healthy() | {
        "em1234.forening.se": {"CNAME": ["u1.wl.sendgrid.net"]},
        "s1._domainkey.forening.se": {"CNAME": ["s1.domainkey.u1.wl.sendgrid.net"]},
        "s2._domainkey.forening.se": {"CNAME": ["s2.domainkey.u1.wl.sendgrid.net"]},
        "s1.domainkey.u1.wl.sendgrid.net": {"TXT": [rsa_key(2048)]},
        "s2.domainkey.u1.wl.sendgrid.net": {"TXT": [rsa_key(2048)]},
    }
    found = judged(zone, sendgrid())
    assert {each.standing for each in found.findings} == {Standing.FINE}
    assert {"spf-provider", "provider-valid", "dkim-key"} <= rules(found).keys()
    assert found.note == ""


def test_sendgrid_not_set_up() -> None:
    """What SendGrid lacks is written out exactly as SendGrid gave it."""
    found = judged(healthy(), sendgrid(valid=False))
    told = rules(found)
    assert told["provider-invalid"].records == (
        DnsRecord("em1234.forening.se", "CNAME", "u1.wl.sendgrid.net"),
        DnsRecord("s1._domainkey.forening.se", "CNAME", "s1.domainkey.u1.wl.sendgrid.net"),
        DnsRecord("s2._domainkey.forening.se", "CNAME", "s2.domainkey.u1.wl.sendgrid.net"),
    )
    assert told["dkim-none"].standing is Standing.ERROR
    line = "s1._domainkey.forening.se. 3600 IN CNAME s1.domainkey.u1.wl.sendgrid.net."
    assert found.note.count(line) == 1


def test_sendgrid_for_another_domain() -> None:
    """A domain that SendGrid was never told of is not valid, and one that was not asked for is unknown."""
    told = rules(judged(healthy(), sendgrid(domain="granne.se")))
    assert told["provider-invalid"].standing is Standing.ERROR
    assert rules(judged(healthy(), Transport("sendgrid")))["provider-unasked"].standing is Standing.UNKNOWN


def test_sendgrid_leading_elsewhere() -> None:
    """An alias that does not lead to SendGrid is told."""
    zone = healthy() | {
        "s1._domainkey.forening.se": {"CNAME": ["dkim.other.se"]},
        "dkim.other.se": {"TXT": [rsa_key(2048)]},
    }
    assert "dkim.other.se" in rules(judged(zone, Transport("sendgrid")))["dkim-elsewhere"].what


def test_no_dmarc() -> None:
    """Without DMARC a record is suggested that stops no letter and brings reports."""
    finding = rules(judged(without("_dmarc.forening.se")))["dmarc-none"]
    value = "v=DMARC1; p=none; rua=mailto:dmarc@forening.se"
    assert finding.records == (DnsRecord("_dmarc.forening.se", "TXT", value),)
    assert "dmarc@forening.se" in finding.do


def test_dmarc_in_the_wrong_place() -> None:
    """A DMARC record at the domain itself is seen, and where it belongs is told."""
    zone = without("_dmarc.forening.se")
    zone["forening.se"]["TXT"].append("v=DMARC1; p=none")
    assert "fel namn" in rules(judged(zone))["dmarc-none"].what


@pytest.mark.parametrize(
    ("texts", "rule", "value"),
    [
        (
            ["v=DMARC1; p=none", "v=DMARC1; p=reject"],
            "dmarc-many",
            "v=DMARC1; p=none; rua=mailto:dmarc@forening.se",
        ),
        (
            ["v=DMARC1; p=monitor; aspf=s"],
            "dmarc-syntax",
            "v=DMARC1; p=none; rua=mailto:dmarc@forening.se; aspf=s",
        ),
        (
            ["v=DMARC1; p=reject"],
            "dmarc-no-reports",
            "v=DMARC1; p=reject; rua=mailto:dmarc@forening.se",
        ),
    ],
)
def test_dmarc_to_change(texts: list[str], rule: str, value: str) -> None:
    """Each fault is told with the record that mends it and keeps what was meant."""
    finding = rules(judged(with_("_dmarc.forening.se", TXT=texts)))[rule]
    assert [(each.value, each.replaces) for each in finding.records] == [(value, tuple(texts))]


def test_reports_to_another_organization() -> None:
    """Reports to somebody else's mailbox need that domain's word, and the record is theirs to add."""
    zone = with_("_dmarc.forening.se", TXT=["v=DMARC1; p=none; rua=mailto:x@rapport.se"])
    finding = rules(judged(zone))["dmarc-reports-refused"]
    name = "forening.se._report._dmarc.rapport.se"
    assert finding.records == (DnsRecord(name, "TXT", "v=DMARC1"),)
    assert "dmarc-reports-refused" not in rules(judged(zone | {name: {"TXT": ["v=DMARC1;"]}}))


@pytest.mark.parametrize(
    ("records", "rule", "standing"),
    [
        ({"MX": ["0 ."]}, "mx-null", Standing.ERROR),
        ({"MX": []}, "mx-implicit", Standing.WARNING),
        ({"MX": [], "A": []}, "mx-none", Standing.ERROR),
        ({"MX": ["10 gone.forening.se"]}, "mx-host", Standing.ERROR),
        ({"MX": ["10 192.0.2.1"]}, "mx-host", Standing.ERROR),
        ({"MX": ["10 alias.se"]}, "mx-host", Standing.WARNING),
    ],
)
def test_mail_exchangers(records: dict[str, list[str]], rule: str, standing: Standing) -> None:
    """A domain that takes no mail, or at a host that is not there, is told with all that it is used for."""
    zone = with_("forening.se", **records)
    zone |= {"alias.se": {"CNAME": ["real.se"]}, "real.se": {"A": ["192.0.2.3"]}}
    finding = rules(judged(zone))[rule]
    assert finding.standing is standing
    assert "avsluta@forening.se" in finding.why


def test_by_the_outbox_nothing_is_an_error() -> None:
    """Where nothing leaves, what would stop letters is a warning still, with its records."""
    found = judged({"forening.se": {"A": ["192.0.2.1"]}}, Transport("outbox"))
    assert {each.standing for each in found.findings} == {Standing.WARNING}
    assert "_dmarc.forening.se" in found.note


def test_the_letter() -> None:
    """The letter names each record once, whole, with what goes, and as a line of a zone file."""
    long = "v=spf1 " + " ".join(f"ip4:192.0.2.{n}" for n in range(40)) + " +all"
    note = judged(with_("forening.se", TXT=[long])).note
    assert "Ändra (SPF)" in note
    assert f"Ta bort: {long}" in note
    (line,) = [each for each in note.splitlines() if " IN TXT " in each]
    strings = line.partition(" IN TXT ")[2][1:-1].split('" "')
    assert all(len(each) <= 255 for each in strings)
    assert "".join(strings) == long.replace("+all", "~all")


def test_silence_is_no_verdict() -> None:
    """A name that nobody answers about is unknown, never wrong."""
    silent = {"forening.se", "_dmarc.forening.se", "selector1._domainkey.forening.se"}
    found = readiness(settings(), Transport("smtp"), MemoryDns(healthy(), silent=silent))
    assert {each.standing for each in found.findings} == {Standing.UNKNOWN}
    assert {each.rule for each in found.findings} == {
        "spf-silent",
        "dkim-silent",
        "dmarc-silent",
        "mx-silent",
    }
