"""A heading that only one part of the letter has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.check.headings import findings
from newsletter.check.page import page
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter
from newsletter.model.prose import Heading, LineBreak, Link, Listing, Quote, Struck, Table, Text
from newsletter.model.where import Where
from tests.check.through import card, looked_at, text
from tests.render.building import EVERY_KIND, block, inline, letter, says

LONG = "En rubrik som är så lång att den inte alls får plats på en enda rad i brevets textdel"
CARD = (
    "<mj-section><mj-column><mj-text>{% for part in block.parts %}{{ part.html }}{% endfor %}"
    "</mj-text></mj-column></mj-section>"
)


def _found(made: Letter) -> list[Finding]:
    return list(findings(made, [(LONG, Where("issue.md", 12))], page(made)))


def test_every_kind_of_block_has_its_headings_in_both_parts() -> None:
    """Our own templates lose none, and make none of what is only a label."""
    assert _found(letter(*EVERY_KIND)) == []


@pytest.mark.parametrize(
    "node",
    [
        Heading(3, inline(LONG)),
        Heading(
            3, (Text("Läs "), Link("https://x.example/a", inline("planen")), Text("s mål, "), *inline(LONG))
        ),
        Heading(3, (Text("Före"), LineBreak(), Text("efter"))),
        Heading(3, (Text("Mötet "), Struck(inline("i Falun")), Text(" i Mora"))),
        Heading(3, inline("A")),
        Listing(((Heading(3, inline("I en lista")), says("Text")),)),
        Listing(((Heading(3, inline(LONG)), says("Text")),), ordered=True),
        Quote((Heading(4, inline("I ett citat")), says("Text"))),
        Table((inline("Län"),), ((inline("Dalarna"),),), ()),
    ],
    ids=lambda node: type(node).__name__,
)
def test_what_stands_in_both_parts_is_no_finding(node: Heading) -> None:
    """Long headings, linked, broken, in lists: none is taken for lost, and no table's head for a heading."""
    assert _found(letter(block(nodes=(says("Före."), node, says("Efter."))))) == []


def test_a_heading_that_the_text_part_has_lost_is_found_at_its_line() -> None:
    """It is told with the line that wrote it, and which part lacks it."""
    made = letter(block(nodes=(says("Före."), Heading(3, inline(LONG)))))
    lost = replace(made, text=made.text.replace("En rubrik som är så lång", "Något annat"))
    found = _found(lost)
    assert found[0].rule == "heading-lost"
    assert "textdelen" in found[0].what
    assert found[0].where == Where("issue.md", 12)


def test_a_heading_that_became_a_sentence_is_lost() -> None:
    """Its words within a paragraph are no heading."""
    made = letter(block(nodes=(Heading(3, inline("Var med i höst")),)))
    lost = replace(
        made, text=made.text.replace("Var med i höst\n--------------", "Nu kan du Var med i höst då.")
    )
    assert [each.what for each in _found(lost)] == ["Rubriken ”Var med i höst” saknas i textdelen."]


def test_one_of_two_headings_alike_can_be_lost() -> None:
    """They are counted: where the text part has two, the HTML has two."""
    made = letter(block(nodes=(Heading(3, inline("Läget")), says("a"), Heading(3, inline("Läget")))))
    once = replace(made, html=made.html.replace("Läget</h3>", "</h3>", 1))
    assert [each.what for each in _found(once)] == ["Rubriken ”Läget” saknas i HTML-delen."]


def test_a_template_that_drops_the_heading_is_found(tmp_path: Path) -> None:
    """The whole check tells it, through a workspace's own template, at the line of the issue."""
    checked = looked_at(tmp_path, text(card("Det går bra.")), files={"templates/card.mjml.j2": CARD.encode()})
    found = {each.rule: each for each in checked.findings}["heading-lost"]
    assert found.what == "Rubriken ”Ett projekt” saknas i HTML-delen."
    assert found.where
    assert found.where.file.endswith("issue.md")
