"""What mrml gets wrong, kept from it: names, widths, missing alts, odd characters in attributes, depth.

mrml 6 (mjml-python 1.4.2) prints attribute values with Rust's debug format, lets unknown names pass, keeps a
missing ``alt`` missing, computes image widths wrongly for Outlook when padding is shorthand, and dies of deep
nesting. So its input is parsed first, judged here with file and line of the template, and written anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5

from lxml import etree

from newsletter.errors import InputError, Problem, Problems
from newsletter.model.where import Where
from newsletter.render.components import HOLDS_HTML, HTML, MJML, SHORTHAND_FREE, VOID
from newsletter.render.room import Defaults, defaults, px, room

AT = "x-at"  # the attribute that carries a template's name and line; it never reaches mrml
MAX_DEPTH = 40
_TAG = re.compile(r"<(mj-[a-z-]+|mjml)(?=[\s/>])")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_OWN = {"amp", "lt", "gt", "quot", "apos"}
_BLANKS = re.compile(r"[ \t\r\n\f\v\u0085\u2028\u2029]+")
_FOREIGN_CSS = re.compile(r"url\s*\(|@import|@font-face|expression\s*\(", re.IGNORECASE)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
_RISKY = re.compile(r"[^ !#-%(-;=?-\[\]-~]")  # what Rust's debug format, XML or HTML would touch
_LAST_AT = re.compile(rf'{AT}="([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Around:
    """What judging one element takes beside the element."""

    hosting: str  # the web folder that pictures may lie in; empty for none
    stated: Defaults  # what mj-attributes say


def marked(source: str, name: str) -> str:
    """A template whose MJML tags each say where they stand, so that an error in the result can be placed."""
    lines = source.split("\n")
    return "\n".join(
        _TAG.sub(rf'<\1 {AT}="{name}:{number}"', line) for number, line in enumerate(lines, start=1)
    )


def guarded(mjml: str, hosting: str = "") -> str:
    """MJML that mrml can be trusted with; pictures may also lie in `hosting`, a web folder.

    Raises Problems, each with the template's file and line.
    """
    tree = _parsed(mjml)
    problems = list(_problems(tree, hosting))
    Problems.raise_if(problems)
    return _written(tree)


def _parsed(mjml: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=False, huge_tree=False)
    text = _ENTITY.sub(_character, _ILLEGAL.sub("", mjml))
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise InputError(
            "Mallens MJML går inte att läsa.",
            where=_place(_last_at(text, line, column)),
            why=f"{error.msg.partition(', line')[0]}.",
            do="Se till att varje tagg stängs, också <br />, och att & skrivs &amp;.",
        ) from error


def _character(found: re.Match[str]) -> str:
    """A named character of HTML as itself, since XML knows five names only."""
    if found[1] in _XML_OWN:
        return found[0]
    return html5.get(f"{found[1]};", found[0])


def _last_at(text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    before = "\n".join([*lines[: line - 1], lines[line - 1][:column] if line <= len(lines) else ""])
    found = _LAST_AT.findall(before)
    return found[-1] if found else ""


def _place(at: str) -> Where | None:
    name, _, line = at.rpartition(":")
    return Where(f"templates/{name}", int(line)) if name else None


def _near(element: etree._Element) -> Where | None:
    """Where the element, or the nearest component around it, stands."""
    around = (element, *element.iterancestors())
    return next((_place(each.get(AT)) for each in around if each.get(AT)), None)


def _problems(tree: etree._Element, hosting: str) -> Iterator[Problem]:
    if tree.tag != "mjml":
        yield Problem(
            "Mallen börjar inte med <mjml>.", _near(tree), do="Lägg allt i letter.mjml.j2 inom <mjml>."
        )
    yield from _told(tree)
    if (deepest := _depth(tree)) > MAX_DEPTH:
        yield Problem(
            f"Mallen är för djup: {deepest} taggar i varandra.",
            Where("templates/letter.mjml.j2"),
            f"Fler än {MAX_DEPTH} behövs aldrig, och mycket djupa brev fäller översättaren.",
            "Se efter om en tagg inte stängs, eller om en mall tar in sig själv.",
        )
        return
    around = _Around(hosting, defaults(tree))
    for element in tree.iter(etree.Element):
        yield from _named(element)
        yield from _fit(element, around)


def _told(tree: etree._Element) -> Iterator[Problem]:
    """A screen reader needs the language and the title."""
    if not tree.get("lang"):
        yield Problem(
            "Brevet säger inte sitt språk.", _near(tree), do='Skriv <mjml lang="{{ letter.language }}">.'
        )
    if not (tree.findtext("mj-head/mj-title") or "").strip():
        yield Problem("Brevet har ingen titel.", _near(tree), do="Skriv <mj-title> i <mj-head>.")


def _depth(tree: etree._Element) -> int:
    """Counted by walking, not by recursion: the tree is a stranger's."""
    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _named(element: etree._Element) -> Iterator[Problem]:
    """Names that the table does not know, and elements in the wrong place."""
    name, parent = str(element.tag), element.getparent()
    component = MJML.get(name)
    within = parent is not None and _holds_html(parent)
    allowed = component.attributes if component else HTML.get(name)
    if allowed is None or (component is None) != within:
        yield _forbidden(element, name)
        return
    if component and parent is not None and parent.tag not in component.parents:
        yield _misplaced(element, name, component.parents)
    for attribute in element.attrib:
        if attribute != AT and str(attribute) not in allowed:
            yield _unknown_attribute(element, name, str(attribute), allowed)


