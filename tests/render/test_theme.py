"""Themes."""

from __future__ import annotations

import pytest

from newsletter import render
from newsletter.errors import InputError, Problems
from newsletter.render.contrast import FORCED, LEAST_CONTRAST, contrast, inverted
from tests.render.building import MEMBERS, PICTURES, ROOT, SETTINGS, defaults, edition


def test_the_neutral_theme_can_be_read_light_and_dark() -> None:
    """Nothing stated is a whole theme, and it passes its own rules."""
    assert render.theme().logo == ""


def test_the_associations_theme_can_be_read() -> None:
    """The repository's own theme passes, and its logo stands beside it."""
    path = "templates/theme.toml"
    stated = render.theme((ROOT / path).read_text("utf-8"), path)
    assert (ROOT / stated.logo).is_file()


def test_contrast_is_counted_as_wcag_does() -> None:
    """Black on white is 21, the same colour 1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#8c2b20", "#8c2b20") == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('[light]\nink = "#cccccc"', 2, "ink på sheet"),
        ('[dark]\n\nsheet = "#eeeeee"', 3, "ink på sheet"),
        ('[light]\nink = "svart"', 2, "ink"),
        ('[light]\ninc = "#000000"', 2, "Okänd inställning: inc"),
        ("[typ]\nsize = 18", 1, "Okänd inställning: typ"),
        ("[type]\nsize = 12", 2, "size"),
        ("logo = 3", 1, "logo ska vara en tabell"),
        ("[footer]\nlines = 3", 2, "lines"),
        ("[footer]\nlines_en = 3", 2, "lines_en"),
    ],
)
def test_mistakes_have_their_line(text: str, line: int, told: str) -> None:
    """Pale colours, unknown keys and wrong values are told with file and line."""
    with pytest.raises(Problems) as caught:
        render.theme(text)
    first = caught.value.problems[0]
    assert told in first.what
    assert str(first.where) == f"templates/theme.toml:{line}"


def test_inverting_turns_lightness_and_keeps_hue() -> None:
    """Black and white change places, dark blue becomes light blue, and twice inverted is nearly the same."""
    assert (inverted("#ffffff"), inverted("#000000")) == ("#000000", "#ffffff")
    sky = inverted("#163f5c")
    assert int(sky[5:], 16) > int(sky[1:3], 16)
    assert contrast(sky, "#000000") > 7
    assert contrast(inverted(sky), "#163f5c") < 1.1


@pytest.mark.parametrize("path", ["templates/theme.toml", "docs/themes/evergreen/theme.toml", ""])
@pytest.mark.parametrize("how", FORCED)
def test_our_themes_can_be_read_when_inverted_by_force(path: str, how: str) -> None:
    """Running text, links and buttons keep their contrast where a mail program makes its own dark mode."""
    light = render.theme((ROOT / path).read_text("utf-8") if path else "", path).light
    for text, ground in (("ink", "sheet"), ("link", "panel"), ("muted", "paper"), ("button_text", "button")):
        assert contrast(*FORCED[how](light[text], light[ground])) >= LEAST_CONTRAST


def test_colours_that_only_pale_when_inverted_have_their_line() -> None:
    """Navy on bright green can be read as it is; where inversion would drown it, its line is told."""
    with pytest.raises(Problems) as caught:
        render.theme('[light]\nbutton = "#16b012"\nbutton_text = "#0d1884"')
    first = caught.value.problems[0]
    assert "button_text på button syns för dåligt i light när" in first.what
    assert str(first.where) == "templates/theme.toml:3"
    assert first.do


def test_broken_toml_is_an_input_error() -> None:
    """A theme that is no TOML names its line."""
    with pytest.raises(InputError):
        render.theme("[light")


@pytest.mark.parametrize(
    ("language", "foot", "said"),
    [
        (
            "sv",
            '[footer]\nlines = ["Rad ett.", "Rad två."]\nlines_en = ["Line one."]',
            ["Rad ett.", "Rad två."],
        ),
        ("en", '[footer]\nlines = ["Rad ett."]\nlines_en = ["Line one."]', ["Line one."]),
        ("en", '[footer]\nlines = ["Rad ett."]', ["You get this letter because"]),
        ("sv", '[footer]\nlines = []\nlines_en = ["Line one."]', ["Du får brevet för att"]),
    ],
)
def test_the_foot_is_in_the_letters_language(language: str, foot: str, said: list[str]) -> None:
    """A letter in English has its own lines, or a sentence of ours, and never the Swedish ones."""
    made = render.letter(
        edition(language=language),
        templates=defaults(),
        theme=render.theme(foot),
        settings=SETTINGS,
        pictures=PICTURES,
        members=MEMBERS,
    )
    for line in said:
        assert line in made.html
        assert line in made.text
    assert ("Rad ett." in made.html) == ("Rad ett." in said)
