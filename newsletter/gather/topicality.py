"""Which topics an item is about: word lists that know Swedish compounds and exceptions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from newsletter.model.news import NewsItem, TopicMatch
from newsletter.model.settings import Topic

# Endings by which an exception still is the same word: fackeltåget, Malmös, mässorna. Not -re:
# "företaga" is an exception, "företagare" is none.
_ENDING = r"(?:s|n|en|et|na|ar|er|or|arna|erna|orna|ens|ets|nas|ernas|arnas|ornas)?"

# Streets, museums and schools are named after what a topic is about, and are not about it: Stålgatan,
# industrimuseet, Hyttskolan. A road of a kind of its own is no such name: riksvägen, järnvägen.
_NAMED = re.compile(
    r"\b(?!\w*(?:järn|motor|riks|läns|europa|lands|stam|cykel|gång|om|el)väg)\w{3,}"
    r"(?:vägen|gatan|gränden?|stigen|backen|torget|parken|skolan|kullen)s?\b"
    r"|\b\w*muse(?:um|et|er|i)\w*"
)

_WEAK = 0.25  # of a word that says enough on its own
_TITLE = 2.0  # a word in the title, against one in the lead


def topics(item: NewsItem, topics: Sequence[Topic]) -> tuple[TopicMatch, ...]:
    """The topics whose words stand in the title or the lead, best first; with the words as found.

    A word matches inside longer words (järnväg: dubbelspårsjärnväg), ``=EU`` only as a whole word, and
    what a topic's exceptions name never counts for that topic, nor do streets, schools and museums that
    are called after it. Weak words match in the same ways.
    """
    found = (_match(topic, item) for topic in topics)
    return tuple(sorted((match for match in found if match), key=lambda match: -weight(match)))


def weight(match: TopicMatch) -> float:
    """How much its words say: 1 for a word in the lead, twice that in the title, a quarter where weak."""
    return sum(
        (_WEAK if word in match.weak else 1.0) * (_TITLE if place < match.in_title else 1.0)
        for place, word in enumerate(match.words)
    )


def _match(topic: Topic, item: NewsItem) -> TopicMatch | None:
    strong, weak = _words(topic.words, topic, item), _words(topic.weak, topic, item)
    in_title = list(dict.fromkeys((*strong[0], *weak[0])))
    words = tuple(dict.fromkeys((*in_title, *strong[1], *weak[1])))
    said = {*strong[0], *strong[1]}
    weaker = tuple(word for word in words if word not in said)
    return TopicMatch(topic.id, words, len(in_title), weaker) if words else None


def _words(words: tuple[str, ...], topic: Topic, item: NewsItem) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words as found, in the title and in the lead."""
    return _found(words, topic.exceptions, item.title), _found(words, topic.exceptions, item.lead)


def _found(words: tuple[str, ...], excepted: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The words in their order. Most lists have nothing in most texts, which plain search tells fastest."""
    plain = text.casefold()
    here = [word for word in words if word.removeprefix("=").casefold() in plain]
    if not here:
        return ()
    plain = _NAMED.sub(_blank, plain)
    for exception in excepted:
        if exception.casefold() in plain:
            plain = _exception(exception).sub(_blank, plain)
    spans = sorted((m.start(), -m.end()) for word in here for m in _wanted(word).finditer(plain))
    found: dict[str, None] = {}
    reached = 0
    for start, end in spans:
        if start >= reached:
            reached = -end
            found[plain[start:reached].strip("-–:")] = None
    return tuple(found)


def _blank(match: re.Match[str]) -> str:
    return "¤" * len(match[0])


@lru_cache(maxsize=4096)
def _exception(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word.casefold())}{_ENDING}(?!\w)")


@lru_cache(maxsize=4096)
def _wanted(word: str) -> re.Pattern[str]:
    """A whole word, or any word that the letters stand in; a blanked part never counts."""
    plain = word.casefold()
    if plain.startswith("="):
        return re.compile(rf"(?<![\w¤]){re.escape(plain[1:])}(?![\w¤])")
    return re.compile(rf"\w*{re.escape(plain)}\w*")
