"""News to candidates, the ones that the association's readers need first, each with its reasons.

44 of 47 real municipal headlines are service notices, so what is ranked down matters as much as what is
ranked up. Six voices are added; what each may say at most was chosen by bench/ranking.py on its tuning half.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.gather.days import local_day
from newsletter.gather.grouping import grouped
from newsletter.gather.likeness import Likeness
from newsletter.gather.notices import everyday, service
from newsletter.gather.reach import reach
from newsletter.gather.topicality import topics as topics_of
from newsletter.gather.topicality import weight
from newsletter.model.news import Candidate, NewsItem, TopicMatch
from newsletter.model.settings import Topic

_HALF_LIFE_DAYS = 30
_UNDATED = 0.3  # as recent as this counts an item without a day
_ALIKE = 0.5  # of the likest; from here likeness is given as a reason


@dataclass(frozen=True, slots=True)
class Weights:
    """What each voice adds to a score at most; service notices and everyday matters take away."""

    topic: float = 0.6
    reach: float = 0.25
    like: float = 0.3
    recent: float = 0.1
    shared: float = 0.1
    service: float = 0.4
    everyday: float = 0.25


_DEFAULT = Weights()


@dataclass(frozen=True, slots=True)
class _Voices:
    """What each way of judging says of one group, 0 to 1, and the words by which it does."""

    topic: float
    like: float
    recent: float
    shared: float
    reach: tuple[str, ...]
    service: tuple[str, ...]
    everyday: tuple[str, ...]

    def score(self, weights: Weights) -> float:
        """The weighted sum; below 0 for what speaks of nothing but the day."""
        gained = (
            weights.topic * self.topic
            + weights.reach * _rising(len(self.reach))
            + weights.like * self.like
            + weights.recent * self.recent
            + weights.shared * self.shared
        )
        lost = weights.service * bool(self.service) + weights.everyday * _rising(len(self.everyday))
        return round(gained - lost, 4)


def ranked(
    items: Sequence[NewsItem],
    topics: Sequence[Topic],
    reference_texts: Sequence[str],
    now: datetime,
    weights: Weights = _DEFAULT,
) -> list[Candidate]:
    """Every story once, best first, with its topics, the words that spoke for it, and reasons in Swedish.

    `reference_texts` are the association's own: what is like them, or like the names and words of its
    topics, is likely to matter to its readers; without any, likeness is silent. A score says nothing but
    the order.
    """
    groups = grouped(items)
    texts = [f"{group[0].title} {group[0].lead}" for group in groups]
    likeness = Likeness([*reference_texts, *map(_told, topics)], texts)
    alike = [likeness.of(text) for text in texts]
    most = max(alike, default=0.0) or 1.0
    own = bool(reference_texts)
    found = []
    for group, like in zip(groups, alike, strict=True):
        matches = topics_of(group[0], topics)
        voices = _voices(group, matches, like / most if own else 0.0, now)
        reasons = _reasons(group, matches, topics, voices, now, own=own)
        found.append(_candidate(group, matches, voices, weights, reasons))
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.item.url))


def _told(topic: Topic) -> str:
    """The topic as a paragraph that news can be compared with."""
    return " ".join((topic.name, *(word.removeprefix("=") for word in topic.words)))


def _voices(group: Sequence[NewsItem], matches: Sequence[TopicMatch], like: float, now: datetime) -> _Voices:
    item = group[0]
    return _Voices(
        topic=_topic_strength(matches),
        like=like,
        recent=_recency(item, now),
        shared=1.0 if len({told.member for told in group}) > 1 else 0.0,
        reach=reach(item),
        service=service(item),
        everyday=everyday(item),
    )


def _candidate(
    group: tuple[NewsItem, ...],
    matches: Sequence[TopicMatch],
    voices: _Voices,
    weights: Weights,
    reasons: Sequence[str],
) -> Candidate:
    return Candidate(
        item=group[0],
        also=group[1:],
        topics=tuple(match.topic for match in matches),
        matched=tuple(dict.fromkeys(word for match in matches for word in match.words)),
        score=voices.score(weights),
        reasons=tuple(reasons),
        service=voices.service,
    )


def _topic_strength(matches: Sequence[TopicMatch]) -> float:
    """The best topic's words in full, and half of what the others say."""
    weights = [weight(match) for match in matches]
    return _rising(max(weights, default=0.0) + 0.5 * sum(sorted(weights)[:-1]))


def _rising(amount: float) -> float:
    """0 for nothing, nearer to 1 the more there is."""
    return 1 - math.exp(-0.6 * amount)


def _recency(item: NewsItem, now: datetime) -> float:
    if item.published is None:
        return _UNDATED
    age = max((local_day(now) - item.published).days, 0)
    return math.exp(-math.log(2) * age / _HALF_LIFE_DAYS)


# --- reasons ------------------------------------------------------------------------------------------


def _reasons(
    group: Sequence[NewsItem],
    matches: Sequence[TopicMatch],
    topics: Sequence[Topic],
    voices: _Voices,
    now: datetime,
    *,
    own: bool,
) -> list[str]:
    """What speaks for it, then what speaks against it, then its age; `own`: there are texts to be like."""
    names = {topic.id: topic.name for topic in topics}
    reasons = [f"{names[match.topic]}: {', '.join(match.words[:4])}" for match in matches[:2]]
    if voices.reach:
        reasons.append(f"kan angå fler än en kommun: {', '.join(voices.reach[:3])}")
    if own and voices.like >= _ALIKE:
        reasons.append("liknar föreningens egna texter")
    if voices.shared:
        reasons.append(f"berättas av {len({told.member for told in group})} medlemmar")
    if voices.service:
        reasons.append(f"servicemeddelande: {', '.join(voices.service[:3])}")
    if voices.everyday:
        reasons.append(f"vardagsfråga: {', '.join(voices.everyday[:3])}")
    return [*reasons, _age(group[0], now)]


def _age(item: NewsItem, now: datetime) -> str:
    if item.published is None:
        return "odaterad"
    days = max((local_day(now) - item.published).days, 0)
    said = {0: "publicerad i dag", 1: "publicerad i går"}.get(days, f"publicerad för {days} dagar sedan")
    return f"{said} (osäkert datum)" if item.uncertain else said
