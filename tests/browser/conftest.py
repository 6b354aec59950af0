"""One Chromium and one set of pages for the tests of a process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from docs.gallery import drawing
from tests.browser import pages

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Opened:
    """A page as somebody sees it, and the addresses that it asked for."""

    page: Page
    file: Path
    asked: list[str]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Every page that is looked at, by name."""
    return pages.made(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    path = drawing.found()
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with drawing.chromium(path) as browser:
        yield browser


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, chromium: Browser, made: Mapping[str, Path]) -> Iterator[Opened]:
    """A page, in one of the two colour schemes, on a screen of some width."""
    name, scheme, width = request.param
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    page.goto(made[name].as_uri())
    yield Opened(page, made[name], asked)
    context.close()
