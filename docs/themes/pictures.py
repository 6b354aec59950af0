"""The pictures of docs/theme.md: one issue in two looks, light and dark, by headless Chromium.

    .venv/bin/python docs/themes/pictures.py

Each look is a workspace of its own: the repository's, with the folder templates/ replaced by that look's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
LOOKS = {"association": ROOT / "templates", "evergreen": ROOT / "docs/themes/evergreen"}
ISSUE = "2026-2"
WIDTH, HEIGHT = 640, 1500  # px


def main() -> None:
    """Write docs/pictures/theme-NAME.png for each look."""
    for name, templates in LOOKS.items():
        with tempfile.TemporaryDirectory() as folder:
            page = _built(Path(folder), templates)
            shown = [_shown(page, Path(folder), dark=dark) for dark in (False, True)]
            _beside(shown).save(ROOT / f"docs/pictures/theme-{name}.png", optimize=True)


def _built(folder: Path, templates: Path) -> Path:
    """The first edition's letter in a look."""
    workspace = folder / "workspace"
    for each in ("content", "subscribers"):
        shutil.copytree(ROOT / each, workspace / each, ignore=shutil.ignore_patterns("private"))
    shutil.copy(ROOT / "newsletter.toml", workspace)
    shutil.copytree(templates, workspace / "templates")
    command = [sys.executable, "-m", "newsletter", "--workspace", str(workspace), "build", ISSUE]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sorted((workspace / "build" / ISSUE).glob("*/letter.html"))[0]


def _shown(page: Path, folder: Path, *, dark: bool) -> Image.Image:
    taken = folder / f"{dark}.png"
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("No Chromium on this machine. On Debian: apt install chromium")
    command = [
        *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        *(
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            f"--user-data-dir={folder / 'profile'}",
        ),
        *(f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={taken}", page.as_uri()),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return Image.open(taken).convert("RGB")


def _beside(pages: list[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (WIDTH * len(pages), HEIGHT))
    for number, page in enumerate(pages):
        whole.paste(page, (WIDTH * number, 0))
    return whole.quantize(128)


if __name__ == "__main__":
    main()
