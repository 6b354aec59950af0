"""Which words say that a feed or a page is news, and which say that it is something else."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_NEWS = re.compile(r"nyhet(?!sbrev)|\bnews(?!letter)|\baktuell|\bpress(?!a\b)|senaste nytt|medierum|på gång")
_COMMENTS = "kommentarer"
_SUBJECTS = {
    _COMMENTS: r"kommentar|\bcomments?\b",
    "lediga jobb": (
        r"\blediga? (?:jobb|tj[äa]nst|plats)|\bjobb\b|\bjobs?\b|\bjobba\b|rekryter|\bvacanc|platsannons|"
        r"\bs[öo]kes\b|vikariat|timvikari|varbi|offentligajobb"
    ),
    "anslag och kungörelser": (
        r"\banslag|kung[öo]relse|protokoll\b|\bjusterat\b|sammantr[äa]de|\bdiari|handlingar\b|till?k[äa]nnagivande"
    ),
    "driftstörningar": r"driftst[öo]rning|driftinfo|\bdriftst|trafikst[öo]rning|avbrott\b",
    "en kalender": r"\bkalend|\bevenemang|\bevents?\b|\bcalendar|\bical\b|\bics\b|h[äa]nder i\b",
    "matsedlar": r"\bmatsed",
    "upphandlingar": r"\bupphandling",
}
_PATTERNS = {subject: re.compile(pattern) for subject, pattern in _SUBJECTS.items()}
_COMMENT_TITLE = re.compile(r"^(?:av|by|från|kommentar\w*|comments?|svar på|re)\b:? ", re.I)
_AUTHOR = re.compile(r"^(?:av|by|från): ", re.I)
_PLAIN = frozenset(
    [
        "api",
        "atom",
        "charset",
        "contenttype",
        "default",
        "feed",
        "feeds",
        "flöde",
        "flödet",
        "följ",
        "för",
        "html",
        "index",
        "json",
        "kommun",
        "kommuns",
        "med",
        "oss",
        "per_page",
        "php",
        "portlet",
        "posts",
        "prenumerera",
        "rdf",
        "region",
        "regionen",
        "rss",
        "rss2",
        "rssflöde",
        "stad",
        "start",
        "startsida",
        "state",
        "text",
        "utf",
        "via",
        "våra",
        "webbplats",
        "xml",
    ]
)


def words_of(address: str) -> str:
    """The words of an address: its path and query, without the host, in lower case with spaces between."""
    parts = urlsplit(address)
    plain = re.sub(r"[^\w]+|_", " ", unquote(f"{parts.path} {parts.query}")).casefold()
    return " ".join(plain.split())


def says_news(text: str) -> bool:
    """Whether the words call something news."""
    return bool(_NEWS.search(text.casefold()))


def other_subject(text: str) -> str:
    """What the words say it is instead of news; "" where they say nothing of the kind.

    Words that say both (*Nyheter och evenemang*) say news, except that comments on news are no news.
    """
    plain = text.casefold()
    named = [subject for subject, pattern in _PATTERNS.items() if pattern.search(plain)]
    if _COMMENTS in named:
        return _COMMENTS
    return named[0] if named and not says_news(plain) else ""


def item_subject(title: str, address: str) -> str:
    """What one item is instead of news, judged by its title and address."""
    if _AUTHOR.match(title) or (_COMMENT_TITLE.match(title) and "comment" in address):
        return _COMMENTS
    plain = f"{title} {words_of(address)}".casefold()
    return next((subject for subject, pattern in _PATTERNS.items() if pattern.search(plain)), "")


def is_narrow(label: str, address: str) -> bool:
    """Whether a feed names a subject of its own (*Miljö*), and not just itself or the whole site."""
    parts = urlsplit(address)
    said = label if ".portlet" in parts.path else f"{label} {words_of(parts.path)}"  # a portlet's is opaque
    words = re.findall(r"[^\W\d_]{3,}\d?", said.casefold())
    return any(word not in _PLAIN and not _in_host(word, parts.hostname or "") for word in words)


def _in_host(word: str, host: str) -> bool:
    """Whether it is the site's own name: *Säters* is in sater.se."""
    return word.translate(_FOLDED).rstrip("s") in host.replace("-", "")


_FOLDED = str.maketrans("åäöé", "aaoe")
