"""Whether a story reaches beyond its own municipality: several of them, the state, large sums, many jobs."""

from __future__ import annotations

import re

from newsletter.model.news import NewsItem

_COUNT = (
    r"(?:två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|\d+|"
    r"flera|fler|alla|samtliga|andra|båda|små|mindre|många)"
)
_REACH = re.compile(
    rf"\b(?:{_COUNT} (?:\w+ )?(?:kommuner|regioner|län|kommunstyrelser|parter|bolag|företag)(?:na|nas|s)?|"
    r"(?:grann|medlems)kommun\w*|kommunerna\w*|regionerna\w*|länen\w*|läns?gräns\w*|"
    r"mellansverige|mellersta sverige|mälardal\w*|bergslagen\w*|hela länet|"
    r"regeringen\w*|riksdag\w*|\w*minister\w*|staten\w*|nationell\w*|trafikverket\w*|tillväxtverket\w*|"
    r"länsstyrelse\w*|remiss\w*|skrivelse\w*|yttrande\w*|avsiktsförklaring\w*|"
    r"miljoner|miljarder|miljon\w*|miljard\w*|mkr|"
    r"arbetstillfäll\w*|arbetsplatser|\d+ (?:nya )?(?:jobb|personer|anställda)|anställer|nyanställ\w*|"
    r"varsl\w*|varsel|bolaget\w*|koncernen\w*|industri\w*|regional\w*|gemensam\w*|samverk\w*|samarbet\w*)\b",
    re.I,
)


def reach(item: NewsItem) -> tuple[str, ...]:
    """The words of its title and lead that say so, in lower case, each once."""
    text = f"{item.title} {item.lead}"
    return tuple(dict.fromkeys(match[0].casefold() for match in _REACH.finditer(text)))
