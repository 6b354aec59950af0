"""What leadership reads: letters and what became of them, counted into one cube, computed, set on pages.

    letters + responses → cube → figures → HTML, Typst

The cube is cut so that it reveals nobody (:mod:`newsletter.report.cut`), and after it nothing but the
cube is read, so that no two pages can disagree.
"""

from newsletter.model.figure import cube_from_json, cube_json
from newsletter.report.cube import cube, is_whole
from newsletter.report.figures import figures
from newsletter.report.intervals import (
    difference,
    differences,
    newcombe,
    rate,
    smallest_visible_change,
    wilson,
)
from newsletter.report.labels import Labels
from newsletter.report.pages import html, typst

__all__ = [
    "Labels",
    "cube",
    "cube_from_json",
    "cube_json",
    "difference",
    "differences",
    "figures",
    "html",
    "is_whole",
    "newcombe",
    "rate",
    "smallest_visible_change",
    "typst",
    "wilson",
]
