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


def topics(item: NewsItem, topics: Sequence[Topic]) -> tuple[TopicMatch, ...]:
    """The topics whose words stand in the title or the lead, best first; with the words as found.

    A word matches inside longer words (järnväg: dubbelspårsjärnväg), ``=EU`` only as a whole word, and
    what a topic's exceptions name never counts for that topic.
    """
    found = (_match(topic, item) for topic in topics)
    return tuple(sorted((match for match in found if match), key=lambda match: -_weight(match)))


def _weight(match: TopicMatch) -> int:
    return len(match.words) + 2 * match.in_title


def _match(topic: Topic, item: NewsItem) -> TopicMatch | None:
    in_title = _words(topic, item.title)
    in_lead = _words(topic, item.lead)
    words = tuple(dict.fromkeys(in_title + in_lead))
    return TopicMatch(topic.id, words, len(in_title)) if words else None


def _words(topic: Topic, text: str) -> tuple[str, ...]:
    wanted, exceptions = _patterns(topic.words, topic.exceptions)
    plain = text.casefold()
    if exceptions:
        plain = exceptions.sub(lambda match: "¤" * len(match[0]), plain)
    found = wanted.findall(plain) if wanted else []
    return tuple(dict.fromkeys(word.strip("-–:") for word in found))


@lru_cache(maxsize=256)
def _patterns(
    words: tuple[str, ...], exceptions: tuple[str, ...]
) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """What is looked for, and what is blanked out before; longer words first, so that they win."""
    return _any(words, _wanted), _any(exceptions, lambda word: rf"(?<!\w){re.escape(word)}{_ENDING}(?!\w)")


def _any(words: tuple[str, ...], form: object) -> re.Pattern[str] | None:
    if not words or not callable(form):
        return None
    ordered = sorted((word.casefold() for word in words), key=len, reverse=True)
    return re.compile("|".join(form(word) for word in ordered))


def _wanted(word: str) -> str:
    """A whole word, or any word that the letters stand in; a blanked part never counts."""
    if word.startswith("="):
        return rf"(?<![\w¤]){re.escape(word[1:])}(?![\w¤])"
    return rf"\w*{re.escape(word)}\w*"
