"""How many pixels a picture has: what its body, wrapper, section, group and column leave it.

MJML finds an attribute on the element, its classes, its name's defaults or everybody's, in that order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from newsletter.render.components import SIDE_PADDING

Defaults = Mapping[str, Mapping[str, str]]


def room(element: etree._Element, stated: Defaults) -> float:
    """The pixels that a picture has: the body's, less paddings, shared by the columns."""
    line = [element, *element.iterancestors("mj-column", "mj-group", "mj-section", "mj-wrapper", "mj-body")]
    left = px(line[-1].get("width")) or 600.0
    for each in reversed(line):
        if each.tag in ("mj-column", "mj-group"):
            left = _share(each, left)
        left -= sum(_taken(each, side, stated) for side in ("left", "right"))
    return left


def _taken(element: etree._Element, side: str, stated: Defaults) -> float:
    """What padding and border take on a side; padding in one piece is never but 0."""
    padding = px(_effective(element, f"padding-{side}", stated))
    if padding is None:
        whole = _effective(element, "padding", stated)
        padding = SIDE_PADDING.get(str(element.tag), 0.0) if whole is None else px(whole)
    one_side = _effective(element, f"border-{side}", stated)
    border = one_side or _effective(element, "border", stated) or "none"
    return (padding or 0.0) + (px(border.split()[0]) or 0.0)


def _effective(element: etree._Element, name: str, stated: Defaults) -> str | None:
    """An attribute's value as MJML finds it: the element's own, its classes', its name's, everybody's."""
    classes = [f".{each}" for each in reversed(element.get("mj-class", "").split())]
    places = (element.attrib, *(stated.get(place, {}) for place in (*classes, element.tag, "mj-all")))
    return next((str(each[name]) for each in places if name in each), None)


def defaults(tree: etree._Element) -> Defaults:
    """What mj-attributes state, by component, ``mj-all`` and class (with a dot before it)."""
    found: dict[str, dict[str, str]] = {}
    for each in tree.iterfind("mj-head/mj-attributes/*"):
        name = f".{each.get('name')}" if each.tag == "mj-class" else str(each.tag)
        found.setdefault(name, {}).update(each.attrib)
    return found


def _share(column: etree._Element, left: float) -> float:
    """A column's part: what it says, or as much as each of its siblings."""
    width = column.get("width", "")
    if percent := px(width.removesuffix("%") if width.endswith("%") else None):
        return left * percent / 100
    parent = column.getparent()
    siblings = len(parent.findall("mj-column") + parent.findall("mj-group")) if parent is not None else 1
    return px(width) or left / max(siblings, 1)


def px(value: str | None) -> float | None:
    """A length in px; None where it is in anything else, or not stated."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*", value or "")
    return float(found[1]) if found else None
