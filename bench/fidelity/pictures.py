"""Pages as pictures: many in one window of headless Chromium, cut apart again."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

HEIGHT = 1500  # px that each page has; ours are shorter
_ROW = 4  # pages beside each other
_SLACK = 48  # of 255: what two pixels may differ without anybody seeing it (smoothed edges of letters)


def browser() -> str:
    """The Chromium of this machine."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise SystemExit("No Chromium on this machine. On Debian: apt install chromium")


def taken(pages: Mapping[str, str], width: int) -> Mapping[str, Image.Image]:
    """A picture of each page at a width, by name."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, page in pages.items():
            (root / f"{name}.html").write_text(page, "utf-8")
        frames = "".join(
            f'<iframe src="{name}.html" width="{width}" height="{HEIGHT}" style="border:0;float:left">'
            "</iframe>"
            for name in pages
        )
        (root / "all.html").write_text(f'<!doctype html><body style="margin:0">{frames}', "utf-8")
        rows = -(-len(pages) // _ROW)
        whole = _window(root, width * _ROW, HEIGHT * rows)
    return {
        name: whole.crop((x := number % _ROW * width, y := number // _ROW * HEIGHT, x + width, y + HEIGHT))
        for number, name in enumerate(pages)
    }


def _window(root: Path, width: int, height: int) -> Image.Image:
    command = [
        *(browser(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        *("--allow-file-access-from-files", "--blink-settings=preferredColorScheme=1"),
        *(f"--user-data-dir={root / 'profile'}", f"--window-size={width},{height}"),
        *(f"--screenshot={root / 'all.png'}", (root / "all.html").as_uri()),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return Image.open(BytesIO((root / "all.png").read_bytes())).convert("RGB")


def differing(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that somebody could see differ, of those above the lower of the two ends."""
    loud = _loud(one, other)
    return sum(loud.histogram()[255:]) / (one.width * max(_end(one), _end(other), 1))


def beside(one: Image.Image, other: Image.Image) -> Image.Image:
    """Both and what differs between them, for eyes."""
    height = max(_end(one), _end(other), 1)
    shown = Image.new("RGB", (one.width * 3 + 20, height), "#888888")
    for number, each in enumerate((one, other, _loud(one, other).convert("RGB"))):
        shown.paste(each.crop((0, 0, one.width, height)), (number * (one.width + 10), 0))
    return shown


def _loud(one: Image.Image, other: Image.Image) -> Image.Image:
    bands = ImageChops.difference(one, other).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return worst.point([0] * _SLACK + [255] * (256 - _SLACK))


def _end(page: Image.Image) -> int:
    """Where the page's last mark is: what is below has the colour of its last row."""
    ground = Image.new("RGB", page.size, page.getpixel((0, page.height - 1)))
    found = ImageChops.difference(page, ground).getbbox()
    return found[3] if found else 0
