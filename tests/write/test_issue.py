"""A whole issue: what is read out of a text that is right."""

from __future__ import annotations

from datetime import date

import pytest

from newsletter import write
from newsletter.model.issue import Block, BlockKind, EventFacts, Issue, IssueKind
from newsletter.model.prose import (
    Code,
    Emphasis,
    Heading,
    Image,
    LineBreak,
    Link,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Strong,
    Table,
    Text,
    plain,
)

PATH = "content/issues/2026-2/issue.md"
HEAD = """---
number: 2026-2
title: Nyhetsbrev nr 2 · 2026
subject: "Mötesspår: nu byggs det"
preheader: Fyra nyheter och en inbjudan
date: 2026-11-17
sender: kansliet
audiences:
  - politiker
  - tjanstepersoner
---
"""
FIRST = HEAD.count("\n") + 1  # the body's first line


def read(body: str, head: str = HEAD) -> Issue:
    return write.issue(head + body, PATH, issue_id="2026-2")


def only(body: str) -> Block:
    (block,) = read(body).blocks
    return block


def paragraph(body: str) -> tuple[object, ...]:
    (node,) = only(body).nodes
    assert isinstance(node, Paragraph)
    return node.children


def test_front_matter_is_read_with_its_lines() -> None:
    """Every key has its value and its line; language and kind have defaults."""
    issue = read("Hej")
    assert (issue.id, issue.title, issue.subject) == (
        "2026-2",
        "Nyhetsbrev nr 2 · 2026",
        "Mötesspår: nu byggs det",
    )
    assert (issue.date, issue.language, issue.kind) == (date(2026, 11, 17), "sv", IssueKind.NEWSLETTER)
    assert (issue.sender, issue.audiences) == ("kansliet", ("politiker", "tjanstepersoner"))
    assert issue.lines["subject"] == 4
    assert issue.lines["audiences.tjanstepersoner"] == 10


def test_running_text_is_cut_at_its_headings() -> None:
    """Each ## of running text begins a block of its own, named by its heading."""
    first, second, third = read("Hej\n\n## Åtta möten\n\nText\n\n### Under\n\n## Åtta möten\n").blocks
    assert (first.id, first.title, first.where.line) == ("text-1", "", FIRST)
    assert (second.id, second.title, second.where.line) == ("atta-moten", "Åtta möten", FIRST + 2)
    assert [type(node) for node in second.nodes] == [Paragraph, Heading]
    assert third.id == "atta-moten-2"


def test_inline_text_becomes_a_tree() -> None:
    """Bold, italics, links, entities and both sorts of line break are read."""
    assert paragraph("a **b** *c*\nd [e **f**](https://a.se/å)  \ng &amp; `h`") == (
        Text("a "),
        Strong((Text("b"),)),
        Text(" "),
        Emphasis((Text("c"),)),
        Text(" d "),
        Link("https://a.se/%C3%A5", (Text("e "), Strong((Text("f"),))), FIRST + 1),
        LineBreak(),
        Text("g & "),
        Code("h"),
    )


def test_nodes_know_their_lines() -> None:
    """Lists, quotes, tables and rules are read, each with its first line in the file."""
    body = "3. ett\n4. två\n   - under\n\n> sagt\n\n| A | B |\n|---|--:|\n| 1 | **2** |\n\n***\n"
    listing, quote, table, rule = only(body).nodes
    assert isinstance(listing, Listing)
    assert (listing.ordered, listing.start, listing.line) == (True, 3, FIRST)
    assert isinstance(listing.items[1][1], Listing)
    assert quote == Quote((Paragraph((Text("sagt"),), FIRST + 4),), FIRST + 4)
    assert isinstance(table, Table)
    assert (table.align, table.line) == (("", "right"), FIRST + 6)
    assert table.rows == (((Text("1"),), (Strong((Text("2"),)),)),)
    assert rule == Rule(FIRST + 10)


