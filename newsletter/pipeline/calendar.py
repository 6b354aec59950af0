"""The day that mandates are judged on."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.model.mandates import Calendar
from newsletter.model.settings import Settings


def calendar(settings: Settings, now: datetime) -> Calendar:
    """The workspace's own day at this moment, and what it asks of lists."""
    today = now.astimezone(ZoneInfo(settings.association.timezone)).date()
    return Calendar(today, settings.mandates.confirmed_since)
