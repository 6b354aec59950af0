"""The typesetter, real."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter import report
from newsletter.edges.typst import Typst
from newsletter.errors import TypesetFailed
from newsletter.model.figure import Cell, Clicks, Counts, Cube, Dimension

AT = datetime(2026, 11, 23, 12, 0, 0, 123_456, tzinfo=UTC)
HEAD = '#set document(title: "Rapport")\n#set text(font: "Newsletter Sans", lang: "sv")\n'


def test_the_same_source_gives_the_same_bytes() -> None:
    """The day is the one given, so nothing in the file moves by itself."""
    source = HEAD + '= Rapport\n#read("data.txt")'
    files = {"data.txt": "Läsare".encode()}
    first = Typst().pdf(source, files, AT)
    assert first.startswith(b"%PDF")
    assert Typst().pdf(source, files, AT) == first


def test_it_says_that_it_is_accessible() -> None:
    """The file claims PDF/UA-1, is tagged, and has the program's own typeface alone."""
    made = Typst().pdf(HEAD + "= Rapport\nText", {}, AT)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"/StructTreeRoot" in made
    fonts = set(re.findall(rb"/FontName /[A-Z]{6}\+([A-Za-z-]+)", made))
    assert fonts <= {b"NewsletterSans-Regular", b"NewsletterSans-Bold"}


@pytest.mark.parametrize(
    "source",
    [
        HEAD + "#let x = ",
        HEAD + "= Rapport\n#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>\"))",
        HEAD + '#read("../../etc/hostname")',
    ],
)
def test_what_it_refuses_is_told(source: str) -> None:
    """Broken source, a picture without words and a file outside are refused in the typesetter's words."""
    with pytest.raises(TypesetFailed) as caught:
        Typst().pdf(source, {}, AT)
    assert caught.value.why


def test_files_outside_are_not_written() -> None:
    """A name that leads out of the folder is refused."""
    with pytest.raises(TypesetFailed):
        Typst().pdf(HEAD, {"../x": b""}, AT)


def _cube() -> Cube:
    cells = (
        Cell(Dimension.ALL, (), 300, 60, 66),
        Cell(Dimension.GROUP, ("politiker",), 200, 38),
        Cell(Dimension.GROUP, ("tjanstepersoner",), 100, 22),
        Cell(Dimension.COUNTY, ("Dalarna",), 300, 60),
        Cell(Dimension.MEMBER, ("falun",), 280, band=2),
        Cell(Dimension.MEMBER, ("sater",), 20, band=1),
    )
    counts = Counts(sent=310, delivered=300, hard=6, soft=3, blocked=1, left=1)
    return Cube("2026-2", "s", "provider", 10, AT, AT, True, counts, Clicks(120, 9, 900, 2), cells)


def test_the_report_is_set(tmp_path: Path) -> None:
    """The report's own source passes PDF/UA-1, with every chart and with none, on two pages."""
    folder = Path(report.__file__).parent / "pages"
    templates = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    labels = report.Labels("Föreningen", "Nyhetsbrev #1 *två*", UTC, members={"falun": "Falu kommun"})
    for cube in (_cube(), Cube("2026-2", "s", planned_at=AT)):
        source, files = report.typst(report.figures(cube, None, labels), templates=templates)
        made = Typst().pdf(source, files, AT)
        assert b"/Count 2" in made


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext finns inte här")
def test_the_words_can_be_read_out(tmp_path: Path) -> None:
    """Text comes out of the PDF as text, marks of markup and all."""
    target = tmp_path / "r.pdf"
    target.write_bytes(Typst().pdf(HEAD + '= Åtta ”ord”\n#"*två* #1"', {}, AT))
    text = subprocess.run(["pdftotext", str(target), "-"], capture_output=True, check=True).stdout.decode()
    assert "Åtta ”ord”" in text
    assert "*två* #1" in text
