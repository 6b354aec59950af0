"""What is said beside the numbers: suggestions, how far they hold, how they are made."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.figure import Cube, Dimension
from newsletter.report import charts
from newsletter.report.intervals import rate
from newsletter.report.labels import Labels
from newsletter.report.swedish import counted, listed, number, percent, points
from newsletter.report.tables import articles

METHOD = (
    (
        "Kom fram",
        "Andelen utskick som mottagarens server tog emot. Ett uppskjutet brev väntas in i 72 timmar.",
    ),
    (
        "Läste vidare",
        "Andelen av dem vars brev kom fram som klickade på minst en länk i innehållet, maskiner "
        "borträknade. Spannet är Wilsons 95-procentiga intervall.",
    ),
    (
        "Maskinklick",
        "Minst tre olika länkar inom 2 sekunder; eller minst 60 % av länkarna (minst tre) inom 10 "
        "sekunder; eller en känd skanners namn. Det som ligger inom en minut från ett sådant klick, "
        "eller i ett brev med färre än tre länkar, kallas osäkert.",
    ),
    (
        "Skillnad",
        "Två andelar jämförs med Newcombes metod 10. Säker betyder att 0 ligger utanför spannet; görs "
        "flera jämförelser på en gång skärps kravet med Holms metod.",
    ),
    (
        "Minsta synliga skillnad",
        "(1,96 + 0,84) · √(p(1 − p)(1/n₁ + 1/n₀)): vad två nummer av den här storleken visar i fyra fall "
        "av fem.",
    ),
)
_SMALL = (
    "En grupp har minst {k} mottagare. Mindre grupper slås ihop, aldrig så att en ensam kan räknas fram. "
    "Färre än fem läsare av en artikel i en roll skrivs < 5; dold betyder att talet annars kunde räknas "
    "fram. Hopslagningen behålls under mandatperioden."
)


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
        f"{counted(silent, 'utskick', 'utskick')} har aldrig fått något besked. Kör newsletter events "
        "import.",
    )


def _mend(cube: Cube, labels: Labels) -> tuple[str, str] | None:
    hard = cube.counts.hard
    if not hard:
        return None
    return (
        "Rätta adresserna",
        f"{counted(hard, 'adress', 'adresser')} finns inte längre. Be medlemmarnas registratorer om "
        "aktuella listor "
        "före nästa nummer.",
    )


def _write_for(cube: Cube, labels: Labels) -> tuple[str, str] | None:
    found = charts.between_roles(cube)
    if not found or not found.certain:
        return None
    less = "tjänstepersoner" if found.share > 0 else "förtroendevalda"
    return (
        f"Skriv mer för {less}",
        f"De läste vidare {points(abs(found.share), signed=False)} procentenheter mer sällan, och "
        "skillnaden är "
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
        f"”{rows[0].title}” lästes av {rows[0].value}, klart fler än någon annan artikel. Men det som "
        "står överst "
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
        f"Räknat strängt (bara människans klick) läste {percent(strict.share, 1)} vidare; räknat milt "
        "(även osäkra "
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
            f"{number(clicks.machine)} av maskiner ({percent(clicks.machine / whole, 0)}), skilda åt med "
            "fasta regler."
        )
    if clicks.unknown:
        yield f"{counted(clicks.unknown, 'händelse', 'händelser')} av okänt slag är sparade men inte räknade."
    yield "Öppningar mäts inte: Apples och Microsofts skydd gör dem missvisande."
    if cube.mode == "provider":
        yield (
            "Klick mäts per adress hos leverantören, så de råa händelserna säger vem som klickade. "
            "Rapporten läser "
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
    return (*METHOD, ("Små grupper", _SMALL.format(k=cube.k)))
