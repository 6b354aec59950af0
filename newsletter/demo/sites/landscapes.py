"""Calm invented landscapes for the stories: hills in mist, drawn afresh from a number, no photograph."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from math import sin
from random import Random

from PIL import Image, ImageDraw

SIZE = (1200, 800)
_RIDGES = 5
_SKIES = (
    ((205, 222, 232), (244, 232, 214)),
    ((186, 208, 226), (238, 240, 236)),
    ((226, 208, 196), (248, 238, 222)),
)
_LANDS = ((38, 74, 92), (52, 82, 62), (96, 62, 58))

Colour = tuple[int, int, int]


@lru_cache(maxsize=16)
def landscape(seed: int) -> bytes:
    """A JPEG of 1200 × 800; the same number gives the same picture."""
    random = Random(seed)
    sky, land = _SKIES[seed % len(_SKIES)], _LANDS[seed % len(_LANDS)]
    image = _sky(*sky)
    draw = ImageDraw.Draw(image)
    _sun(draw, random, sky[1])
    for ridge in range(_RIDGES):
        nearness = (ridge + 1) / _RIDGES
        draw.polygon(_ridge(random, nearness), fill=_between(sky[1], land, nearness))
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _sky(top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, SIZE[1]))
    column.putdata([_between(top, bottom, y / SIZE[1]) for y in range(SIZE[1])])
    return column.resize(SIZE)


def _sun(draw: ImageDraw.ImageDraw, random: Random, light: Colour) -> None:
    x, y, radius = random.randint(250, 950), random.randint(130, 230), random.randint(45, 70)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_between(light, (255, 252, 240), 0.7))


def _ridge(random: Random, nearness: float) -> Sequence[tuple[float, float]]:
    """The outline of a row of hills, nearer ones lower and steeper."""
    width, height = SIZE
    level, rise = height * (0.36 + 0.5 * nearness), 26 + 62 * nearness
    waves = [(random.uniform(0.4, 1.1) / n, random.uniform(0, 6.3), n) for n in (1, 2, 3, 5)]
    crest = [
        (float(x), level - rise * sum(part * sin(n * x / 210 + start) for part, start, n in waves))
        for x in range(0, width + 12, 12)
    ]
    return [(0.0, float(height)), *crest, (float(width), float(height))]


def _between(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
