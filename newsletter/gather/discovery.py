"""Where on a page a member's news may be found.

    page ── in the head, in the body, WordPress, the page itself, pages to look at next ──> [Clue]

Only what stands on the page is told; what the addresses give when they are asked is judged in
:mod:`discovery_judged`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from newsletter.gather.addresses import canonical, site
from newsletter.gather.cleaning import cleaned, decoded
from newsletter.gather.discovery_words import other_subject, says_news, words_of
from newsletter.gather.pages import Node, first, text_of, tree
from newsletter.model.news import SourceKind
from newsletter.model.sources import Clue

_LINKS = 2_000  # links of a page that are looked at
_LABEL = 60  # characters; a longer text is an item's heading, no name of a feed or a section
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_FEED_ADDRESS = re.compile(
    r"\.(?:rss|atom|rdf)$|/(?:rss|feeds?|atom)(?:[/.]|$)|[/_-](?:rss|feed)\.(?:xml|aspx|php|ashx)$"
    r"|[?&]state=rss\b|[?&](?:feed|format|type|output)=(?:rss2?|atom|feed)\b",
    re.I,
)
_FEED_LABEL = re.compile(r"\b(?:rss|atom)\b|rss-?fl[öo]de|nyhetsfl[öo]de", re.I)
_A_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->).)*-->\s*|<\?[^>]*\?>\s*)*<(?:rss|feed|rdf:RDF)\b", re.S
)
_A_DAY = re.compile(r"/20\d\d[-/]\d\d")
_POSTS = "wp/v2/posts"
_ASKED_OF_POSTS = "per_page=20&_fields=date,date_gmt,link,title,excerpt,status"

_PAGE_LABELS = (
    (
        re.compile(
            r"^(?:(?:visa|se|till|läs)\s)?(?:alla\s|fler\s|våra\s|mer\s)?nyheter(?:na)?$|^nyhetsarkiv"
        ),
        10,
    ),
    (re.compile(r"\bnyheter(?:na)?\b|nyhetsarkiv|nyhetsrum|nyhetslista"), 8),
    (re.compile(r"\baktuellt\b|\bsenaste nytt\b|\bnews\b"), 7),
    (re.compile(r"\bpress(?:rum|meddelanden)?\b|\bmedierum\b|\bpå gång\b"), 5),
)
_PAGE_PATH = re.compile(
    r"/(?:nyhet(?:er|sarkiv|slista|srum)|aktuell(?:t|a-nyheter)|news|newsroom|press(?:meddelanden|rum)?)"
    r"(?:/|(?:\.\w+)+)?$",
    re.I,
)
_NO_PAGE = re.compile(
    r"nyhetsbrev|newsletter|prenumer|\brss\b|\bpress och\b.*kontakt|presskontakt|om webb", re.I
)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that is looked at."""

    root: Node
    here: str  # its address
    base: str  # what its links are relative to

    def address(self, href: str) -> str:
        """A link's canonical address; ``feed:`` is an old way to write http."""
        plain = re.sub(r"^\s*feed:(?://)?(?=https?:)", "", href)
        return canonical(re.sub(r"^\s*feed://", "http://", plain), self.base)

    def is_own(self, url: str) -> bool:
        """Whether the address is on the page's own site, or on one below or above it."""
        one, other = site(url), site(self.here)
        return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def discovered(data: bytes, url: str, charset: str = "") -> tuple[Clue, ...]:
    """What on the page may lead to news, each address once, the likeliest first.

    The page may itself be a feed or a list of posts. Raises ParseFailed where the bytes are no page.
    """
    here = canonical(url)
    text = decoded(data[:4000], charset).lstrip("\ufeff")
    if _A_FEED.match(text):
        return (Clue(here, SourceKind.FEED, here, how="adressen är själv ett flöde", worth=60),)
    if text.lstrip().startswith(("[{", "[\n", "[]")):
        return (Clue(here, SourceKind.POSTS, here, how="adressen är själv en lista med inlägg", worth=60),)
    page = _page(data, here, charset)
    found = [clue for look in _LOOKS for clue in look(page) if clue.url]
    return _each_once(found)


def _page(data: bytes, here: str, charset: str) -> _Page:
    root = tree(data, charset)
    base = first(root, "//base[@href]")
    named = canonical(base.get("href"), here) if base is not None else ""
    return _Page(root, here, named or here)


def _each_once(found: list[Clue]) -> tuple[Clue, ...]:
    """One clue an address: the one that says most. A page to look at may be a source as well."""
    best: dict[tuple[str, bool], Clue] = {}
    for clue in found:
        key = (clue.url, clue.kind is None)
        if key not in best or clue.worth > best[key].worth:
            best[key] = clue
    clean = (replace(clue, label=cleaned(clue.label)) for clue in best.values())  # it is shown in a terminal
    return tuple(sorted(clean, key=lambda clue: -clue.worth))


# --- feeds --------------------------------------------------------------------------------------------


