"""Who a client says it is, by way of AUTH (RFC 4954).

PLAIN is RFC 4616; LOGIN is draft-murchison-sasl-login; XOAUTH2 is on Google's and Microsoft's pages of that
name.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from newsletter.testing.smtp.envelope import Rejected


def _refused() -> Rejected:
    return Rejected(535, "5.7.8", "Authentication credentials invalid")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who may send. None at all: everyone may, and AUTH is not offered."""

    passwords: Mapping[str, str] = field(default_factory=dict)  # by user
    tokens: Mapping[str, str] = field(default_factory=dict)  # access tokens by user

    def __bool__(self) -> bool:
        return bool(self.passwords or self.tokens)


def offered_mechanisms(accounts: Accounts) -> list[str]:
    """What AUTH offers, as it stands in the reply to EHLO."""
    return (["PLAIN", "LOGIN"] if accounts.passwords else []) + (["XOAUTH2"] if accounts.tokens else [])


@dataclass(frozen=True, slots=True)
class Credentials:
    """One attempt. `ask` sends a challenge (base64) and gives the answer (base64, or * to give up)."""

    accounts: Accounts
    ask: Callable[[str], str]

    def user(self, argument: str) -> str:
        """The user that an AUTH command's argument proves. Raises Rejected."""
        mechanism, _, initial = argument.partition(" ")
        if mechanism.upper() not in offered_mechanisms(self.accounts):
            raise Rejected(504, "5.5.4", "Mechanism not offered")
        match mechanism.upper():
            case "PLAIN":
                return self._plain(initial)
            case "LOGIN":
                return self._login(initial)
            case _:
                return self._token(initial)

    def _plain(self, initial: str) -> str:
        parts = _decoded(initial or self.ask("")).split("\0")
        if len(parts) != 3:
            raise Rejected(501, "5.5.2", "Cannot decode")
        return self._proved(parts[1], parts[2])

    def _login(self, initial: str) -> str:
        user = _decoded(initial or self.ask(_encoded("Username:")))
        return self._proved(user, _decoded(self.ask(_encoded("Password:"))))

    def _proved(self, user: str, password: str) -> str:
        if not user or self.accounts.passwords.get(user) != password:
            raise _refused()
        return user

    def _token(self, initial: str) -> str:
        said = dict(
            part.partition("=")[::2] for part in _decoded(initial or self.ask("")).split("\x01") if part
        )
        user, token = said.get("user", ""), said.get("auth", "").removeprefix("Bearer ")
        if not user or self.accounts.tokens.get(user) != token:
            self.ask(_encoded('{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}'))
            raise _refused()
        return user


def _decoded(text: str) -> str:
    if text == "*":
        raise Rejected(501, "5.0.0", "Authentication cancelled")
    try:
        return base64.b64decode("" if text == "=" else text, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Rejected(501, "5.5.2", "Cannot decode") from error


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