def test_links_by_reference_reach_into_fences() -> None:
    """A link's address may stand anywhere in the file."""
    block = read("::: kort\n## R\n[läs om spåret][spår]\n:::\n\n[spår]: https://a.se\n").blocks[0]
    assert block.nodes == (
        Paragraph((Link("https://a.se", (Text("läs om spåret"),), FIRST + 2),), FIRST + 2),
    )


def test_card_has_title_topic_and_picture() -> None:
    """A card's heading is its title and its id; a picture may stand before it or after it."""
    for body in (
        "![Ett tåg](pictures/tåg.png)\n## Nytt spår\n",
        "## Nytt spår\n![Ett tåg](./pictures/tåg.png)\n",
    ):
        block = only(f"::: kort ämne=infrastruktur\n{body}Text\n:::\n")
        assert (block.id, block.kind, block.title) == ("nytt-spar", BlockKind.CARD, "Nytt spår")
        assert (block.topic, block.where.line) == ("infrastruktur", FIRST)
        assert isinstance(block.nodes[0], Image)
        assert (block.nodes[0].src, block.nodes[0].alt) == ("pictures/tåg.png", "Ett tåg")
        assert [type(node) for node in block.nodes] == [Image, Paragraph]


def test_invitation_has_its_facts_and_its_button() -> None:
    """The paragraph that is one link becomes the button, and leaves the text."""
    block = only(
        '::: inbjudan datum=2026-12-03 tid="13.00–15.00" plats=”Folkets hus, Ludvika” senast=2026-11-30\n'
        "## Möte\nKom!\n\n[Anmäl dig](https://a.se)\n:::\n"
    )
    assert block.event == EventFacts(
        date(2026, 12, 3), "13.00–15.00", "Folkets hus, Ludvika", date(2026, 11, 30)
    )
    assert block.action == Link("https://a.se", (Text("Anmäl dig"),), FIRST + 4)
    assert block.nodes == (Paragraph((Text("Kom!"),), FIRST + 2),)


def test_a_link_in_the_text_of_an_invitation_serves_as_its_button_too() -> None:
    """Where no paragraph is a link alone, the last link is the button and the text stays whole."""
    block = only(
        "::: invitation date=2026-12-03 place=Ludvika\n## M\nKom och [anmäl dig](https://a.se).\n:::\n"
    )
    assert block.action is not None
    assert plain(block.action.children) == "anmäl dig"
    assert len(block.nodes) == 1


@pytest.mark.parametrize(
    "line",
    [
        "tid 13.00 Möte, *digitalt*",
        "kl. 13.00: Möte, *digitalt*",
        "Möte, *digitalt*, tid 13.00",
        "Möte, *digitalt* kl 13.00.",
    ],
)
def test_calendar_takes_the_clock_first_or_last(line: str) -> None:
    """A time stands right after the date or at the end, and leaves the text."""
    (entry,) = only(f"::: kalender\n- 2026-12-03 {line}\n:::\n").entries
    assert (entry.on, entry.time, plain(entry.text), entry.line) == (
        date(2026, 12, 3),
        "13.00",
        "Möte, digitalt",
        FIRST + 1,
    )


def test_calendar_entry_needs_no_clock() -> None:
    """A date and what happens is enough."""
    (entry,) = only("::: calendar\n- 2026-12-03 Möte [i Avesta](https://a.se)\n:::\n").entries
    assert (entry.time, plain(entry.text)) == ("", "Möte i Avesta")


def test_button_is_one_link() -> None:
    """A button's link is its action, and nothing is left of its text."""
    block = only("::: knapp\n[Läs planen](https://a.se)\n:::\n")
    assert block.action == Link("https://a.se", (Text("Läs planen"),), FIRST + 1)
    assert (block.id, block.nodes) == ("button-1", ())


