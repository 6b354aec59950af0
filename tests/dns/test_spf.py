"""SPF as RFC 7208 has it."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.send.readiness.spf import SpfResult, spf_result, traced
from newsletter.send.readiness.spf_record import merged, spf_record, spf_texts
from newsletter.send.readiness.zone import Zone
from tests.dns.zones import settled

# RFC 7208, appendix A.
_RFC = {
    "example.com": {
        "MX": ["10 mail-a.example.com", "20 mail-b.example.com"],
        "A": ["192.0.2.10", "192.0.2.11"],
    },
    "amy.example.com": {"A": ["192.0.2.65"]},
    "bob.example.com": {"A": ["192.0.2.66"]},
    "mail-a.example.com": {"A": ["192.0.2.129"]},
    "mail-b.example.com": {"A": ["192.0.2.130"]},
    "www.example.com": {"CNAME": ["example.com"]},
    "example.org": {"MX": ["10 mail-c.example.org"]},
    "mail-c.example.org": {"A": ["192.0.2.140"]},
}
_ASKED = (
    "192.0.2.10",
    "192.0.2.11",
    "192.0.2.65",
    "192.0.2.129",
    "192.0.2.131",
    "192.0.2.140",
    "198.51.100.1",
)


@pytest.mark.parametrize(
    ("text", "passing"),
    [
        ("v=spf1 +all", set(_ASKED)),
        ("v=spf1 a -all", {"192.0.2.10", "192.0.2.11"}),
        ("v=spf1 a:example.org -all", set()),
        ("v=spf1 mx -all", {"192.0.2.129"}),
        ("v=spf1 mx:example.org -all", {"192.0.2.140"}),
        ("v=spf1 mx mx:example.org -all", {"192.0.2.129", "192.0.2.140"}),
        ("v=spf1 mx/30 mx:example.org/30 -all", {"192.0.2.129", "192.0.2.131", "192.0.2.140"}),
        ("v=spf1 ip4:192.0.2.128/28 -all", {"192.0.2.129", "192.0.2.131", "192.0.2.140"}),
        ("v=spf1 -ip4:192.0.2.129 mx:example.org +ip4:192.0.2.0/24 -all", set(_ASKED[:3]) | set(_ASKED[4:6])),
        ("V=SPF1 A:www.example.com -ALL", {"192.0.2.10", "192.0.2.11"}),
    ],
)
def test_rfc_examples(text: str, passing: set[str]) -> None:
    """The examples of RFC 7208's appendix A let just those servers send."""
    zone = _RFC | {"example.com": {**_RFC["example.com"], "TXT": [text]}}
    found = {each for each in _ASKED if settled(zone, partial(_result, each)) is SpfResult.PASS}
    assert found == passing


def _result(address: str, view: Zone, domain: str = "example.com") -> SpfResult:
    return spf_result(address, domain, view)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (
            {"a.se": {"TXT": ["v=spf1 include:b.se ~all"]}, "b.se": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}},
            "pass",
        ),
        ({"a.se": {"TXT": ["v=spf1 include:b.se ~all"]}, "b.se": {"TXT": ["v=spf1 -all"]}}, "softfail"),
        ({"a.se": {"TXT": ["v=spf1 include:b.se ~all"]}, "b.se": {"TXT": ["other"]}}, "permerror"),
        ({"a.se": {"TXT": ["v=spf1 redirect=b.se"]}, "b.se": {"TXT": ["v=spf1 -all"]}}, "fail"),
        ({"a.se": {"TXT": ["v=spf1 redirect=b.se"]}, "b.se": {"A": ["192.0.2.9"]}}, "permerror"),
        ({"a.se": {"TXT": ["v=spf1 include:a.se -all"]}}, "permerror"),
        ({"a.se": {"TXT": ["v=spf1 ip4:192.0.2.1", "v=spf1 -all"]}}, "permerror"),
        ({"a.se": {"TXT": ["v=spf1 exists:b.se -all"]}, "b.se": {"A": ["127.0.0.2"]}}, "pass"),
        ({"a.se": {"TXT": ["v=spf1 ?a"]}}, "neutral"),
        ({"a.se": {"TXT": ["v=spf10 +all"]}}, "none"),
    ],
)
def test_following(zone: dict[str, dict[str, list[str]]], expected: str) -> None:
    """Includes, redirects, repeated records and loops end as RFC 7208 says."""
    assert settled(zone, lambda view: _result("192.0.2.1", view, "a.se")).value == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("v=spf1 ipv4:192.0.2.1 -all", "ip4"),
        ("v=spf1 ip4:192.0.2.999 -all", "192.0.2.999"),
        ("v=spf1 ip4:2001:db8::1 -all", "ip6"),
        ("v=spf1 include -all", "include"),
        ("v=spf1 include= -all", "kolon"),
        ("v=spf1 a/40 -all", "nätmask"),
        ("v=spf1 -all:se", "ensamt"),
        ("v=spf1 redirect=a.se redirect=b.se", "två gånger"),
        ("v=spf1 mx,a -all", "mx,a"),
        ("v=spf1 åäö -all", "åäö"),
    ],
)
def test_faults(text: str, word: str) -> None:
    """What the grammar has not is told, with the word that is wrong."""
    assert any(word in fault for fault in spf_record(text).faults)


