"""Cut newsletter/fonts/ from Source Sans 3; run by hand, python .ci/fonts.py FOLDER (fonttools, brotli).

FOLDER holds the family's two variable files, SourceSans3[wght].ttf and SourceSans3-Italic[wght].ttf. Each
style is frozen at its weight and cut down to Latin, as TTF for Typst and less as WOFF2 for HTML. The font's
licence reserves the name "Source" for unmodified files, so what is cut is called Newsletter Sans.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parents[1] / "newsletter" / "fonts"
FAMILY = "Newsletter Sans"
UPRIGHT, ITALIC = "SourceSans3[wght].ttf", "SourceSans3-Italic[wght].ttf"
STYLES = {
    "Regular": (UPRIGHT, 400),
    "SemiBold": (UPRIGHT, 600),
    "Bold": (UPRIGHT, 700),
    "Italic": (ITALIC, 400),
}

WEB = parse_unicodes(
    "U+20-7E,U+A0-FF,U+152-153,U+160-161,U+17D-17E,U+2009,U+200B,U+2010-203A,U+20AC,U+2122,U+2190-2193,"
    "U+2212,U+2248,U+2264,U+2265"
)
PRINT = WEB + parse_unicodes(
    "U+100-17F,U+192,U+218-21B,U+2C6,U+2C7,U+2D8-2DD,U+300-304,U+306-30C,U+327,U+328,U+2044,U+2070,U+2074-2079,"
    "U+2080-2089,U+2116,U+2153,U+2154,U+215B-215E,U+2215,U+221E,U+2260,U+25A0,U+25B2,U+25B6,U+25BC,U+25C6,U+25CF,"
    "U+2610,U+2611,U+2713,U+FB01,U+FB02"
)
FEATURES = ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "calt", "tnum", "lnum", "frac", "sups", "subs"]


def rename(font: TTFont, style: str) -> None:
    """Give the cut font its own names; copyright, trademark and licence stay as they are."""
    table, grouped = font["name"], style == "SemiBold"
    for record in (1, 2, 3, 4, 6, 16, 17, 21, 22, 25):
        table.removeNames(nameID=record)
    names = {
        1: f"{FAMILY} {style}" if grouped else FAMILY,
        2: "Regular" if grouped else style,
        3: f"{table.getDebugName(5)};{FAMILY.replace(' ', '')}-{style}",
        4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
        10: f"One style of an open sans-serif family by Adobe, cut down to Latin and renamed: {style}",
    } | ({16: FAMILY, 17: style} if grouped else {})
    for record, text in names.items():
        table.setName(text, record, 3, 1, 0x409)


def cut(source: Path, style: str, weight: int, flavor: str | None) -> None:
    """Write one style as TTF (no flavor) or WOFF2."""
    variable = TTFont(source, recalcTimestamp=False)
    font = instantiateVariableFont(variable, {"wght": weight}, updateFontNames=True)
    options = Options(layout_features=FEATURES, name_IDs=["*"], notdef_outline=True, hinting=False)
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=WEB if flavor else PRINT)
    subsetter.subset(font)
    rename(font, style)
    font.flavor = flavor
    font.save(FONTS / f"NewsletterSans-{style}.{flavor or 'ttf'}")


def main() -> None:
    """Cut every style in both forms."""
    folder = Path(sys.argv[1])
    for style, (file, weight) in STYLES.items():
        for flavor in (None, "woff2"):
            cut(folder / file, style, weight, flavor)


if __name__ == "__main__":
    main()
