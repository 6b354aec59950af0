"""The tables: articles by role, who clicked, the list's health, the members."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.model.figure import (
    BANDS,
    ArticleCell,
    ArticleRow,
    Cell,
    ClickShare,
    Cube,
    Difference,
    Dimension,
    HealthRow,
    MemberRow,
    Rate,
)
from newsletter.report import labels as named
from newsletter.report.charts import verdict
from newsletter.report.intervals import differences, rate
from newsletter.report.labels import Labels
from newsletter.report.swedish import DASH, NBSP, number, percent

FEW = f"<{NBSP}5"
HIDDEN = "dold"


def article_columns(cube: Cube) -> tuple[Cell, ...]:
    """The two role cells that articles are split by: politicians and officials, or what holds them."""
    cells = [cell for cell in cube.cells if cell.dimension is Dimension.GROUP]
    return tuple(sorted(cells, key=named.group_order)[:2])


def articles(cube: Cube, labels: Labels) -> tuple[ArticleRow, ...]:
    """Each article with a published total, the most read first."""
    columns = article_columns(cube)
    cells = {(cell.block, cell.key): cell for cell in cube.articles}
    blocks = sorted(
        (block for block in cube.titles if (block, ()) in cells),
        key=lambda block: -(cells[block, ()].readers or 0),
    )
    split = {block: [cells.get((block, column.key)) for column in columns] for block in blocks}
    verdicts = _verdicts(split)
    return tuple(
        _article(cube, labels, cells[block, ()], split[block], verdicts.get(block)) for block in blocks
    )


def _verdicts(split: dict[str, list[ArticleCell | None]]) -> dict[str, Difference]:
    """For the articles whose both parts are shown: their difference, judged together."""
    pairs = {}
    for block, parts in split.items():
        shown = [(cell.readers, cell.n) for cell in parts if cell and cell.readers is not None and cell.n]
        if len(shown) == 2:
            pairs[block] = (shown[0], shown[1])
    return dict(zip(pairs, differences(list(pairs.values())), strict=True))


def _article(
    cube: Cube,
    labels: Labels,
    whole: ArticleCell,
    parts: Sequence[ArticleCell | None],
    compared: Difference | None,
) -> ArticleRow:
    found = _rate(whole)
    return ArticleRow(
        title=named.article(whole.block, cube.titles[whole.block]),
        topic=labels.topics.get(cube.topics.get(whole.block, ""), ""),
        readers=number(whole.readers) if whole.readers is not None else FEW,
        rate=found,
        value=percent(found.share) if found else "",
        by_group=tuple(_part(cell) for cell in parts),
        verdict=verdict(compared) if compared else DASH,
    )


def _rate(cell: ArticleCell) -> Rate | None:
    return rate(cell.readers, cell.n) if cell.readers is not None and cell.n else None


def _part(cell: ArticleCell | None) -> str:
    if cell is None:
        return HIDDEN
    if cell.n == 0:
        return DASH
    found = _rate(cell)
    return percent(found.share) if found else (FEW if cell.few else HIDDEN)


def clicks(cube: Cube) -> tuple[ClickShare, ...]:
    """Clicks by who made them; none where nothing was measured or clicked."""
    counts = (
        ("Människa", cube.clicks.human),
        ("Osäkert", cube.clicks.unsure),
        ("Maskin", cube.clicks.machine),
    )
    whole = sum(count for _, count in counts)
    if cube.mode == "none" or not whole:
        return ()
    return tuple(
        ClickShare(label, count, f"{number(count)} ({percent(count / whole)})", count / whole)
        for label, count in counts
    )


def health(cube: Cube) -> tuple[HealthRow, ...]:
    """What became of the letters that did not arrive, and of those who do not want them."""
    counts = cube.counts
    rows = [
        ("Adressen finns inte", counts.hard, "Spärrad; be om en ny adress", "Bra"),
        ("Tillfälliga fel", counts.soft, "Nytt försök nästa utskick", "Bra"),
        ("Avvisade av mottagarens server", counts.blocked, "Se över avsändarens domän", "Bra"),
        ("Avregistrerade", counts.left, "Spärrade direkt", "Ingen"),
        ("Skräppostanmälda", counts.complained, "Spärrade direkt", "Bra"),
    ]
    if counts.pending:
        rows.append(("Inget besked ännu", counts.pending, "Väntas in i 72 timmar", ""))
    if counts.silent:
        rows.append(("Aldrig något besked", counts.silent, "Hämta händelserna igen", ""))
    return tuple(
        _health(label, count, counts.sent, said if count else good if counts.heard_of else DASH)
        for label, count, said, good in rows
    )


def _health(label: str, count: int, sent: int, said: str) -> HealthRow:
    return HealthRow(label, number(count), number(count * 1000 / sent, 1) if sent else DASH, said)


def members(cube: Cube, labels: Labels) -> tuple[MemberRow, ...]:
    """Members by county and name, each with the class of its rate; never a ranking."""
    rows = [_member(cell, labels) for cell in cube.cells if cell.dimension is Dimension.MEMBER]
    return tuple(sorted(rows, key=_place))


def _place(row: MemberRow) -> tuple[bool, str, str]:
    return row.county.startswith("Utan"), named.by_name(row.county), named.by_name(row.name)


def _member(cell: Cell, labels: Labels) -> MemberRow:
    counties = sorted({labels.member_counties.get(member, "") for member in cell.key})
    name = " + ".join(sorted(labels.member(member) for member in cell.key))
    return MemberRow(
        county=named.county(counties),
        name=name,
        n=number(cell.n),
        band=cell.band,
        label=band_label(cell.band) if cell.band is not None else "mäts inte",
    )


def band_label(band: int) -> str:
    """A class as printed: under 10 %, 10–20 %, minst 30 %; the lower end counts in."""
    low, high = BANDS[band]
    if low == 0:
        return f"under {high}{NBSP}%"
    return f"minst {low}{NBSP}%" if high == 100 else f"{low}{DASH}{high}{NBSP}%"


def reached(cube: Cube, labels: Labels) -> tuple[int, int]:
    """Members in a class of 10 % or more (unmeasured: all that got letters), and all members."""
    cells = [cell for cell in cube.cells if cell.dimension is Dimension.MEMBER]
    among = [cell for cell in cells if cell.band is None or cell.band > 0]
    return len({member for cell in among for member in cell.key if member in labels.members}), len(
        labels.members
    )
