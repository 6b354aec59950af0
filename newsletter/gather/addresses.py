"""Addresses of news: made absolute and canonical, and the day that stands in them."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import idna

from newsletter.gather.days import believed

_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|mc_[ce]id|sv\.target)$", re.I)
_DAY = re.compile(r"/(20\d\d)(?:[-/](\d\d)[-/](\d\d)(?=[-/.]|$)|/(\d{1,2})/(\d{1,2})(?=/|$))")
_LONGEST = 2000  # characters; what is longer is no address that a letter could carry
_SLUG_DAY = re.compile(r"^20\d\d-\d\d-\d\d-?")


def canonical(address: str, base: str = "") -> str:
    """The absolute http(s) address without fragment and tracking; "" where it is none."""
    if not address.strip() or len(address) > _LONGEST:
        return ""  # not the base: nothing was said
    try:
        parts = urlsplit(urljoin(base, address.strip()))
        port = parts.port
    except ValueError:  # a broken port or bracket
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return ""
    name = _ascii(parts.hostname)
    if not name:
        return ""
    host = name + (f":{port}" if port and port not in (80, 443) else "")
    pairs = [pair for pair in parts.query.split("&") if not _TRACKING.match(pair.split("=")[0])]
    query = quote("&".join(pairs), safe="/%:@!$&'()*+,;=?~")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return urlunsplit((parts.scheme, host, path, query, ""))


def _ascii(host: str) -> str:
    """The host as name servers know it (å becomes xn--…); "" where it holds what no name may hold."""
    try:
        return host.lower() if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""


def address_day(address: str, now: datetime) -> date | None:
    """The day in ``/2026-11-03-slug`` or ``/2026/11/3/slug``; None where there is none to believe."""
    match = _DAY.search(_path(address))
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return believed(date(year, month, day), now)
    except ValueError:
        return None


def _path(address: str) -> str:
    """The address' path; "" where it is none, since one broken link is no reason to leave the others."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def site(address: str) -> str:
    """The host without ``www.``, to tell a member's own pages from others'."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


def slug_title(address: str) -> str:
    """A title guessed from the last part of the address; for links that say nothing but *Läs mer*."""
    last = unquote(_path(address)).rstrip("/").rsplit("/", 1)[-1]
    words = _SLUG_DAY.sub("", last).removesuffix(".html").replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
