"""The pages: one HTML file, and Typst source with its data. They print what the figures say, no more."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from newsletter.model.figure import Figures
from newsletter.report.swedish import percent, span

WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}

# In HTML the colours are the style sheet's, so that dark is dark; on paper they are these.
_NAMES = ("paper", "grid", "span", "span-accent", "point", "accent", "bar", "whisker")
SCREEN: Mapping[str, Any] = {name.replace("-", "_"): f"var(--{name})" for name in _NAMES} | {
    "stack": [f"var(--stack-{i})" for i in range(3)]
}
PRINT: Mapping[str, Any] = {
    "paper": "#ffffff",
    "grid": "#c9d1d7",
    "span": "#a9c6da",
    "span_accent": "#dcb0a8",
    "point": "#123f5c",
    "accent": "#8c2b20",
    "bar": "#2f7098",
    "whisker": "#0d1b25",
    "stack": ["#2f7098", "#d9a441", "#b9c3ca"],
}


def html(figures: Figures, *, templates: Mapping[str, bytes], fonts: Mapping[str, bytes]) -> str:
    """One self-contained file: style, charts and typeface inside; it asks no host for anything."""
    page = _environment(templates).get_template("report.html.j2")
    css = Markup(templates["report.css"].decode("utf-8"))  # ours, not anybody's input
    return page.render(f=_plain(figures), colours=SCREEN, css=css, faces=_faces(fonts)) + "\n"


def typst(figures: Figures, *, templates: Mapping[str, bytes]) -> tuple[str, Mapping[str, bytes]]:
    """The Typst source and the files that it reads: the figures and their charts as JSON.

    No character of a title can thus be taken for markup.
    """
    data = asdict(figures) | {"pictures": _pictures(figures, _environment(templates))}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return templates["report.typ"].decode("utf-8"), {"figures.json": text.encode("utf-8")}


def _plain(figures: Figures) -> Mapping[str, Any]:
    """The fields by name; their parts stay what they are."""
    return {name: getattr(figures, name) for name in Figures.__dataclass_fields__}


def _environment(templates: Mapping[str, bytes]) -> Environment:
    sources = {name: data.decode("utf-8") for name, data in templates.items()}
    made = Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)
    made.filters.update(percent=percent, span=span, groupby_steady=_grouped)
    return made


def _grouped(rows: Sequence[Any], name: str) -> list[tuple[Any, list[Any]]]:
    """Runs of rows with the same value, in their order."""
    return [(value, list(run)) for value, run in groupby(rows, key=lambda row: getattr(row, name))]


def _faces(fonts: Mapping[str, bytes]) -> Markup:
    """The typeface inside the file, where its bytes are at hand."""
    rules = []
    for style, weight in WEIGHTS.items():
        data = fonts.get(f"NewsletterSans-{style}.woff2")
        if data:
            rules.append(
                '@font-face{font-family:"Newsletter Sans";font-display:swap;'
                f"font-weight:{weight};src:url(data:font/woff2;base64,{base64.b64encode(data).decode()})"
                ' format("woff2")}'
            )
    return Markup("\n".join(rules))


def _pictures(figures: Figures, environment: Environment) -> Mapping[str, object]:
    """The charts as SVG in the colours of paper."""
    draw: Any = environment.get_template("charts.svg.j2").module
    strips = {
        chart.id: [str(draw.strip("s", strip, chart.scale, chart.ticks, PRINT)) for strip in chart.strips]
        for chart in figures.charts
    }
    scale = figures.article_scale
    bars = [
        str(draw.bar("a", row.title, row.rate, scale, PRINT)) if row.rate else "" for row in figures.articles
    ]
    stack = str(draw.stack("k", figures.clicks, PRINT)) if figures.clicks else ""
    return {"strips": strips, "bars": bars, "stack": stack}
