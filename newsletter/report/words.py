"""The headline and the key figures, made by rule from the cube: each sentence only where it holds."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.figure import Cube, Dimension, KeyFigure, Run
from newsletter.report import charts
from newsletter.report.charts import total
from newsletter.report.intervals import wilson
from newsletter.report.labels import Labels
from newsletter.report.swedish import DASH, NBSP, counted, number, percent, points, span
from newsletter.report.tables import articles, reached

SIMULATED = (
    "Simulerade läsare. Allt som står om läsare och leveranser i den här rapporten är påhittat av "
    "programmets "
    "egen simulator; inget brev har gått ut."
)
MODES = {"none": "ingen (bara leveranser)", "provider": "leverantörens klickhändelser (provider)"}


def notice(cube: Cube) -> str:
    """What must be known before any number is read."""
    return SIMULATED if cube.simulated else ""


def headline(cube: Cube, previous: Cube | None, labels: Labels) -> tuple[Run, ...]:
    """The report in three sentences."""
    runs = [*_arrived(cube), *_changed(cube, previous), *_most_read(cube, labels), *_to_mend(cube)]
    return tuple(run for run in runs if run.text)


def _arrived(cube: Cube) -> Iterator[Run]:
    counts, part = cube.counts, total(cube)
    if not counts.heard_of:
        yield Run(f"{counted(counts.sent, 'brev', 'brev')} har skickats.", strong=True)
        yield Run(" Inget besked har kommit om vilka som nådde fram.")
        return
    sent = counted(counts.sent, "mottagare", "mottagare")
    reach = f"Brevet nådde fram till {number(counts.delivered)} av {sent}"
    if not part:
        yield Run(f"{reach}.", strong=True)
        why = "läsning mäts inte" if cube.mode == "none" else f"läsning visas inte för färre än {cube.k}"
        yield Run(f" Mer än så går inte att säga: {why}.")
        return
    share = percent(part[0] / part[1])
    yield Run(
        f"{reach}, och {number(part[0])} av dem ({share}) läste vidare på minst en artikel.", strong=True
    )


def _changed(cube: Cube, previous: Cube | None) -> Iterator[Run]:
    found = charts.change(cube, previous)
    if not found:
        return
    if round(found.share * 100, 1) == 0:
        yield Run(" Det är samma andel som förra numret.")
        return
    more = "högre" if found.share > 0 else "lägre"
    yield Run(
        f" Det är {points(abs(found.share), signed=False)} procentenheter {more} andel än förra numret, "
    )
    yield Run("och skillnaden är " if found.certain else "men skillnaden är ")
    yield Run("säker" if found.certain else "osäker", strong=True)
    yield Run("." if found.certain else ": den kan bero på slumpen.")


def _most_read(cube: Cube, labels: Labels) -> Iterator[Run]:
    read = [row for row in articles(cube, labels) if row.rate]
    if not read:
        return
    yield Run(" Mest lästes ")
    for i, row in enumerate(read[:2]):
        yield Run(" och " if i else "")
        yield Run(f"”{row.title}”", strong=True)
    yield Run(".")


def _to_mend(cube: Cube) -> Iterator[Run]:
    if cube.counts.hard:
        yield Run(f" {counted(cube.counts.hard, 'adress', 'adresser')} behöver rättas.")


def keys(cube: Cube, labels: Labels) -> tuple[KeyFigure, ...]:
    """The four large numbers."""
    return (_delivered(cube), _read_on(cube), _reached(cube, labels), _left(cube))


def _delivered(cube: Cube) -> KeyFigure:
    counts = cube.counts
    if not counts.heard_of:
        return KeyFigure("Kom fram", DASH, f"{number(counts.sent)} utskick; inget besked har kommit")
    failed = counts.hard + counts.soft + counts.blocked
    note = f"{number(counts.delivered)} av {number(counts.sent)} utskick; {number(failed)} kom inte fram"
    if counts.pending + counts.silent:
        note += f", {number(counts.pending + counts.silent)} utan besked"
    return KeyFigure("Kom fram", percent(counts.delivered / counts.sent, 1), note)


def _read_on(cube: Cube) -> KeyFigure:
    part = total(cube)
    if not part:
        why = "mäts inte i det här läget" if cube.mode == "none" else f"visas inte under {cube.k} mottagare"
        return KeyFigure("Läste vidare", DASH, why)
    people = counted(part[0], "person", "personer")
    note = f"{people}; troligt spann {span(wilson(*part))}"
    return KeyFigure("Läste vidare", percent(part[0] / part[1]), note)


def _reached(cube: Cube, labels: Labels) -> KeyFigure:
    label = "Medlemmar som nås"
    if not any(cell.dimension is Dimension.MEMBER for cell in cube.cells):
        return KeyFigure(label, DASH, "visas när leveranserna är klara och grupperna är stora nog")
    got, whole = reached(cube, labels)
    note = "fick brevet" if cube.mode == "none" else "minst var tionde mottagare läste vidare"
    return KeyFigure(label, f"{got} av {whole}", note)


def _left(cube: Cube) -> KeyFigure:
    counts = cube.counts
    share = (
        f"{number(counts.left * 1000 / counts.delivered, 1)} per 1{NBSP}000 mottagare"
        if counts.delivered
        else ""
    )
    spam = counted(counts.complained, "anmälde skräppost", "anmälde skräppost") if counts.complained else ""
    note = "; ".join(filter(None, (share, spam or "ingen anmälde skräppost")))
    return KeyFigure("Avregistrerade", number(counts.left), note)
