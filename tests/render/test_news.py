"""Member news in a letter: with pictures and without, with a way on and without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from newsletter import check, render
from newsletter.errors import Problems
from newsletter.model.finding import Probes
from newsletter.model.issue import BlockKind
from newsletter.model.letter import Letter
from newsletter.model.news import Pick, PickPicture
from tests.check.test_findings import NOW
from tests.render.building import PICKS, PICTURES, SETTINGS, block, edition, issue, letter, png

NEWS = block(BlockKind.MEMBER_NEWS)
FILE = "content/issues/2026-2/pictures/news-sater-resecentrum.png"
PICTURE = PickPicture("pictures/news-sater-resecentrum.png", "Ett tåg i gryningen", "https://a.example/x", 15)
PICTURED = replace(PICKS[0], picture=PICTURE)
OWN = Pick("egen", "", "", "Egen nyhet", "Vi har flyttat.", None, "", "", "", line=20)


def made(*picks: Pick, size: tuple[int, int] = (672, 448)) -> Letter:
    return letter(NEWS, picks=picks, pictures={**PICTURES, FILE: png(*size)})


def shown(letter_: Letter) -> list[dict[str, str]]:
    root = html.document_fromstring(letter_.html)
    return [dict(image.attrib) for image in root.iter("img")]


def test_picture_is_shown_with_its_words() -> None:
    """A picture of news has its alt text, a stated width, and never more than half its pixels."""
    (image,) = shown(made(PICTURED))
    assert (image["alt"], image["width"]) == ("Ett tåg i gryningen", "168")
    assert "max-width:336px" in image["style"]
    assert [picture.path for picture in made(PICTURED).pictures] == [FILE]


def test_small_picture_is_shown_smaller() -> None:
    """One of 200 px is 100 wide beside the text and above it, so that it stays sharp."""
    (image,) = shown(made(PICTURED, size=(200, 150)))
    assert image["width"] == "100"
    assert "max-width:100px" in image["style"]


def test_picture_without_words_is_left_out() -> None:
    """Without an alt text a picture is not shown, and its file does not travel."""
    letter_ = made(replace(PICTURED, picture=replace(PICTURE, alt="")))
    assert (shown(letter_), letter_.pictures) == ([], ())
    assert {str(where) for where in letter_.left_out.values()} == {"content/issues/2026-2/news.toml:15"}


def test_check_tells_of_pictures_without_words() -> None:
    """What is left out is a warning, on the line of news.toml that names the picture."""
    letter_ = made(replace(PICTURED, picture=replace(PICTURE, alt="")))
    found = check.findings(letter_, issue(NEWS), SETTINGS, Probes(), NOW)
    (told,) = (one for one in found if one.rule == "news-picture-without-alt")
    assert (str(told.where), told.severity.value) == ("content/issues/2026-2/news.toml:15", "warning")
    rules = {one.rule for one in check.findings(made(PICTURED), issue(NEWS), SETTINGS, Probes(), NOW)}
    assert {"news-picture-without-alt", "picture-coarse"}.isdisjoint(rules)


def test_missing_file_is_told_with_its_line() -> None:
    """A picture that is not there is a mistake of news.toml."""
    with pytest.raises(Problems) as raised:
        letter(NEWS, picks=(PICTURED,))
    assert str(raised.value.problems[0].where) == "content/issues/2026-2/news.toml:15"


def test_files_to_read_hold_the_pictures_of_news() -> None:
    """What an edition needs read names its news' pictures, those without words left out."""
    wanted = render.picture_paths(edition(NEWS, picks=(PICTURED,)), render.theme())
    assert FILE in wanted
    mute = replace(PICTURED, picture=replace(PICTURE, alt=""))
    assert FILE not in render.picture_paths(edition(NEWS, picks=(mute,)), render.theme())


def test_news_without_a_way_on_has_no_link() -> None:
    """An item of one's own without address stands as text in both parts, with no member and no empty line."""
    letter_ = made(OWN)
    assert [link.href for link in letter_.links if link.block == "egen"] == []
    assert "<strong>Egen nyhet</strong>" in letter_.html
    assert "Egen nyhet\nVi har flyttat.\n\n" in letter_.text


def test_text_part_leads_on() -> None:
    """In the text part the address stands below the news, and the picture is not missed."""
    text = made(PICTURED).text
    day = "3\N{NO-BREAK SPACE}november"
    assert f"Resecentrum får klartecken\nBygget börjar i vår.\nSäters kommun · {day}\nhttps://www" in text
    assert "gryningen" not in text


def test_pictures_cost_little_html() -> None:
    """A picture makes its item at most 700 bytes longer."""
    assert len(made(PICTURED).html) - len(made(PICKS[0]).html) < 700
