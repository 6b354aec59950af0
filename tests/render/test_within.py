"""Pictures within lists, quotations and tables: seen, heard, and never wider than their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from newsletter.errors import InputError
from newsletter.model.issue import BlockKind
from newsletter.model.letter import Letter
from newsletter.model.prose import Image, Listing, Node, Quote, Table
from tests.check.through import card as written
from tests.check.through import looked_at, text
from tests.render.building import block, card, inline, letter, png, says

TRAIN = Image("pictures/tag.png", "Ett tåg på en bro", 7)
LEADS = Image("pictures/tag.png", "Ett tåg på en bro", 7, "https://www.forening.example/tag")


def _made(node: Node, width: int = 4000) -> Letter:
    return letter(card(node), pictures={"content/issues/2026-2/pictures/tag.png": png(width, 400)})


def _img(made: Letter) -> html.HtmlElement:
    (img,) = (each for each in html.document_fromstring(made.html).iter("img") if each.get("alt"))
    return img


@pytest.mark.parametrize(
    ("node", "room"),
    [
        (Listing(((says("Tryck."), TRAIN),)), 528),
        (Listing(((Listing(((TRAIN,),)),),)), 504),
        (Quote((TRAIN,)), 533),
        (Listing(((Quote((TRAIN,)),),)), 509),
        (Table(((TRAIN,), inline("Vem")), (), ()), 268),
        (Table((inline("A"), inline("B"), inline("C")), (((TRAIN,), (), ()),), ()), 176),
    ],
)
def test_a_picture_is_no_wider_than_its_place(node: Node, room: int) -> None:
    """Its stated width, all that Outlook goes by, is what is left of the 552 points of the letter."""
    assert _img(_made(node)).get("width") == str(room)


def test_a_picture_is_never_wider_than_half_its_own_width() -> None:
    """A portrait of 240 points is shown in 120, where it is sharp; one of a single point in one."""
    table = Table((inline("Vem"), inline("Bild")), ((inline("Anna"), (TRAIN,)),), ())
    assert _img(_made(table, 240)).get("width") == "120"
    assert _img(_made(table, 1)).get("width") == "1"


@pytest.mark.parametrize(
    "node",
    [Listing(((says("Tryck."), LEADS),)), Quote((LEADS,)), Table((inline("Bild"),), (((LEADS,),),), ())],
    ids=["list", "quotation", "table"],
)
def test_both_parts_show_it_and_where_it_leads(node: Node) -> None:
    """The HTML has the picture within its link, the text what it shows and the address."""
    made = _made(node)
    assert _img(made).getparent().get("href") == LEADS.href
    assert "[Bild: Ett tåg på en bro]" in made.text
    assert LEADS.href in made.text
    assert [picture.path for picture in made.pictures] == ["content/issues/2026-2/pictures/tag.png"]
    (link,) = (each for each in made.links if each.href == LEADS.href)
    assert link.text == "Ett tåg på en bro"
    assert link.where
    assert link.where.line == 7


def test_a_quotation_block_shows_its_picture() -> None:
    """Somebody's face above the words is in the letter, within the quotation's width."""
    made = letter(
        block(BlockKind.QUOTE, nodes=(TRAIN, says("Spåren binder ihop oss.")), by="Anna"),
        pictures={"content/issues/2026-2/pictures/tag.png": png(4000, 400)},
    )
    assert _img(made).get("width") == "528"


def test_one_that_is_missing_names_its_line() -> None:
    """A picture within a list that is not there is an error at the line that shows it."""
    with pytest.raises(InputError) as caught:
        letter(card(Listing(((TRAIN,),))), pictures={})
    assert str(caught.value.where) == "content/issues/2026-2/issue.md:7"


def test_the_check_has_nothing_against_them(tmp_path: Path) -> None:
    """Pictures in a list, a quotation and a table give no finding, in either part or in Outlook."""
    body = (
        "1. Öppna listan.\n\n   ![Knappen uppe till höger](pictures/tag.png)\n\n2. Tryck.\n\n"
        "> ![Stationen förr](pictures/tag.png)\n\n"
        "| Vem | Bild |\n|---|:---:|\n| Anna Ek | ![Porträtt av Anna Ek](pictures/tag.png) |"
    )
    assert looked_at(tmp_path, text(written(body))).findings == ()
