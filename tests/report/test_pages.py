"""The pages print the figures, whole and alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from newsletter import report
from newsletter.model.figure import Figures

Make = Callable[..., Any]
Templates = dict[str, bytes]
VOID = {"meta", "br", "path", "circle", "rect"}


class Page(HTMLParser):
    """The page's elements and text; fails where elements are not nested as they should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


@pytest.fixture
def figures(counted: Make, labels: report.Labels) -> Figures:
    return report.figures(counted(), counted(issue="2026-1", seed=2), labels)


@pytest.fixture
def page(figures: Figures, templates: Templates) -> Page:
    fonts = {"NewsletterSans-Regular.woff2": b"font"}
    return Page(report.html(figures, templates=templates, fonts=fonts))


def test_the_page_asks_nobody_for_anything(figures: Figures, templates: Templates) -> None:
    """No address but names of XML spaces and the typeface's own bytes; and a policy that forbids the rest."""
    text = report.html(figures, templates=templates, fonts={"NewsletterSans-Bold.woff2": b"font"})
    addresses = set(re.findall(r"(?:https?:)?//[^\"'\s)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "data:font/woff2;base64," in text
    assert "default-src 'none'" in text


def test_the_page_is_well_formed_swedish(page: Page) -> None:
    """Elements nest, the language is Swedish, ids are unique, and every label's target is there."""
    assert page.open == []
    assert ("html", {"lang": "sv"}) in page.seen
    ids = [attrs["id"] for _, attrs in page.seen if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {id for _, attrs in page.seen for id in (attrs.get("aria-labelledby") or "").split()}
    assert named <= set(ids)


def test_every_picture_says_what_it_shows(page: Page) -> None:
    """Each chart is an image with a title and a description."""
    pictures = [attrs for tag, attrs in page.seen if tag == "svg"]
    assert pictures
    assert all(attrs.get("role") == "img" and attrs.get("aria-labelledby") for attrs in pictures)
    count = {tag: sum(tag == each for each, _ in page.seen) for tag in ("title", "desc")}
    assert count == {"title": len(pictures) + 1, "desc": len(pictures)}


def test_headings_go_down_one_by_one(page: Page) -> None:
    """One first heading, then second ones."""
    levels = [tag for tag, _ in page.seen if tag in ("h1", "h2", "h3")]
    assert levels[0] == "h1"
    assert set(levels[1:]) == {"h2"}


def test_tables_have_headings_for_rows_and_columns(page: Page) -> None:
    """Each cell can be said with its column and its row."""
    scopes = {attrs.get("scope") for tag, attrs in page.seen if tag == "th"}
    assert scopes == {"row", "col"}


def test_a_title_is_text_and_never_markup(page: Page, figures: Figures, templates: Templates) -> None:
    """What a communicator wrote as <dit> & stands so on both pages."""
    assert "Vägen <dit> & åter" in page.text
    _, files = report.typst(figures, templates=templates)
    rows = json.loads(files["figures.json"])["articles"]
    assert "Vägen <dit> & åter" in {row["title"] for row in rows}


def test_both_pages_print_the_same_numbers(page: Page, figures: Figures, templates: Templates) -> None:
    """Every value of the figures stands on the web page, and the paper gets the same figures."""
    _, files = report.typst(figures, templates=templates)
    data = json.loads(files["figures.json"])
    for key in figures.keys:
        assert key.value in page.text
    for row in figures.articles:
        assert all(printed in page.text for printed in (row.readers, row.value, *row.by_group))
    assert [key["value"] for key in data["keys"]] == [key.value for key in figures.keys]
    assert data["digest"] == figures.digest


def test_run_and_digest_stand_on_the_page(page: Page, figures: Figures) -> None:
    """Whoever holds a report can say which one it is."""
    assert figures.run in page.text
    assert figures.digest[:16] in page.text


def test_the_notice_stands_before_any_number(figures: Figures, templates: Templates) -> None:
    """Simulated readers are announced above the headline."""
    noticed = replace(figures, notice="Simulerade läsare.")
    text = Page(report.html(noticed, templates=templates, fonts={})).text
    assert text.index("Simulerade läsare.") < text.index("nådde fram")


def test_the_same_figures_give_the_same_bytes(figures: Figures, templates: Templates) -> None:
    """Nothing but the figures decides the pages."""
    fonts = {"NewsletterSans-Regular.woff2": b"font"}
    assert report.html(figures, templates=templates, fonts=fonts) == report.html(
        figures, templates=templates, fonts=fonts
    )
    assert report.typst(figures, templates=templates) == report.typst(figures, templates=templates)


@pytest.mark.parametrize(("count", "mode"), [(0, "provider"), (5, "provider"), (400, "none"), (20, "none")])
def test_pages_leave_out_what_there_is_not(
    counted: Make, labels: report.Labels, templates: Templates, count: int, mode: str
) -> None:
    """Without measuring, or with too few, the page is whole and has no empty chart or table."""
    figures = report.figures(counted(count=count, mode=mode), None, labels)
    page = Page(report.html(figures, templates=templates, fonts={}))
    assert page.open == []
    assert not [tag for tag, _ in page.seen if tag == "svg"]
    assert "Vad läste de?" not in page.text
