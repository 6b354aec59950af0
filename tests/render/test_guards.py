"""What mrml gets wrong never reaches a reader: each known fault, tried on the way that a letter takes."""

from __future__ import annotations

import re
import unicodedata

import mjml
import pytest
from lxml import html

from newsletter.errors import InputError, Problems
from newsletter.render.guards import MAX_DEPTH, attribute, guarded
from tests.render.building import card, letter, links

WHOLE = '<mjml lang="sv"><mj-head><mj-title>T</mj-title></mj-head><mj-body width="600px">{}</mj-body></mjml>'
COLUMN = WHOLE.format("<mj-section><mj-column>{}</mj-column></mj-section>")
ODD = {
    "no-break space": "a\u00a0b",
    "soft hyphen": "a\u00adb",
    "joined emoji": "👩‍🌾",
    "decomposed å": "a\u030a",
    "double quote": 'a"b',
    "single quote": "a'b",
    "backslash": "a\\b",
    "newline": "a\nb",
    "line separator": "a\u2028b",
    "control": "a\u0085b",
    "private use": "a\ue000b",
    "left to right": "a\u200eb",
    "brackets": "a<b>&c",
    "debug format itself": "\\u{a0}",
}


def compiled(inside: str) -> str:
    page: str = mjml.mjml2html(guarded(COLUMN.format(inside)), disable_comments=False, fonts={})
    return page


def refused(inside: str) -> list[str]:
    with pytest.raises(Problems) as caught:
        guarded(COLUMN.format(inside))
    return [problem.what for problem in caught.value.problems]


def xml(value: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else f"&#{ord(c)};" for c in value)


@pytest.mark.parametrize("place", ["alt", "title", "href"])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_characters_come_through_in_every_attribute(odd: str, place: str) -> None:
    """What a person wrote is what a browser reads, in alt, title and href alike; only blanks may be one."""
    values = {"alt": "x", "title": "x", "href": "x", place: xml(odd)}
    stated = " ".join(f'{name}="{value}"' for name, value in values.items())
    page = compiled(f'<mj-image src="cid:x" width="100px" {stated} />')
    found = html.document_fromstring(page).xpath(f"//@{place}")
    expected = " ".join(unicodedata.normalize("NFC", odd).split()) if odd.split() != [odd] else odd
    plain = unicodedata.normalize("NFC", expected) if "\u00a0" not in odd else odd
    assert plain in found
    assert not re.search(r'="[^"]*\\u\{', page.replace("&#92;u{", ""))


@pytest.mark.parametrize("odd", ["a\u00a0b", "👩‍🌾", "a\u030a", "a\\b", "a\nb"])
def test_odd_characters_come_through_in_styles(odd: str) -> None:
    """A style keeps its characters, as numbers where they are not ASCII."""
    page = compiled(f"<mj-text><p style=\"font-family:'{xml(odd)}'\">x</p></mj-text>")
    (found,) = html.document_fromstring(page).xpath("//p/@style")
    assert "\\u{" not in found
    assert "font-family" in found


def test_attributes_are_ascii_and_on_one_line() -> None:
    """Whatever goes in, printable ASCII comes out, and nothing that a debug format would touch."""
    for odd in ODD.values():
        assert re.fullmatch(r"[ !#-%&(-;=?-\[\]-~]*", attribute(odd)), odd


def test_a_quote_in_a_title_does_not_end_it() -> None:
    """The page's title and a link's title hold quotes, brackets and ampersands."""
    made = letter(card(links("https://www.forening.example/?a=\"b\"&c='d'", "Läs")), title='Nr "2" <&>')
    root = html.document_fromstring(made.html)
    assert root.findtext("head/title") == 'Nr "2" <&> – Föreningen Exempel'
    assert "https://www.forening.example/?a=\"b\"&c='d'" in root.xpath("//a/@href")


