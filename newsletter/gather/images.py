"""The picture that a page shows with its news, and the words that stand for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from newsletter.gather.addresses import canonical
from newsletter.gather.cleaning import cleaned
from newsletter.gather.linked import things
from newsletter.gather.pages import CARD, CLUTTER, Node, main_of, meta

_NOT_ONE = re.compile(
    r"logo|favicon|placeholder|default[-_]|[-_]default|sprite|/icons?/|icon[-_.]|spacer|pixel|blank\.|avatar|\.svg(?:$|\?)",
    re.I,
)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]*url\(\s*['\"]?([^'\")]+)", re.I)
_ALT = 300
_SMALL = 100  # pixels; what is narrower is an icon

Picture = tuple[str, str]


def picture(root: Node, url: str) -> Picture:
    """The address and the alt text of the picture; both empty where there is none to show."""
    inside = [found for found in _shown(root) if canonical(found[0], url)]
    for address, alt in (*_named(root), *inside):
        whole = canonical(address, url)
        if whole and not _NOT_ONE.search(whole):
            return whole, cleaned(alt or alt_of(address, inside))[:_ALT]
    return "", ""


def _named(root: Node) -> Iterator[Picture]:
    """What the head names."""
    yield meta(root, "og:image", "og:image:url", "og:image:secure_url"), meta(root, "og:image:alt")
    yield meta(root, "twitter:image", "twitter:image:src"), meta(root, "twitter:image:alt")
    for thing in things(root):
        told = thing.get("image")
        told = told[0] if isinstance(told, list) and told else told
        if isinstance(told, str):
            yield told, ""
        elif isinstance(told, dict):
            address, caption = told.get("url") or told.get("contentUrl"), told.get("caption")
            yield address if isinstance(address, str) else "", caption if isinstance(caption, str) else ""


def _shown(root: Node) -> Iterator[Picture]:
    """What the page's own matter shows, in its order."""
    main = main_of(root)
    if main is None:
        return
    places = main.xpath(f".//*[self::img or contains(@style, 'url(')][not({CLUTTER} or {CARD})]")
    # A picture above the text often stands before the element that holds it.
    yield from (found for place in places if (found := shown_by(place))[0])


def shown_by(place: Node) -> Picture:
    """What an `img` or an element with a picture for its background shows."""
    if place.tag != "img":
        match = _BACKGROUND.search(place.get("style", ""))
        return (match[1] if match else ""), place.get("aria-label") or place.get("title") or ""
    source = next(
        filter(None, (_source(place, name) for name in ("data-src", "src", "data-srcset", "srcset"))), ""
    )
    width = place.get("width", "")
    small = width.isdigit() and int(width) < _SMALL
    return ("" if small or _NOT_ONE.search(source) else source), place.get("alt", "")


def _source(image: Node, name: str) -> str:
    value = (image.get(name) or "").strip()
    if name.endswith("srcset"):
        value = value.split(",")[-1].strip().split(" ")[0]
    return "" if value.startswith("data:") else value


def alt_of(address: str, inside: list[Picture]) -> str:
    """The alt text that the page gives the same file elsewhere."""
    return next((alt for other, alt in inside if alt and _file(other) == _file(address)), "")


def _file(address: str) -> str:
    """The file's name without the size that many systems write into it."""
    name = unquote(re.split(r"[?#]", address)[0]).rsplit("/", 1)[-1]
    return re.sub(r"-\d+x\d+(?=\.)", "", name)
