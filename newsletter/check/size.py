"""Bytes and pixels: what Gmail cuts off, what a telephone has to fetch, what looks blurred."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsletter.check.finding import error, warning
from newsletter.check.page import Page, Shown
from newsletter.check.prose import Said, place
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter, Mark, Picture
from newsletter.model.settings import Limits, Settings
from newsletter.model.where import Where

KB = 1024
# bytes that a mark may become
LONGEST = {Mark.NAME: 64, Mark.MEMBER: 48, Mark.UNSUBSCRIBE: 240, Mark.SOURCE: 300}
_REWRITTEN_KB = (75, 85)  # warn, refuse: where a provider rewrites every link
_WHOLE_KB = 700  # as it travels; the pictures' own limit comes after
_NAMED = 8  # blocks whose cost is told one by one
_HEAVY_KB = 250  # one picture; at 1104 px a drawing or a photograph is well below
_NBSP = "\N{NO-BREAK SPACE}"


def findings(letter: Letter, settings: Settings, told: Sequence[Said], seen: Page) -> Iterator[Finding]:
    """What is too large, too heavy, or too small to be sharp."""
    yield from _page(letter, *_kb_limits(settings))
    yield from _pictures(letter, settings.limits)
    yield from _whole(letter)
    for shown in seen.pictures:
        yield from _sharp(letter, shown, told)


def _kb_limits(settings: Settings) -> tuple[int, int]:
    """Where to warn and where to refuse. A provider that measures writes longer addresses into every link."""
    warn, refuse = settings.limits.html_warn_kb, settings.limits.html_refuse_kb
    if settings.measuring.mode == "provider":
        return min(warn, _REWRITTEN_KB[0]), min(refuse, _REWRITTEN_KB[1])
    return warn, refuse


def page_bytes(letter: Letter) -> int:
    """The HTML's bytes with the longest personal marks, before transfer encoding, as Gmail counts."""
    spare = sum(
        letter.html.count(mark.token) * (longest - len(mark.token)) for mark, longest in LONGEST.items()
    )
    return len(letter.html.encode()) + spare


def _page(letter: Letter, warn_kb: int, refuse_kb: int) -> Iterator[Finding]:
    size = page_bytes(letter)
    if size <= warn_kb * KB:
        return
    too_big = size > refuse_kb * KB
    costly = sorted(letter.block_bytes.items(), key=lambda pair: -pair[1])
    say = error if too_big else warning
    yield say(
        "html-too-big" if too_big else "html-big",
        f"Brevets HTML är {_kb(size)}; {'gränsen' if too_big else 'varningen'} går vid "
        f"{refuse_kb if too_big else warn_kb}{_NBSP}kB.",
        letter.source_map.get(costly[0][0]) if costly else None,
        why=f"Gmail klipper av brev vid 100{_NBSP}kB, och då försvinner foten med vägen ut. "
        f"{_costs(letter, costly)}",
        do="Korta, eller flytta något till webbplatsen och länka dit.",
        edition=letter.edition,
    )


def _costs(letter: Letter, costly: Sequence[tuple[str, int]]) -> str:
    """What each block costs, the costliest first, and the frame around them all."""
    named = [f"{_line(letter, block)} {block} {_kb(cost)}" for block, cost in costly[:_NAMED]]
    rest = costly[_NAMED:]
    if rest:
        named.append(f"{len(rest)} block till {_kb(sum(cost for _, cost in rest))}")
    frame = len(letter.html.encode()) - sum(cost for _, cost in costly)
    return f"Så fördelar det sig: {', '.join(named)}; ram, huvud och fot {_kb(frame)}."


def _line(letter: Letter, block: str) -> str:
    where = letter.source_map.get(block)
    return f"{where}" if where else ""


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


def _whole(letter: Letter) -> Iterator[Finding]:
    """All that a telephone fetches: base64 makes a third more of the pictures."""
    texts = len(letter.html.encode()) + len(letter.text.encode())
    whole = texts + sum(len(picture.data) * 4 // 3 for picture in letter.pictures)
    if whole > _WHOLE_KB * KB:
        yield warning(
            "letter-heavy",
            f"Hela brevet väger {_kb(whole)}, varav texten {_kb(texts)}.",
            _heaviest(letter),
            why="Det hämtas av varje läsare, också på dålig täckning, och tynger servern som skickar.",
            do=f"Håll det under {_WHOLE_KB}{_NBSP}kB: färre bilder, eller fotografier som JPEG.",
            edition=letter.edition,
        )


def _heaviest(letter: Letter) -> Where | None:
    """The picture that weighs most, else the block whose HTML does."""
    if letter.pictures:
        return Where(max(letter.pictures, key=lambda picture: len(picture.data)).path)
    costly = max(letter.block_bytes, key=lambda block: letter.block_bytes[block], default="")
    return letter.source_map.get(costly)


def _sharp(letter: Letter, shown: Shown, told: Sequence[Said]) -> Iterator[Finding]:
    picture = next((each for each in (*letter.pictures, *letter.hosted) if shown.src == each.src), None)
    if picture is None or not shown.width or picture.width >= 2 * shown.width:
        return
    yield warning(
        "picture-coarse",
        f"{picture.path} är {picture.width} punkter bred men visas {shown.width} bred.",
        (place(shown.alt, told) if shown.alt else None) or Where(picture.path),
        why="Telefoner visar två bildpunkter eller fler per punkt, så bilden blir suddig.",
        do=f"Lägg in den minst {2 * shown.width} punkter bred.",
        edition=letter.edition,
    )


def _kb(size: int) -> str:
    return f"{size / KB:.0f}{_NBSP}kB"
