"""The sentences of the report, made by rule from the cube: each stands only where its rule holds."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.figure import Cube, Dimension, KeyFigure, Run
from newsletter.report import charts
from newsletter.report.charts import total
from newsletter.report.intervals import rate, wilson
from newsletter.report.labels import Labels
from newsletter.report.swedish import DASH, NBSP, counted, listed, number, percent, points, span
from newsletter.report.tables import articles, reached

SIMULATED = (
    "Simulerade läsare. Allt som står om läsare och leveranser i den här rapporten är påhittat av programmets "
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
    reach = f"Brevet nådde fram till {number(counts.delivered)} av {counted(counts.sent, 'mottagare', 'mottagare')}"
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
    failed = counts.hard + counts.soft + counts.blocked
    note = f"{number(counts.delivered)} av {number(counts.sent)} utskick; {number(failed)} kom inte fram"
    if counts.pending + counts.silent:
        note += f", {number(counts.pending + counts.silent)} utan besked"
    return KeyFigure("Kom fram", percent(counts.delivered / counts.sent, 1) if counts.sent else DASH, note)


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


def suggestions(cube: Cube, labels: Labels) -> tuple[tuple[str, str], ...]:
    """At most three things to do, each with what it rests on."""
    rules = (_fetch, _mend, _write_for, _lead, _leave_counties)
    return tuple(found for rule in rules if (found := rule(cube, labels)))[:3]


def _fetch(cube: Cube, labels: Labels) -> tuple[str, str] | None:
    silent, sent = cube.counts.silent, cube.counts.sent
    if not sent or silent * 20 < sent:
        return None
    return (
        "Hämta händelserna",
        f"{counted(silent, 'utskick', 'utskick')} har aldrig fått något besked. Kör newsletter events import.",
    )


def _mend(cube: Cube, labels: Labels) -> tuple[str, str] | None:
    hard = cube.counts.hard
    if not hard:
        return None
    verb = "finns"
    return (
        "Rätta adresserna",
        f"{counted(hard, 'adress', 'adresser')} {verb} inte längre. Be medlemmarnas registratorer om aktuella listor "
        "före nästa nummer.",
    )


def _write_for(cube: Cube, labels: Labels) -> tuple[str, str] | None:
    found = charts.between_roles(cube)
    if not found or not found.certain:
        return None
    less = "tjänstepersoner" if found.share > 0 else "förtroendevalda"
    return (
        f"Skriv mer för {less}",
        f"De läste vidare {points(abs(found.share), signed=False)} procentenheter mer sällan, och skillnaden är "
        "säker. Pröva ett eget stycke för dem, överst.",
    )


def _lead(cube: Cube, labels: Labels) -> tuple[str, str] | None:
    rows = [row for row in articles(cube, labels) if row.rate]
    if len(rows) < 2 or not rows[0].topic:
        return None
    first, second = rows[0].rate, rows[1].rate
    if first is None or second is None or first.interval.low <= second.interval.high:
        return None
    return (
        f"Led med {rows[0].topic[0].lower()}{rows[0].topic[1:]}",
        f"”{rows[0].title}” lästes av {rows[0].value}, klart fler än någon annan artikel. Men det som står överst "
        "läses alltid mer.",
    )


def _leave_counties(cube: Cube, labels: Labels) -> tuple[str, str] | None:
    compared = charts.against_the_rest(charts.measured(cube, Dimension.COUNTY))
    if not compared or any(found.certain for _, found in compared):
        return None
    return (
        "Jaga inte länsskillnader",
        "Inget län skiljer sig säkert från de andra. Lägg kraften på rätt adresser och på valet av ämnen.",
    )


def clicks_note(cube: Cube) -> str:
    """The strict and the lenient share beside each other."""
    cell = next((cell for cell in cube.cells if cell.dimension is Dimension.ALL), None)
    if cell is None or cell.readers is None or cell.lenient is None:
        return ""
    strict, lenient = rate(cell.readers, cell.n), rate(cell.lenient, cell.n)
    return (
        f"Räknat strängt (bara människans klick) läste {percent(strict.share, 1)} vidare; räknat milt (även osäkra "
        f"klick) {percent(lenient.share, 1)}. Rapporten räknar strängt."
    )


def quality(cube: Cube) -> tuple[str, ...]:
    """How far the numbers hold."""
    return tuple(_quality(cube))


def _quality(cube: Cube) -> Iterator[str]:
    counts, clicks = cube.counts, cube.clicks
    told = counts.sent - counts.pending - counts.silent
    yield f"Slutligt besked om leverans finns för {number(told)} av {number(counts.sent)} utskick."
    whole = clicks.human + clicks.unsure + clicks.machine
    if cube.mode != "none" and whole:
        yield (
            f"{counted(clicks.human, 'klick', 'klick')} av människor, {number(clicks.unsure)} osäkra och "
            f"{number(clicks.machine)} av maskiner ({percent(clicks.machine / whole, 0)}), skilda åt med fasta regler."
        )
    if clicks.unknown:
        yield f"{counted(clicks.unknown, 'händelse', 'händelser')} av okänt slag är sparade men inte räknade."
    yield "Öppningar mäts inte: Apples och Microsofts skydd gör dem missvisande."
    if cube.mode == "provider":
        yield (
            "Klick mäts per adress hos leverantören, så de råa händelserna säger vem som klickade. Rapporten läser "
            "bara hopräknade grupper."
        )
    yield f"Ingen enskild persons läsning visas, och ingen grupp under {cube.k} mottagare."


def unknowable(cube: Cube) -> tuple[str, ...]:
    """What no number here can tell."""
    by_mode = (
        ("Om någon läste vidare: klick mäts inte.",)
        if cube.mode == "none"
        else ("Om en skanner dolde ett äkta klick: siffran är hellre för låg än för hög.",)
    )
    return (
        "Hur många som läste brevet utan att klicka.",
        "Om någon vidarebefordrade brevet till en kollega.",
        *by_mode,
        "Om innehållet gjorde nytta. Det får man fråga läsarna om.",
    )


def merged_note(cube: Cube, labels: Labels) -> str:
    """What the member table shows, and what it does not."""
    said = (
        "Klassen är andelen mottagare som läste vidare. Undre gränsen räknas in. "
        if cube.mode != "none"
        else "Läsning mäts inte; tabellen visar hur många som fick brevet. "
    )
    seen = {member for cell in cube.cells if cell.dimension is Dimension.MEMBER for member in cell.key}
    absent = [labels.members[member] for member in sorted(labels.members) if member not in seen]
    none = f" Inga mottagare: {listed(absent)}." if absent and seen else ""
    return (
        f"{said}Medlemmar med få mottagare räknas ihop med en granne i länet, så att ingen kan pekas ut. "
        f"I bokstavsordning per län; ingen rangordning.{none}"
    )


def method(cube: Cube) -> tuple[tuple[str, str], ...]:
    """How each figure is computed, for the appendix."""
    return (
        ("Kom fram", "Andelen utskick som mottagarens server tog emot. Ett uppskjutet brev väntas in i 72 timmar."),
        ("Läste vidare", "Andelen av dem vars brev kom fram som klickade på minst en länk i innehållet, maskiner "
         "borträknade. Spannet är Wilsons 95-procentiga intervall."),
        ("Maskinklick", "Minst tre olika länkar inom 2 sekunder; eller minst 60 % av länkarna (minst tre) inom 10 "
         "sekunder; eller en känd skanners namn. Det som ligger inom 10 sekunder från ett sådant klick, eller i ett "
         "brev med färre än tre länkar, kallas osäkert."),
        ("Skillnad", "Två andelar jämförs med Newcombes metod 10. Säker betyder att 0 ligger utanför spannet; görs "
         "flera jämförelser på en gång skärps kravet med Holms metod."),
        ("Minsta synliga skillnad", "(1,96 + 0,84) · √(p(1 − p)(1/n₁ + 1/n₀)): vad två nummer av den här storleken "
         "visar i fyra fall av fem."),
        ("Små grupper", f"En grupp har minst {cube.k} mottagare. Mindre grupper slås ihop, aldrig så att en ensam "
         "kan räknas fram. Färre än fem läsare av en artikel i en roll skrivs < 5; dold betyder att talet annars "
         "kunde räknas fram. Hopslagningen behålls under mandatperioden."),
    )  # fmt: skip
