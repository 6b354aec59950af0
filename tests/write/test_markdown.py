"""What is common in Markdown and harmless in a letter is taken, as it was meant."""

from __future__ import annotations

import pytest

from newsletter import write
from newsletter.model.issue import Issue
from newsletter.model.prose import (
    Code,
    CodeBlock,
    Heading,
    Image,
    Link,
    Listing,
    Node,
    Paragraph,
    Quote,
    Struck,
    Table,
    Text,
    plain,
)

PATH = "content/issues/2026-2/issue.md"
HEAD = """---
number: 2026-2
title: Nyhetsbrev
subject: Mötesspår
preheader: Fyra nyheter
date: 2026-11-17
sender: kansliet
audiences: [politiker]
---
"""
FIRST = HEAD.count("\n") + 1


def read(body: str) -> Issue:
    return write.issue(HEAD + body, PATH, issue_id="2026-2")


def nodes(body: str) -> tuple[Node, ...]:
    return tuple(node for block in read(body).blocks for node in block.nodes)


def levels(body: str) -> list[tuple[int, str]]:
    """Level and words of every heading; a block's title is level 2."""
    found: list[tuple[int, str]] = []
    for block in read(body).blocks:
        found += [(2, block.title)] if block.title else []
        found += [
            (node.level, plain(node.children).strip()) for node in block.nodes if isinstance(node, Heading)
        ]
    return found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# A\n\n## B\n\n### C", [(2, "A"), (2, "B"), (3, "C")]),
        ("# A\n\n## B\n\n# C\n\n### D", [(2, "A"), (3, "B"), (2, "C"), (3, "D")]),
        ("A\n===\n\nB\n---", [(2, "A"), (2, "B")]),
        ("### A\n\n### B\n\n## C", [(2, "A"), (2, "B"), (2, "C")]),
        ("## A\n\n#### B\n\n#### C\n\n### D", [(2, "A"), (3, "B"), (3, "C"), (3, "D")]),
        (
            "## A\n\n### B\n\n#### C\n\n##### D\n\n###### E",
            [(2, "A"), (3, "B"), (4, "C"), (4, "D"), (4, "E")],
        ),
        ("::: kort\n### A\n:::\n\n#### B", [(2, "A"), (2, "B")]),
    ],
)
def test_headings_follow_on_each_other(body: str, expected: list[tuple[int, str]]) -> None:
    """Whatever was written, levels begin at 2, none is skipped, and like is shown as like."""
    assert levels(body) == expected


def test_headings_are_kept_as_written() -> None:
    """The check can speak of the levels that stand in the file."""
    written = [(each.level, each.text, each.where.line) for each in read("# A\n\n### B\n").headings]
    assert written == [(1, "A", FIRST), (3, "B", FIRST + 2)]


def test_a_heading_that_is_a_link_stays_one() -> None:
    """Running text may have a heading to press; it is no block's title."""
    (heading,) = nodes("## [Nytt](https://a.se)")
    assert heading == Heading(2, (Link("https://a.se", (Text("Nytt"),), FIRST),), FIRST)


def test_code_is_read_as_it_stands() -> None:
    """Code in a line and code in a block keep their characters."""
    inline, block = nodes("Skriv `a < b`.\n\n```python\nif a:\n    b()\n```\n")
    assert inline == Paragraph((Text("Skriv "), Code("a < b"), Text(".")), FIRST)
    assert block == CodeBlock("if a:\n    b()", FIRST + 2)


def test_struck_text_is_struck() -> None:
    """Two tildes around words strike them."""
    assert nodes("~~förr~~ nu") == (Paragraph((Struck((Text("förr"),)), Text(" nu")), FIRST),)


