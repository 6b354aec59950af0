"""``# newsletter: allow RULE because …``: findings that the communicator lets stand."""

from __future__ import annotations

import pytest

from newsletter import write
from newsletter.errors import Problems
from newsletter.model.issue import Allowance, Issue
from newsletter.model.where import Where

PATH = "content/issues/2026-2/issue.md"
HEAD = """---
number: 2026-2
title: Nyhetsbrev
subject: Mötesspår
# newsletter: allow subject-long because den är ett citat
preheader: Fyra nyheter
date: 2026-11-17
sender: kansliet
audiences: [politiker]
---
"""
FIRST = HEAD.count("\n") + 1
IN_HEAD = Allowance("subject-long", "den är ett citat", Where(PATH, 5))


def read(body: str) -> Issue:
    return write.issue(HEAD + body, PATH, issue_id="2026-2")


@pytest.mark.parametrize(
    "line",
    [
        "# newsletter: allow date-passed because mötet hölls i går",
        "# newsletter: tillåt date-passed eftersom mötet hölls i går",
        "  #newsletter:allow  date-passed  because  mötet hölls  i går ",
        "# Newsletter: Allow date-passed because mötet hölls i går",
    ],
)
@pytest.mark.parametrize("around", ["Ett\n\n{}\n\nTvå", "Ett\n{}\nTvå", "::: kort\n## Ett\n{}\nTvå\n:::"])
def test_an_allowance_is_taken_out_of_the_text(line: str, around: str) -> None:
    """The rule, the reason and the line are kept; readers see none of it."""
    issue = read(around.format(line))
    assert issue.allowances[0] == IN_HEAD
    number = FIRST + around.format("§").split("\n").index("§")
    assert issue.allowances[1:] == (Allowance("date-passed", "mötet hölls i går", Where(PATH, number)),)
    assert "newsletter" not in repr(issue.blocks)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("# newsletter: allow date-passed", "”date-passed” tillåts utan skäl."),
        ("# newsletter: allow date-passed because", "”date-passed” tillåts utan skäl."),
        ("# newsletter: allow date-passed because …", "”date-passed” tillåts utan skäl."),
        ("# newsletter: allow because den är bra", "”because” kan inte vara en regel."),
        ("# newsletter: allow", "Ingen regel nämns efter # newsletter:."),
        ("# newsletter: allow Datum_passerat because ja", "”Datum_passerat” kan inte vara en regel."),
        ("# newsletter: alow date-passed because ja", "”alow” går inte att förstå efter # newsletter:."),
        ("# newsletter: allow date-passed becos ja", "”becos” går inte att förstå efter # newsletter:."),
        ("# newsletter: remove", "”remove” går inte att förstå efter # newsletter:."),
        ("# newsletter: ignore date-passed", "”ignore” går inte att förstå efter # newsletter:."),
    ],
)
def test_a_malformed_allowance_is_a_mistake(line: str, what: str) -> None:
    """What is no rule and reason is told with its line, and lets nothing stand."""
    with pytest.raises(Problems) as raised:
        read(f"Hej\n\n{line}\n")
    assert (what, Where(PATH, FIRST + 2)) in [(each.what, each.where) for each in raised.value.problems]


def test_the_nearest_spelling_is_proposed() -> None:
    """A word that was nearly right is answered with the right one."""
    with pytest.raises(Problems) as raised:
        read("Hej\n\n# newsletter: alow date-passed because ja")
    assert raised.value.problems[0].do.startswith("Menade du ”allow”?")


def test_a_heading_about_a_newsletter_is_a_heading() -> None:
    """Only the program's own word in its own spelling is a remark to it."""
    issue = read("# Newsletter: maj\n\nHej")
    assert (issue.blocks[0].title, issue.allowances) == ("Newsletter: maj", (IN_HEAD,))
