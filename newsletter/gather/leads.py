"""The lead of a page: the words that an editor set above the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.gather.cleaning import cleaned, shortened
from newsletter.gather.days import is_a_date
from newsletter.gather.pages import CARD, CLUTTER, Node, main_of, meta, own, prose_of

_SHORTEST, _LONGEST = 25, 1_200
_MARKED = re.compile(
    r"ingress|preamble|^(?:[\w-]*[_-])?(?:lead|lede|intro|introduction|introtext|standfirst)(?:[_-](?:text|paragraph))?$",
    re.I,
)
_ABOUT = re.compile(
    r"(?:sidan\s|artikeln\s|nyheten\s)?(?:publicera|senast\s|uppdatera|skriven av|lyssna|dela\b|skriv ut)"
    r"|(?:text|foto|bild)\s*:",
    re.I,
)
_OF_THE_SITE = re.compile(r"\bwebbplats|\bhemsida\b|^välkommen till\b|\bkommuns information\b", re.I)
_CUT = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])$")


def lead(root: Node, title: str) -> str:
    """The lead that is marked as one, else a description that is one, else the first paragraph, else ""."""
    return next((shortened(text) for text in _leads(root, title) if _is_lead(text, title)), "")


def _leads(root: Node, title: str) -> Iterator[str]:
    yield from (prose_of(node) for node in own(root, "(?:nyhets|artikel)?ingress", "preamble", "ingresstext"))
    main = main_of(root)
    if main is None:
        return
    yield from marked(root, main)
    paragraphs = [text for text in _paragraphs(main) if _is_lead(text, title)]
    bold = next(
        (prose_of(node) for node in main.xpath(f".//p[not({CLUTTER} or {CARD})]")[:3] if _is_bold(node)), ""
    )
    if bold:
        yield bold
    yield from _described(root, paragraphs)
    yield from paragraphs


def marked(root: Node, main: Node) -> Iterator[str]:
    """What a class calls a lead, in the page's own matter first."""
    for within in (main, root):
        for node in within.xpath(
            ".//*[self::p or self::div or self::span or self::section or self::h2 or self::strong][@class]"
            f"[not({CLUTTER} or {CARD})]"
        ):
            if any(_MARKED.search(name) for name in node.get("class").split()):
                yield prose_of(node)


def _is_bold(paragraph: Node) -> bool:
    """Whether all of the paragraph's words are in bold."""
    words = prose_of(paragraph)
    bold = " ".join(prose_of(node) for node in paragraph.xpath("./strong | ./b"))
    return bool(words) and bold == words


def _described(root: Node, paragraphs: list[str]) -> Iterator[str]:
    """The description for machines; where it is the cut beginning of a paragraph, that paragraph."""
    for text in (cleaned(meta(root, name)) for name in ("og:description", "description", "DC.Description")):
        bare = _CUT.sub("", text)
        whole = next((one for one in paragraphs if bare and one.startswith(bare[:60])), "")
        yield whole or ("" if bare != text or _OF_THE_SITE.search(text) else text)


def _paragraphs(main: Node) -> Iterator[str]:
    for node in main.xpath(f".//p[not({CLUTTER} or {CARD} or ancestor::figure or ancestor::table)]"):
        text = prose_of(node)
        if len(text) >= 40:
            yield text


def _is_lead(text: str, title: str) -> bool:
    """Whether the text may be a lead: not the title again, a line about the page, or all of the text."""
    if not _SHORTEST <= len(text) <= _LONGEST or text.casefold().strip(" .") == title.casefold().strip(" ."):
        return False
    return not _ABOUT.match(text) and not is_a_date(text)
