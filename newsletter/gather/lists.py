"""Pages that list news to news.

Each reader below knows one shape that such pages have, and gives what it finds; what several find of one
address is put together. Sites change, so no reader relies on a generated class name. To add a shape,
write one more reader and put it in :data:`_READERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from urllib.parse import urlsplit

from newsletter.gather.addresses import address_day, canonical, site, slug_title
from newsletter.gather.cleaning import cleaned, shortened
from newsletter.gather.days import day, is_a_date
from newsletter.gather.images import shown_by
from newsletter.gather.pages import (
    SIDE,
    UNDATED,
    Dated,
    Node,
    first,
    has_class,
    prose_of,
    seen_day,
    text_of,
    tree,
)
from newsletter.gather.states import Found, state_in_script
from newsletter.model.news import NewsItem, Provenance

_MOST = 100
_ASIDE = (
    "ancestor::nav or ancestor::header[not(ancestor::article)] or ancestor::footer or ancestor::aside"
    f" or {SIDE}"
)
_HEADING = "self::h1 or self::h2 or self::h3 or self::h4 or self::h5"
_NEWSY = re.compile(r"nyhet|news|aktuell|press|/20\d\d[/-]", re.I)
_READ_MORE = re.compile(r"^(?:läs (?:mer|hela|vidare)|till nyheten|mer om)\b", re.I)


def listing(data: bytes, base_url: str, member: str, now: datetime, charset: str = "") -> list[NewsItem]:
    """The news of a page that lists them, in its order. Raises ParseFailed where the bytes are no page.

    A day seen beside an item is uncertain, since it may be another day than that of publication; the one
    in the address is not.
    """
    root = tree(data, charset)
    together: dict[str, Found] = {}
    for found in (found for reader in _READERS for found in reader(root, base_url, now)):
        url = canonical(found.href, base_url)
        if url and url != canonical(base_url):
            together[url] = _joined(together[url], found) if url in together else found
    items = (_item(url, found, member, now) for url, found in together.items())
    return [item for item in items if item.title][:_MOST]


def _joined(one: Found, other: Found) -> Found:
    return Found(
        href=one.href,
        title=one.title or other.title,
        lead=one.lead or other.lead,
        dated=one.dated if one.dated[0] else other.dated,
        picture=one.picture if one.picture[0] else other.picture,
    )


def _item(url: str, found: Found, member: str, now: datetime) -> NewsItem:
    in_address = address_day(url, now)
    published, provenance = (in_address, Provenance.ADDRESS) if in_address else found.dated
    return NewsItem(
        member=member,
        url=url,
        title=shortened(found.title or slug_title(url), 300),
        lead="" if found.lead == found.title else shortened(found.lead),
        published=published,
        provenance=provenance,
        uncertain=provenance is Provenance.VISIBLE,
        image=(image := canonical(found.picture[0], url)),
        image_alt=cleaned(found.picture[1])[:300] if image else "",
    )


# --- the shapes ---------------------------------------------------------------------------------------


def _sol_articles(root: Node, base_url: str, now: datetime) -> Iterator[Found]:
    """``ul.sv-defaultlist`` whose items hold ``span.sol-article-item-heading``, ``-date`` and ``-desc``."""
    for item in root.xpath("//li[.//*[contains(@class, 'sol-article-item')]]"):
        link = first(item, ".//a[@href]")
        if link is None:
            continue
        when = first(item, ".//*[contains(@class, 'sol-article-item-date')]")
        found = day(text_of(when), now) if when is not None else None
        yield Found(
            href=link.get("href"),
            title=prose_of(first(item, ".//*[contains(@class, 'sol-article-item-heading')]"))
            or prose_of(link),
            lead=prose_of(first(item, ".//*[contains(@class, 'sol-article-item-desc')]")),
            dated=(found, Provenance.VISIBLE) if found else UNDATED,
        )


def _cards(root: Node, base_url: str, now: datetime) -> Iterator[Found]:
    """``li`` or ``article`` with a heading and a link: channel items, hashed web apps, Municipio."""
    here = f"not({_ASIDE})"
    boxes = root.xpath(
        f"//*[self::li or self::article or self::div[{has_class('c-card', 'c-post', 'c-collection__item')}]"
        f" or self::a[{has_class('c-card')}]]"
        f"[.//*[{_HEADING}]][descendant-or-self::a[@href]][{here}]"
    )
    for box in (box for box in boxes if not _holds_another(box)):
        heading = first(box, f".//*[{_HEADING}]")
        link = first(heading, "ancestor::a[@href] | .//a[@href]")
        link = link if link is not None else first(box, "descendant-or-self::a[@href]")
        if link is None:
            continue
        dated = seen_day(box, now)
        if _is_news(link.get("href"), base_url, box) or (dated[0] and _is_own(link.get("href"), base_url)):
            yield Found(link.get("href"), prose_of(heading), _lead(box), dated, _shown(box))


def _holds_another(box: Node) -> bool:
    """Whether it is a box of several items: more headings with links of their own than one."""
    links = box.xpath(f".//*[{_HEADING}][ancestor::a[@href] or .//a[@href]]")
    return len(links) > 1


def _dated_links(root: Node, base_url: str, now: datetime) -> Iterator[Found]:
    """Any link to ``/YYYY-MM-DD-slug``, the steady signal; *Läs mer* has its title elsewhere."""
    for link in root.xpath(f"//a[@href][not({_ASIDE})]"):
        if address_day(link.get("href"), now):
            yield Found(link.get("href"), _link_title(link), dated=UNDATED)


def _read_more(root: Node, base_url: str, now: datetime) -> Iterator[Found]:
    """*Läs mer* links: the title stands in ``title=`` or ``aria-label``, or only in the slug."""
    for link in root.xpath(f"//a[@href][not({_ASIDE})]"):
        if _READ_MORE.match(text_of(link)) and _is_news(link.get("href"), base_url, link.getparent()):
            yield Found(link.get("href"), _link_title(link), dated=seen_day(link.getparent(), now))


def _headings(root: Node, base_url: str, now: datetime) -> Iterator[Found]:
    """Bare headings with links, with the text and the day that follow them."""
    for heading in root.xpath(f"//*[{_HEADING}][.//a[@href] or parent::a[@href]][not({_ASIDE})]"):
        link = first(heading, ".//a[@href]", "parent::a[@href]")
        if _is_news(link.get("href"), base_url, heading.getparent()):
            after = heading.getnext()
            follows = after is not None and after.tag in ("p", "div", "time", "span")
            dated = seen_day(after, now) if follows else UNDATED
            dated = dated if dated[0] else _dated_above(heading, now)
            yield Found(link.get("href"), prose_of(heading), _following_lead(heading), dated)


def _dated_above(heading: Node, now: datetime) -> Dated:
    """The day in the line above a heading, in lists that begin with one: else it is the item's before."""
    begins = next(heading.getparent().iterchildren(heading.tag)).getprevious()
    above = heading.getprevious()
    lines = [text_of(line) for line in (begins, above) if line is not None]
    if len(lines) < 2 or not all(0 < len(line) < 60 and is_a_date(line) for line in lines):
        return UNDATED
    return seen_day(above, now) if seen_day(above, now)[0] else _visible(day(lines[1], now))


