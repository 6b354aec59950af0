"""Whatever text comes, it is an issue or a list of mistakes."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter import write
from newsletter.errors import Problems
from newsletter.model.issue import Issue
from newsletter.model.prose import Cell, Image, Link, Listing, Node, Quote, Table

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
PIECES = [
    *[
        "a",
        "[",
        "]",
        "(",
        ")",
        "!",
        "*",
        "_",
        "`",
        "<",
        ">",
        "&",
        "#",
        "-",
        "+",
        ".",
        ":",
        "=",
        "|",
        "\\",
        '"',
        "'",
        "{",
        "}",
        "\t",
        "\n",
        "1",
        "å",
    ],
    *("\n", "\n\n", " ", "  \n", "    ", "> ", "- ", "1. ", "## ", "### ", "---\n", "```", "~~~", "***"),
    *(
        "::: kort\n",
        "\n:::\n",
        "::::",
        "\n:::: för a\n",
        "\n::::\n",
        "::: kalender\n- 2026-12-03 ",
        "::: siffror\n",
    ),
    *("::: inbjudan datum=2026-12-03 plats=P\n", "::: knapp\n", "::: citat av=", "::: medlemsnytt\n"),
    *(
        "[a](https://a.se)",
        "![b](c.png)",
        "{{namn}}",
        "{{",
        "<b>",
        "<!--",
        "-->",
        "&#7;",
        "&amp;",
        "\u0301",
        "\u00a0",
    ),
    *(
        "| a | b |\n|---|---|\n",
        "[a]: https://a.se\n",
        "[a]",
        "<https://a.se>",
        "tid 13.00",
        "**40 %** ",
        "\x00",
        "\ufeff",
    ),
]
pieces = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
wild = st.text(max_size=200)


def outcome(text: str) -> Issue | Problems:
    try:
        return write.issue(text, PATH, issue_id="2026-2")
    except Problems as problems:
        return problems


def has_places(result: Issue | Problems) -> bool:
    problems = result.problems if isinstance(result, Problems) else ()
    return all(p.where is not None and p.where.file == PATH and p.where.line > 0 and p.what for p in problems)


@settings(max_examples=400, deadline=None)
@given(pieces | wild)
@example("![a](b.png)" * 3)
@example("- ![a](b.png)\n  > c")
def test_any_body_is_an_issue_or_mistakes_with_places(body: str) -> None:
    """No text crashes the reading; every mistake has its file and a line that the file has."""
    result = outcome(HEAD + body)
    assert has_places(result)
    if isinstance(result, Problems):
        last = (HEAD + body).replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert all(problem.where and problem.where.line <= last for problem in result.problems)


@settings(max_examples=200, deadline=None)
@given(wild | pieces, wild)
@example("a: *b", "")
@example("a: !!python/object:os.system x", "")
@example("? [a]\n: b", "")
@example("a: b\n...\nc: d", "")
@example("%YAML 9.9", "")
def test_any_front_matter_is_an_issue_or_mistakes_with_places(head: str, body: str) -> None:
    """No front matter crashes the reading."""
    assert has_places(outcome(f"---\n{head}\n---\n{body}"))
    assert has_places(outcome(head))
    assert has_places(outcome(f"---\n{head}"))


def _inline(children: Cell) -> list[Link | Image]:
    found: list[Link | Image] = []
    for child in children:
        found += [child] if isinstance(child, Link | Image) else []
        found += _inline(getattr(child, "children", ()))
    return found


def _inside(nodes: tuple[Node, ...]) -> list[Link | Image]:
    found: list[Link | Image] = []
    for node in nodes:
        match node:
            case Image():
                found.append(node)
            case Listing():
                found += [each for item in node.items for each in _inside(item)]
            case Quote():
                found += _inside(node.nodes)
            case Table():
                found += [link for row in (node.head, *node.rows) for cell in row for link in _inline(cell)]
            case _:
                found += _inline(getattr(node, "children", ()))
    return found


@settings(max_examples=300, deadline=None)
@given(pieces)
def test_an_issue_holds_nothing_that_was_to_be_refused(body: str) -> None:
    """Ids are unique; links lead where a letter may; pictures have words; only known marks are left."""
    result = outcome(HEAD + body)
    if isinstance(result, Problems):
        return
    ids = [block.id for block in result.blocks]
    assert len(ids) == len(set(ids))
    for thing in (thing for block in result.blocks for thing in _inside(block.nodes)):
        if isinstance(thing, Link):
            assert thing.href.startswith(("https://", "http://", "mailto:", "tel:"))
        else:
            assert thing.alt
            assert ".." not in thing.src.split("/")
    shown = repr(result.blocks).replace("{{name}}", "").replace("{{member}}", "")
    assert "{{" not in shown
    assert "}}" not in shown


@pytest.mark.parametrize(
    "body",
    [
        "[" * 20_000,
        "![" * 20_000,
        "[a](" * 20_000,
        ">" * 20_000,
        "> " * 20_000 + "a",
        "\n".join(">" * depth for depth in range(1, 300)),
        "*a " * 20_000,
        "*a **b " * 5_000,
        "*" * 20_000 + "a" + "*" * 20_000,
        "<!--" * 20_000,
        "{{" * 20_000,
        "::: kort\n" * 2_000,
        "::: kort " + 'a="' * 20_000,
        "::: kalender\n- 2026-01-01 a" + ",;\u00a0" * 20_000 + "b\n:::",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_hostile_text_is_read_or_refused(body: str) -> None:
    """Text made to be slow or deep neither hangs nor crashes."""
    assert has_places(outcome(HEAD + body))
    assert has_places(outcome(f"---\ntitle: {body}\n---\n"))
