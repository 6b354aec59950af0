"""Personal marks: what the communicator writes becomes the token that is filled in at sending."""

from __future__ import annotations

import re

from newsletter.model.letter import Mark
from newsletter.write.mistakes import Mistakes, meant, shown

_MARK = re.compile(r"\{\{([^{}]*)\}\}")
_LOOSE = re.compile(r"\{\{|\}\}")
_KNOWN = {"namn": Mark.NAME, "name": Mark.NAME, "medlem": Mark.MEMBER, "member": Mark.MEMBER}


def marked(text: str, line: int, mistakes: Mistakes) -> str:
    """The text with ``{{namn}}`` and ``{{medlem}}`` as tokens; `line` is that of its first character.

    Every other mark, and every half of one, is a mistake: it would be read by the receiver as it stands.
    """
    if "{{" not in text and "}}" not in text:
        return text

    def token(found: re.Match[str]) -> str:
        name = found[1].strip()
        if mark := _KNOWN.get(name.casefold()):
            return mark.token
        _unknown(found[0], name, line + text.count("\n", 0, found.start()), mistakes)
        return ""

    for loose in _LOOSE.finditer(_MARK.sub(lambda found: "\n" * found[0].count("\n"), text)):
        _half(loose[0], line + text.count("\n", 0, loose.start()), mistakes)
    return _MARK.sub(token, text)


def _unknown(mark: str, name: str, line: int, mistakes: Mistakes) -> None:
    mistakes.add(
        line,
        f"Märket {shown(mark)} finns inte.",
        "Bara {{namn}} och {{medlem}} fylls i när brevet skickas; allt annat hade stått kvar hos läsaren.",
        meant(name, ("namn", "medlem")),
    )


def _half(half: str, line: int, mistakes: Mistakes) -> None:
    mistakes.add(
        line,
        f"Ett ensamt {half} står i texten.",
        "Dubbla klamrar hör till personliga märken, som skrivs {{namn}}.",
        "Gör märket helt, på en rad och utan fetstil inuti, eller ta bort klamrarna.",
    )
