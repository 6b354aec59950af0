"""What a page is called: the news' own title, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from newsletter.gather.addresses import site
from newsletter.gather.cleaning import cleaned
from newsletter.gather.linked import things, word
from newsletter.gather.pages import Node, has_class, meta, own, prose_of, text_of

_PLACES = (
    "//*[@id='page-title'][self::h1 or self::h2 or .//h1]",
    f"//h1[{has_class('entry-title', 'post-title', 'article-title', 'page-title', 'c-article__title')}]",
    "//h1[@itemprop='headline' or @itemprop='name']",
    "//article//h1",
    "//main//h1",
    "//h1",
)
_PARTS = re.compile(r"\s+(?:[|–—·•»«>:/-]|::|\|\|)\s+")
_A_SITE = re.compile(
    r"[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ]?[\w-]+)? (?:kommun|stad)(?:s webbplats)?"
    r"|Region(?:en)? [A-ZÅÄÖ][\w-]+(?: [\w-]+)?"
    r"|[\w.-]+\.(?:se|nu|com|org|net)|(?i:start|startsida|hem|nyheter|aktuellt|nyhetsarkiv|pressmeddelanden)"
)
_LONGEST = 300


def title(root: Node, url: str) -> str:
    """The heading that the page's name agrees with, else the only one, else the name without the site's."""
    called = list(_called(root, url))
    headings = list(_headings(root, url))
    for heading in headings:
        if any(_same(heading, name) for name in called):
            return heading[:_LONGEST]
    part_of = [heading for heading in headings if any(_is_in(heading, name) for name in called)]
    if part_of:
        return max(part_of, key=len)[:_LONGEST]
    near = [heading for heading in headings if any(_alike(heading, name) for name in called)]
    one = near[:1] or (headings if len(headings) == 1 or not called else [])
    return (one or called or [""])[0][:_LONGEST]


def _headings(root: Node, url: str) -> Iterator[str]:
    """The page's headings, those in places made for a title first; the site's own name is none."""
    seen = set()
    places = [*own(root, "(?:sid|huvud|artikel|nyhets)?rubrik", "title"), *_placed(root)]
    for text in (prose_of(place) for place in places):
        if text and text not in seen and not _names_site(text, root, url):
            seen.add(text)
            yield text


def _placed(root: Node) -> Iterator[Node]:
    for path in _PLACES:
        yield from (node for node in root.xpath(path) if not node.get("data-clutter"))


def _called(root: Node, url: str) -> Iterator[str]:
    """What the head calls the page, without the site's name."""
    names = (
        *(word(thing, "headline") for thing in things(root)),
        meta(root, "og:title"),
        meta(root, "twitter:title"),
        meta(root, "DC.Title"),
        text_of(next(iter(root.xpath("//head/title")), None)),
        text_of(next(iter(root.xpath("//title[not(ancestor::svg)]")), None)),
    )
    for name in filter(None, map(cleaned, names)):
        bare = _without_site(name, root, url)
        if bare:
            yield bare


def _without_site(name: str, root: Node, url: str) -> str:
    """The name without the parts at its ends that are the site's."""
    parts = _PARTS.split(name)
    marks = _PARTS.findall(name)
    while len(parts) > 1 and _names_site(parts[-1], root, url):
        parts.pop()
        marks.pop()
    while len(parts) > 1 and _names_site(parts[0], root, url):
        parts.pop(0)
        marks.pop(0)
    joined = parts[0] + "".join(mark + part for mark, part in zip(marks, parts[1:], strict=False))
    return "" if len(parts) == 1 and _is_the_site(joined, root, url) else joined


def _names_site(text: str, root: Node, url: str) -> bool:
    return bool(_A_SITE.fullmatch(text)) or _is_the_site(text, root, url)


def _is_the_site(text: str, root: Node, url: str) -> bool:
    """Whether it is the name that the page gives its site, or the host's own."""
    plain = _letters(text)
    named = {_letters(meta(root, name)) for name in ("og:site_name", "application-name", "DC.Publisher")}
    host = _letters(site(url).rsplit(".", 1)[0])
    return plain in named - {""} or (len(plain) > 2 and plain == host)


def _letters(text: str) -> str:
    plain = text.casefold().translate(str.maketrans("åäöéü", "aaoeu"))
    return re.sub(r"[^a-z0-9]", "", plain)


def _same(one: str, other: str) -> bool:
    return _letters(one) == _letters(other) != ""


def _is_in(heading: str, name: str) -> bool:
    return len(heading) > 3 and heading.casefold() in name.casefold()


def _alike(heading: str, name: str) -> bool:
    return SequenceMatcher(None, heading.casefold(), name.casefold()).ratio() > 0.6
