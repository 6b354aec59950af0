"""Colours as a mail program works them out, by day and by night."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from newsletter.check import Reference, contrast
from newsletter.check.colour import colour, written
from newsletter.check.colour import contrast as ratio
from newsletter.check.selecting import matches, selectors
from newsletter.check.styles import rules
from newsletter.model.finding import Finding
from tests.render.building import letter

WHITE = (255.0, 255.0, 255.0)
GOOD = letter()


def _found(body: str, css: str = "") -> list[Finding]:
    page = f"<html><head><style>{css}</style></head><body>{body}</body></html>"
    return list(contrast.findings(replace(GOOD, html=page), Reference()))


def _dark(css: str) -> str:
    return f"@media (prefers-color-scheme: dark) {{ {css} }}"


NIGHT = _dark("body { background: #18222a; color: #e9e5dd }")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("#abc", "#aabbcc"),
        ("#18222A", "#18222a"),
        ("#00000080", "#7f7f7f"),
        ("rgb(1, 2, 3)", "#010203"),
        ("rgba(0 0 0 / 50%)", "#808080"),
        ("url(x.png) no-repeat white", "#ffffff"),
        ("rebeccapurple", "#663399"),
        ("transparent", "#ffffff"),
    ],
)
def test_colours_are_read_as_style_sheets_write_them(said: str, meant: str) -> None:
    """Hexadecimal, functions, names and shorthands, over white."""
    found = colour(said, WHITE)
    assert found
    assert written(found) == meant


def test_what_cannot_be_told_is_no_colour() -> None:
    """Variables and unknown words give None rather than a guess."""
    assert [colour(said, WHITE) for said in ("var(--x)", "inherit", "", "rgb(a)")] == [None] * 4


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, the same colour 1."""
    assert ratio((0, 0, 0), WHITE) == pytest.approx(21)
    assert ratio(WHITE, WHITE) == pytest.approx(1)


@pytest.mark.parametrize(
    ("selector", "is_it"),
    [
        ("p", True),
        ("*", True),
        (".a.b", True),
        (".a.c", False),
        ("#x", True),
        ("div p", True),
        ("body > p", False),
        ("div > p", True),
        ("h1 + p", True),
        ("h1 ~ p", True),
        ("[lang]", True),
        ('[lang="sv"]', True),
        ("[data-ogsc] p", False),
        ("p:hover", False),
        (":root p", True),
        ("p:last-child", True),
        ("h1, p", True),
        ("p::", False),
        ("", False),
    ],
)
def test_selectors_are_for_the_elements_that_they_name(selector: str, is_it: bool) -> None:
    """Tags, classes, ids, attributes, places and the ways between them; a state at rest matches nothing."""
    page = html.document_fromstring("<body><div><h1>R</h1><p id=x class='b a' lang=sv>T</p></div></body>")
    assert any(matches(each, page.find(".//p")) for each in selectors(selector)) is is_it


def test_a_selector_of_many_steps_takes_no_time() -> None:
    """Thirty steps in forty nested elements are tried once each, and a thousand steps not at all."""
    page = html.document_fromstring(f"<body>{'<div>' * 40}x{'</div>' * 40}</body>")
    deepest = page.xpath("//div")[-1]
    (selector,) = selectors("p " + "div " * 29)
    assert not matches(selector, deepest)
    assert selectors("div " * 1000) == ()


def test_style_sheets_are_read_with_their_conditions() -> None:
    """Comments are gone, conditions are kept, and what is unfinished is let go."""
    read = rules("/* { */ a { color: red; } @media print { b { color: blue !important } } @import 'x'; c {")
    assert [(each.condition, each.selector) for each in read] == [
        ("", "a"),
        ("@media print", "@media"),
        ("@media print", "b"),
        ("", "@import 'x'"),
    ]
    assert read[2].declarations[0].important


@pytest.mark.parametrize(
    ("body", "css", "found"),
    [
        (
            "<p style='color:#999'>Blekt</p>",
            NIGHT + _dark("p { color: #fff !important }"),
            ["contrast-light"],
        ),
        ("<p style='color:#777777'>Blekt</p>", "", ["contrast-light", "contrast-dark"]),
        ("<p>Bra</p>", NIGHT, []),
        ("<p class=x>Natt</p>", NIGHT + _dark(".x { color: #444 }"), ["contrast-dark"]),
        ("<p class=x style='color:#000'>Natt</p>", NIGHT + _dark(".x { color: #fff }"), ["contrast-dark"]),
        ("<h1 class=x>Stor</h1>", NIGHT + ".x { color: #8a8a8a }", []),
        ("<a href='x'>Länk</a>", NIGHT, []),
        ("<div style='display:none;color:#fff'>Gömd</div>", NIGHT, []),
        (
            "<table bgcolor='#000000'><tr><td>Svart</td></tr></table>",
            "body { color: #000 }",
            ["contrast-light"],
        ),
        ("<p class=x>Utskrift</p>", NIGHT + "@media print { .x { color: #fff } }", []),
    ],
)
def test_pale_text_is_found_by_day_and_by_night(body: str, css: str, found: list[str]) -> None:
    """The cascade decides: importance, style attributes, specificity, order, scheme."""
    assert [each.rule for each in _found(body, css) if each.rule in found or not found] == found


def test_one_pair_of_colours_is_told_once() -> None:
    """Several texts with the same fault are one finding that counts them."""
    (found,) = _found("<p class=x>Ett</p><p class=x>Två</p>", NIGHT + _dark(".x { color: #555 }"))
    assert "(och 1 ställe till)" in found.what
    assert "”Ett”" in found.what


def test_the_programs_own_letter_is_readable_by_day_and_by_night() -> None:
    """Every kind of block in the neutral theme keeps its contrast."""
    assert list(contrast.findings(GOOD, Reference())) == []


def test_the_place_is_the_line_that_says_the_colour() -> None:
    """A pale colour is traced to the template or theme that states it."""
    sources = {"templates/card.mjml.j2": "<mj-text>\n<p style='color:#999999'>"}
    page = "<body><p style='color:#999999'>Blekt</p></body>"
    found = list(contrast.findings(replace(GOOD, html=page), Reference(sources=sources)))
    assert str(found[0].where) == "templates/card.mjml.j2:2"
