"""An edition becomes a letter."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter import render
from newsletter.errors import InputError
from newsletter.model.issue import Block, BlockKind
from newsletter.model.prose import Image, Paragraph, Strong, Text
from tests.render.building import EVERY_KIND, ROOT, block, card, letter, png, says


def test_the_same_edition_gives_the_same_letter() -> None:
    """Rendering twice gives equal letters, bytes and all."""
    assert letter() == letter()


@pytest.mark.parametrize("kind", BlockKind)
def test_every_kind_of_block_has_a_template(kind: BlockKind) -> None:
    """Each kind of block is rendered by a template of its own."""
    assert (ROOT / "newsletter/letters" / f"{kind.value}.mjml.j2").is_file()
    assert letter(*(each for each in EVERY_KIND if each.kind is kind)).html


def test_marks_stay_exactly_as_they_are() -> None:
    """The letter holds the four personal marks and nothing else in double braces."""
    made = letter()
    for part in (made.html, made.text):
        body = re.sub(r"<style.*?</style>", "", part, flags=re.DOTALL)
        found = set(re.findall(r"\{\{.*?\}\}", body))
        assert found == {"{{name}}", "{{member}}", "{{unsubscribe}}", "{{source}}"}


def test_swedish_names_of_marks_become_the_letters_own() -> None:
    """What is written as {{namn}} or {{medlem}} stands as {{name}} and {{member}}."""
    made = letter(card(says("Hej {{namn}} i {{medlem}}")), subject="Till {{namn}}")
    assert "Hej {{name}} i {{member}}" in made.html
    assert "Hej {{name}} i {{member}}" in made.text
    assert made.subject == "Till {{name}}"


def test_jinja_in_a_text_is_not_carried_out() -> None:
    """A text that looks like a template is text."""
    assert "{% if x %}" in letter(card(says("{% if x %} {{ 7 * 7 }}"))).html


def test_html_in_a_text_is_escaped() -> None:
    """Characters that HTML would take for itself are shown as they are."""
    assert "&lt;script&gt;" in letter(card(says("<script>"))).html


def test_nothing_is_fetched_when_the_letter_is_opened() -> None:
    """Pictures come by cid; there is no style sheet, font or address in a style."""
    page = letter().html
    assert not re.findall(r'src="(?!cid:)', page)
    assert "<link" not in page
    assert "url(" not in page
    assert "@import" not in page


def test_the_head_tells_language_title_and_colour_schemes() -> None:
    """Screen readers and dark mode get what they go by."""
    page = letter().html
    assert '<html lang="sv" dir="ltr"' in page
    assert "<title>Nyhetsbrev nr 2 · 2026 – Föreningen Exempel</title>" in page
    for name in ("color-scheme", "supported-color-schemes"):
        assert f'<meta name="{name}" content="light dark" />' in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert "[data-ogsc]" in page


def test_the_preheader_is_hidden_and_first() -> None:
    """The preheader is in the page, hidden, before anything that is seen."""
    page = letter().html
    body = page[page.index("<body") :]
    hidden = body.index("Vad vi gör, vart vi samlas")
    assert "display:none" in body[body.rindex("<div", 0, hidden) : hidden]
    assert hidden < body.index("<h1")


def test_headers_are_those_of_a_list() -> None:
    """The list has an id, a door that sending fills in, and no answer from holidays."""
    assert letter().headers == {
        "List-Id": "<brev.forening.example>",
        "List-Unsubscribe": "<{{unsubscribe}}>",
        "List-Owner": "<mailto:kansli@forening.example>",
        "List-Post": "NO",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def test_no_trace_of_the_cutting_is_left() -> None:
    """Neither block comments nor place marks of templates reach the reader."""
    page = letter().html
    assert "<!--block" not in page
    assert "<!--/block" not in page
    assert "x-at" not in page


def test_bytes_are_known_by_block() -> None:
    """Every block of the edition has its cost, and a card of text and picture is below 4.2 kB."""
    made = letter()
    assert set(made.block_bytes) == {each.id for each in EVERY_KIND}
    assert 1000 < made.block_bytes["ett-projekt"] < 4200


def test_links_belong_to_blocks_and_picks() -> None:
    """A link is counted by its block, a link to member news by its pick; places are known."""
    found = {link.href: (link.block, str(link.where)) for link in letter().links}
    assert found["https://www.forening.example/projekt"] == (
        "ett-projekt",
        "content/issues/2026-2/issue.md:21",
    )
    assert found["https://www.forening.example/anmalan"] == (
        "invitation",
        "content/issues/2026-2/issue.md:30",
    )
    assert found["https://www.sater.example/resecentrum"] == (
        "sater-resecentrum",
        "content/issues/2026-2/news.toml:4",
    )
    assert found["https://www.hofors.example/resecentrum"][0] == "sater-resecentrum"
    assert found["{{unsubscribe}}"][0] == ""


def test_a_picture_travels_once_under_a_name_of_its_content() -> None:
    """The same file shown twice is carried once, and another content has another cid."""
    image = Image("pictures/tag.png", "Ett tåg", 22)
    twice = letter(card(image, id="a"), card(image, id="b"))
    other = letter(card(image), pictures={"content/issues/2026-2/pictures/tag.png": png(600, 300)})
    assert len(twice.pictures) == 1
    assert twice.pictures[0].cid != other.pictures[0].cid
    assert f'src="cid:{twice.pictures[0].cid}"' in twice.html


def test_a_small_picture_is_not_blown_up() -> None:
    """A picture narrower than the column keeps its width."""
    made = letter(
        card(Image("pictures/tag.png", "Ett tåg", 22)),
        pictures={"content/issues/2026-2/pictures/tag.png": png(300, 100)},
    )
    assert 'width="300"' in made.html


def test_a_missing_picture_names_its_line() -> None:
    """A picture that is not there is an error at the line that shows it."""
    with pytest.raises(InputError) as caught:
        letter(pictures={})
    assert str(caught.value.where) == "content/issues/2026-2/issue.md:22"
    assert "tag.png finns inte" in caught.value.what


def test_an_unknown_sender_is_refused() -> None:
    """A sender that the settings lack is an error at its line of the front matter."""
    with pytest.raises(InputError) as caught:
        letter(sender="nagon")
    assert str(caught.value.where) == "content/issues/2026-2/issue.md:9"


def test_contents_are_listed_in_long_letters_alone() -> None:
    """Four titles or more are worth a list."""
    cards = [card(id=f"kort-{n}", title=f"Titel {n}") for n in range(4)]
    assert "I det här numret" in letter(*cards).html
    assert "I det här numret" not in letter(*cards[:3]).html


def test_an_english_letter_speaks_english() -> None:
    """The letter's own words follow its language."""
    made = letter(language="en")
    assert "Unsubscribe" in made.html
    assert "Thursday 18\N{NO-BREAK SPACE}March 2027" in made.html
    assert "17\N{NO-BREAK SPACE}November 2026" in made.text


