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
        left -= _taken(each, stated)
    return left


def _taken(element: etree._Element, stated: Defaults) -> float:
    """What padding and border take at the sides; padding in one piece is never but 0."""
    known = _effective(element, stated)
    usual = px(known["padding"]) if "padding" in known else SIDE_PADDING.get(str(element.tag), 0.0)
    taken = 0.0
    for side in ("left", "right"):
        padding = px(known.get(f"padding-{side}"))
        border = known.get(f"border-{side}") or known.get("border") or "none"
        taken += (usual or 0.0) if padding is None else padding
        taken += px(border.strip().partition(" ")[0]) or 0.0
    return taken


def _effective(element: etree._Element, stated: Defaults) -> Mapping[str, str]:
    """An element's attributes as MJML finds them: its own over its classes', its name's and everybody's."""
    known: dict[str, str] = {}
    for place in ("mj-all", str(element.tag), *(f".{each}" for each in element.get("mj-class", "").split())):
        known.update(stated.get(place, {}))
    known.update(element.attrib)
    return known


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
