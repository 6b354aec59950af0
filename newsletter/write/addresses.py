"""Addresses in an issue: where a link may lead, and where a picture may lie."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

from newsletter.write.mistakes import Mistakes, nearest, shown

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_TELEPHONE = re.compile(r"tel:\+?[0-9() .-]{3,30}(;.*)?")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?")
_SCHEMES = ("https", "http", "mailto", "tel")
_MAILBOX = re.compile(r"[^@\s/]+@[\w-]+(\.[\w-]+)+")
_SITE = re.compile(r"[\w-]+(\.[\w-]+)*\.(?!md\b|html?\b|png\b|jpe?g\b|pdf\b)[a-z]{2,}(?=[/?#:]|$)")
_PICTURES = (".png", ".jpg", ".jpeg")


def link(href: str, line: int, mistakes: Mistakes) -> str:
    """The address with its scheme in lower case; what a letter may not link to is a mistake."""
    scheme = found[1].lower() if (found := _SCHEME.match(href)) else ""
    address = scheme + href[len(scheme) :]
    reason = _link_fault(scheme, address)
    if reason:
        what, do = reason
        mistakes.add(line, f"Länken ”{shown(href)}” {what}", do=do)
    return address


def can_be_opened(address: str) -> bool:
    """Whether an address with its scheme in lower case may stand in a letter."""
    return _link_fault(address.partition(":")[0], address) is None


def _link_fault(scheme: str, address: str) -> tuple[str, str] | None:
    if "{{" in address or "%7b%7b" in address.lower():
        return (
            "har ett personligt märke i adressen.",
            "Skriv {{namn}} bara i text: en adress får inte peka ut en läsare.",
        )
    if not address:
        return "är tom.", "Skriv adressen inom parentesen: [text](https://…)."
    if scheme in ("https", "http"):
        return (
            None
            if _has_host(address)
            else ("saknar webbplats.", "Skriv hela adressen, https://www.exempel.se/sida.")
        )
    if scheme == "mailto":
        return None if "@" in address else ("är ingen mejladress.", "Skriv mailto:namn@exempel.se.")
    if scheme == "tel":
        number = _TELEPHONE.fullmatch(unquote(address))
        return None if number else ("är inget telefonnummer.", "Skriv till exempel tel:+46701234567.")
    return "går inte att öppna från ett brev.", _instead(scheme, address)


def _instead(scheme: str, address: str) -> str:
    """The nearest right spelling of an address that does not begin as it should."""
    rest = address[len(scheme) + 1 :] if scheme else address
    bare = address.lstrip("/")
    if address.startswith("#"):
        return "Ställen inne i brevet går inte att länka till; länka till en webbsida eller ta bort länken."
    if close := nearest(scheme, _SCHEMES):
        return f"Menade du {shown(f'{close}:{rest}')}?"
    if scheme == "doi":
        return f"Menade du {shown(f'https://doi.org/{rest}')}?"
    if not scheme and _MAILBOX.fullmatch(address):
        return f"Menade du mailto:{shown(address)}?"
    if not scheme and (address.startswith("//") or _SITE.match(address)) and _has_host(f"https://{bare}"):
        return f"Menade du https://{shown(bare)}?"
    if not scheme:
        return "Skriv hela adressen: https://www.exempel.se/sida."
    return "En länk börjar med https://, mailto: eller tel:."


def _has_host(address: str) -> bool:
    try:
        return bool(_HOST.fullmatch(urlsplit(address).hostname or ""))
    except ValueError:  # such as half an IPv6 address
        return False


def picture(src: str, line: int, mistakes: Mistakes) -> str:
    """The picture's path, relative to the issue's folder and without percent signs."""
    path = unquote(src)
    if reason := _picture_fault(path):
        what, do = reason
        mistakes.add(line, f"Bilden ”{shown(path)}” {what}", do=do)
    return posixpath.normpath(path)


def _picture_fault(path: str) -> tuple[str, str] | None:
    if not path:
        return "har ingen fil.", "Skriv ![Vad bilden visar](pictures/fil.png)."
    if _SCHEME.match(path) or path.startswith("//"):
        return (
            "ligger på nätet.",
            "Spara den i mappen pictures bredvid issue.md: brevet bär sina bilder med sig.",
        )
    if path.startswith("/") or "\\" in path or ".." in path.split("/"):
        return "ligger utanför brevets mapp.", "Lägg den i mappen pictures och skriv pictures/fil.png."
    if not path.lower().endswith(_PICTURES):
        return "är varken PNG eller JPEG.", "Spara om den som .png eller .jpg; alla mejlprogram visar dem."
    return None
