"""The invented stories, dated from a given day."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

MONTHS = ["januari", "februari", "mars", "april", "maj", "juni"]
MONTHS += ["juli", "augusti", "september", "oktober", "november", "december"]


@dataclass(frozen=True, slots=True)
class Story:
    """One invented item of news."""

    title: str
    lead: str
    body: str
    on: date
    landscape: int = 0  # the number that its picture is drawn from; 0 for none
    alt: str = ""  # what the picture shows

    @property
    def slug(self) -> str:
        """The title as sites make addresses of it."""
        plain = self.title.casefold().translate(str.maketrans("åäöé", "aaoe"))
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")

    @property
    def dated_slug(self) -> str:
        """The day and the slug, as SiteVision makes addresses."""
        return f"{self.on.isoformat()}-{self.slug}"

    @property
    def picture(self) -> str:
        """The path of its picture; empty for none."""
        return f"/bilder/{self.slug}.jpg" if self.landscape else ""

    @property
    def moment(self) -> datetime:
        """Noon of the day, in UTC."""
        return datetime.combine(self.on, time(12), UTC)

    @property
    def in_words(self) -> str:
        """The day as people write it: 3 november 2026."""
        return f"{self.on.day} {MONTHS[self.on.month - 1]} {self.on.year}"


def stories(day: date) -> Mapping[str, Sequence[Story]]:
    """Member id → its stories as of this day, newest first."""
    found: dict[str, list[Story]] = {}
    for item in _items():
        told = {key: item[key] for key in ("title", "lead", "body", "landscape", "alt") if key in item}
        story = Story(**told, on=day - timedelta(days=item["days"]))
        found.setdefault(item["member"], []).append(story)
    return {member: sorted(told, key=lambda story: story.on, reverse=True) for member, told in found.items()}


@lru_cache(maxsize=1)
def _items() -> Sequence[Mapping[str, Any]]:
    text = files("newsletter.demo.sites").joinpath("news.toml").read_text(encoding="utf-8")
    items: Sequence[Mapping[str, Any]] = tomllib.loads(text)["item"]
    return items