def test_figures_are_a_number_and_what_it_says() -> None:
    """The bold beginning of each line is the number; a dash after it is not part of the text."""
    one, two = only(
        "::: siffror\n- **40 %** av exportvärdet\n- **26** – medlemmar i *fem* län\n:::\n"
    ).figures
    assert (one.number, plain(one.text)) == ("40 %", "av exportvärdet")
    assert (two.number, plain(two.text), two.line) == ("26", "medlemmar i fem län", FIRST + 2)


def test_quote_says_by_whom() -> None:
    """A quotation mark of Markdown around a quote adds nothing."""
    for body in ("Så är det.", "> Så är det."):
        block = only(f'::: citat av="Anna, ordförande"\n{body}\n:::\n')
        assert (block.by, block.nodes) == (
            "Anna, ordförande",
            (Paragraph((Text("Så är det."),), FIRST + 1),),
        )


def test_member_news_may_hold_text_or_nothing() -> None:
    """The place for member news is a block also where nothing is written in it."""
    assert only("::: medlemsnytt\n:::\n").nodes == ()
    block = only("::: member-news\n## Från medlemmarna\nEtt urval.\n:::\n")
    assert (block.kind, block.title, len(block.nodes)) == (BlockKind.MEMBER_NEWS, "Från medlemmarna", 1)


def test_for_blocks_give_segments_to_all_inside() -> None:
    """Text and blocks inside a för fence are for its segments; those around it are for everybody."""
    body = "Hej\n\n:::: för politiker, chefer\nHemligt\n\n::: kort\n## R\n:::\n\nMer\n::::\n\nSlut\n"
    segments = [block.segments for block in read(body).blocks]
    inside = ("politiker", "chefer")
    assert segments == [(), inside, inside, inside, ()]


def test_personal_marks_become_tokens() -> None:
    """Marks in Swedish and English, in text, subject and attributes, become the letter's tokens."""
    issue = read(
        "Hej {{namn}} i {{ Member }}!\n\n::: citat av={{medlem}}\nJa\n:::\n",
        HEAD.replace("preheader: F", "preheader: Till {{name}}, f"),
    )
    assert issue.blocks[0].nodes == (Paragraph((Text("Hej {{name}} i {{member}}!"),), FIRST),)
    assert issue.blocks[1].by == "{{member}}"
    assert issue.preheader == "Till {{name}}, fyra nyheter och en inbjudan"


def test_pictures_between_lines_become_pictures_of_their_own() -> None:
    """A picture on a line of its own is a picture, also where no blank line surrounds it."""
    nodes = only("Före\n![A](a.png)\n![B](b.jpg)\nEfter\n").nodes
    assert [type(node) for node in nodes] == [Paragraph, Image, Image, Paragraph]
    assert [node.line for node in nodes] == [FIRST, FIRST + 1, FIRST + 2, FIRST + 3]


def test_ways_of_writing_the_same_file_are_one() -> None:
    """A byte-order mark, Windows line ends and decomposed letters change nothing."""
    plain_text = HEAD + "::: kort\n## Mötesspår på väg\nText\n:::\n"
    odd = "\ufeff" + plain_text.replace("ö", "o\u0308").replace("å", "a\u030a").replace("\n", "\r\n")
    assert write.issue(odd, PATH, issue_id="2026-2") == write.issue(plain_text, PATH, issue_id="2026-2")


def test_ids_are_unique_also_against_names_that_are_given() -> None:
    """A heading that spells another block's id does not take it."""
    ids = [block.id for block in read("Hej\n\n## Text 1\n\n## !\n\n## Text 1 2\n\n## Text 1\n").blocks]
    assert ids == ["text-1", "text-1-2", "text-2", "text-1-2-2", "text-1-3"]


def test_smart_symbols_stay_as_they_were_written() -> None:
    """Quotes, dashes, bare addresses and a lone < or { are text."""
    text = "”Ja” – 3 < 4, {a} se www.a.se och 1\u00a0234"
    assert paragraph(text) == (Text(text),)
