"""docs/theme.md tells of all that a theme and a template may use."""

from __future__ import annotations

import pytest

from newsletter import render
from newsletter.render.theme import COLOURS
from tests.render.building import ROOT, defaults, letter

PAGE = (ROOT / "docs/theme.md").read_text("utf-8")
EVERGREEN = ROOT / "docs/themes/evergreen"


@pytest.mark.parametrize(
    "name", [*COLOURS, "family", "size", "line_height", "file", "alt", "width", "lines", "lines_en"]
)
def test_every_key_of_a_theme_is_told(name: str) -> None:
    """Each key stands in the page as code."""
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", defaults())
def test_every_template_is_told(name: str) -> None:
    """Each template of the program stands in the page, with or without its ending."""
    assert f"`{name}`" in PAGE or f"`{name.removesuffix('.mjml.j2')}`" in PAGE


def test_the_other_look_builds() -> None:
    """The page's second look passes the theme's rules, and its head the templates' own."""
    stated = render.theme((EVERGREEN / "theme.toml").read_text("utf-8"), "theme.toml")
    head = (EVERGREEN / "letter.mjml.j2").read_text("utf-8")
    page = letter(templates={"letter.mjml.j2": head}).html
    assert "12px solid" in page
    assert "Georgia" in stated.family


@pytest.mark.parametrize("name", ["association", "evergreen"])
def test_both_pictures_are_there(name: str) -> None:
    """The pictures that the page shows are kept, and are PNG."""
    assert f"pictures/theme-{name}.png" in PAGE
    assert (ROOT / f"docs/pictures/theme-{name}.png").read_bytes().startswith(b"\x89PNG")
