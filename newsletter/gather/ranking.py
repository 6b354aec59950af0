"""News to candidates, the ones that the association's readers need first, each with its reasons.

44 of 47 real municipal headlines are service notices, so what is ranked down matters as much as what is
ranked up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.gather.days import local_day
from newsletter.gather.grouping import grouped
from newsletter.gather.likeness import Likeness
from newsletter.gather.topicality import topics as topics_of
from newsletter.model.news import Candidate, NewsItem, TopicMatch
from newsletter.model.settings import Topic

_TOPIC, _LIKE, _RECENT, _SHARED = 0.5, 0.3, 0.2, 0.1  # what each voice can add
_SERVICE = 0.4  # what a service notice loses
_HALF_LIFE_DAYS = 30
_UNDATED = 0.3  # as recent as this counts an item without a day

_SERVICE_WORDS = re.compile(
    r"\b(?:avstängd\w*|avstängning\w*|stängs? av|stäng(?:er|t|da)\b|öppettid\w*|öppethållande\w*|julöppet|"
    r"(?:ändrad|begränsad)\w* (?:öppettid|framkomlighet|tider)\w*|trafikomläggning\w*|omledning\w*|"
    r"vägarbete\w*|gatuarbete\w*|asfalter\w*|beläggningsarbete\w*|snöröj\w*|halkbekämp\w*|sandupptag\w*|sopning\w*|"
    r"vattenläck\w*|vattenavstäng\w*|"
    r"koka(?:s|r)? (?:ditt |allt )?(?:vatten|dricksvatten)\w*|kokning\w*|spolning\w*|"
    r"driftstör\w*|driftstopp|strömavbrott\w*|elavbrott\w*|planerat underhåll|telefonväx\w*|"
    r"sophämt\w*|soptöm\w*|återvinningscentral\w*|latrin\w*|sotning\w*|parkering\w*|p-hus\w*|"
    r"simhall\w*|badhus\w*|bibliotek\w*|ishall\w*|skridsko\w*|julmarknad\w*|lovaktivitet\w*|höstlov\w*|sportlov\w*|"
    r"matsedel\w*|skolskjuts\w*|läsår\w*|förskoleplats\w*|eldningsförbud\w*|fyrverkeri\w*|vaccin\w*|"
    r"hundägare|loppis\w*|konsert\w*|teater\w*|föreställning\w*|utställning\w*|kulturskol\w*)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Voices:
    """What each way of judging says of one group, 0 to 1."""

    topic: float
    like: float
    recent: float
    shared: float
    service: tuple[str, ...]

    @property
    def score(self) -> float:
        sum_of = _TOPIC * self.topic + _LIKE * self.like + _RECENT * self.recent + _SHARED * self.shared
        return round(max(sum_of - (_SERVICE if self.service else 0.0), 0.0), 4)


def ranked(
    items: Sequence[NewsItem], topics: Sequence[Topic], reference_texts: Sequence[str], now: datetime
) -> list[Candidate]:
    """Every story once, best first, with its topics, the words that spoke for it, and reasons in Swedish.

    `reference_texts` are the association's own: what is like them is likely to matter to its readers.
    The score lies between 0 and about 1.1 and says nothing but the order.
    """
    groups = grouped(items)
    likeness = Likeness(reference_texts)
    alike = [likeness.of(f"{group[0].title} {group[0].lead}") for group in groups]
    most = max(alike, default=0.0) or 1.0
    found = (_candidate(group, topics, like / most, now) for group, like in zip(groups, alike, strict=True))
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.item.url))


def _candidate(group: tuple[NewsItem, ...], topics: Sequence[Topic], like: float, now: datetime) -> Candidate:
    item = group[0]
    matches = topics_of(item, topics)
    voices = _Voices(
        topic=_topic_strength(matches),
        like=like,
        recent=_recency(item, now),
        shared=1.0 if len({told.member for told in group}) > 1 else 0.0,
        service=_service(item),
    )
    return Candidate(
        item=item,
        also=group[1:],
        topics=tuple(match.topic for match in matches),
        matched=tuple(dict.fromkeys(word for match in matches for word in match.words)),
        score=voices.score,
        reasons=tuple(_reasons(item, matches, topics, voices, len(group), now)),
        service=voices.service,
    )


def _topic_strength(matches: Sequence[TopicMatch]) -> float:
    """One word in the lead speaks softly, a word in the title clearly, several words fully."""
    weight = max((len(match.words) + match.in_title for match in matches), default=0)
    return 1 - math.exp(-0.6 * weight)


def _recency(item: NewsItem, now: datetime) -> float:
    if item.published is None:
        return _UNDATED
    age = max((local_day(now) - item.published).days, 0)
    return math.exp(-math.log(2) * age / _HALF_LIFE_DAYS)


def _service(item: NewsItem) -> tuple[str, ...]:
    """The words that make it a service notice: any in the title, or two in the lead."""
    in_title = [match[0].casefold() for match in _SERVICE_WORDS.finditer(item.title)]
    in_lead = [match[0].casefold() for match in _SERVICE_WORDS.finditer(item.lead)]
    return tuple(dict.fromkeys(in_title or (in_lead if len(in_lead) > 1 else [])))


def _reasons(
    item: NewsItem,
    matches: Sequence[TopicMatch],
    topics: Sequence[Topic],
    voices: _Voices,
    told: int,
    now: datetime,
) -> list[str]:
    names = {topic.id: topic.name for topic in topics}
    reasons = [f"{names[match.topic]}: {', '.join(match.words[:4])}" for match in matches[:2]]
    if voices.like >= 0.5:
        reasons.append("liknar föreningens egna texter")
    if voices.shared:
        reasons.append(f"berättas av {told} medlemmar")
    if voices.service:
        reasons.append(f"servicemeddelande: {', '.join(voices.service[:3])}")
    return [*reasons, _age(item, now)]


def _age(item: NewsItem, now: datetime) -> str:
    if item.published is None:
        return "odaterad"
    days = max((local_day(now) - item.published).days, 0)
    said = {0: "publicerad i dag", 1: "publicerad i går"}.get(days, f"publicerad för {days} dagar sedan")
    return f"{said} (osäkert datum)" if item.uncertain else said
