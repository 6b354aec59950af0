"""A letter as a page of its own: for everybody, so with nobody's name in it and no way out of a list.

Made from the letter's own HTML, whatever templates it came from, so that nothing personal can be forgotten:
marks, the line that the inbox shows, what has the class ``mail``, and each link that leaves the list are
taken out. Printed, the page is plain: A4, black on white, each link's address behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree, html

from newsletter.model.letter import Letter, Mark
from newsletter.render import words
from newsletter.render.pictures import file_name

_DARK = re.compile(r"@media \(prefers-color-scheme")
_HIDDEN = re.compile(r"display:\s*none")
_NAMED = re.compile(rf"(?:,?[ \u00a0]+)?{re.escape(Mark.NAME.token)}")
_ANY_MARK = re.compile("|".join(re.escape(mark.token) for mark in Mark))
_PRINT = """
@page { size: A4; margin: 18mm 20mm; }
@media print {
  :root { color-scheme: light !important; }
  body, main, main * { background: none !important; color: #000 !important; }
  main { zoom: 0.85; }  /* type of 17 px is for screens */
  main > div, main td > div { max-width: none !important; }
  main .mj-column-per-100 { display: block !important; }  /* or no page ends inside a block */
  main img { max-width: min(100%, 110mm) !important; height: auto !important; }
  main h1, main h2, main h3, main .label { break-after: avoid; }
  main img, main li, main blockquote { break-inside: avoid; }
  main tr:has(> td > table img) { break-after: avoid; break-inside: avoid; }  /* its text follows */
  main p { orphans: 3; widows: 3; }
  .button a, .button td { padding: 0 !important; text-decoration: underline !important; }
  .leaf { border: 1px solid #000; }
  a.told::after { content: " (" attr(href) ")"; font-size: 0.85em; font-weight: normal; }
  a.told { overflow-wrap: anywhere; }
}
"""


def page(letter: Letter) -> str:
    """The web version: no marks, pictures beside it in ``pictures/``, and a head that tells what it is."""
    root = html.document_fromstring(letter.html)
    etree.strip_tags(root, etree.Comment)  # Outlook's own tables
    _without_mail(root)
    _without_marks(root, words.of(letter.language)["your_member"])
    _beside(root, letter)
    _headed(root, letter)
    _telling(root)
    return f"{html.tostring(root, encoding='unicode', doctype='<!doctype html>')}\n"


def impersonal(text: str, member: str) -> str:
    """The text as said to anybody: ``Hej {{name}}!`` is ``Hej!``, and the member is `member`."""
    said = _NAMED.sub("", text).replace(Mark.MEMBER.token, member).replace(Mark.UNSUBSCRIBE.token, "")
    if text.startswith(Mark.NAME.token):
        said = said.lstrip(" ,:–")
        return said[:1].upper() + said[1:]
    return said


def _without_mail(root: html.HtmlElement) -> None:
    """What belongs in a letter alone goes, and with it the paragraph that held nothing else."""
    for element in list(root.iter("a", "p", "div", "td", "li", "span")):
        leaves = Mark.UNSUBSCRIBE.token in element.get("href", "")
        mail = "mail" in element.get("class", "").split()
        if (leaves or mail or _HIDDEN.search(element.get("style", ""))) and element.getparent() is not None:
            _dropped(element)


def _dropped(element: html.HtmlElement) -> None:
    around = element.getparent()
    element.drop_tree()
    empty = around.tag in ("p", "li") and not around.xpath("normalize-space() or .//img")
    if empty and around.getparent() is not None:  # a paragraph may have gone before what stood in it
        around.drop_tree()


def _without_marks(root: html.HtmlElement, member: str) -> None:
    for element in root.iter(etree.Element):
        element.text = impersonal(element.text, member) if element.text else None
        element.tail = impersonal(element.tail, member) if element.tail else None
        for name, value in element.attrib.items():
            if _ANY_MARK.search(value):
                element.set(name, _ANY_MARK.sub("", value))


def _beside(root: html.HtmlElement, letter: Letter) -> None:
    """Pictures lie beside the page, wherever the letter takes them from."""
    files = {picture.src: f"pictures/{file_name(picture)}" for picture in (*letter.pictures, *letter.hosted)}
    for image in root.iter("img"):
        image.set("src", files.get(image.get("src", ""), image.get("src", "")))


def _headed(root: html.HtmlElement, letter: Letter) -> None:
    """Title, description, and how it is printed; the letter's own dark colours are for screens."""
    head, body = root.find("head"), root.find("body")
    for name in [name for name in root.attrib if name.startswith("xmlns")]:
        del root.attrib[name]
    for meta in list(head.iter("meta")):
        if meta.get("http-equiv"):
            meta.drop_tree()
    head.insert(0, _element("meta", {"charset": "utf-8"}))
    description = impersonal(letter.preheader, words.of(letter.language)["your_member"])
    head.append(_element("meta", {"name": "description", "content": description}))
    for style in head.iter("style"):
        style.text = _DARK.sub("@media screen and (prefers-color-scheme", style.text or "")
    printed = _element("style", {})
    printed.text = _PRINT
    head.append(printed)
    for wrapper in body.findall("div")[:1]:
        wrapper.tag = "main"
        wrapper.attrib.pop("role", None)
        wrapper.attrib.pop("aria-roledescription", None)


def _element(name: str, attributes: Mapping[str, str]) -> html.HtmlElement:
    element = html.Element(name)
    for key, value in attributes.items():
        element.set(key, value)
    return element


def _telling(root: html.HtmlElement) -> None:
    """Links whose words are not their address show it on paper."""
    for anchor in root.iter("a"):
        href = anchor.get("href", "")
        bare = href.removeprefix("https://").rstrip("/")
        if href.startswith(("https://", "http://")) and anchor.text_content().strip() not in (bare, href):
            anchor.set("class", f"{anchor.get('class', '')} told".strip())
