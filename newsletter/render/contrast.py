"""How well colours can be told apart: as they are, and as mail programs that invert a letter show them.

Gmail and Outlook ask nobody in dark mode. Some invert every colour, some only light grounds and dark text.
How is theirs to know, but they turn lightness upside down and keep the hue, so that much can be computed:
in CIE L*a*b*, where lightness is what the eye calls so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3 AA
_EDGE = 6 / 29  # CIE 15: below it the cube root is a straight line
_WHITE = (0.9505, 1.0, 1.089)  # D65

Shown = Callable[[str, str], tuple[str, str]]  # text and ground as stated -> as seen


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2.2 counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def inverted(colour: str) -> str:
    """The colour with its lightness upside down and its hue kept: white becomes black, navy becomes sky."""
    lightness, a, b = _lab(colour)
    height = (100 - lightness + 16) / 116
    x, y, z = (
        white * _cubed(part) for white, part in zip(_WHITE, (height + a, height, height - b), strict=True)
    )
    red = 3.2406 * x - 1.5372 * y - 0.4986 * z
    green = -0.9689 * x + 1.8758 * y + 0.0415 * z
    blue = 0.0557 * x - 0.2040 * y + 1.0570 * z
    return "#" + "".join(f"{round(255 * _pressed(part)):02x}" for part in (red, green, blue))


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> tuple[float, float, float]:
    """Red, green and blue as light, 0 to 1."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def _pressed(light: float) -> float:
    """Light as sRGB writes it; what no screen can show becomes the nearest that it can."""
    light = min(max(light, 0.0), 1.0)
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def _lab(colour: str) -> tuple[float, float, float]:
    """Lightness 0 to 100, and the two hues as they are added to its height."""
    red, green, blue = _linear(colour)
    x = _rooted((0.4124 * red + 0.3576 * green + 0.1805 * blue) / _WHITE[0])
    y = _rooted(_luminance(colour))
    z = _rooted((0.0193 * red + 0.1192 * green + 0.9505 * blue) / _WHITE[2])
    return 116 * y - 16, x - y, y - z


def _rooted(part: float) -> float:
    return float(part ** (1 / 3)) if part > _EDGE**3 else part / (3 * _EDGE**2) + 4 / 29


def _cubed(part: float) -> float:
    return part**3 if part > _EDGE else 3 * _EDGE**2 * (part - 4 / 29)


def _all_inverted(text: str, ground: str) -> tuple[str, str]:
    return inverted(text), inverted(ground)


def _partly_inverted(text: str, ground: str) -> tuple[str, str]:
    """Dark text becomes light and a light ground dark; light text and a dark ground stay."""
    return (
        text if _lab(text)[0] > 50 else inverted(text),
        inverted(ground) if _lab(ground)[0] > 50 else ground,
    )


FORCED: Mapping[str, Shown] = {
    "när allt inverteras": _all_inverted,  # Gmail on iOS, Outlook on Windows
    "när ljusa bottnar och mörk text inverteras": _partly_inverted,  # Gmail on Android, Outlook.com
}
