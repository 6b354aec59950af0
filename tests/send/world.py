"""A small workspace and everything around it, for the tests of sending."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from newsletter import config
from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.model.delivery import Equation
from newsletter.model.people import Role
from newsletter.pipeline import steering
from newsletter.pipeline.send import Ports
from newsletter.ports import SenderLock
from newsletter.testing.mailer import Crashed, FakeMailer
from newsletter.testing.store import MemoryStore, StandingClock
from tests.send.builders import KEY, recipient

ISSUE = "2026-2"
SETTINGS = """schema = 1
[association]
name = "Föreningen"
postal_address = "Gatan 1, 123 45 Staden"
website = "https://www.bergslaget.example"
contact = "kansli@bergslaget.example"
[senders.kansliet]
name = "Föreningen"
address = "nyhetsbrev@bergslaget.example"
reply_to = "kansli@bergslaget.example"
[unsubscribe]
mailbox = "avsluta@bergslaget.example"
[limits]
chunk = 2
"""
MEMBERS = (
    "id,name,kind,county,website\nhofors,Hofors kommun,kommun,Gävleborg,\nfalun,Falu kommun,kommun,Dalarna,\n"
)
SEGMENTS = """[politiker]
name = "Förtroendevalda"
where = "grupp = politiker"
[tjanstepersoner]
name = "Tjänstepersoner"
where = "grupp = tjanstepersoner"
"""
TEXT = """---
number: 2026-2
title: Nyhetsbrev nr 2 · 2026
subject: Nytt från föreningen
preheader: Vad som händer i länen just nu
date: 2026-11-17
language: sv
kind: newsletter
sender: kansliet
audiences: [politiker, tjanstepersoner]
---

Hej {{namn}} i {{medlem}}!

::: för politiker
## Till dig i fullmäktige

Mer om uppdraget finns att [läsa på webbplatsen](https://www.bergslaget.example/uppdrag).
:::
"""


def lay_out(root: Path) -> Folder:
    """Write the workspace."""
    folder = Folder(root)
    folder.write(
        {
            "newsletter.toml": SETTINGS.encode(),
            "subscribers/members.csv": MEMBERS.encode(),
            "subscribers/segments.toml": SEGMENTS.encode(),
            f"content/issues/{ISSUE}/issue.md": TEXT.encode(),
        }
    )
    return folder


@dataclass
class Point:
    """The crash point: counts steps, and dies at the step that it is told to."""

    at: int = -1
    steps: int = 0

    def step(self) -> None:
        """One step further, or dead."""
        self.steps += 1
        if self.steps - 1 == self.at:
            raise Crashed


class Crashing:
    """Stands before a port and steps before and after each of its calls."""

    def __init__(self, port: Any, point: Point) -> None:
        self._port, self._point = port, point

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return self._stepping(found) if callable(found) else found

    def _stepping(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **names: Any) -> Any:
            self._point.step()
            result = call(*args, **names)
            self._point.step()
            return result

        return stepping


@dataclass
class World:
    """Six people: three politicians, two officials and one partner, who gets nothing."""

    folder: Folder
    store: MemoryStore = field(default_factory=MemoryStore)
    mailer: Any = field(default_factory=FakeMailer)
    clock: StandingClock = field(default_factory=StandingClock)
    lock: AbstractContextManager[Any] = field(default_factory=nullcontext)
    planned: int = 0

    def __post_init__(self) -> None:
        """Put the people on the list."""
        roles = [Role.COUNCIL, Role.HEAD, Role.CHAIR, Role.PLANNING, Role.COUNCIL, Role.PARTNER]
        people = [recipient(number, "hofors", role) for number, role in enumerate(roles, start=1)]
        self.store.people.put(people, at=self.clock.now(), command="test")

    def ports(self, point: Point | None = None) -> Ports:
        """What sending gets; with a point, each call that changes something may be the last."""
        ports = Ports(
            workspace=self.folder,
            people=self.store.people,
            suppressions=self.store.suppressions,
            approved=self.store.approved,
            ledger=self.store.ledger,
            book=self.store.book,
            steering=self.store.steering,
            batches=self.store.batches,
            mailer=self.mailer,
            lock=cast(SenderLock, self.lock),
            clock=self.clock,
            settings=config.parse(SETTINGS),
            shipped=shipped("letters"),
            key=KEY,
            new_id=self._new_id,
        )
        if point is None:
            return ports
        names = ("ledger", "book", "steering", "batches", "mailer")
        stepping = {name: Crashing(getattr(ports, name), point) for name in names}
        return replace(ports, **cast(Any, stepping), workspace=cast(Any, Writes(self.folder, point)))

    def equation(self) -> Equation | None:
        """The equation of the sending, if one is planned."""
        sending = self.store.book.sending(ISSUE)
        return self.store.book.equation(sending.id) if sending else None

    def _new_id(self) -> str:
        self.planned += 1
        return f"s{self.planned}"


def steering_of(ports: Ports) -> steering.Ports:
    """What steering gets, of what sending does."""
    return steering.Ports(
        book=ports.book,
        ledger=ports.ledger,
        steering=ports.steering,
        batches=ports.batches,
        mailer=ports.mailer,
        lock=ports.lock,
        clock=ports.clock,
        window=timedelta(minutes=60),
        holding=ports.holding,
    )


class Writes(Crashing):
    """A workspace of which only writing is a crash point: reading leaves nothing behind."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return self._stepping(found) if name == "write" else found
