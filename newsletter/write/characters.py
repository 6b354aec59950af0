"""Characters: one form for what is the same, and none that a reader cannot see."""

from __future__ import annotations

import re
import unicodedata

from newsletter.write.mistakes import Mistakes

# Controls other than tab and line feed; line ends that editors do not show as such; marks that turn the
# direction of text around; byte-order marks inside a text; noncharacters; halves of a pair.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff]"
)
_BLANKS = re.compile(r"[ \t\n]+")


def normalised(text: str) -> str:
    """The text without a byte-order mark, with line feeds at line ends and composed letters (NFC)."""
    unix = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unix)


def without_unseen(text: str, line: int, mistakes: Mistakes) -> str:
    """The text with characters that nobody can see taken out, each noted as a mistake on its line."""
    if not _UNSEEN.search(text):
        return text
    for offset, content in enumerate(text.split("\n")):
        if found := _UNSEEN.search(content):
            _note(found, line + offset, mistakes)
    return _UNSEEN.sub("", text)


def _note(found: re.Match[str], line: int, mistakes: Mistakes) -> None:
    mistakes.add(
        line,
        f"Ett osynligt styrtecken (U+{ord(found[0]):04X}) står i texten, tecken {found.start() + 1}.",
        "Det följer ofta med när text klistras in, och många mejlprogram visar det som skräp.",
        "Ta bort det: radera orden runt om och skriv dem på nytt.",
    )


def one_line(text: str) -> str:
    """The text on one line, composed, without blanks at its ends; no-break spaces stay."""
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", text)).strip(" ")
