"""Worlds to die in, and going on in them until everyone has the letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from newsletter.errors import Busy, TransportFailed
from newsletter.model.delivery import DeliveryState
from newsletter.pipeline.steering import Verdict
from newsletter.testing.mailer import Crashed
from newsletter.testing.store import StandingClock
from tests.send import real
from tests.send.real import CHUNK, PEOPLE, RealWorld, Steps, ToOutbox, equation

EVERYONE = {f"p{number}@example.org": 1 for number in range(1, PEOPLE + 1)}
LATER = 4 * 3600.0  # when all that was handed over has left
Act = Callable[[RealWorld, Steps], object]


class Worlds:
    """New worlds, numbered, each with a server of its own."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder, self._root, self._made = folder, root, 0

    @contextmanager
    def one(self, transport: str, **options: Any) -> Iterator[RealWorld]:
        """One world."""
        clock = StandingClock()
        self._made += 1
        root = real.copied(self._folder, self._root / str(self._made))
        with _transport(transport, clock, options) as by:
            yield RealWorld(root, by, clock, history=_History())

    def steps(self, transport: str, act: Act, before: Act | None = None) -> int:
        """How many steps the act takes where nothing goes wrong."""
        with self.one(transport) as world:
            if before:
                before(world, Steps())
            steps = Steps(file=world.file)
            act(world, steps)
            return steps.steps


class _History:
    """Git, as far as sending needs it."""

    def commit(self, path: str, message: str) -> bool:
        """Take the file."""
        return True


def _transport(name: str, clock: StandingClock, options: dict[str, Any]) -> Any:
    if name == "outbox":
        return nullcontext(ToOutbox())
    return real.sendgrid(clock, **options) if name == "sendgrid" else real.smtp(**options)


def sent(world: RealWorld, steps: Steps) -> object:
    """The whole sending, by one process."""
    return world.send(steps)


def died(world: RealWorld, act: Act, at: int) -> bool:
    """Let the act die at this step; whether it came so far. What it leaves behind is true."""
    try:
        act(world, Steps(at, file=world.file))
    except Crashed:
        assert_nothing_untrue(world)
        return True
    except (TransportFailed, Busy):
        return False
    return False


def assert_nothing_untrue(world: RealWorld) -> None:
    """No letter is called accepted that the provider has been told to throw away."""
    if isinstance(world.transport, real.ToSendGrid):
        thrown_away = {
            batch for batch, status in world.transport.server.account.holds() if status == "cancel"
        }
        assert not {row.batch for row in world.rows(DeliveryState.ACCEPTED)} & thrown_away


def resumed(world: RealWorld) -> None:
    """Run the same command until it says that all is done, or as often as a patient person would."""
    for _ in range(4):
        with suppress(TransportFailed):
            report = world.send(Steps(file=world.file))
            if report.equation and not report.equation.waiting:
                return
            world.clock.advance(60)


def settled(world: RealWorld) -> None:
    """Let a person tell of each letter that nobody else can tell of, by the mail server's own record."""
    left = world.left()
    unknown = world.addresses(DeliveryState.UNKNOWN)
    assert len(unknown) <= CHUNK * world.transport.workers * 2
    assert set(EVERYONE) - set(left) <= unknown
    for verdict, who in ((Verdict.LEFT, unknown & set(left)), (Verdict.AGAIN, unknown - set(left))):
        if who:
            world.resolve(None, verdict, who, "Postserverns logg säger det.")
    resumed(world)


def assert_everyone_once(world: RealWorld) -> None:
    """0 lost, 0 twice by the server's own record, and the ledger knows it."""
    assert world.left() == EVERYONE
    counts = equation(world.file)
    assert counts
    assert (counts.candidates, counts.accepted) == (PEOPLE, PEOPLE)


def finished(world: RealWorld) -> None:
    """Go on after a death until the end, and look."""
    resumed(world)
    if isinstance(world.transport, real.ToSmtp):
        assert max(world.left().values(), default=0) <= 1
        settled(world)
    elif isinstance(world.transport, real.ToSendGrid):
        assert not world.left()  # nothing leaves before it can be stopped
        assert not world.addresses(DeliveryState.UNKNOWN)
        world.clock.advance(LATER)
    assert_everyone_once(world)
