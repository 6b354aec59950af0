"""Support: what a workspace's own templates use that some mail programs do not understand.

What the program's own templates use is taken out first: they were made to look right without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

from newsletter.check.finding import warning
from newsletter.check.reference import Feature, Reference
from newsletter.check.styles import Declaration, declarations, rules
from newsletter.model.finding import Finding
from newsletter.model.letter import Letter

_FUNCTION = re.compile(r"([a-z-]+)\(")
_UNIT = re.compile(r"\d(%|[a-z]+)\b|\d(%)")
_KEYWORD = re.compile(r"[a-z-]+")
_MEDIA = re.compile(r"\(\s*([a-z-]+)")
_PSEUDO = re.compile(r"::?([a-z-]+)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FEWEST_NAMED = 4  # mail programs that are named one by one


def used(page: str) -> frozenset[str]:
    """What a page's HTML and CSS use, as keys such as property:gap, pair:display=flex, at:media."""
    root = html.document_fromstring(page)
    keys: set[str] = set()
    for sheet in root.iter("style"):
        keys.update(_of_sheet(sheet.text or ""))
    for element in root.iter():
        if isinstance(element.tag, str):
            keys.update(_of_element(element))
    return frozenset(keys)


def findings(letter: Letter, reference: Reference) -> Iterator[Finding]:
    """What is used beyond the program's own templates and not understood everywhere."""
    if not reference.features:
        return
    own = used(letter.html) - reference.plain
    for feature in reference.features:
        if keys := sorted(feature.keys & own):
            yield _finding(letter, feature, keys[0], reference)


def _finding(letter: Letter, feature: Feature, key: str, reference: Reference) -> Finding:
    kind, _, name = key.partition(":")
    wanted = {"pair": name.partition("=")[0], "element": f"<{name}"}.get(kind, name)
    return warning(
        "css-unsupported",
        f"{feature.title} fungerar inte i alla e-postprogram.",
        reference.place(wanted),
        why=f"{_programs(feature.lacking)} bryr sig inte om det, så de läsarna får något annat än du ser.",
        do="Gör så att brevet är läsligt också utan det, eller ta bort det ur mallen.",
        edition=letter.edition,
    )


def _programs(lacking: tuple[str, ...]) -> str:
    if len(lacking) <= _FEWEST_NAMED:
        return " och ".join(filter(None, (", ".join(lacking[:-1]), lacking[-1])))
    return f"{', '.join(lacking[: _FEWEST_NAMED - 1])} och {len(lacking) - _FEWEST_NAMED + 1} till"


def _of_sheet(css: str) -> Iterator[str]:
    for rule in rules(css):
        yield from (f"media:{name}" for name in _MEDIA.findall(rule.condition))
        if rule.selector.startswith("@"):
            yield f"at:{rule.selector[1:].split()[0]}"
        else:
            yield from _of_selector(rule.selector)
        for declaration in rule.declarations:
            yield from _of_declaration(declaration)


def _of_selector(selector: str) -> Iterator[str]:
    yield from (f"pseudo:{name}" for name in _PSEUDO.findall(selector))
    bare = re.sub(r"\([^)]*\)", "", selector)
    yield from (f"selector:{sign}" for sign in "+>~*[" if sign in bare)


def _of_declaration(each: Declaration) -> Iterator[str]:
    value = _QUOTED.sub("", each.value.lower())
    yield f"property:{each.name}"
    yield f"pair:{each.name}={value.strip()}"
    yield from (f"function:{name}" for name in _FUNCTION.findall(value))
    yield from (f"unit:{first or second}" for first, second in _UNIT.findall(value))
    yield from (f"value:{word}" for word in _KEYWORD.findall(value))
    if each.important:
        yield "value:!important"


def _of_element(element: html.HtmlElement) -> Iterator[str]:
    yield f"element:{element.tag}"
    yield from (f"attribute:{name}" for name in element.attrib)
    for declaration in declarations(element.get("style", "")):
        yield from _of_declaration(declaration)
