"""Chromium as the gallery and tests/browser use it: the machine's own, headless."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCHEMES = ("light", "dark")
# The same picture on every run: no subpixels of a screen, no hints of a typeface.
_ALWAYS = (
    "--disable-lcd-text",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)


def found() -> str | None:
    """Where this machine has a Chromium; None where it has none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A headless Chromium, driven over its DevTools protocol."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # its sandbox refuses to run as root
    arguments = [*_ALWAYS, *(["--no-sandbox"] if root else [])]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