def _holds_html(parent: etree._Element) -> bool:
    return parent.tag in HOLDS_HTML or parent.tag in HTML


def _forbidden(element: etree._Element, name: str) -> Problem:
    return Problem(
        f"<{name}> kan inte användas här.",
        _near(element),
        "Taggen är okänd eller utestängd; den skulle försvinna tyst eller se fel ut i e-postprogram.",
        f"Använd någon av {', '.join(sorted(n for n in MJML if n not in ('mjml', 'mj-all', 'mj-class')))};"
        " HTML får stå inom mj-text.",
    )


def _misplaced(element: etree._Element, name: str, parents: Iterable[str]) -> Problem:
    return Problem(
        f"<{name}> står på fel plats.",
        _near(element),
        "På den platsen skriver översättaren inte ut den.",
        f"Lägg den i <{'> eller <'.join(sorted(parents)) or 'toppen av brevet'}>.",
    )


def _unknown_attribute(element: etree._Element, name: str, attribute: str, allowed: Iterable[str]) -> Problem:
    return Problem(
        f"<{name}> har inget som heter {attribute}.",
        _near(element),
        "Okända attribut tappas utan varning.",
        f"Välj bland: {', '.join(sorted(allowed)) or 'inga'}.",
    )


def _fit(element: etree._Element, around: _Around) -> Iterator[Problem]:
    """Values that would go wrong in some mail program."""
    name = element.tag
    if name in ("mj-image", "img") and not _is_default(element):
        yield from _picture(element, around)
    if name in SHORTHAND_FREE and element.get("padding", "0") not in ("0", "0px"):
        yield Problem(
            f"<{name}> har padding i ett stycke.",
            _near(element),
            "Då räknas bildbredder fel i Outlook.",
            "Skriv padding-top, padding-bottom, padding-left och padding-right var för sig.",
        )
    css = element.text if name == "mj-style" else element.get("style")
    if css and _FOREIGN_CSS.search(css):
        yield Problem(
            "Stilen hämtar något utifrån.",
            _near(element),
            "Ett brev ska inte kontakta någon annan när det öppnas.",
            "Ta bort url(), @import och @font-face.",
        )


def _is_default(element: etree._Element) -> bool:
    """Whether it only states what others of its name are like."""
    parent = element.getparent()
    return parent is not None and parent.tag == "mj-attributes"


def _picture(element: etree._Element, around: _Around) -> Iterator[Problem]:
    if element.get("alt") is None:
        yield Problem(
            "En bild saknar alt.",
            _near(element),
            "Den som inte ser bilden får inte veta vad den visar.",
            'Skriv alt="…", eller alt="" för en bild som bara pryder.',
        )
    src = element.get("src", "")
    if not src.startswith(("cid:", f"{around.hosting}/") if around.hosting else "cid:"):
        yield Problem(
            "En bild hämtas utifrån.",
            _near(element),
            "Då ser någon annan när brevet öppnas, och bilden kan försvinna.",
            "Använd bilder ur numrets mapp eller temats logotyp.",
        )
    if element.tag == "mj-image":
        yield from _width(element, around.stated)


def _width(element: etree._Element, stated: Defaults) -> Iterator[Problem]:
    wide, place = px(element.get("width")), room(element, stated)
    if wide is None:
        yield Problem(
            "En bild saknar bredd.",
            _near(element),
            "Utan bredd visar Outlook bilden i filens fulla storlek.",
            'Skriv width="…px".',
        )
    elif wide > place:
        yield Problem(
            f"En bild är {wide:g} px bred men platsen {place:g} px.",
            _near(element),
            "Outlook visar den då bredare än brevet.",
            f'Skriv width="{place:g}px" eller mindre.',
        )


# --- writing ----------------------------------------------------------------------------------------------


def _written(element: etree._Element) -> str:
    """The tree as text: attributes in ASCII, running text in UTF-8, comments and place marks gone."""
    name = str(element.tag)
    inner = _text(element.text, name) + "".join(_child(child, name) for child in element)
    attributes = "".join(f' {key}="{attribute(value)}"' for key, value in element.attrib.items() if key != AT)
    if name in VOID or (not inner and name.startswith("mj-")):
        return f"<{name}{attributes} />"
    return f"<{name}{attributes}>{inner}</{name}>"


def _child(child: etree._Element, parent: str) -> str:
    if isinstance(child, etree._Comment):
        kept = f"<!--{child.text}-->" if parent == "mj-raw" else ""
        return kept + _text(child.tail, parent)
    return _written(child) + _text(child.tail, parent)


@lru_cache(maxsize=1024)  # a letter has some twenty styles, a thousand times
def attribute(value: str) -> str:
    """A value in ASCII: NFC, blanks collapsed, all that Rust's debug format would touch as ``&#N;``."""
    tidy = _BLANKS.sub(" ", unicodedata.normalize("NFC", value)).strip()
    return _RISKY.sub(lambda found: f"&#{ord(found[0])};", tidy)


def _text(text: str | None, parent: str) -> str:
    if not text:
        return ""
    tidy = unicodedata.normalize("NFC", text)
    if parent == "mj-style":
        return re.sub(r"\s+", " ", tidy)
    blank = _BLANKS.sub(" ", tidy)
    if parent in MJML and parent not in HOLDS_HTML and parent != "mj-title":
        return blank.strip()
    return blank.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
