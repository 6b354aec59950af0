"""TLS and login: what is trusted, what is refused, and that no secret ever shows."""

from __future__ import annotations

import ssl
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from newsletter.edges.smtp import Smtp
from newsletter.edges.smtp.envelope import xtext
from newsletter.edges.smtp.opening import trusting
from newsletter.errors import TransportFailed
from newsletter.testing.smtp import Fault, Kind, SmtpServer, Step
from tests.smtp.builders import letter, letters, of, outcomes, settings
from tests.smtp.conftest import EdgeTo

SECRET = "Hemligt-lösenord-1"
WAYS = pytest.mark.parametrize(("tls", "security"), [(False, "starttls"), (True, "tls")])


def with_password(**changes: Any) -> dict[str, Any]:
    return {"auth": "password", "username": "kansli", "secret": SECRET} | changes


def with_token(**changes: Any) -> dict[str, Any]:
    return {"auth": "xoauth2", "username": "kansli", "secret": SECRET} | changes


@WAYS
def test_password_over_tls(edge_to: EdgeTo, tls: bool, security: str) -> None:
    """Letters go over TLS from the first byte or by STARTTLS, and the password over nothing else."""
    with SmtpServer(tls=tls, passwords={"kansli": SECRET}, auth_in_clear=False) as server:
        edge = edge_to(server, security=security, **with_password())
        assert set(outcomes(edge.attempt(of(*letters(3)))).values()) == {"accepted"}
        assert {kept.user for kept in server.letters} == {"kansli"}


@WAYS
@pytest.mark.parametrize("step", [Step.MAIL, Step.DOT, Step.ANSWER])
def test_cut_over_tls(edge_to: EdgeTo, tls: bool, security: str, step: Step) -> None:
    """The table holds over TLS as well."""
    with SmtpServer(tls=tls) as server:
        server.faults.add(Fault(Kind.RESET, step))
        edge = edge_to(server, security=security)
        if step is Step.MAIL:
            with pytest.raises(TransportFailed):
                edge.attempt(of(*letters(2)))
        else:
            assert outcomes(edge.attempt(of(*letters(2)))) == {"d1": "unknown", "d2": "deferred"}


@WAYS
def test_certificate_nobody_vouches_for(tls: bool, security: str) -> None:
    """A server whose certificate the system does not trust gets nothing, and the error says why."""
    with SmtpServer(tls=tls) as server:
        with pytest.raises(TransportFailed) as caught:
            Smtp(settings(server.port, security=security)).attempt(of(letter(1)))
        assert "certifikat som inte går att lita på" in caught.value.what
        assert not caught.value.retryable


def test_certificate_of_another(edge_to: EdgeTo) -> None:
    """A certificate that is good for another name is not trusted."""
    with SmtpServer(tls=True) as server:
        edge = edge_to(server, host="127.1", security="tls")  # the same machine by another name
        with pytest.raises(TransportFailed) as caught:
            edge.attempt(of(letter(1)))
        assert "certifikat" in caught.value.what


def test_system_trust() -> None:
    """Where nothing else is given the system's trust counts, names are checked, and TLS is 1.2 or newer."""
    context = trusting()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("tls", [False, True])
def test_no_tls_where_it_is_wanted(edge_to: EdgeTo, tls: bool) -> None:
    """A server that offers no STARTTLS, or speaks in the clear where TLS is set, gets no letter."""
    with SmtpServer(without=["STARTTLS"]) as server:
        edge = edge_to(server, security="tls" if tls else "starttls", timeout_seconds=1.0)
        with pytest.raises(TransportFailed):
            edge.attempt(of(letter(1)))
        assert server.letters == []


@pytest.mark.parametrize("code", [454, 501])
def test_starttls_refused(edge_to: EdgeTo, code: int) -> None:
    """A refused STARTTLS ends it, for now or for good."""
    with SmtpServer() as server:
        server.faults.add(Fault(Kind.REJECT, Step.STARTTLS, code, "No TLS today"))
        with pytest.raises(TransportFailed) as caught:
            edge_to(server, security="starttls").attempt(of(letter(1)))
        assert caught.value.retryable is (code == 454)
        assert "No TLS today" in caught.value.why


