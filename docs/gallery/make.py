"""Draw docs/gallery: every example at two widths, light and dark, and the page that shows them.

    python docs/gallery/make.py

A picture is written anew only where somebody could see that it differs, so that another version of Chromium
does not change them all.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[2]))

from docs.gallery import drawing, examples

COLOURS = 128
_SLACK = 48  # of 255: what a pixel may differ without anybody seeing it (smoothed edges of letters)
_VISIBLE = 0.002  # a share of such pixels from which on a picture is drawn anew
# From below the letter's head to above its foot, as the window shows it.
_BETWEEN = """() => {
    const box = (name) => document.querySelector(name).getBoundingClientRect();
    const top = box('.top').bottom + scrollY, bottom = box('.foot').top + scrollY;
    return {x: 0, y: top, width: innerWidth, height: bottom - top};
}"""


def main() -> int:
    """Draw what has changed, remove what has no example any more, and write README.md."""
    path = drawing.found()
    if not path:
        print("Ingen Chromium på den här datorn. På Debian: apt install chromium", file=sys.stderr)
        return 1
    shown = examples.read()
    with tempfile.TemporaryDirectory() as folder, drawing.chromium(path) as browser:
        drawn = {
            name: data
            for each in shown
            for name, data in _drawn(browser, each, Path(folder) / each.name).items()
        }
    written = [name for name, data in drawn.items() if _is_news(examples.HERE / name, data)]
    for name in written:
        (examples.HERE / name).write_bytes(drawn[name])
    for gone in {file.name for file in examples.HERE.glob("*.png")} - drawn.keys():
        (examples.HERE / gone).unlink()
    (examples.HERE / "README.md").write_text(examples.page(shown), encoding="utf-8")
    print(f"{len(drawn)} pictures, {len(written)} of them drawn anew: {' '.join(written) or 'none'}")
    return 0


def _drawn(browser: Browser, each: examples.Example, folder: Path) -> dict[str, bytes]:
    letter = examples.built(folder, [each]) / "letter.html"
    found = {}
    for width in examples.WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(letter.as_uri())
        for scheme in drawing.SCHEMES:
            found[examples.file_name(each, width, scheme)] = _picture(page, scheme)
        page.close()
    return found


def _picture(page: Page, scheme: str) -> bytes:
    """A PNG of few colours."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    clip = page.evaluate(_BETWEEN)
    whole = Image.open(BytesIO(page.screenshot(full_page=True, clip=clip))).convert("RGB")
    out = BytesIO()
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _is_news(file: Path, data: bytes) -> bool:
    """Whether somebody could see that the picture differs from the file."""
    if not file.exists():
        return True
    old, new = (Image.open(source).convert("RGB") for source in (file, BytesIO(data)))
    if old.size != new.size:
        return True
    bands = ImageChops.difference(old, new).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(worst.histogram()[_SLACK:]) > _VISIBLE * new.width * new.height


if __name__ == "__main__":
    sys.exit(main())
