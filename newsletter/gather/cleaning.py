"""Foreign HTML and bytes to plain text."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

import nh3

_BLOCK = re.compile(r"<(?=/?(?:p|br|li|ul|ol|div|h[1-6]|tr|td|th|dd|dt|section|article|blockquote)\b)", re.I)
_UNSEEN = re.compile(  # control characters, and all that hides or turns text around
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f"
    r"\u0890\u0891\u08e2\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef"
    r"\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001345f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SILENT = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
    "form",
    "select",
    "button",
}
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_DECLARED = re.compile(rb"""charset\s*=\s*["']?([\w.:-]+)""", re.I)


def cleaned(markup: str) -> str:
    """Plain text of foreign HTML: no tag, script, control character or hidden mark; spaces collapsed.

    HTML that was escaped once too often, as some feeds have it, is read as the HTML it was.
    """
    text = _stripped(markup)
    return _stripped(text) if _MARKUP.search(text) else text


def _stripped(markup: str) -> str:
    spaced = _BLOCK.sub(" <", markup.encode("utf-8", "ignore").decode())  # half characters are dropped
    bare = nh3.clean(spaced, tags=set(), clean_content_tags=_SILENT, attributes={})
    text = unicodedata.normalize("NFC", html.unescape(bare))
    return re.sub(r"\s+", " ", _UNSEEN.sub("", text)).strip()


def headline(markup: str) -> str:
    """A title as plain text, of at most 300 characters: a longer one is no title."""
    return shortened(cleaned(markup), 300)


def paragraphs(markup: str) -> list[str]:
    """The same, a string a paragraph, heading or item of a list."""
    return [text for part in _END.split(markup) if (text := cleaned(part))]


_END = re.compile(
    r"</?(?:p|li|ul|ol|div|h[1-6]|tr|table|dd|dt|section|article|blockquote)\b[^>]*>|<br\s*/?>", re.I
)


def bounded(lines: Iterable[str], limit: int = 100_000) -> str:
    """The paragraphs as one text, a paragraph a line, cut after a word where it is longer than `limit`."""
    text = "\n".join(lines)
    if len(text) <= limit:
        return text
    kept = text[: limit - 2]
    return (kept[: kept.rfind(" ")] if " " in kept else kept).rstrip() + " …"


def shortened(text: str, limit: int = 420) -> str:
    """At most `limit` characters, cut after a sentence where one ends in the last half, else after a word."""
    if len(text) <= limit:
        return text
    kept = text[:limit]
    sentence = max(kept.rfind(mark) for mark in (". ", "! ", "? "))
    if sentence > limit // 2:
        return kept[: sentence + 1]
    return kept[: kept.rfind(" ")].rstrip(" ,;:–-") + " …"


def decoded(data: bytes, charset: str = "") -> str:
    """A page's characters. What is valid UTF-8 is UTF-8; else the declared charset, else cp1252.

    Undeclared latin-1 and cp1252 happen, and wrongly declared ones too; bytes beyond ASCII are almost
    never valid UTF-8 by chance.
    """
    declared = _DECLARED.search(data[:2048])
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    names = (
        marked,
        "utf-8-sig",
        charset,
        declared[1].decode("ascii", "ignore") if declared else "",
        "cp1252",
    )
    for name in filter(None, names):
        try:
            return data.decode(name)
        except (UnicodeError, LookupError, ValueError):  # a name of no charset, or of one that is never right
            continue
    return data.decode("latin-1")