@pytest.mark.parametrize(
    ("around", "room"),
    [
        ("<mj-section><mj-column>{}</mj-column></mj-section>", 600),
        ('<mj-section padding-left="24px" padding-right="24px"><mj-column>{}</mj-column></mj-section>', 552),
        (
            '<mj-section><mj-column padding-left="20px">{}</mj-column><mj-column></mj-column></mj-section>',
            280,
        ),
        (
            '<mj-section><mj-column width="25%">{}</mj-column><mj-column width="75%" /></mj-section>',
            150,
        ),
        ('<mj-section><mj-column width="200px">{}</mj-column></mj-section>', 200),
        (
            '<mj-section><mj-group width="50%"><mj-column>{}</mj-column><mj-column></mj-column></mj-group>'
            "</mj-section>",
            150,
        ),
        (
            '<mj-wrapper padding-left="10px" padding-right="10px"><mj-section><mj-column>{}</mj-column>'
            "</mj-section></mj-wrapper>",
            580,
        ),
    ],
)
def test_a_picture_is_as_wide_as_stated_for_outlook_and_never_wider_than_its_place(
    around: str, room: int
) -> None:
    """The width that fits is what every mail program gets; one pixel more is refused with its place."""
    image = '<mj-image src="cid:x" alt="" width="{}px" padding="0" />'
    fits = mjml.mjml2html(guarded(WHOLE.format(around.format(image.format(room)))), fonts={})
    assert html.document_fromstring(fits).xpath("//img/@width") == [str(room)]
    with pytest.raises(Problems, match="bred"):
        guarded(WHOLE.format(around.format(image.format(room + 1))))


@pytest.mark.parametrize(
    ("defaults", "room"),
    [
        ("", 550),
        ('<mj-all padding="0" />', 600),
        ('<mj-all padding="0" /><mj-image padding-left="30px" />', 570),
        ('<mj-image padding-left="30px" /><mj-class name="c" padding-left="5px" padding-right="5px" />', 590),
        ('<mj-all padding="0" /><mj-class name="c" border="2px solid #000000" />', 596),
    ],
)
def test_a_pictures_place_is_counted_with_what_is_stated_elsewhere(defaults: str, room: int) -> None:
    """Padding and border of all, of a name and of a class, and MJML's own, take from a picture's place."""
    image = '<mj-section><mj-column><mj-image src="cid:x" alt="" width="{}px" mj-class="c" />'
    whole = WHOLE.replace("</mj-head>", f"<mj-attributes>{defaults}</mj-attributes></mj-head>")
    whole = whole.format(image + "</mj-column></mj-section>")
    fits = mjml.mjml2html(guarded(whole.format(room)), fonts={})
    assert html.document_fromstring(fits).xpath("//img/@width") == [str(room)]
    with pytest.raises(Problems, match="bred"):
        guarded(whole.format(room + 1))


@pytest.mark.parametrize("name", ["mj-wrapper", "mj-section", "mj-column", "mj-image"])
def test_padding_in_one_piece_is_refused_where_widths_hang_on_it(name: str) -> None:
    """Shorthand makes Outlook's widths wrong, so it is refused."""
    inside = {
        "mj-wrapper": '<mj-wrapper padding="0 24px"></mj-wrapper>',
        "mj-section": '<mj-section padding="0 24px"></mj-section>',
        "mj-column": '<mj-section><mj-column padding="0 24px"></mj-column></mj-section>',
        "mj-image": '<mj-section><mj-column><mj-image src="cid:x" alt="" width="9px" padding="0 24px" />'
        "</mj-column></mj-section>",
    }[name]
    with pytest.raises(Problems, match="padding i ett stycke"):
        guarded(WHOLE.format(inside))


@pytest.mark.parametrize(
    "name",
    [
        "mj-social",
        "mj-carousel",
        "mj-accordion",
        "mj-navbar",
        "mj-font",
        "mj-include",
        "mj-preview",
        "mj-hero",
    ],
)
def test_components_off_limits_are_refused(name: str) -> None:
    """What hot-links a third party, needs what mail programs lack or reads a file is refused by name."""
    assert any(name in what for what in refused(f"<{name}></{name}>"))


def test_no_font_is_fetched() -> None:
    """Not even a family that mrml knows an address of."""
    page = compiled('<mj-text font-family="Roboto, Lato, Ubuntu">x</mj-text>')
    assert "googleapis" not in page
    assert "@import" not in page


def test_depth_has_a_bound_that_is_far_from_where_the_translator_dies() -> None:
    """The deepest that is let through is translated, one deeper is refused, and so are 20,000 levels."""
    free = MAX_DEPTH - 5
    assert compiled(f"<mj-text>{'<div>' * free}x{'</div>' * free}</mj-text>")
    for depth in (free + 1, 20_000):
        with pytest.raises(InputError):
            guarded(COLUMN.format(f"<mj-text>{'<div>' * depth}x{'</div>' * depth}</mj-text>"))


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x08", "\x0b", "\x1b", "\x7f", "\ufffe", "\ud800"])
def test_control_characters_do_no_harm(control: str) -> None:
    """What XML cannot hold is left out of text and attributes, and the rest stands."""
    source = f'<mj-image src="cid:x" alt="a{control}b" width="9px" /><mj-text>c{control}d</mj-text>'
    page = compiled(source).replace("\x7f", "").replace("&#127;", "")
    assert 'alt="ab"' in page
    assert "cd" in page
