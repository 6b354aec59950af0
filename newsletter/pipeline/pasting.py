"""A page that somebody pastes in: read as an item, or given back as text to fill in by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from newsletter import compose
from newsletter import gather as stage
from newsletter.errors import OutsideError, UsageError
from newsletter.model.news import NewsItem, Pick
from newsletter.model.people import Member
from newsletter.model.toml import nearest
from newsletter.pipeline.pages import page
from newsletter.ports import Fetcher, Isolated


def pasted(
    url: str,
    member: str,
    members: Mapping[str, Member],
    *,
    known: Sequence[NewsItem],
    path: str,
    now: datetime,
    fetcher: Fetcher,
    isolated: Isolated,
) -> NewsItem:
    """The page's item; the member is the one named, else the one whose site it is, else "".

    Whose a site is, the members' own addresses say, and the items that are `known`.

    Raises UsageError for what is no address or no member, and the OutsideError of a page that cannot be had,
    with the exact text to paste into `path` instead.
    """
    address = stage.canonical(url)
    if not address:
        why = "Den ska börja med https:// och ha ett värdnamn."
        raise UsageError(f"”{url[:200]}” är ingen webbadress.", why=why, do="Kopiera hela adressen.")
    if member and member not in members:
        raise UsageError(f"Medlemmen ”{member}” finns inte.", do=nearest(member, list(members)))
    teller = member or _whose(address, members, known)
    try:
        return page(address, teller, now, fetcher=fetcher, isolated=isolated)
    except OutsideError as error:
        error.do = _by_hand(address, teller, path)
        raise


def _whose(url: str, members: Mapping[str, Member], known: Sequence[NewsItem]) -> str:
    """The member on whose site the page lies; "" for a site that is no member's, or several members'."""
    sites = [(_host(one.website), one.id) for one in members.values() if one.website]
    sites += [(_host(item.url), item.member) for item in known if item.member in members]
    tellers = {member for host, member in sites if host == _host(url)}
    return tellers.pop() if len(tellers) == 1 else ""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _by_hand(url: str, member: str, path: str) -> str:
    """What to do, and the text that does it."""
    blank = Pick("", member, url, "Skriv rubriken här", "Skriv ingressen här.", None, "", "", "")
    return f"Klistra in det här sist i {path} och skriv om rubrik och ingress:\n\n{compose.item_text(blank)}"
