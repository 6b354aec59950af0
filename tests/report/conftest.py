"""An invented sending of 400 letters with readers, counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from newsletter import report
from newsletter.model.delivery import Delivery, DeliveryState, Sending
from newsletter.model.figure import Cube, Fate, MergePlan, Response

SENT = datetime(2026, 11, 17, 9, tzinfo=UTC)
MEMBERS = {"avesta": "Dalarna", "falun": "Dalarna", "hofors": "Gävleborg", "sala": "Västmanland"}
BLOCKS = ("vagen", "stalet", "fonden")

Letters = list[tuple[Delivery, Response]]
Counted = Callable[..., Cube]


def sending(issue: str = "2026-2", mode: str = "provider") -> Sending:
    return Sending(
        id=f"s-{issue}",
        issue=issue,
        digest="d",
        transport="outbox",
        mode=mode,
        planned_at=SENT,
        titles={
            "vagen": "Vägen <dit> & åter",
            "stalet": "Stålet",
            "fonden": "Fonden",
            "kalender-1": "kalender-1",
        },
        topics={"vagen": "infrastruktur"},
        links={f"https://x.example/{block}": block for block in BLOCKS},
        editions={"alla": BLOCKS, "politiker": ("vagen", "stalet")},
    )


def names() -> report.Labels:
    return report.Labels(
        association="Föreningen",
        title="Nyhetsbrev nr 2",
        zone=ZoneInfo("Europe/Stockholm"),
        before="Nyhetsbrev nr 1",
        members={member: f"{member.capitalize()} kommun" for member in MEMBERS},
        member_counties=MEMBERS,
        topics={"infrastruktur": "Infrastruktur"},
    )


def letters(count: int = 400, seed: int = 1) -> Letters:
    rng = Random(seed)
    return [_letter(i, rng) for i in range(count)]


def _letter(number: int, rng: Random) -> tuple[Delivery, Response]:
    member = rng.choice(sorted(MEMBERS))
    group = rng.choice(("politiker", "politiker", "tjanstepersoner"))
    fate = rng.choices((Fate.DELIVERED, Fate.HARD, Fate.SOFT), weights=(95, 3, 2))[0]
    delivery = Delivery(
        id=f"d{number}",
        sending="s",
        recipient=f"r{number}",
        address=f"r{number}@example.org",
        name=f"Läsare {number}",
        edition="politiker" if group == "politiker" else "alla",
        member=member,
        county=MEMBERS[member],
        group=group,
        chunk=0,
        state=DeliveryState.ACCEPTED,
    )
    wanted = BLOCKS[:2] if group == "politiker" else BLOCKS
    read = frozenset(block for block in wanted if fate is Fate.DELIVERED and rng.random() < 0.12)
    return delivery, Response(fate=fate, read=read, human=len(read), machine=3, last=SENT)


@pytest.fixture
def the_sending() -> Callable[..., Sending]:
    """A sending with three articles, one of them for officials alone."""
    return sending


@pytest.fixture
def the_letters() -> Callable[..., Letters]:
    """Accepted letters and what became of them."""
    return letters


@pytest.fixture
def counted() -> Counted:
    """The cube of such a sending."""

    def make(*, issue: str = "2026-2", count: int = 400, seed: int = 1, mode: str = "provider") -> Cube:
        return report.cube(sending(issue, mode), letters(count, seed), plan=MergePlan(), k=10)[0]

    return make


@pytest.fixture
def labels() -> report.Labels:
    """Names for it."""
    return names()


@pytest.fixture
def templates() -> dict[str, bytes]:
    """The report's own pages."""
    folder = Path(report.__file__).parent / "pages"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.fixture
def pairs() -> Callable[..., Letters]:
    """Letters with one thing changed in each response."""

    def make(found: Letters, **changes: object) -> Letters:
        return [(delivery, replace(response, **changes)) for delivery, response in found]  # type: ignore[arg-type]

    return make
