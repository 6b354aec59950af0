"""Templates that people wrote: every mistake has its file and line."""

from __future__ import annotations

import pytest

from newsletter.errors import InputError, Problem, Problems
from tests.render.building import card, letter

SECTION = "<mj-section><mj-column>\n{}\n</mj-column></mj-section>"


def _wrong(**templates: str) -> Problem:
    named = {f"{name}.mjml.j2": text for name, text in templates.items()}
    with pytest.raises(InputError) as caught:
        letter(card(), templates=named)
    error = caught.value
    if isinstance(error, Problems):
        return error.problems[0]
    return Problem(error.what, error.where, error.why, error.do)


def test_a_syntax_error_has_its_line() -> None:
    """Jinja2's syntax error is told with file, line, reason and remedy."""
    problem = _wrong(card="<mj-section>\n{% if %}\n</mj-section>")
    assert str(problem.where) == "templates/card.mjml.j2:2"
    assert problem.why
    assert problem.do


def test_an_undefined_name_has_its_line() -> None:
    """A misspelt name is an error, never an empty space."""
    problem = _wrong(card=SECTION.format("<mj-text>\n{{ block.titel }}</mj-text>"))
    assert str(problem.where) == "templates/card.mjml.j2:3"
    assert "titel" in problem.why


def test_an_undefined_name_in_an_included_template_has_that_ones_line() -> None:
    """The place is where the mistake is, not where it was included."""
    assert str(_wrong(foot="\n\n{{ nobody }}").where) == "templates/foot.mjml.j2:3"


def test_a_missing_template_is_told_where_it_is_asked_for() -> None:
    """An include of what is not there names the line of the include."""
    problem = _wrong(card='\n{% include "korst.mjml.j2" %}')
    assert str(problem.where) == "templates/card.mjml.j2:2"
    assert "korst.mjml.j2" in problem.what


def test_any_fault_of_a_template_is_the_templates() -> None:
    """Dividing by zero in a template is an error of that line, not of the program."""
    assert str(_wrong(card="\n{{ 1 / 0 }}").where) == "templates/card.mjml.j2:2"


def test_templates_cannot_reach_into_python() -> None:
    """The way out by a class is closed."""
    assert "card" in str(_wrong(card="{{ ''.__class__.__mro__ }}").where)


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<mj-txt>x</mj-txt>", "mj-txt"),
        ("<mj-text colour='#000000'>x</mj-text>", "colour"),
        ("<mj-social></mj-social>", "mj-social"),
        ("<mj-text><script>1</script></mj-text>", "script"),
        ("<mj-text><p onclick='x'>x</p></mj-text>", "onclick"),
        ("<mj-section></mj-section>", "fel plats"),
        ("<mj-image src='cid:x' width='100px' />", "alt"),
        ("<mj-image src='cid:x' alt='' />", "bredd"),
        ("<mj-image src='cid:x' alt='' width='700px' />", "700"),
        ("<mj-image src='cid:x' alt='' width='552px' padding='0 24px' />", "padding"),
        ("<mj-image src='https://x.example/1.png' alt='' width='1px' />", "utifrån"),
        ("<mj-text><p style='background:url(x)'>x</p></mj-text>", "utifrån"),
    ],
)
def test_what_mrml_would_swallow_is_refused(inside: str, what: str) -> None:
    """Unknown names, wrong places, bad pictures and foreign hosts are errors with file and line."""
    problem = _wrong(card=SECTION.format(inside))
    assert what in problem.what
    assert str(problem.where) == "templates/card.mjml.j2:2"
    assert problem.do


def test_an_inline_style_sheet_is_refused() -> None:
    """Mrml takes mj-style inline without a word and does nothing."""
    problem = _wrong(head='<mj-style inline="inline">p { color: red }</mj-style>')
    assert "inline" in problem.what


def test_broken_xml_is_placed_at_the_last_tag_before_it() -> None:
    """A tag that is not closed is told near its line."""
    problem = _wrong(card=SECTION.format("<mj-text><p>x</mj-text>"))
    assert str(problem.where) == "templates/card.mjml.j2:2"


def test_deep_nesting_is_refused() -> None:
    """What would crash the translator never reaches it."""
    deep = "<div>" * 60 + "</div>" * 60
    assert "djup" in _wrong(card=SECTION.format(f"<mj-text>{deep}</mj-text>")).what


def test_very_deep_nesting_is_refused_by_the_parser() -> None:
    """Thousands of levels are an error like any other."""
    deep = "<div>" * 12_000 + "</div>" * 12_000
    assert _wrong(card=SECTION.format(f"<mj-text>{deep}</mj-text>")).do


def test_all_mistakes_are_told_at_once() -> None:
    """Two unknown tags are two problems."""
    with pytest.raises(Problems) as caught:
        letter(card(), templates={"card.mjml.j2": SECTION.format("<mj-a />\n<mj-b />")})
    assert [problem.where.line for problem in caught.value.problems if problem.where] == [2, 3]


def test_named_characters_of_html_may_be_used() -> None:
    """&nbsp; and its like stand for their character."""
    made = letter(card(), templates={"card.mjml.j2": SECTION.format("<mj-text>a&nbsp;b &mdash; c</mj-text>")})
    assert "a\N{NO-BREAK SPACE}b — c" in made.html


def test_a_letter_without_language_is_refused() -> None:
    """A screen reader must know how to speak."""
    whole = "<mjml><mj-head><mj-title>T</mj-title></mj-head><mj-body></mj-body></mjml>"
    assert "språk" in _wrong(letter=whole).what


def test_a_template_is_known_by_its_content() -> None:
    """What was compiled once is used again, and another text under the same name is another template."""
    one, other = (SECTION.format(f"<mj-text>{word}</mj-text>") for word in ("Ett", "Två"))
    pages = [letter(card(), templates={"card.mjml.j2": text}).html for text in (one, other, one)]
    assert pages[0] == pages[2]
    assert "Två" in pages[1]
    assert "Två" not in pages[2]
