"""The letter as a page of its own, and pictures that are hosted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html

from newsletter import render
from newsletter.errors import InputError
from newsletter.model.digest import letter_digest
from newsletter.model.letter import Letter
from newsletter.model.prose import Image
from newsletter.render.web import impersonal
from tests.render.building import EVERY_KIND, SETTINGS, card, letter, links, png, says

HOST = "https://www.forening.example/brev"
HOSTED = replace(SETTINGS, assets_base_url=HOST)


def web(made: Letter) -> str:
    return render.on_disk(made)["web.html"].decode()


def test_the_web_version_is_for_everybody() -> None:
    """No mark, no way out of the list, no hidden line and nothing of Outlook's is in it."""
    page = web(letter())
    assert "{{" not in re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    for gone in ("Avsluta utskicken", "sändlista", "display:none", "<!--", "urn:schemas", "Anna Exempel"):
        assert gone not in page
    assert "Hej i din organisation!" in page


def test_the_web_version_tells_what_it_is() -> None:
    """Language, title, description and the main landmark stand where a browser looks for them."""
    root = html.document_fromstring(web(letter()))
    assert root.get("lang") == "sv"
    assert root.findtext("head/title") == "Nyhetsbrev nr 2 · 2026 – Föreningen Exempel"
    assert root.xpath('string(//meta[@name="description"]/@content)') == letter().preheader
    assert root.xpath('string(//meta[@name="viewport"]/@content)')
    assert len(root.findall("body/main")) == 1


def test_all_else_of_the_letter_is_on_the_page() -> None:
    """Every link but the way out, and every heading, is there."""
    made = letter()
    root = html.document_fromstring(web(made))
    told = {anchor.get("href") for anchor in root.iter("a")}
    assert told == {link.href for link in made.links} - {"{{unsubscribe}}"}
    whole = html.document_fromstring(made.html)
    assert [h.text_content() for h in root.iter("h1", "h2")] == [
        h.text_content() for h in whole.iter("h1", "h2")
    ]


def test_printed_links_show_where_they_lead() -> None:
    """A link in words carries its address on paper; one that is its address does not say it twice."""
    root = html.document_fromstring(web(letter(card(links("https://www.forening.example/a", "Läs om a")))))
    told = [anchor.get("href") for anchor in root.find_class("told")]
    assert "https://www.forening.example/a" in told
    assert "https://www.forening.example" not in told


def test_the_dark_stays_on_the_screen() -> None:
    """Paper is white whatever the machine's own colours are, and A4."""
    page = web(letter())
    assert "@media (prefers-color-scheme" not in page
    assert "@media screen and (prefers-color-scheme: dark)" in page
    assert "size: A4" in page


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Hej {{name}}!", "Hej!"),
        ("Hej, {{name}}!", "Hej!"),
        ("{{name}}, välkommen!", "Välkommen!"),
        ("{{name}}", ""),
        ("Nytt för {{member}}.", "Nytt för din organisation."),
        ("Inget särskilt.", "Inget särskilt."),
    ],
)
def test_what_is_said_to_one_is_said_to_all(said: str, heard: str) -> None:
    """Marks leave whole sentences behind."""
    assert impersonal(said, "din organisation") == heard


def test_a_template_of_ones_own_leaks_nothing() -> None:
    """A way out in an odd place, a mark in an address and a class of its own are taken out too."""
    foot = (
        '<mj-section><mj-column><mj-button href="{{ marks.unsubscribe }}">Bort</mj-button><mj-text>'
        '<p><a href="https://www.forening.example/?v={{ marks.name }}">Hit</a></p>'
        '<p class="mail other">Bara i brevet</p></mj-text></mj-column></mj-section>'
    )
    page = web(letter(card(), templates={"foot.mjml.j2": foot}))
    assert "Bort" not in page
    assert "Bara i brevet" not in page
    assert 'href="https://www.forening.example/?v="' in page


def test_hosted_pictures_have_addresses_of_their_content() -> None:
    """With assets_base_url nothing travels inside, and each picture lies at issue, name and hash."""
    made = letter(settings=HOSTED)
    (picture,) = made.hosted
    assert made.pictures == ()
    assert re.fullmatch(rf"{HOST}/2026-2/tag-[0-9a-f]{{12}}\.png", picture.url)
    assert f'src="{picture.url}"' in made.html
    assert "cid:" not in made.html


def test_what_to_upload_lies_under_its_last_name() -> None:
    """Each hosted picture is a file named as its address ends, and pages on disk show that file."""
    made = letter(settings=HOSTED)
    files = render.on_disk(made)
    for picture in made.hosted:
        name = picture.url.removeprefix(f"{HOST}/2026-2/")
        assert files[f"pictures/{name}"] == picture.data
    for page in ("letter.html", "web.html"):
        assert not re.findall(r'src="(?!pictures/)', files[page].decode())


def test_an_approval_binds_to_hosted_bytes() -> None:
    """Another content under the same look is another letter."""
    made = letter(settings=HOSTED)
    other = replace(made, hosted=tuple(replace(each, data=each.data + b"x") for each in made.hosted))
    assert letter_digest(made) != letter_digest(other)


def test_hosting_opens_the_door_for_that_folder_alone() -> None:
    """A picture from anywhere else is still refused, also from a folder whose name only begins the same."""
    for src in ("https://x.example/1.png", f"{HOST}/2026-23/1.png"):
        image = (
            f'<mj-section><mj-column><mj-image src="{src}" alt="" width="10px" /></mj-column></mj-section>'
        )
        with pytest.raises(InputError, match="utifrån"):
            letter(card(), templates={"card.mjml.j2": image}, settings=HOSTED)


def test_every_kind_of_block_is_in_the_web_version_in_english() -> None:
    """The page speaks the letter's language."""
    page = web(letter(*EVERY_KIND, language="en"))
    assert '<html lang="en"' in page
    assert "your organisation" in page


def test_a_picture_shown_twice_is_one_file() -> None:
    """A picture that two blocks show lies beside the page once."""
    image = Image("pictures/tag.png", "Ett tåg", 22)
    files = render.on_disk(
        letter(
            card(image, id="a"),
            card(image, says("x"), id="b"),
            pictures={"content/issues/2026-2/pictures/tag.png": png(600, 300)},
        )
    )
    assert len([name for name in files if name.startswith("pictures/")]) == 1
