"""What a screen reader goes by: headings in order, the language, and pictures that say what they show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsletter.check.finding import error, warning
from newsletter.check.page import Page
from newsletter.check.prose import Said, place
from newsletter.check.reference import TEMPLATE
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter

_FILE_NAME = re.compile(
    r"\S+\.(?:png|jpe?g|gif|webp|svg|heic|tiff?|bmp)"
    r"|(?:img|dsc[fn]?|pxl|p|image|bild|foto|photo|picture|screenshot|skärmbild|skärmavbild)[\s_-]*\d[\w\s.-]*"
    r"|bild|foto|image|photo|picture|namnlös|untitled",
    re.IGNORECASE,
)
_LONGEST_ALT = 160  # a sentence or two; more belongs in the text


def findings(letter: Letter, told: Sequence[Said], seen: Page) -> Iterator[Finding]:
    """What would lead a listener astray."""
    yield from _headings(letter, told, seen)
    yield from _language(letter, seen)
    for alt in dict.fromkeys(shown.alt for shown in seen.pictures if shown.alt):
        yield from _alt(letter, alt, told)


def _headings(letter: Letter, told: Sequence[Said], seen: Page) -> Iterator[Finding]:
    """One heading of the first level, first; then never more than one level down."""
    before = 0
    for level, text in seen.headings:
        if not text:
            yield _heading(letter, "En rubrik är tom.", None)
        elif level > before + 1:
            said = f"Rubriken ”{text}” har nivå {level}, men den före har nivå {before or 'ingen'}."
            yield _heading(letter, said, (text, told))
        elif level == 1 and before:
            yield _heading(letter, f"”{text}” är brevets andra huvudrubrik.", (text, told))
        before = level


def _heading(letter: Letter, what: str, at: tuple[str, Sequence[Said]] | None) -> Finding:
    return warning(
        "headings-disordered",
        what,
        (place(*at) if at else None) or TEMPLATE,
        why="Den som lyssnar går från rubrik till rubrik, och tror att något saknas (WCAG 1.3.1).",
        do="Använd ## för rubriker, ### för underrubriker i dem, och hoppa inte över en nivå.",
        edition=letter.edition,
    )


def _language(letter: Letter, seen: Page) -> Iterator[Finding]:
    if seen.language and seen.language.split("-")[0].lower() != letter.language:
        yield error(
            "language-wrong",
            f"Brevet säger att det är på {seen.language}, men numret är på {letter.language}.",
            TEMPLATE,
            why="Skärmläsare läser upp det med fel uttal, och översättningsprogram erbjuder sig i onödan.",
            do='Skriv <mjml lang="{{ letter.language }}"> i mallen.',
            edition=letter.edition,
        )


def _alt(letter: Letter, alt: str, told: Sequence[Said]) -> Iterator[Finding]:
    where = place(alt, told) or next(
        (each for each in letter.source_map.values() if each.file.endswith("news.toml")), TEMPLATE
    )
    if _FILE_NAME.fullmatch(alt.strip()):
        yield warning(
            "alt-file-name",
            f"Bildens beskrivning, ”{alt}”, ser ut som ett filnamn.",
            where,
            why="Den som inte ser bilden får höra filnamnet i stället för vad bilden visar (WCAG 1.1.1).",
            do="Beskriv vad som syns: ![Ett tåg på en bro](pictures/tag.png).",
            edition=letter.edition,
        )
    if len(alt) > _LONGEST_ALT:
        yield warning(
            "alt-long",
            f"En bilds beskrivning är {len(alt)} tecken lång.",
            where,
            why="En skärmläsare läser den i ett svep, utan paus och utan att kunna gå tillbaka.",
            do=f"Skriv högst {_LONGEST_ALT} tecken, och resten i texten.",
            edition=letter.edition,
        )
