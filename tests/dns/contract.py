"""What every Resolver must do, run over the fake and over the real one."""

from __future__ import annotations

import pytest

from newsletter.errors import LookupFailed, NoNetwork, NoSuchName
from newsletter.model.domain import MailExchanger
from newsletter.ports import Resolver

LONG = "v=DKIM1; p=" + "A" * 400

ZONE = {
    "forening.se": {
        "TXT": ["v=spf1 mx ~all", "google-site-verification=1"],
        "MX": ["20 b.forening.se.", "10 MX.forening.se."],
        "A": ["192.0.2.2", "192.0.2.1"],
        "AAAA": ["2001:db8::1"],
    },
    "mx.forening.se": {"A": ["192.0.2.10"]},
    "b.forening.se": {"A": ["192.0.2.11"]},
    "s1._domainkey.forening.se": {"CNAME": ["S1.domainkey.u1.wl.sendgrid.net."]},
    "s1.domainkey.u1.wl.sendgrid.net": {"TXT": [LONG]},
    "null.se": {"MX": ["0 ."]},
    "åäö.forening.se".encode("idna").decode(): {"TXT": ["räksmörgås"]},
    "sick.se": {"TXT": ["never seen"]},
}
SILENT = "sick.se"


class ResolverContract:
    """Subclass it with a `resolver` fixture over ZONE, of which `SILENT` gives no answer."""

    def test_txt(self, resolver: Resolver) -> None:
        """TXT records come sorted, each with its strings joined, whatever their length."""
        assert list(resolver.txt("forening.se")) == ["google-site-verification=1", "v=spf1 mx ~all"]
        assert list(resolver.txt("xn--4cab6c.forening.se")) == ["räksmörgås"]

    def test_txt_through_an_alias(self, resolver: Resolver) -> None:
        """An alias is followed, and can be asked for itself."""
        assert list(resolver.txt("s1._domainkey.forening.se")) == [LONG]
        assert resolver.cname("s1._domainkey.forening.se") == "s1.domainkey.u1.wl.sendgrid.net"
        assert resolver.cname("forening.se") == ""

    def test_mx(self, resolver: Resolver) -> None:
        """Mail exchangers come by preference, in lower case; the null MX has no host."""
        told = [MailExchanger(10, "mx.forening.se"), MailExchanger(20, "b.forening.se")]
        assert list(resolver.mx("forening.se")) == told
        assert list(resolver.mx("null.se")) == [MailExchanger(0, "")]

    def test_addresses(self, resolver: Resolver) -> None:
        """IPv4 comes before IPv6, each sorted."""
        assert list(resolver.addresses("forening.se")) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]

    def test_no_such_record(self, resolver: Resolver) -> None:
        """A name without a record of the type gives nothing, and so does a name that only holds others."""
        assert list(resolver.txt("mx.forening.se")) == []
        assert list(resolver.mx("mx.forening.se")) == []
        assert list(resolver.txt("_domainkey.forening.se")) == []

    def test_the_root(self, resolver: Resolver) -> None:
        """The root, "", always exists."""
        assert list(resolver.txt("")) == []

    def test_no_such_name(self, resolver: Resolver) -> None:
        """A name that does not exist is told apart from one that nobody answered about."""
        for look in (resolver.txt, resolver.mx, resolver.cname, resolver.addresses):
            with pytest.raises(NoSuchName) as caught:
                look("saknas.se")
            assert not caught.value.retryable

    def test_no_answer(self, resolver: Resolver) -> None:
        """A name server's failure is no answer, and trying again may help."""
        with pytest.raises(LookupFailed) as caught:
            resolver.txt(SILENT)
        assert caught.value.retryable
        assert not isinstance(caught.value, NoSuchName | NoNetwork)