def test_login_words(edge_to: EdgeTo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only LOGIN is offered, it is used."""
    monkeypatch.setattr("newsletter.testing.smtp.session.offered_mechanisms", lambda accounts: ["LOGIN"])
    with SmtpServer(passwords={"kansli": SECRET}, notes_lines=True) as server:
        assert outcomes(edge_to(server, **with_password()).attempt(of(letter(1)))) == {"d1": "accepted"}
        assert any(line == "AUTH LOGIN" for _, line in server.lines)


def test_token(edge_to: EdgeTo) -> None:
    """XOAUTH2 logs in with an access token."""
    with SmtpServer(tokens={"kansli": SECRET}) as server:
        edge = edge_to(server, security="starttls", **with_token())
        assert outcomes(edge.attempt(of(letter(1)))) == {"d1": "accepted"}
        assert server.letters[0].user == "kansli"


def test_token_that_has_expired(edge_to: EdgeTo) -> None:
    """A token that is refused stops the run, says what to do, and shows nothing of it."""
    with SmtpServer(tokens={"kansli": "another"}) as server:
        with pytest.raises(TransportFailed) as caught:
            edge_to(server, **with_token()).attempt(of(letter(1)))
        assert not caught.value.retryable
        assert "535" in caught.value.why
        assert "hämta en ny" in caught.value.do
        assert server.letters == []


def test_token_from_a_file(edge_to: EdgeTo, tmp_path: Path) -> None:
    """A token in a file is read anew for each connection, so that what keeps it fresh need not know of us."""
    file = tmp_path / "token"
    file.write_text("first\n", "utf-8")
    with SmtpServer(tokens={"kansli": "first"}) as server:
        edge = edge_to(server, letters_per_connection=1, **with_token(secret_file=str(file)))
        assert outcomes(edge.attempt(of(letter(1)))) == {"d1": "accepted"}
        file.write_text("second\n", "utf-8")
        with pytest.raises(TransportFailed) as caught:
            edge.attempt(of(letter(2)))
        assert caught.value.retryable  # what keeps the file may be about to write a good one
        file.write_text("first", "utf-8")
        assert outcomes(edge.attempt(of(letter(2)))) == {"d2": "accepted"}


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_file_without_a_secret(edge_to: EdgeTo, tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing, empty or no text is told of by its name."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with SmtpServer(tokens={"kansli": SECRET}) as server:
        with pytest.raises(TransportFailed) as caught:
            edge_to(server, **with_token(secret_file=str(file))).attempt(of(letter(1)))
        assert str(file) in caught.value.why
        assert "NEWSLETTER_SMTP_PASSWORD_FILE" in caught.value.do


def test_no_password(edge_to: EdgeTo) -> None:
    """Without a password no login is tried, and the error names the variable that is missing."""
    with SmtpServer(passwords={"kansli": SECRET}, notes_lines=True) as server:
        with pytest.raises(TransportFailed) as caught:
            edge_to(server, **with_password(secret="")).attempt(of(letter(1)))
        assert "NEWSLETTER_SMTP_PASSWORD" in caught.value.why
        assert not any(line.startswith("AUTH") for _, line in server.lines)


@pytest.mark.parametrize(("auth", "offered"), [("password", {"tokens": {"kansli": SECRET}}), ("xoauth2", {})])
def test_way_that_is_not_offered(edge_to: EdgeTo, auth: str, offered: dict[str, Any]) -> None:
    """A way to log in that the server does not offer is a setting to change; the secret stays here."""
    with SmtpServer(**offered, notes_lines=True) as server:
        with pytest.raises(TransportFailed) as caught:
            edge_to(server, **with_password(auth=auth)).attempt(of(letter(1)))
        assert "erbjuder" in caught.value.why
        assert not any(line.startswith("AUTH") for _, line in server.lines)


@pytest.mark.parametrize(("code", "retryable"), [(535, False), (454, True)])
def test_login_refused(edge_to: EdgeTo, code: int, retryable: bool) -> None:
    """A refused login stops the run for good, one that the server could not check just now for a while."""
    with SmtpServer(passwords={"kansli": SECRET}) as server:
        server.faults.add(Fault(Kind.REJECT, Step.AUTH, code, "5.7.8 No"))
        with pytest.raises(TransportFailed) as caught:
            edge_to(server, **with_password()).attempt(of(letter(1)))
        assert caught.value.retryable is retryable


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize("auth", ["password", "xoauth2"])
@pytest.mark.parametrize(
    "repeated",
    [
        SECRET,
        b64(SECRET),
        "AUTH PLAIN " + b64(f"\0kansli\0{SECRET}"),
        "AUTH XOAUTH2 " + b64(f"user=kansli\x01auth=Bearer {SECRET}\x01\x01"),
    ],
)
def test_secret_that_is_repeated(edge_to: EdgeTo, auth: str, repeated: str) -> None:
    """A server that repeats what it was told does not bring the secret into the error."""
    with SmtpServer(passwords={"kansli": SECRET}, tokens={"kansli": SECRET}) as server:
        server.faults.add(Fault(Kind.REJECT, Step.AUTH, 500, f"5.5.2 Unknown: {repeated}"))
        edge = edge_to(server, **with_password(auth=auth))
        with pytest.raises(TransportFailed) as caught:
            edge.attempt(of(letter(1)))
    shown = " ".join(map(str, [caught.value, caught.value.do, repr(edge), repr(edge.features)]))
    assert "500 5.5.2 Unknown: " in shown
    assert "…" in shown
    assert SECRET not in shown
    assert repeated.rpartition(" ")[2] not in shown


@pytest.mark.parametrize(
    ("text", "written"), [("abc-1_2", "abc-1_2"), ("a+b=c", "a+2Bb+3Dc"), ("å ", "+C3+A5+20")]
)
def test_xtext(text: str, written: str) -> None:
    """An envelope id is written as RFC 3461 has it."""
    assert xtext(text) == written
