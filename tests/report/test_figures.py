"""What is printed, from the cube alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from newsletter import report
from newsletter.model.figure import Counts, Cube, Figures, Interval
from newsletter.report import swedish
from newsletter.report.labels import county, group

Make = Callable[..., Any]
_ = "\N{NO-BREAK SPACE}"


def said(figures: Figures) -> str:
    return "".join(run.text for run in figures.headline).replace(_, " ")


def test_the_headline_says_what_the_numbers_say(counted: Make, labels: report.Labels) -> None:
    """Delivered, sent and readers stand in the first sentence as they stand in the cube."""
    cube: Cube = counted()
    readers = cube.cells[0].readers
    assert f"nådde fram till {cube.counts.delivered} av {cube.counts.sent} mottagare" in said(
        report.figures(cube, None, labels)
    )
    assert f"och {readers} av dem" in said(report.figures(cube, None, labels))


def test_a_change_is_called_sure_only_when_it_is(counted: Make, labels: report.Labels) -> None:
    """Between two issues of chance alone the change is osäker; a jump from 2 % to 30 % is säker."""
    cube, before = counted(), counted(issue="2026-1", seed=2)
    assert "men skillnaden är osäker" in said(report.figures(cube, before, labels))
    low = replace(before, cells=(replace(before.cells[0], readers=8), *before.cells[1:]))
    assert "högre andel än förra numret, och skillnaden är säker." in said(report.figures(cube, low, labels))


def test_without_an_issue_before_nothing_is_compared(counted: Make, labels: report.Labels) -> None:
    """The first issue says that there is nothing to compare with."""
    chart = report.figures(counted(), None, labels).charts[0]
    assert len(chart.strips) == 1
    assert "inget mätt nummer" in chart.note


def test_key_figures_are_swedish(counted: Make, labels: report.Labels) -> None:
    """Decimal comma, a no-break space before the sign, and the interval in words."""
    cube = replace(counted(), counts=Counts(sent=872, delivered=843, hard=29))
    keys = {key.label: key for key in report.figures(cube, None, labels).keys}
    assert keys["Kom fram"].value == f"96,7{_}%"
    assert keys["Läste vidare"].note.startswith(f"{cube.cells[0].readers}{_}personer; troligt spann ")


def test_no_news_is_no_number(counted: Make, labels: report.Labels) -> None:
    """Before any news of a letter, nothing is said to have failed, to have arrived, or to be well."""
    cube = replace(counted(mode="none"), counts=Counts(sent=400, pending=400), cells=())
    figures = report.figures(cube, None, labels)
    assert said(figures) == "400 brev har skickats. Inget besked har kommit om vilka som nådde fram."
    assert {key.label: key.value for key in figures.keys}["Kom fram"] == "–"
    assert "Bra" not in {row.verdict for row in figures.health}


def test_mode_none_prints_deliveries_and_no_reading(counted: Make, labels: report.Labels) -> None:
    """No chart, no article, no click; and it says that reading is not measured."""
    figures = report.figures(counted(mode="none"), None, labels)
    assert not figures.charts
    assert not figures.articles
    assert not figures.clicks
    assert "läsning mäts inte" in said(figures)
    assert "Om någon läste vidare: klick mäts inte." in figures.unknowable


def test_a_small_sending_prints_no_reading(counted: Make, labels: report.Labels) -> None:
    """Under k the report counts deliveries and says why it stops there."""
    figures = report.figures(counted(count=8), None, labels)
    assert "läsning visas inte för färre än 10" in said(figures)
    assert not figures.members


def test_an_empty_sending_can_be_printed(counted: Make, labels: report.Labels) -> None:
    """Nobody got it: dashes, no division by nothing."""
    figures = report.figures(counted(count=0), None, labels)
    assert {key.value for key in figures.keys} >= {"–", "0"}


def test_simulated_readers_are_announced(counted: Make, labels: report.Labels) -> None:
    """A report of simulated readers says so before any number; a real one has no notice."""
    assert report.figures(replace(counted(), simulated=True), None, labels).notice.startswith(
        "Simulerade läsare"
    )
    assert not report.figures(counted(), None, labels).notice


def test_suggestions_stand_only_when_their_rule_holds(counted: Make, labels: report.Labels) -> None:
    """No hard bounce, no advice on addresses; silence is spoken of from one letter in twenty."""
    cube = replace(counted(), counts=Counts(sent=400, delivered=400))
    titles = {title for title, _ in report.figures(cube, None, labels).suggestions}
    assert "Rätta adresserna" not in titles
    mended = replace(cube, counts=Counts(sent=400, delivered=377, hard=3, silent=20))
    titles = {title for title, _ in report.figures(mended, None, labels).suggestions}
    assert {"Rätta adresserna", "Hämta händelserna"} <= titles


def test_members_stand_by_county_and_name(counted: Make, labels: report.Labels) -> None:
    """Never by rate: the table ranks nobody."""
    rows = report.figures(counted(), None, labels).members
    assert [row.name for row in rows] == ["Avesta kommun", "Falun kommun", "Hofors kommun", "Sala kommun"]


def test_the_run_follows_the_state(counted: Make, labels: report.Labels) -> None:
    """The same state has the same run and digest; another cube or another issue before has another run."""
    cube, before = counted(), counted(issue="2026-1", seed=2)
    first = report.figures(cube, None, labels)
    assert report.figures(cube, None, labels) == first
    assert report.figures(cube, before, labels).digest == first.digest
    assert report.figures(cube, before, labels).run != first.run


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.0, f"1{_}234"), (0.0, "0"), (-2.0, "−2"), (-0.04, "0"), (1_234_567.0, f"1{_}234{_}567")],
)
def test_numbers_are_written_as_swedish_writes_them(value: float, text: str) -> None:
    """Groups of three with a no-break space, a true minus, no minus before nothing."""
    assert swedish.number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.967, "97"), (0.19, "19"), (0.0449, "4,5"), (0.0999, "10"), (0.0, "0"), (1.0, "100")],
)
def test_small_shares_have_a_decimal(share: float, text: str) -> None:
    """Under ten per cent one decimal tells more than none."""
    assert swedish.percent(share) == f"{text}{_}%"


def test_spans_and_points_are_written_out() -> None:
    """17–22 %, and points with their sign."""
    assert swedish.span(Interval(0.1661, 0.2203)) == f"17–22{_}%"
    assert swedish.points_span(Interval(-0.02, 0.054)) == "−2,0 till +5,4"


def test_cells_have_names() -> None:
    """Groups and counties counted together are named so."""
    assert group(("media", "partner")) == "Partner och media"
    assert group(("foreningen", "tjanstepersoner")) == "Tjänstepersoner m.fl."
    assert county(("Dalarna", "Örebro")) == "Flera län (Dalarna och Örebro län)"
    assert county(("", "Dalarna")) == "Dalarna och utan län"
