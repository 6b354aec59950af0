"""The three charts of points in their intervals: the issue before, roles, counties."""

from __future__ import annotations

import math
from collections.abc import Sequence

from newsletter.model.figure import Cell, Chart, Cube, Difference, Dimension, Strip
from newsletter.report import labels as named
from newsletter.report.intervals import difference, differences, rate, smallest_visible_change
from newsletter.report.labels import Labels
from newsletter.report.swedish import listed, number, percent, points, points_span, span

BANDS_NOTE = (
    "Punkten är utfallet, bandet slumpens möjliga utslag (95 %). Där banden överlappar ska raderna inte "
    "rangordnas."
)


def total(cube: Cube | None) -> tuple[int, int] | None:
    """Readers and letters delivered, of all; None where nothing is published."""
    for cell in cube.cells if cube else ():
        if cell.dimension is Dimension.ALL and cell.readers is not None and cell.n:
            return cell.readers, cell.n
    return None


def measured(cube: Cube, dimension: Dimension) -> list[Cell]:
    """The dimension's cells that have readers published."""
    return [
        cell for cell in cube.cells if cell.dimension is dimension and cell.readers is not None and cell.n
    ]


def charts(cube: Cube, previous: Cube | None, labels: Labels) -> tuple[Chart, ...]:
    """The charts that the cube allows, all on one scale."""
    made = [_change(cube, previous, labels), _roles(cube), _counties(cube)]
    found = [chart for chart in made if chart.strips]
    top = max((strip.rate.interval.high for chart in found for strip in chart.strips), default=0.1)
    scale, ticks = scale_to(top)
    return tuple(Chart(each.id, each.title, each.strips, scale, ticks, each.note) for each in found)


def scale_to(top: float) -> tuple[float, tuple[float, ...]]:
    """A round right end, and where the lines stand: at most five steps of 1, 2, 5, 10 or 20 points."""
    step = next((step for step in (1, 2, 5, 10) if top * 100 <= 5 * step), 20)
    steps = max(2, math.ceil(top * 100 / step - 1e-9))
    ticks = tuple(i * step / 100 for i in range(steps + 1) if i * step <= 100)
    return ticks[-1], ticks


def change(cube: Cube, previous: Cube | None) -> Difference | None:
    """This issue's share less that of the issue before."""
    now, before = total(cube), total(previous)
    return difference(now, before) if now and before else None


def between_roles(cube: Cube) -> Difference | None:
    """The politicians' share less the officials', where each is a cell of its own."""
    pair = [
        cell for cell in measured(cube, Dimension.GROUP) if cell.key in (("politiker",), ("tjanstepersoner",))
    ]
    if len(pair) < 2:
        return None
    first, second = sorted(pair, key=named.group_order)
    return difference(_part(first), _part(second))


def against_the_rest(cells: Sequence[Cell]) -> list[tuple[Cell, Difference]]:
    """Each cell against all the others, judged together."""
    readers, n = sum(cell.readers or 0 for cell in cells), sum(cell.n for cell in cells)
    pairs = [(_part(cell), (readers - _part(cell)[0], n - cell.n)) for cell in cells]
    return list(zip(cells, differences(pairs), strict=True)) if len(cells) > 1 else []


def verdict(found: Difference) -> str:
    """Säker or osäker."""
    return "säker" if found.certain else "osäker"


def _part(cell: Cell) -> tuple[int, int]:
    return cell.readers or 0, cell.n


def _strip(label: str, part: tuple[int, int], *, accent: bool = False) -> Strip:
    found = rate(*part)
    detail = f"{number(part[0])} av {number(part[1])}, troligt spann {span(found.interval)}"
    return Strip(label, found, percent(found.share), detail, accent)


def _change(cube: Cube, previous: Cube | None, labels: Labels) -> Chart:
    now, before = total(cube), total(previous)
    title = "Jämfört med förra numret"
    if not now:
        return Chart("jamfort", title, (), 0, (), "")
    strips = (_strip(labels.title, now, accent=True),)
    if not before:
        note = "Det finns inget mätt nummer före detta att jämföra med."
        return Chart("jamfort", title, strips, 0, (), note)
    found = difference(now, before)
    visible = smallest_visible_change(now[0] / now[1], now[1], before[1])
    note = (
        f"Skillnaden är {points(found.share)} procentenheter (troligt spann "
        f"{points_span(found.interval)}) och "
        f"{verdict(found)}. Med så här många mottagare syns bara skillnader större än cirka "
        f"{points(visible, signed=False)} procentenheter."
    )
    return Chart("jamfort", title, (*strips, _strip(labels.before, before)), 0, (), note)


def _roles(cube: Cube) -> Chart:
    cells = sorted(measured(cube, Dimension.GROUP), key=named.group_order)
    strips = tuple(_strip(named.group(cell.key), _part(cell)) for cell in cells)
    found = between_roles(cube)
    note = ""
    if found:
        note = (
            f"Mellan förtroendevalda och tjänstepersoner skiljer {points(found.share)} procentenheter "
            f"(troligt spann {points_span(found.interval)}); skillnaden är {verdict(found)}."
        )
    return Chart("roller", "Roller", strips, 0, (), note)


def _counties(cube: Cube) -> Chart:
    cells = sorted(measured(cube, Dimension.COUNTY), key=lambda cell: named.county_order(cell.key))
    strips = tuple(_strip(named.county(cell.key), _part(cell)) for cell in cells)
    return Chart("lan", "Län", strips, 0, (), _county_note(cells))


def _county_note(cells: Sequence[Cell]) -> str:
    compared = against_the_rest(cells)
    if not compared:
        return ""
    over = [named.county(cell.key) for cell, found in compared if found.certain and found.share > 0]
    under = [named.county(cell.key) for cell, found in compared if found.certain and found.share < 0]
    if not over and not under:
        return "I bokstavsordning. Inget län skiljer sig säkert från de andra."
    parts = [
        f"{listed(names)} ligger säkert {word}" for names, word in ((over, "över"), (under, "under")) if names
    ]
    return f"I bokstavsordning. {' och '.join(parts)} de andra; övriga skillnader kan bero på slumpen."
