"""What happened to a letter after it was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class EventKind(Enum):
    """The kinds of news; a provider's words map to these by table, and what is not known is kept."""

    DELIVERED = "delivered"  # the receiving server took it
    DEFERRED = "deferred"  # it asked to try later
    BOUNCED_HARD = "bounced-hard"  # the address does not exist
    BOUNCED_SOFT = "bounced-soft"  # it could not be delivered this time
    BLOCKED = "blocked"  # refused for what it was or whence it came
    CLICKED = "clicked"
    LEFT = "left"  # unsubscribed
    COMPLAINED = "complained"
    OTHER = "other"  # kept and counted, not understood


@dataclass(frozen=True, slots=True)
class Event:
    """One piece of news about one delivery; `id` is the provider's own and is taken in once."""

    id: str
    delivery: str
    kind: EventKind
    at: datetime  # UTC
    url: str = ""  # CLICKED
    agent: str = ""  # CLICKED: the user agent
    words: str = ""  # the provider's own words
    raw: str = ""  # the provider's row, as JSON


class Judgement(Enum):
    """Who clicked."""

    HUMAN = "human"
    UNSURE = "unsure"
    MACHINE = "machine"
