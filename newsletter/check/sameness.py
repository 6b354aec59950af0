"""Everybody gets the same letter: in HTML, in text, by ear, at night."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.finding import error, warning
from newsletter.check.page import Page
from newsletter.model.finding import Finding
from newsletter.model.issue import BlockKind, Issue
from newsletter.model.letter import Letter
from newsletter.model.where import Where

_WORD = re.compile(r"[^\W\d_]{4,}")
_SPOILED = re.compile(r'="[^"]*\\u\{')
_SMALLEST = 14.0
_FEWEST = 3  # words; fewer are nobody's loss
_UNLIKE = 0.1  # the share of words that may be in one part alone: rules and words of the frame
_TEMPLATE = Where("templates/letter.mjml.j2")


def findings(letter: Letter, issue: Issue, seen: Page) -> Iterator[Finding]:
    """What some readers would miss."""
    yield from _alike(letter, seen)
    yield from _seen(letter, seen)
    yield from _undescribed(letter)
    yield from _closed(letter, seen)
    yield from _empty_news(letter, issue)


def _alike(letter: Letter, seen: Page) -> Iterator[Finding]:
    alts = " ".join(shown.alt for shown in seen.pictures if shown.alt)
    page, text = _words(seen.text), _words(letter.text)
    lacking = {"textdelen": (page - text, page), "HTML-delen": (text - page - _words(alts), text)}
    part, (missed, said) = max(lacking.items(), key=lambda pair: len(pair[1][0]))
    missing = sorted(missed)
    if len(missing) > max(_UNLIKE * len(said), _FEWEST):
        yield warning(
            "text-unlike",
            "Textdelen säger inte detsamma som HTML-delen.",
            _TEMPLATE,
            why=f"{len(missing)} av {len(said)} ord saknas i {part}, bland dem {', '.join(missing[:5])}. "
            "Den som läser den delen får ett annat brev, och skräppostfilter räknar skillnaden.",
            do="Lägg innehåll i issue.md i stället för i mallen.",
            edition=letter.edition,
        )


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(re.sub(r"\S+://\S+|\w\S*@\S+|\{\{\w+\}\}", " ", text))}


def _seen(letter: Letter, seen: Page) -> Iterator[Finding]:
    for shown in seen.pictures:
        if shown.alt is None:
            yield error(
                "alt-missing",
                f"Bilden {shown.src} saknar alt.",
                _TEMPLATE,
                why="Den som inte ser bilden får inte veta vad den visar.",
                do="Beskriv bilden inom hakparentesen: ![Ett tåg på en bro](pictures/tag.png).",
                edition=letter.edition,
            )
    if seen.smallest < _SMALLEST:
        yield warning(
            "type-small",
            f"En text är bara {seen.smallest:g} punkter hög.",
            _TEMPLATE,
            why="Mindre än 14 är svårläst på telefon.",
            do="Höj font-size i mallen.",
            edition=letter.edition,
        )
    if not (seen.has_colour_scheme and seen.language):
        yield warning(
            "head-incomplete",
            "Brevet säger inte sitt språk eller vilka färglägen det klarar.",
            _TEMPLATE,
            why="Skärmläsare uttalar då fel, och e-postprogram gissar i mörkt läge.",
            do='Ta in {% include "head.mjml.j2" %} i mallens mj-head, och skriv lang i <mjml>.',
            edition=letter.edition,
        )


def _undescribed(letter: Letter) -> Iterator[Finding]:
    """Pictures of member news whose page did not say what they show."""
    for path, where in letter.left_out.items():
        yield warning(
            "news-picture-without-alt",
            f"Bilden {path} visas inte, för den saknar beskrivning.",
            where,
            why="Den som inte ser bilden får annars inte veta vad den visar, och källan säger det inte.",
            do='Skriv vad bilden visar: picture_alt = "Ett tåg på en bro". Eller ta bort raden picture.',
            edition=letter.edition,
        )


def _closed(letter: Letter, seen: Page) -> Iterator[Finding]:
    hosted = {picture.url for picture in letter.hosted}
    for address in (each for each in seen.outside if each not in hosted):
        yield error(
            "fetches-outside",
            f"Brevet hämtar något utifrån när det öppnas: {address}",
            _TEMPLATE,
            why="Då kan någon annan se vem som läser.",
            do="Lägg bilden i numrets mapp.",
            edition=letter.edition,
        )
    if _SPOILED.search(letter.html):
        yield error(
            "character-spoiled",
            "Ett tecken blev förstört på vägen till HTML.",
            _TEMPLATE,
            why="Texten innehåller \\u{…} i stället för tecknet.",
            do="Ta bort ovanliga tecken ur attribut i mallen.",
            edition=letter.edition,
        )


def _empty_news(letter: Letter, issue: Issue) -> Iterator[Finding]:
    """A place for member news that nothing was picked for."""
    for block in issue.blocks:
        shown = block.id in letter.block_bytes
        picked = any(where.file.endswith("news.toml") for where in letter.source_map.values())
        if block.kind is BlockKind.MEMBER_NEWS and shown and not picked:
            yield warning(
                "member-news-empty",
                "Medlemsnytt har en inledning men inga nyheter.",
                block.where,
                why="Läsaren väntar sig nyheter efter rubriken.",
                do=f"Välj nyheter med `newsletter pick {issue.id}`, eller ta bort blocket.",
                edition=letter.edition,
            )
