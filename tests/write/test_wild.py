"""Markdown as the world writes it: difficult texts, invented here, from the file to the finished letter.

Each must become a letter whose two parts say the same, or be refused with file and line; twice alike.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from lxml import html
from PIL import Image

from newsletter import check, compose, render, write
from newsletter.config import load
from newsletter.errors import Problem, Problems
from newsletter.model.finding import Probes
from newsletter.model.issue import Issue
from newsletter.model.letter import Letter

ROOT = Path(__file__).parents[2]
TEXTS = sorted((Path(__file__).parent / "wild").glob("*.md"))
PATH = "content/issues/2026-2/issue.md"
HEAD = """---
number: 2026-2
title: Nyhetsbrev nr 2
subject: Så som världen skriver
preheader: Text som ingen har tvättat
date: 2026-11-17
sender: kansliet
audiences: [politiker]
---

"""
REFUSED = {
    "comment-open",
    "controls",
    "fences-unknown",
    "headings-empty",
    "html-block",
    "html-inline",
    "html-script",
    "links-broken",
    "liquid",
    "marks-broken",
    "pictures-broken",
    "right-to-left",
    "too-deep-list",
}
SETTINGS = load(ROOT)
THEME = render.theme()
LARGEST = SETTINGS.limits.html_refuse_kb * 1024
WORD = re.compile(r"\w+")
INLINE = ("a", "strong", "em", "s", "code", "span")


@cache
def templates() -> dict[str, str]:
    folder = ROOT / "newsletter" / "letters"
    return {file.name: file.read_text("utf-8") for file in folder.glob("*.mjml.j2")}


@cache
def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1104, 400), "navy").save(file, "PNG")
    return file.getvalue()


def text_of(file: Path) -> str:
    return HEAD + file.read_bytes().decode()


def made(text: str) -> tuple[Issue, Letter]:
    issue = write.issue(text, PATH, issue_id="2026-2")
    edition = compose.edition(issue, (), ())
    pictures = {path: picture() for path in render.picture_paths(edition, THEME)}
    letter = render.letter(edition, templates=templates(), theme=THEME, settings=SETTINGS, pictures=pictures)
    return issue, letter


def words_of_page(letter: Letter) -> set[str]:
    """The words that a reader of the HTML part sees or hears; the hidden preheader is not among them."""
    page = html.document_fromstring(letter.html)
    for unseen in page.xpath("//head | //*[contains(@style, 'display:none')]"):
        unseen.drop_tree()
    for element in page.iter():
        if isinstance(element.tag, str) and element.tag not in INLINE:
            element.text = f" {element.text or ''}"
            element.tail = f" {element.tail or ''}"
    said = [page.text_content(), *page.xpath("//img/@alt")]
    return {word.casefold() for text in said for word in WORD.findall(text)}


def words_of_text(letter: Letter) -> set[str]:
    """The words of the text part, without the numbers that stand for addresses."""
    return {word.casefold() for word in WORD.findall(re.sub(r" \[\d+\]", "", letter.text))}


def mistakes(text: str) -> tuple[Problem, ...]:
    try:
        made(text)
    except Problems as error:
        return tuple(error.problems)
    return ()


BUILT = [file for file in TEXTS if file.stem not in REFUSED]


def test_the_texts_are_many() -> None:
    """There are at least forty of them, and every name of a refused one is the name of a text."""
    assert len(TEXTS) >= 40
    assert {file.stem for file in TEXTS} >= REFUSED


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_it_is_a_letter_or_refused_with_its_line(file: Path) -> None:
    """What is refused says where in the file, and what to do; what is not refused is a letter."""
    text = text_of(file)
    found = mistakes(text)
    assert bool(found) == (file.stem in REFUSED)
    for problem in found:
        assert problem.where
        assert problem.where.file == PATH
        assert HEAD.count("\n") < problem.where.line <= text.count("\n") + 1
        assert problem.do


@pytest.mark.parametrize("file", BUILT, ids=lambda file: file.stem)
def test_both_parts_say_the_same(file: Path) -> None:
    """Every word of the HTML part stands in the text part too, and nothing that was written is lost."""
    _, letter = made(text_of(file))
    page, text = words_of_page(letter), words_of_text(letter)
    assert page - text == set()


@pytest.mark.parametrize("file", BUILT, ids=lambda file: file.stem)
def test_both_parts_have_the_same_headings(file: Path) -> None:
    """No heading stands in one part of the letter alone, and no line is taken for a heading."""
    issue, letter = made(text_of(file))
    found = check.findings(letter, issue, SETTINGS, Probes(), datetime(2026, 11, 17, 12, tzinfo=UTC))
    assert [each.what for each in found if each.rule in ("heading-lost", "text-unlike")] == []


@pytest.mark.parametrize("file", BUILT, ids=lambda file: file.stem)
def test_two_builds_are_alike(file: Path) -> None:
    """The same text gives the same letter, byte for byte."""
    assert made(text_of(file)) == made(text_of(file))


@pytest.mark.parametrize("file", BUILT, ids=lambda file: file.stem)
def test_line_ends_make_no_difference(file: Path) -> None:
    """A file that was saved under Windows gives the same letter."""
    text = text_of(file)
    assert made(text.replace("\n", "\r\n")) == made(text)


@pytest.mark.parametrize("file", BUILT, ids=lambda file: file.stem)
def test_what_is_too_large_is_refused_by_the_check(file: Path) -> None:
    """A letter that Gmail would cut off has an error with file and line; a smaller one has none."""
    issue, letter = made(text_of(file))
    now = datetime(2026, 11, 17, 12, tzinfo=UTC)
    found = check.findings(letter, issue, SETTINGS, Probes(), now)
    too_big = [each for each in found if each.rule == "html-too-big"]
    assert bool(too_big) == (check.page_bytes(letter) > LARGEST)
    assert all(each.where and each.where.line for each in too_big)
    assert "\\u{" not in letter.html
