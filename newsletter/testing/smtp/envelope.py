"""What MAIL and RCPT say: paths and parameters.

RFC 5321, 4.1.1, with SIZE (RFC 1870), 8BITMIME (6152), SMTPUTF8 (6531) and DSN (3461).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_UTF8 = r"\x80-\ufffc\U00010000-\U0010ffff"  # without U+FFFD, which stands for what was no UTF-8
_ATEXT = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_UTF8}-]"
_QUOTED = r'"(?:[^"\\\r\n]|\\.)*"'
_ALNUM = rf"[A-Za-z0-9{_UTF8}]"
_LABEL = rf"{_ALNUM}(?:[A-Za-z0-9{_UTF8}-]*{_ALNUM})?"
_ADDRESS = re.compile(rf"({_ATEXT}+(?:\.{_ATEXT}+)*|{_QUOTED})@({_LABEL}(?:\.{_LABEL})*|\[[^\]\s]+\])")
_PATH = re.compile(r"<([^<>\r\n]*)>(?: +(.*))?")
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\s=]+))?")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")

Parameters = dict[str, str]


class Rejected(Exception):
    """The command is turned down with this reply."""

    def __init__(self, code: int, status: str, text: str) -> None:
        super().__init__(text)
        self.code, self.status, self.text = code, status, text


@dataclass(frozen=True, slots=True)
class Sender:
    """A MAIL command that was taken."""

    address: str  # "" for a bounce
    utf8: bool = False  # SMTPUTF8 was asked for
    eight_bit: bool = False  # BODY=8BITMIME
    envid: str = ""  # decoded
    ret: str = ""  # FULL or HDRS


@dataclass(frozen=True, slots=True)
class Recipient:
    """A RCPT command that was taken."""

    address: str
    notify: tuple[str, ...] = ()  # NEVER, or some of SUCCESS, FAILURE, DELAY
    orcpt: str = ""  # type;address, decoded


def path_and_parameters(argument: str, keyword: str) -> tuple[str, Parameters]:
    """The address and the parameters after FROM: or TO:. Raises Rejected."""
    found = None
    if argument[: len(keyword)].upper() == keyword:
        found = _PATH.fullmatch(argument[len(keyword) :])
    if found is None:
        raise Rejected(501, "5.5.4", f"Syntax: {keyword}<address> [parameters]")
    parameters: Parameters = {}
    for word in (found[2] or "").split():
        parameter = _PARAMETER.fullmatch(word)
        if parameter is None or parameter[1].upper() in parameters:
            raise Rejected(501, "5.5.4", f"Bad parameter: {word}")
        parameters[parameter[1].upper()] = parameter[2] or ""
    return found[1], parameters


def sender(argument: str, offered: frozenset[str], most: int) -> Sender:
    """What a MAIL command's argument says, held to what is offered. Raises Rejected."""
    address, given = path_and_parameters(argument, "FROM:")
    _known(given, {"SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8", "RET": "DSN", "ENVID": "DSN",
                   "AUTH": "AUTH"}, offered)  # fmt: skip
    if not given.get("SIZE", "0").isdecimal() or given.get("BODY", "7BIT").upper() not in (
        "7BIT",
        "8BITMIME",
    ):
        raise Rejected(501, "5.5.4", "Bad SIZE or BODY")
    if int(given.get("SIZE", "0")) > most:
        raise Rejected(552, "5.3.4", "Message size exceeds fixed limit")
    if given.get("RET", "FULL").upper() not in ("FULL", "HDRS"):
        raise Rejected(501, "5.5.4", "RET is FULL or HDRS")
    utf8 = "SMTPUTF8" in given
    if address:
        _check(address, utf8, "5.1.7")
    return Sender(
        address,
        utf8,
        given.get("BODY", "").upper() == "8BITMIME",
        _decoded(given.get("ENVID", ""), 100),
        given.get("RET", "").upper(),
    )


def recipient(argument: str, offered: frozenset[str], *, utf8: bool) -> Recipient:
    """What a RCPT command's argument says, held to what is offered. Raises Rejected."""
    address, given = path_and_parameters(argument, "TO:")
    _known(given, {"NOTIFY": "DSN", "ORCPT": "DSN"}, offered)
    _check(address, utf8, "5.1.3")
    notify = tuple(given["NOTIFY"].upper().split(",")) if "NOTIFY" in given else ()
    if notify != ("NEVER",) and not set(notify) <= {"SUCCESS", "FAILURE", "DELAY"}:
        raise Rejected(501, "5.5.4", "Bad NOTIFY")
    if "ORCPT" in given and ";" not in given["ORCPT"]:
        raise Rejected(501, "5.5.4", "ORCPT is type;address")
    return Recipient(address, notify, _decoded(given.get("ORCPT", ""), 500))


def _known(given: Parameters, needs: Mapping[str, str], offered: frozenset[str]) -> None:
    for name in given:
        if needs.get(name) not in offered:
            raise Rejected(555, "5.5.4", f"Unsupported parameter: {name}")


def _check(address: str, utf8: bool, status: str) -> None:
    if not address.isascii() and not utf8:
        raise Rejected(553, "5.6.7", "Address needs SMTPUTF8")
    found = _ADDRESS.fullmatch(address)
    if found is None or len(found[1].encode()) > 64 or len(found[2].encode()) > 255:
        raise Rejected(501, status, "Bad address syntax")


def _decoded(xtext: str, most: int) -> str:
    """The text that was written as xtext (RFC 3461, 4)."""
    if len(xtext) > most or not _XTEXT.fullmatch(xtext.replace(";", "")):
        raise Rejected(501, "5.5.4", "Bad xtext")
    return re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), xtext)