def test_tasks_have_boxes() -> None:
    """The brackets of a task list become boxes that every reader sees."""
    (listing,) = nodes("- [x] klart\n- [ ] kvar\n- [y] nej")
    assert isinstance(listing, Listing)
    said = [plain(item[0].children) for item in listing.items if isinstance(item[0], Paragraph)]
    assert said == ["☑ klart", "☐ kvar", "[y] nej"]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Se https://a.se/b.", ["https://a.se/b"]),
        ("(https://a.se/b_(c)), och http://b.se!", ["https://a.se/b_(c)", "http://b.se"]),
        ("<https://a.se> ", ["https://a.se"]),
        ("https:// ensamt, httpsx://a.se, x@https://a.se", []),
        ("[https://a.se](https://b.se)", ["https://b.se"]),
        ("`https://a.se`", []),
    ],
)
def test_bare_addresses_are_links(text: str, addresses: list[str]) -> None:
    """An address in the text can be pressed, without the points around it."""
    (node,) = nodes(text)
    assert isinstance(node, Paragraph)
    assert [child.href for child in node.children if isinstance(child, Link)] == addresses


def test_bare_addresses_know_their_lines() -> None:
    """An address on the second line of a paragraph says so."""
    (node,) = nodes("Ett\nhttps://a.se\n")
    assert isinstance(node, Paragraph)
    assert node.children[-1] == Link("https://a.se", (Text("https://a.se"),), FIRST + 1)


def test_a_picture_may_lead_somewhere() -> None:
    """A picture inside a link, alone on its line, is a picture to press."""
    assert nodes("[![Ett tåg](pictures/a.png)](https://a.se)") == (
        Image("pictures/a.png", "Ett tåg", FIRST, "https://a.se"),
    )


def test_pictures_stand_in_lists_quotations_and_cells() -> None:
    """Where a Markdown text may have a picture beside words, it is kept; in a cell also among the words."""
    listing, quote, table = nodes(
        "1. Tryck.\n\n   ![En knapp](pictures/a.png)\n\n> ![Ett tåg](pictures/a.png)\n\n"
        "| Vem | [![Anna](pictures/a.png)](https://a.se) Anna |\n|---|---|\n| Bo | ![Bo](pictures/b.png) |\n"
    )
    assert isinstance(listing, Listing)
    assert listing.items[0][1] == Image("pictures/a.png", "En knapp", FIRST + 2)
    assert isinstance(quote, Quote)
    assert quote.nodes == (Image("pictures/a.png", "Ett tåg", FIRST + 4),)
    assert isinstance(table, Table)
    assert table.head[1] == (Image("pictures/a.png", "Anna", FIRST + 6, "https://a.se"), Text(" Anna"))
    assert table.rows[0][1] == (Image("pictures/b.png", "Bo", FIRST + 8),)


def test_footnotes_are_numbered_on_both_sides() -> None:
    """A note's mark and the note itself carry the same raised number, in the notes' order."""
    first, note = nodes("Ett[^a] två[^b] tre[^c]\n\n[^b]: Om två.\n[^a]: Om ett.\n")
    assert isinstance(first, Paragraph)
    assert isinstance(note, Paragraph)
    assert plain(first.children) == "Ett² två¹ tre[^c]"
    assert plain(note.children) == "¹ Om två. ² Om ett."


def test_comments_are_the_writers_own() -> None:
    """A comment falls away, in a line and as a block."""
    first, second = nodes("Ett <!-- minns --> två\n\n<!--\nKom ihåg\n-->\n\nTre\n")
    assert isinstance(first, Paragraph)
    assert plain(first.children).split() == ["Ett", "två"]
    assert second == Paragraph((Text("Tre"),), FIRST + 6)


def test_colons_in_code_begin_no_block() -> None:
    """A block of code may show how a block is written; code that never ends hides none."""
    shown, end = nodes("```\n::: kort\n## R\n:::\n```\n\nSlut\n")
    assert shown == CodeBlock("::: kort\n## R\n:::", FIRST)
    assert end == Paragraph((Text("Slut"),), FIRST + 6)
    assert [block.title for block in read("```\n\n::: kort\n## R\nText\n:::\n").blocks] == ["R"]
