"""Bytes and pixels: what Gmail cuts off, what a telephone has to fetch, what looks blurred."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.finding import error, warning
from newsletter.check.page import Page, Shown
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter, Mark, Picture
from newsletter.model.settings import Limits
from newsletter.model.where import Where

KB = 1024
LONGEST = {Mark.NAME: 64, Mark.MEMBER: 48, Mark.UNSUBSCRIBE: 240}  # bytes that a mark may become
_HEAVY_KB = 250  # one picture; at 1104 px a drawing or a photograph is well below
_NBSP = "\N{NO-BREAK SPACE}"


def findings(letter: Letter, limits: Limits, seen: Page) -> Iterator[Finding]:
    """What is too large, too heavy, or too small to be sharp."""
    yield from _page(letter, limits)
    yield from _pictures(letter, limits)
    for shown in seen.pictures:
        yield from _sharp(letter, shown)


def page_bytes(letter: Letter) -> int:
    """The HTML's bytes with the longest personal marks, before transfer encoding, as Gmail counts."""
    spare = sum(
        letter.html.count(mark.token) * (longest - len(mark.token)) for mark, longest in LONGEST.items()
    )
    return len(letter.html.encode()) + spare


def _page(letter: Letter, limits: Limits) -> Iterator[Finding]:
    size = page_bytes(letter)
    if size <= limits.html_warn_kb * KB:
        return
    too_big = size > limits.html_refuse_kb * KB
    costly = sorted(letter.block_bytes.items(), key=lambda pair: -pair[1])[:3]
    named = ", ".join(f"{letter.source_map.get(block, block)} ({_kb(cost)})" for block, cost in costly)
    say = error if too_big else warning
    yield say(
        "html-too-big" if too_big else "html-big",
        f"Brevets HTML är {_kb(size)}.",
        letter.source_map.get(costly[0][0]) if costly else None,
        why=f"Gmail klipper av brev vid 100{_NBSP}kB, och då försvinner foten med vägen ut. Dyrast: {named}.",
        do="Korta, eller flytta något till webbplatsen och länka dit.",
        edition=letter.edition,
    )


def _pictures(letter: Letter, limits: Limits) -> Iterator[Finding]:
    total = sum(len(picture.data) for picture in letter.pictures)
    if total > limits.pictures_kb * KB:
        heaviest = max(letter.pictures, key=lambda picture: len(picture.data))
        yield error(
            "pictures-too-big",
            f"Bilderna väger {_kb(total)} tillsammans; gränsen är {limits.pictures_kb}{_NBSP}kB.",
            Where(heaviest.path),
            why=f"Varje mottagare får dem alla. Tyngst är {heaviest.path} ({_kb(len(heaviest.data))}).",
            do="Minska bilderna till 1104 punkters bredd och spara fotografier som JPEG.",
            edition=letter.edition,
        )
    for picture in letter.pictures:
        yield from _heavy(letter, picture)


def _heavy(letter: Letter, picture: Picture) -> Iterator[Finding]:
    if len(picture.data) > _HEAVY_KB * KB:
        yield warning(
            "picture-heavy",
            f"{picture.path} väger {_kb(len(picture.data))}.",
            Where(picture.path),
            why="På dålig täckning hinner läsaren ge upp innan den syns.",
            do=f"Spara om den under {_HEAVY_KB}{_NBSP}kB: högst 1200 punkter bred, JPEG för fotografier.",
            edition=letter.edition,
        )


def _sharp(letter: Letter, shown: Shown) -> Iterator[Finding]:
    picture = next((each for each in letter.pictures if shown.src == f"cid:{each.cid}"), None)
    if picture is None or not shown.width or picture.width >= 2 * shown.width:
        return
    yield warning(
        "picture-coarse",
        f"{picture.path} är {picture.width} punkter bred men visas {shown.width} bred.",
        Where(picture.path),
        why="Telefoner visar två bildpunkter eller fler per punkt, så bilden blir suddig.",
        do=f"Lägg in den minst {2 * shown.width} punkter bred.",
        edition=letter.edition,
    )


def _kb(size: int) -> str:
    return f"{size / KB:.0f}{_NBSP}kB"
