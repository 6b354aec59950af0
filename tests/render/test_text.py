"""The text part."""

from __future__ import annotations

from newsletter.model.issue import BlockKind
from newsletter.model.prose import LineBreak, Link, Listing, Paragraph, Quote, Strong, Table, Text
from tests.render.building import EVERY_KIND, card, inline, letter, links, says


def _body(*nodes: object) -> str:
    text = letter(card(*nodes)).text
    return text.partition("===========\n\n")[2].partition("\n\n\n")[0]


def test_lines_are_at_most_72_characters() -> None:
    """No line is longer, unless it is one address."""
    text = letter(card(says("ord " * 100), says("ö" * 30 + " " + "å" * 60))).text
    assert all(len(line) <= 72 for line in text.split("\n") if "://" not in line)


def test_a_link_of_its_own_is_followed_by_its_address() -> None:
    """The words, a colon, and the address on its own line."""
    assert _body(links("https://x.example/a", "Läs planen")) == "Läs planen:\nhttps://x.example/a"


def test_links_in_a_sentence_are_numbered_and_listed_below() -> None:
    """The sentence stays whole, and the addresses stand below the block."""
    sentence = Paragraph((Text("Se "), Link("https://x.example/a", inline("planen")), Text(" nu.")))
    assert _body(sentence) == "Se planen [1] nu.\n\n[1] https://x.example/a"


def test_a_links_number_stands_behind_the_whole_word() -> None:
    """What goes on after a linked word is not torn from it; a blank within the link is kept."""
    falun = Link("https://x.example/a", inline("Falun"))
    assert _body(Paragraph((falun, Text("s skolor.")))).startswith("Faluns [1] skolor.")
    assert _body(Paragraph((Strong((falun,)), Text("-projektet, sa hon.")))).startswith(
        "Falun-projektet [1], sa"
    )
    blank = Link("https://x.example/a", inline("Falun "))
    assert _body(Paragraph((Text("I "), blank, Text("är det kallt.")))).startswith(
        "I Falun [1] är det kallt."
    )


def test_an_address_as_its_own_words_stands_once() -> None:
    """A link whose words are its address is not said twice."""
    sentence = Paragraph((Text("Skriv till "), Link("mailto:a@x.example", inline("a@x.example")), Text(".")))
    assert _body(sentence) == "Skriv till a@x.example."


def test_hard_line_breaks_are_kept() -> None:
    """A break that was written is a break."""
    assert _body(Paragraph((Text("Ett"), LineBreak(), Text("Två")))) == "Ett\nTvå"


def test_lists_hang_behind_their_bullets() -> None:
    """Long items go on under their own text; numbers go on from the start."""
    long = _body(Listing(((says("ord " * 30),),)))
    assert long.split("\n")[0].startswith("- ord")
    assert long.split("\n")[1].startswith("  ord")
    assert _body(Listing(((says("a"),), (says("b"),)), ordered=True, start=3)) == "3. a\n4. b"


def test_tables_are_columns_or_records() -> None:
    """A table that fits is aligned; one that does not is told row by row."""
    small = Table((inline("Län"), inline("Antal")), ((inline("Dalarna"), inline("9")),), ("", "right"))
    assert _body(small) == "Län      Antal\n-------  -----\nDalarna      9"
    wide = Table((inline("Län"), inline("Text")), ((inline("Dalarna"), inline("ord " * 30)),), ())
    assert _body(wide).startswith("Län: Dalarna\nText: ord")


def test_quotes_are_indented() -> None:
    """A quotation stands in."""
    assert _body(Quote((says("Klokt."),))) == "  Klokt."


def test_every_kind_of_block_is_told() -> None:
    """All that the HTML says of facts, dates, numbers and news is in the text."""
    text = letter().text
    for told in (
        "När: torsdag 18\N{NO-BREAK SPACE}mars 2027, kl.",
        "Var: Ludvika",
        "Anmäl dig till mötet:\nhttps://www.forening.example/anmalan",
        "tis 8\N{NO-BREAK SPACE}dec",
        "40 % av Sveriges exportvärde",
        "– Planen",
        "Säters kommun · 3\N{NO-BREAK SPACE}november",
        "Avsluta utskicken:\n{{unsubscribe}}",
        "[Bild: Ett tåg på en bro]",
    ):
        assert told in text, told


def test_the_calendar_is_in_order() -> None:
    """Dates are sorted, and another year is named once."""
    text = letter(*(each for each in EVERY_KIND if each.kind is BlockKind.CALENDAR)).text
    assert text.index("Julmöte") < text.index("2027") < text.index("Styrelsemöte")
