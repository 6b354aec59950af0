"""The program's typeface: TTF for Typst, WOFF2 to stand inside HTML; README.md names its source."""

FAMILY = "Newsletter Sans"
"""The family's name in the files: what Typst is told, and what HTML calls it beside its own fallbacks."""
