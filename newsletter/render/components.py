"""What may stand in a template: the MJML components and the HTML inside them, with their attributes.

mrml lets unknown tags and attributes pass without a word, so this table is the only guard. Left out on
purpose: mj-social (hot-links a third party), mj-preview (white text), mj-html-attributes, mj-carousel,
mj-accordion and mj-navbar (need what mail programs lack), mj-font (would contact a host), mj-include (would
read a file).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_PADDING = "padding padding-top padding-bottom padding-left padding-right"
_BORDER = "border border-top border-bottom border-left border-right border-radius"
_TYPE = (
    "color font-family font-size font-weight font-style line-height letter-spacing text-decoration"
    " text-transform"
)
_HTML = "style class dir lang"


@dataclass(frozen=True, slots=True)
class Component:
    """What an element may have: attributes, and the elements it may stand in."""

    attributes: frozenset[str]
    parents: frozenset[str]


def _component(attributes: str, parents: str) -> Component:
    return Component(frozenset(attributes.split()), frozenset(parents.split()))


MJML: Mapping[str, Component] = {
    "mjml": _component("lang dir", ""),
    "mj-head": _component("", "mjml"),
    "mj-title": _component("", "mj-head"),
    "mj-style": _component("", "mj-head"),
    "mj-breakpoint": _component("width", "mj-head"),
    "mj-attributes": _component("", "mj-head"),
    "mj-all": _component(f"{_PADDING} {_TYPE}", "mj-attributes"),
    "mj-class": _component(
        f"name {_PADDING} {_BORDER} {_TYPE} align background-color border-color border-style border-width"
        " inner-padding",
        "mj-attributes",
    ),
    "mj-raw": _component("", "mj-head mj-body mj-wrapper"),
    "mj-body": _component("width background-color css-class", "mjml"),
    "mj-wrapper": _component(
        f"{_PADDING} {_BORDER} background-color css-class full-width text-align", "mj-body"
    ),
    "mj-section": _component(
        f"{_PADDING} {_BORDER} background-color css-class direction full-width text-align mj-class",
        "mj-body mj-wrapper",
    ),
    "mj-group": _component("width vertical-align background-color direction css-class", "mj-section"),
    "mj-column": _component(
        f"{_PADDING} {_BORDER} background-color inner-background-color width vertical-align css-class"
        " mj-class",
        "mj-section mj-group",
    ),
    "mj-text": _component(
        f"{_PADDING} {_TYPE} align height container-background-color css-class mj-class",
        "mj-column mj-attributes",
    ),
    "mj-image": _component(
        f"{_PADDING} {_BORDER} src alt href width height align title target rel container-background-color"
        " fluid-on-mobile css-class mj-class",
        "mj-column mj-attributes",
    ),
    "mj-button": _component(
        f"{_PADDING} {_BORDER} {_TYPE} href align background-color inner-padding width height text-align"
        " target rel title vertical-align container-background-color css-class mj-class",
        "mj-column mj-attributes",
    ),
    "mj-divider": _component(
        f"{_PADDING} align border-color border-style border-width width container-background-color css-class"
        " mj-class",
        "mj-column mj-attributes",
    ),
    "mj-spacer": _component(f"height {_PADDING} container-background-color css-class", "mj-column"),
    "mj-table": _component(
        f"{_PADDING} {_TYPE} align cellpadding cellspacing border container-background-color width"
        " table-layout css-class mj-class role",
        "mj-column mj-attributes",
    ),
}

HTML: Mapping[str, frozenset[str]] = {
    name: frozenset(f"{_HTML} {attributes}".split())
    for names, attributes in {
        "p h1 h2 h3 h4 span div br": "role aria-hidden align title id",
        "strong em b i s code small sup sub abbr": "role aria-hidden align title id",
        "a": "href title target rel role aria-label",
        "ul li blockquote hr": "role align",
        "ol": "start role",
        "table": "width align border cellpadding cellspacing role bgcolor",
        "thead tbody tr": "align valign bgcolor",
        "td th": "width height align valign bgcolor colspan rowspan scope role",
        "img": "src alt width height border role",
        "meta": "name content",
    }.items()
    for name in names.split()
}

VOID = frozenset({"br", "hr", "img", "meta"})
HOLDS_HTML = frozenset({"mj-text", "mj-button", "mj-table", "mj-raw"})
SHORTHAND_FREE = frozenset({"mj-wrapper", "mj-section", "mj-column", "mj-image", "mj-all", "mj-class"})
SIDE_PADDING: Mapping[str, float] = {"mj-image": 25.0}  # px left and right where nothing is stated; others 0