def _visible(found: date | None) -> Dated:
    return (found, Provenance.VISIBLE) if found else UNDATED


def _plain_items(root: Node, base_url: str, now: datetime) -> Iterator[Found]:
    """``li`` that hold a link and no heading, where the address has a year or a day stands beside it."""
    for item in root.xpath(f"//li[.//a[@href]][not(.//*[{_HEADING}] or .//li)][not({_ASIDE})]"):
        link = first(item, ".//a[@href]")
        title, dated = _link_title(link), seen_day(item, now)
        told = dated[0] or _YEAR.search(link.get("href"))
        if len(title) > 8 and told and _is_news(link.get("href"), base_url, item):
            yield Found(link.get("href"), title, _lead(item), dated, _shown(item))


_YEAR = re.compile(r"/20\d\d/[^/?#]{3}")
_Reader = Callable[[Node, str, datetime], Iterator[Found]]
_READERS: tuple[_Reader, ...] = (
    state_in_script,
    _sol_articles,
    _cards,
    _headings,
    _read_more,
    _dated_links,
    _plain_items,
)


# --- parts of an item ---------------------------------------------------------------------------------


def _link_title(link: Node) -> str:
    """What the link is called; where it only says *Läs mer*, what `title` or `aria-label` say."""
    for said in (link.get("title", ""), link.get("aria-label", ""), prose_of(link)):
        title = re.sub(
            r"^läs (?:mer|hela|vidare)(?: nyheten| artikeln)?(?: om)?:?\s*", "", cleaned(said), flags=re.I
        )
        if len(title) > 8 and not _READ_MORE.match(title):
            return title[:1].upper() + title[1:]
    return ""


def _is_own(href: str, base_url: str) -> bool:
    """Whether a link leads to another page of the same site, and not to its start page."""
    url = canonical(href, base_url)
    return bool(url) and site(url) == site(base_url) and urlsplit(url).path not in ("", "/")


def _is_news(href: str, base_url: str, box: Node) -> bool:
    """Whether a link leads to an item of the site's own news, and not to a section of the site.

    Said by the address (a day, a word such as *nyheter*, or lying below the list), or by a date beside it.
    """
    url = canonical(href, base_url)
    if not _is_own(href, base_url):
        return False
    path, base_path = urlsplit(url).path, urlsplit(base_url).path.rstrip("/").removesuffix(".html")
    below = len(base_path) > 1 and path.startswith(base_path + "/") and path != base_path + "/"
    return below or bool(_NEWSY.search(path)) or bool(box is not None and box.xpath("boolean(.//time)"))


def _lead(box: Node) -> str:
    """The first paragraph that is neither a date nor a link to read more."""
    marked = first(
        box,
        f".//*[{has_class('preamble', 'ingress', 'lead', 'sv-channel-item-description', 'c-card__text')}]",
    )
    texts = [prose_of(part) for part in ([marked] if marked is not None else []) + box.xpath(".//p")]
    return next((text for text in texts if len(text) > 30 and not _READ_MORE.match(text)), "")


def _following_lead(heading: Node) -> str:
    for after in heading.itersiblings():
        if not isinstance(after.tag, str) or after.tag in ("h1", "h2", "h3", "h4", "h5", "ul", "ol"):
            return ""
        text = prose_of(after)
        if len(text) > 30 and not _READ_MORE.match(text):
            return text
    return ""


def _shown(box: Node) -> tuple[str, str]:
    """What the box shows: an image, or a background."""
    places = box.xpath("descendant-or-self::*[self::img or contains(@style, 'url(')]")
    return next((found for place in places if (found := shown_by(place))[0]), ("", ""))
