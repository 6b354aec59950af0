"""All the news of one letter, folded.

The order in which it came does not matter, and late news never moves a letter back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from newsletter.model.event import Event, EventKind, Judgement
from newsletter.model.figure import Fate, Response
from newsletter.model.people import Suppression
from newsletter.track.clicks import Verdict, judged

PATIENCE = timedelta(hours=72)
"""How long a deferral is waited for; after that it is a temporary fault."""

# The strongest news first. Whoever complained or left had the letter; a hard bounce may come after the
# gateway took the letter, and after its scanner clicked; a click proves delivery.
_FATES = (
    (EventKind.COMPLAINED, Fate.DELIVERED),
    (EventKind.LEFT, Fate.DELIVERED),
    (EventKind.BOUNCED_HARD, Fate.HARD),
    (EventKind.DELIVERED, Fate.DELIVERED),
    (EventKind.CLICKED, Fate.DELIVERED),
    (EventKind.BLOCKED, Fate.BLOCKED),
    (EventKind.BOUNCED_SOFT, Fate.SOFT),
)

_IGNORED = frozenset({"processed", "open"})  # known words that tell nothing we count
_SIMULATED = '"simulated":true'

_SUPPRESSIONS = {
    EventKind.BOUNCED_HARD: Suppression.BOUNCED,
    EventKind.COMPLAINED: Suppression.COMPLAINED,
    EventKind.LEFT: Suppression.LEFT,
}


def suppression(event: Event) -> Suppression | None:
    """Why this news forbids writing to the address again, if it does."""
    return _SUPPRESSIONS.get(event.kind)


def outcome(events: Collection[Event], *, sent_at: datetime, now: datetime) -> Fate:
    """Where the letter stands, from all its news and how long it has been waited for."""
    kinds = {event.kind for event in events}
    for kind, fate in _FATES:
        if kind in kinds:
            return fate
    if now - sent_at < PATIENCE:
        return Fate.PENDING
    return Fate.SOFT if EventKind.DEFERRED in kinds else Fate.SILENT


def response(
    events: Sequence[Event], *, links: Mapping[str, str], sent_at: datetime, now: datetime, canary: str = ""
) -> Response:
    """What became of one letter. `links` maps the content links that this letter holds to their blocks."""
    verdicts = judged([event for event in events if event.kind is EventKind.CLICKED], len(links), canary)
    content = [verdict for verdict in verdicts if verdict.click.url in links]
    read = _blocks(content, Judgement.HUMAN, links)
    kinds = {event.kind for event in events}
    return Response(
        fate=outcome(events, sent_at=sent_at, now=now),
        left=EventKind.LEFT in kinds,
        complained=EventKind.COMPLAINED in kinds,
        read=read,
        perhaps=_blocks(content, Judgement.UNSURE, links) - read,
        human=_count(content, Judgement.HUMAN),
        unsure=_count(content, Judgement.UNSURE),
        machine=_count(content, Judgement.MACHINE),
        unknown=sum(1 for event in events if _is_unknown(event)),
        simulated=any(_SIMULATED in event.raw for event in events),
        last=max((event.at for event in events), default=None),
    )


def _blocks(verdicts: Sequence[Verdict], judgement: Judgement, links: Mapping[str, str]) -> frozenset[str]:
    return frozenset(links[verdict.click.url] for verdict in verdicts if verdict.judgement is judgement)


def _count(verdicts: Sequence[Verdict], judgement: Judgement) -> int:
    return sum(1 for verdict in verdicts if verdict.judgement is judgement)


def _is_unknown(event: Event) -> bool:
    return event.kind is EventKind.OTHER and event.words.split(" ")[0] not in _IGNORED
