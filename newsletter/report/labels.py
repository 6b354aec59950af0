"""What the cube's ids are called in print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from newsletter.model.figure import Cell
from newsletter.report.swedish import day, listed

GROUPS = {
    "politiker": "Förtroendevalda",
    "tjanstepersoner": "Tjänstepersoner",
    "foreningen": "Föreningens organ",
    "partner": "Partner",
    "media": "Media",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """Names for a report's ids, and the zone its days are in."""

    association: str
    title: str  # this issue's
    zone: tzinfo
    before: str = "Numret före"  # the title of the issue before
    members: Mapping[str, str] = field(default_factory=dict)  # id → name
    member_counties: Mapping[str, str] = field(default_factory=dict)  # id → county
    topics: Mapping[str, str] = field(default_factory=dict)  # id → name

    def day(self, at: datetime | None) -> str:
        """The day in the workspace's zone, or a dash."""
        return day(at.astimezone(self.zone).date()) if at else "–"

    def member(self, key: str) -> str:
        """A member's name; who has none is named so."""
        return self.members.get(key, key) or "Utan medlem"


# A block without a heading is called by what it is.
_UNTITLED = {
    "text": "Inledningen",
    "card": "Notis utan rubrik",
    "invitation": "Inbjudan",
    "calendar": "Kalendern",
    "button": "Knappen",
    "quote": "Citatet",
    "figures": "Siffrorna",
    "member-news": "Nytt från medlemmarna",
}


def article(block: str, title: str) -> str:
    """An article's title, or what it is where it has none of its own."""
    return _UNTITLED.get(block.rpartition("-")[0], title) if title in ("", block) else title


def group(key: Iterable[str]) -> str:
    """Role groups counted together: Partner och media; Tjänstepersoner m.fl."""
    main = [GROUPS[each] for each in ("politiker", "tjanstepersoner") if each in set(key)]
    if main and len(set(key)) > 1:
        return f"{main[0]} m.fl."
    names = [GROUPS[each] for each in GROUPS if each in set(key)] + sorted(set(key) - set(GROUPS))
    first, *rest = names
    return listed([first, *(name.lower() for name in rest)])


def group_order(cell: Cell) -> int:
    """Groups in their own order, not by size."""
    order = list(GROUPS)
    return min((order.index(each) for each in cell.key if each in order), default=len(order))


def county(key: Iterable[str]) -> str:
    """A county, or Flera län with its counties."""
    names = [_county(each) for each in sorted(key)]
    if len(names) == 2 and "" in set(key):
        return f"{names[1]} och utan län"
    return names[0] if len(names) == 1 else f"Flera län ({listed(names)})"


def county_order(key: Iterable[str]) -> tuple[bool, str]:
    """By name in Swedish order; those without a county come last."""
    return not any(key), by_name(county(key))


def by_name(name: str) -> str:
    """The key that puts names in Swedish order: å, ä and ö are the alphabet's last letters."""
    return name.lower().replace("å", "{").replace("ä", "|").replace("ö", "}")


def _county(name: str) -> str:
    return {"": "Utan län", "Örebro": "Örebro län"}.get(name, name)
