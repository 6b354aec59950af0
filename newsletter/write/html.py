"""HTML in a text: a comment is a remark to oneself; all else is refused, and what to write is told."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.write.mistakes import Mistakes, shown

_REMARK = re.compile(r"<!--(?!\s*\[if\b)(?:(?!-->).)*-->", re.DOTALL | re.IGNORECASE)  # not Outlook's own
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_INSTEAD: Mapping[str, str] = {
    name: do
    for names, do in {
        "br": "Skriv \\ sist på raden där den ska brytas; i en tabell, gör en rad till.",
        "b strong": "Skriv **ordet** med två stjärnor.",
        "i em": "Skriv *ordet* med en stjärna.",
        "u": "Understruket läses som en länk; skriv **ordet**.",
        "s del strike": "Skriv ~~ordet~~.",
        "a": "Skriv [länkens text](https://…).",
        "img": "Skriv ![Vad bilden visar](pictures/fil.png), på en egen rad.",
        "h1 h2 h3 h4 h5 h6": "Skriv ## Rubrik.",
        "ul ol li": "Börja varje rad med - eller 1.",
        "table thead tbody tr td th": "Skriv tabellen med | mellan spalterna (docs/writing.md).",
        "p div section span font small big center": "Ta bort taggen; en tom rad skiljer stycken åt.",
        "hr": "Skriv --- på en egen rad, med en tom rad före.",
        "sup sub": "Skriv tecknet självt, som ² eller ₂; fotnoter skrivs [^1].",
        "blockquote": "Börja raderna med >, eller använd ::: citat.",
        "code pre kbd tt": "Sätt `omvända apostrofer` om orden.",
        "iframe video audio object embed": "Lägg in en bild som leder dit: [![Vad bilden visar](pictures/fil.png)](https://…).",
        "button form input": "Använd ::: knapp, med en länk i.",
    }.items()
    for name in names.split()
}
_AFTER = "Skriv det som följer efter --> på en egen rad; kommentaren själv får stå kvar."
_ELSE = "Skriv med Markdown eller ett block (docs/writing.md). Ett mindre än-tecken skrivs \\<."


def tag(content: str) -> str:
    """The name of the element that begins or ends here, in lower case; empty for what is none."""
    found = _TAG.match(content.strip())
    return found[1].lower() if found else ""


def refused(content: str, line: int, mistakes: Mistakes) -> None:
    """Note HTML as a mistake; a comment falls away, unless it never ends."""
    stripped = content.strip()
    if stripped.startswith("<!--") and "-->" not in stripped:
        mistakes.add(
            line,
            "En kommentar tar aldrig slut.",
            "Allt efter <!-- skulle ha fallit bort.",
            "Skriv --> där den slutar, i samma block.",
        )
    elif not _REMARK.fullmatch(stripped):
        mistakes.add(
            line,
            f"HTML-koden ”{shown(stripped.split(chr(10))[0], 40)}” kan inte stå i brevet.",
            "HTML ser olika ut i olika mejlprogram och saknas i brevets textdel.",
            _AFTER if _REMARK.match(stripped) else _INSTEAD.get(tag(stripped), _ELSE),
        )
