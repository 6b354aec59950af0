"""DKIM keys and DMARC records, as their RFCs have them."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.send.readiness.dkim import dkim_key, is_key
from newsletter.send.readiness.dmarc import DmarcWalk, dmarc_record, dmarc_texts, dmarc_walk, is_aligned
from newsletter.send.readiness.tags import tags
from newsletter.send.readiness.zone import Zone
from tests.dns.zones import ed25519_key, rsa_key, settled

# RFC 6376, appendix C, and RFC 8463, appendix A.2.
_RFC_6376 = (
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ"
    "KBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
    "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v"
    "/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi"
    "tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
)
_RFC_8463 = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


@pytest.mark.parametrize(
    ("text", "kind", "bits"),
    [
        (_RFC_6376, "rsa", 1024),
        (_RFC_8463, "ed25519", 256),
        (rsa_key(2048), "rsa", 2048),
        (ed25519_key(), "ed25519", 256),
        (_RFC_6376.removeprefix("v=DKIM1; ").replace("DwIRP", "D wIRP"), "rsa", 1024),
    ],
    ids=["RFC 6376", "RFC 8463", "rsa", "ed25519", "folded"],  # keys that are made anew name no test
)
def test_good_keys(text: str, kind: str, bits: int) -> None:
    """The RFCs' own keys, and others, are read with their length; v may be left out and p may be folded."""
    key = dkim_key(text)
    assert (key.kind, key.bits, key.faults, key.is_revoked) == (kind, bits, (), False)
    assert is_key(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("v=DKIM1; p=MIGf", "RSA"),
        ("v=DKIM1; p=#", "base64"),
        ("v=DKIM1; k=ed25519; p=AAAA", "32 byte"),
        ("v=DKIM1; k=dsa; p=AAAA", "dsa"),
        (_RFC_6376.replace("DKIM1;", "DKIM1; h=sha1;"), "sha256"),
        (_RFC_6376.replace("DKIM1;", "DKIM1; s=chat;"), "e-post"),
        (_RFC_6376.replace("DKIM1", "DKIM2"), "DKIM1"),
        ("v=DKIM1", "p saknas"),
    ],
)
def test_bad_keys(text: str, word: str) -> None:
    """What makes a key unusable is told."""
    assert any(word in fault for fault in dkim_key(text).faults)


def test_revoked_and_trial_keys() -> None:
    """An empty p is a key taken back, which is no fault of writing; t=y is a trial."""
    assert dkim_key("v=DKIM1; p=").is_revoked
    assert dkim_key("v=DKIM1; p=").faults == ()
    assert dkim_key(_RFC_6376.replace("DKIM1;", "DKIM1; t=y:s;")).is_trial


@given(st.text())
def test_any_text_is_a_key_or_not(text: str) -> None:
    """No text makes the parsers fail."""
    dkim_key(text)
    dkim_key(f"v=DKIM1; k=rsa; p={text}")
    dmarc_record("a.se", text)
    dmarc_texts([text])
    assert all(name == name.lower() for name in tags(text).values)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_key_or_not(data: bytes) -> None:
    """No base64 makes the key's parser fail."""
    dkim_key(f"v=DKIM1; p={b64encode(data).decode()}")


@pytest.mark.parametrize(
    ("text", "policy", "reports"),
    [
        # RFC 7489, appendix B.2, and what is often met
        ("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com", "none", ["dmarc-feedback@example.com"]),
        (
            "v=DMARC1; p=quarantine; rua=mailto:a@example.com,mailto:b@thirdparty.net!10m; pct=25",
            "quarantine",
            ["a@example.com", "b@thirdparty.net"],
        ),
        ("v=DMARC1;p=Reject;", "reject", []),
    ],
)
def test_good_policies(text: str, policy: str, reports: list[str]) -> None:
    """Published examples are read without a fault."""
    record = dmarc_record("example.com", text)
    assert (record.policy, list(record.reports), record.faults) == (policy, reports, ())


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("v=DMARC1; p=monitor", "p=monitor"),
        ("v=DMARC1; rua=mailto:a@b.se", "p saknas"),
        ("v=DMARC1; p=none; rua=a@b.se", "mailto"),
        ("v=DMARC1; p=none; aspf=x", "aspf=x"),
        ("v=DMARC1; p=none, rua=mailto:a@b.se", "p=none, rua"),
        ("v=DMARC1; p=none; p=reject", "två gånger"),
        ("v=DMARC1; p=none; sp", "namn=värde"),
    ],
)
def test_bad_policies(text: str, word: str) -> None:
    """Each fault of writing is told."""
    assert any(word in fault for fault in dmarc_record("a.se", text).faults)


def test_what_is_dmarc() -> None:
    """Only what begins with the version is a DMARC record."""
    texts = ["v=DMARC1; p=none", "v=DMARC1", " v = DMARC1 ;p=none", "v=DMARC10", "p=none; v=DMARC1", "v=spf1"]
    assert len(dmarc_texts(texts)) == 3


def test_the_walk_up_the_tree() -> None:
    """The domain's own record counts first, and the organization is the highest name that has one."""
    zone = {
        "_dmarc.forening.se": {"TXT": ["v=DMARC1; p=reject; sp=none"]},
        "_dmarc.brev.forening.se": {"TXT": ["v=DMARC1; p=quarantine"]},
    }
    own = settled(zone, lambda view: dmarc_walk("brev.forening.se", view))
    below = settled(zone, lambda view: dmarc_walk("em1.forening.se", view))
    assert own.record is not None
    assert below.record is not None
    assert (own.organization, own.record.policy_for("brev.forening.se")) == ("forening.se", "quarantine")
    assert (below.organization, below.record.policy_for("em1.forening.se")) == ("forening.se", "none")


@pytest.mark.parametrize(("psd", "organization"), [("y", "kommun.lan.se"), ("n", "lan.se"), ("u", "lan.se")])
def test_public_suffixes(psd: str, organization: str) -> None:
    """A record that says psd=y is above organizations; the one below it is the organization (RFC 9989)."""
    zone = {"_dmarc.lan.se": {"TXT": [f"v=DMARC1; p=none; psd={psd}"]}}
    assert settled(zone, lambda view: dmarc_walk("a.kommun.lan.se", view)).organization == organization


def test_long_names_are_walked_in_eight_steps() -> None:
    """A name with many labels costs eight look-ups at most (RFC 9989, 4.10)."""
    asked: list[str] = []

    def walk(view: Zone) -> DmarcWalk:
        found = dmarc_walk("a.b.c.d.e.f.g.h.i.j.forening.se", view)
        asked.extend(question.name for question in view.unasked)
        return found

    settled({"_dmarc.forening.se": {"TXT": ["v=DMARC1; p=none"]}}, walk)
    assert len(set(asked)) == 8


@pytest.mark.parametrize(
    ("one", "strict", "expected"),
    [
        ("forening.se", True, True),
        ("em1.forening.se", True, False),
        ("em1.forening.se", False, True),
        ("granne.se", False, False),
        ("onforening.se", False, False),
    ],
)
def test_alignment(one: str, strict: bool, expected: bool) -> None:
    """Relaxed alignment takes the organization's other names, strict takes the same name alone."""
    zone = {
        "_dmarc.forening.se": {"TXT": ["v=DMARC1; p=none"]},
        "_dmarc.granne.se": {"TXT": ["v=DMARC1; p=none"]},
    }
    assert settled(zone, lambda view: is_aligned(one, "forening.se", view, strict=strict)) is expected