def _in_head(page: _Page) -> Iterator[Clue]:
    """``<link rel="alternate" type="application/rss+xml">``, wherever in the page it stands."""
    for link in page.root.xpath("//link[@href][contains(translate(@rel, 'ALTERN', 'altern'), 'alternate')]"):
        kind = (link.get("type") or "").split(";")[0].strip().lower()
        url = page.address(link.get("href"))
        if kind in _FEED_TYPES or (kind in ("", "text/xml", "application/xml") and _FEED_ADDRESS.search(url)):
            yield _feed(page, url, link.get("title") or "", "flöde som sidan anger i sitt huvud", 30)


def _in_body(page: _Page) -> Iterator[Clue]:
    """Plain links to feeds; one city names its news feed only there."""
    for link in page.root.xpath(f"(//a[@href])[position() <= {_LINKS}]"):
        url = page.address(link.get("href"))
        label = _label(link)
        named = bool(_FEED_LABEL.search(label)) and len(label) <= _LABEL and page.is_own(url)
        if url and url != page.here and (named or _FEED_ADDRESS.search(url)):
            how = "SiteVision-flöde" if ".portlet" in url else "flöde"
            yield _feed(page, url, label[:_LABEL], f"{how} som sidan länkar till", 25)


def _feed(page: _Page, url: str, label: str, how: str, worth: int) -> Clue:
    label = " ".join(label.split())
    said = f"{label} {words_of(url)}"
    worth += 10 if says_news(said) else 0
    worth -= 20 if other_subject(said) else 0
    return Clue(url, SourceKind.FEED, page.here, label, how, worth)


def _label(link: Node) -> str:
    """What a link is called: its text, else its title, its label, or its picture's text."""
    pictures = " ".join(link.xpath(".//img/@alt"))
    said = (text_of(link), link.get("title") or "", link.get("aria-label") or "", pictures)
    return next((" ".join(text.split()) for text in said if text.strip()), "")


# --- WordPress ----------------------------------------------------------------------------------------


def _wordpress(page: _Page) -> Iterator[Clue]:
    """The list of posts that the page names, or that WordPress has where the page is made by it."""
    named = first(page.root, "//link[@rel='https://api.w.org/'][@href]")
    if named is not None:
        root = page.address(named.get("href"))
        if page.is_own(root):
            how = "WordPress-sidans egen lista med inlägg (wp-json)"
            yield Clue(_posts_below(root), SourceKind.POSTS, page.here, "", how, 22)
        return
    home = _wordpress_home(page)
    if home:
        how = "sidan är gjord med WordPress, som brukar ha"
        yield Clue(
            _posts_below(f"{home}wp-json/"), SourceKind.POSTS, page.here, "", f"{how} en lista med inlägg", 12
        )
        yield Clue(f"{home}feed/", SourceKind.FEED, page.here, "", f"{how} ett flöde", 14)


def _posts_below(root: str) -> str:
    if "rest_route=" in root:
        return f"{root.rstrip('/')}/{_POSTS}&{_ASKED_OF_POSTS}"
    return f"{root.rstrip('/')}/{_POSTS}?{_ASKED_OF_POSTS}"


def _wordpress_home(page: _Page) -> str:
    """Where WordPress lies, told by the addresses of its own files; "" where there are none."""
    for href in page.root.xpath("//link/@href | //script/@src | //img/@src")[:_LINKS]:
        url = page.address(href)
        before, mark, _ = (
            url.partition("/wp-content/") if "/wp-content/" in url else url.partition("/wp-includes/")
        )
        if mark and page.is_own(url):
            return f"{before}/"
    return ""


# --- pages --------------------------------------------------------------------------------------------


def _the_page_itself(page: _Page) -> Iterator[Clue]:
    """The page as a list of news; asking it costs nothing more."""
    label = " ".join(text_of(first(page.root, "//main//h1", "//h1")).split())[:_LABEL]
    yield Clue(page.here, SourceKind.LIST, page.here, label, "sidan själv räknar upp nyheter", 50)


def _news_pages(page: _Page) -> Iterator[Clue]:
    """Pages of the site that are called Nyheter, Aktuellt, Press …; no item of news and no feed."""
    for link in page.root.xpath(f"(//a[@href])[position() <= {_LINKS}]"):
        url, label = page.address(link.get("href")), _label(link)
        likely = url and url != page.here and page.is_own(url) and len(label) <= _LABEL
        if likely and not _A_DAY.search(url) and not _FEED_ADDRESS.search(url):
            worth = _page_worth(label.casefold(), urlsplit(url).path)
            if worth:
                yield Clue(url, None, page.here, label, "sida som den givna sidan länkar till", worth)


def _page_worth(label: str, path: str) -> int:
    """0 for a page that is not called news, neither by its name nor by its address."""
    if _NO_PAGE.search(label) or other_subject(f"{label} {words_of(path)}"):
        return 0
    by_name = next((worth for pattern, worth in _PAGE_LABELS if pattern.search(label)), 0)
    by_path = 3 if _PAGE_PATH.search(path) else 0
    is_item = by_name and not by_path and len(label.split()) > 4
    return 0 if is_item else by_name + by_path


_LOOKS: tuple[Callable[[_Page], Iterator[Clue]], ...] = (
    _in_head,
    _in_body,
    _wordpress,
    _the_page_itself,
    _news_pages,
)
