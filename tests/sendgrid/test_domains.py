"""What the provider says of senders' domains."""

from __future__ import annotations

import pytest

from newsletter.edges.sendgrid import SendGrid, domains
from newsletter.errors import TransportFailed
from newsletter.model.domain import ProviderRecord
from newsletter.testing.sendgrid import Fault, Kind, SendGridServer


@pytest.mark.parametrize("valid", [True, False])
def test_set_up(server: SendGridServer, mailer: SendGrid, valid: bool) -> None:
    """A domain that was set up is told with each record that the provider looks for."""
    server.authenticate("bergslaget.example", valid=valid)
    (told,) = mailer.domain_authentications()
    assert (told.domain, told.is_valid) == ("bergslaget.example", valid)
    host, data = "s1._domainkey.bergslaget.example", "s1.domainkey.u1.wl.sendgrid.net"
    assert ProviderRecord("CNAME", host, data, valid) in told.records
    assert len(told.records) == 3


def test_none(mailer: SendGrid) -> None:
    """Where no domain was set up there are none."""
    assert mailer.domain_authentications() == ()


def test_set_up_twice(server: SendGridServer, mailer: SendGrid) -> None:
    """Those that the provider found in DNS come first."""
    for valid in (False, True, False):
        server.authenticate("bergslaget.example", valid=valid)
    assert [one.is_valid for one in mailer.domain_authentications()] == [True, False, False]


def test_nobody_answers(server: SendGridServer, mailer: SendGrid) -> None:
    """Where nobody answers it is told as a failure."""
    server.faults.add(Fault(Kind.HTML_ERROR, "/v3/whitelabel", "GET"))
    with pytest.raises(TransportFailed):
        mailer.domain_authentications()


@pytest.mark.parametrize("told", [{}, None, ["x"], "x"])
def test_another_shape(told: object) -> None:
    """An answer of another shape is no answer."""
    with pytest.raises(TransportFailed):
        domains.authentications(told)


def test_records_of_another_shape() -> None:
    """Records that cannot be read are left out, and the domain's standing is kept."""
    (told,) = domains.authentications(
        [{"domain": "A.example", "valid": True, "dns": {"x": {"host": 1}, "y": 2}}]
    )
    assert (told.domain, told.is_valid, told.records) == ("a.example", True, ())