@pytest.mark.parametrize(
    "text", ["v=spf1", "v=spf1 x-new=1 a/24//64 mx:b.se//64 exists:%{i}.b.se ip6:2001:db8::/32 ~all"]
)
def test_no_faults(text: str) -> None:
    """Unknown modifiers, double prefix lengths and macros are no faults."""
    assert spf_record(text).faults == ()


def test_the_cost_of_a_chain() -> None:
    """Every look-up counts, wherever in the chain it stands, and each term's whole cost is told."""
    zone = {
        "a.se": {"TXT": ["v=spf1 a mx include:b.se include:c.se ip4:192.0.2.1 ~all"], "A": ["192.0.2.1"]},
        "b.se": {"TXT": ["v=spf1 include:c.se exists:%{i}.x.se -all"]},
        "c.se": {"TXT": ["v=spf1 a:none.se ip4:192.0.2.0/24 -all"]},
    }
    text = zone["a.se"]["TXT"][0]
    trace = settled(zone, lambda view: traced(spf_record(text), "a.se", view))
    assert trace.lookups == 8
    assert trace.by_term == {"a": 1, "mx": 1, "include:b.se": 4, "include:c.se": 2}
    assert trace.voids == ["a.se", "none.se", "none.se"]


def test_an_endless_chain_ends() -> None:
    """A chain that branches without end is followed to a bound, and a ring is told."""
    many = " ".join(f"include:i{n}.se" for n in range(9))
    zone = {f"i{n}.se": {"TXT": [f"v=spf1 {many} -all"]} for n in range(9)}
    trace = settled(zone, lambda view: traced(spf_record(f"v=spf1 {many} -all"), "a.se", view))
    assert 10 < trace.lookups <= 40
    assert any("sig själv" in fault for fault in trace.faults)


@pytest.mark.parametrize(
    ("texts", "includes", "expected"),
    [
        (["v=spf1 mx -all", "v=spf1 include:b.se -all"], [], "v=spf1 mx include:b.se -all"),
        (["v=spf1 mx ~all", "v=spf1 a MX -all"], [], "v=spf1 mx a MX ~all"),
        (["v=spf1 +all"], ["b.se"], "v=spf1 include:b.se ~all"),
        (["v=spf1 redirect=c.se"], ["b.se"], "v=spf1 include:c.se include:b.se ~all"),
        (["v=spf1 ptr ipv4:1.2.3.4 ip4:192.0.2.1 ?all"], [], "v=spf1 ip4:192.0.2.1 ~all"),
        (["v=spf1 include:B.se -all"], ["b.se"], "v=spf1 include:B.se -all"),
        ([], ["b.se"], "v=spf1 include:b.se ~all"),
    ],
)
def test_merging(texts: list[str], includes: list[str], expected: str) -> None:
    """One record says what all said, ends no weaker than ~all, and includes what must be."""
    assert merged([spf_record(text) for text in texts], includes) == expected


_WORDS = st.sampled_from(
    [
        "a",
        "mx",
        "-all",
        "~all",
        "+all",
        "include:b.se",
        "ip4:192.0.2.1",
        "redirect=c.se",
        "ptr",
        "x=y",
        "?",
        "ip6:",
    ]
)


@given(st.lists(st.one_of(_WORDS, st.text(max_size=20)), max_size=12))
def test_any_text_is_read(words: list[str]) -> None:
    """No text makes the parser fail, and what is merged of it is one record without a fault."""
    record = spf_record(" ".join(["v=spf1", *words]))
    again = merged([record], ["b.se"])
    assert spf_record(again).faults == ()
    assert spf_texts([again]) == (again,)


@given(st.lists(_WORDS, max_size=8), st.lists(_WORDS, max_size=8))
def test_merging_loses_nothing(one: list[str], other: list[str]) -> None:
    """Every mechanism that counted in either record is in the merged one; merging again changes nothing."""
    records = [spf_record(" ".join(["v=spf1", *words])) for words in (one, other)]
    text = merged(records, [])
    kept = {term.text for term in spf_record(text).terms}
    counted = {term.text for each in records for term in each.mechanisms if term.name not in ("all", "ptr")}
    assert counted <= kept
    assert merged([spf_record(text)], []) == text


@given(st.text(), st.text(max_size=30))
def test_any_zone_is_followed(text: str, domain: str) -> None:
    """Whatever stands in a record, following it and asking of it ends."""
    zone = {
        "a.se": {"TXT": [f"v=spf1 {text}"]},
        "b.se": {"TXT": [f"v=spf1 include:{domain} mx:{domain} a:b.se"]},
    }
    record = spf_record(f"v=spf1 include:b.se {text}")
    settled(zone, lambda view: traced(record, "a.se", view))
    assert settled(zone, lambda view: spf_result("192.0.2.1", "a.se", view)) in SpfResult