def test_on_disk_shows_samples_and_pictures_beside() -> None:
    """On disk no mark and no cid is left, and each picture that the page names is there."""
    files = render.on_disk(letter())
    page = files["letter.html"].decode()
    assert "{{name}}" not in page
    assert "cid:" not in page
    assert "Anna Exempel" in page
    assert set(re.findall(r'src="([^"]+)"', page)) == set(files) - {"letter.html", "letter.txt", "web.html"}


@example("\ufffe\uffff", "\ufffe")
@example("\\u{a0}", "\\u{a0}")
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40),
)
def test_any_characters_survive_in_text_and_alt(alt: str, text: str) -> None:
    """No character of an alt or a text spoils the page: mrml's debug format never shows."""
    made = letter(
        card(Image("pictures/tag.png", alt, 22), Paragraph((Strong((Text(text),)),), 23), title=text or "T"),
    )
    assert not re.search(r'="[^"]*\\u\{', made.html)
    assert "<img alt=" in made.html


@pytest.mark.parametrize(
    "character", ["\xa0", "\xad", "👩‍🌾", "a\u030a", '"', "\\", "\n", "'", "&", "<", "\u2028"]
)
def test_odd_characters_in_an_alt_come_through(character: str) -> None:
    """Those that mrml was seen to spoil come through as numbers."""
    page = letter(card(Image("pictures/tag.png", f"ett{character}tåg", 22))).html
    found = re.search(r'<img alt="([^"]*)"', page)
    assert found
    assert found[1].isascii()
    assert "\\" not in found[1]


def test_a_block_of_its_own_grounds_is_followed_by_no_line() -> None:
    """After figures or an invitation no hairline is drawn, since the ground divides already."""
    figures = next(each for each in EVERY_KIND if each.kind is BlockKind.FIGURES)
    assert "border-top:1px" not in letter(figures, card()).html
    assert "border-top:1px" in letter(block(BlockKind.TEXT, nodes=(says("Hej"),)), card()).html


# In a button or a quote the writer refuses a heading.
HEADED = [each for each in EVERY_KIND if each.kind not in (BlockKind.BUTTON, BlockKind.QUOTE)]


@pytest.mark.parametrize("given", HEADED, ids=[each.kind.value for each in HEADED])
def test_a_heading_is_in_the_letter(given: Block) -> None:
    """Whatever block a heading stands in, it is there, in HTML as in text."""
    made = letter(replace(given, title="Rubriken här"))
    assert re.search(r"<h2[^>]*>Rubriken här</h2>", made.html)
    assert "Rubriken här" in made.text
