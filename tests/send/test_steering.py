"""Pausing, taking back and settling: what each does, and what it refuses."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.errors import Busy, UsageError
from newsletter.model.delivery import DeliveryState, SendingState
from newsletter.model.transport import Features
from newsletter.pipeline import steering
from newsletter.pipeline.send import resume, send
from newsletter.pipeline.steering import Verdict
from newsletter.testing.mailer import Crashed, FakeMailer, Fault
from tests.send.world import ISSUE, World, lay_out, steering_of

LETTERS = 5
HOW = "hon har svarat på det"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(lay_out(tmp_path))


def ports(world: World) -> steering.Ports:
    return steering_of(world.ports())


def sent(world: World) -> None:
    send(ISSUE, world.ports(), confirm=ISSUE)


def begun(world: World, nth: int = 2) -> None:
    """A sending whose sender died as it came to the nth letter, from 0."""
    world.mailer = FakeMailer({nth: Fault.CRASH_BEFORE})
    with pytest.raises(Crashed):
        sent(world)


def in_doubt(world: World, *numbers: int) -> None:
    """A sending by a transport that can tell nothing, with these letters' answers lost."""
    features = Features("smtp", chunk=1, passing=True, local=True)
    world.mailer = FakeMailer(
        dict.fromkeys(numbers, Fault.LOSE_ANSWER), features=features, can_tell=lambda delivery: False
    )
    sent(world)


def unknown(world: World) -> list[str]:
    return sorted(row.address for row in world.store.book.deliveries("s1", DeliveryState.UNKNOWN))


def decide(world: World, verdict: Verdict, who: Collection[str], why: str = HOW) -> steering.Steered:
    return steering.resolve(ISSUE, ports(world), verdict, who, why)


# --- pause


def test_paused_with_its_reason(world: World) -> None:
    """A pause keeps its reason; sending refuses with it, and resume goes on from there."""
    begun(world)
    done = steering.pause(ISSUE, ports(world), "fel datum")
    assert (done.sending.state, done.sending.paused) == (SendingState.PAUSED, "fel datum")
    with pytest.raises(UsageError, match="är pausat") as caught:
        sent(world)
    assert caught.value.why == "fel datum"
    resume(ISSUE, world.ports()).raise_if_partly()
    assert set(world.mailer.times.values()) == {1}
    assert len(world.mailer.letters) == LETTERS


def test_a_pause_needs_no_reason(world: World) -> None:
    """Without words of its own a pause says that a person made it."""
    begun(world)
    assert steering.pause(ISSUE, ports(world)).sending.paused == "Pausat för hand."


@pytest.mark.parametrize(
    ("state", "told"), [("paused", "redan pausat"), ("done", "klart"), ("cancelled", "återtaget")]
)
def test_nothing_to_pause(world: World, state: str, told: str) -> None:
    """What is not under way cannot be paused, and the error says where it stands."""
    begun(world)
    if state == "paused":
        steering.pause(ISSUE, ports(world))
    elif state == "done":
        sent(world)
    else:
        steering.cancel(ISSUE, ports(world))
    with pytest.raises(UsageError, match=told):
        steering.pause(ISSUE, ports(world))


@pytest.mark.parametrize("verb", [steering.pause, steering.cancel, steering.resolve])
def test_nothing_planned(world: World, verb: object) -> None:
    """An issue that is not planned has no sending to steer."""
    with pytest.raises(UsageError, match="inte planerat"):
        verb(ISSUE, ports(world))  # type: ignore[operator]


@pytest.mark.parametrize("how", ["nothing", "done", "cancelled"])
def test_nothing_to_resume(world: World, how: str) -> None:
    """Where nothing is planned, or all is done or taken back, there is nothing to go on with."""
    if how != "nothing":
        begun(world)
        steering.cancel(ISSUE, ports(world)) if how == "cancelled" else sent(world)
    with pytest.raises(UsageError, match="inget utskick att fortsätta med"):
        resume(ISSUE, world.ports())


# --- cancel


def test_cancelled(world: World) -> None:
    """A cancel takes back all that waits and all that the transport never sent; the rest stands as sent."""
    begun(world, 3)
    before = len(world.mailer.letters)
    done = steering.cancel(ISSUE, ports(world))
    assert done.equation.holds
    assert (done.taken_back, done.equation.accepted) == (LETTERS - before, before)
    assert done.sending.state is SendingState.CANCELLED
    assert send(ISSUE, world.ports(), confirm=ISSUE).already
    assert len(world.mailer.letters) == before


def test_cancelled_while_paused(world: World) -> None:
    """A sending that is paused can be taken back."""
    begun(world)
    steering.pause(ISSUE, ports(world))
    assert steering.cancel(ISSUE, ports(world)).sending.state is SendingState.CANCELLED


def test_nothing_to_take_back(world: World) -> None:
    """Where all have their letter a cancel says so, changes nothing, and names the correction."""
    sent(world)
    with pytest.raises(UsageError, match="går att ta tillbaka") as caught:
        steering.cancel(ISSUE, ports(world))
    assert "5 brev har redan gått" in caught.value.why
    assert "--correction" in caught.value.do
    counts = world.equation()
    assert counts
    assert counts.accepted == LETTERS


def test_what_is_in_doubt_stays_so(world: World) -> None:
    """Letters that may have left are not called taken back: they stay unknown, and are named."""
    in_doubt(world, 1)
    done = steering.cancel(ISSUE, ports(world))
    assert (done.taken_back, len(done.unknown)) == (0, 1)


class Taken(AbstractContextManager[None]):
    """A sender's lock that another process has for so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.left = seconds
        self.held = 0

    def __enter__(self) -> None:
        self.left -= 1
        if self.left >= 0:
            raise Busy("Ett utskick pågår redan.")
        self.held += 1

    def __exit__(self, *exc: object) -> None:
        self.held -= 1


def test_cancel_waits_for_the_sender(world: World) -> None:
    """A cancel waits until the process that sends has let go, and gives the lock back."""
    begun(world)
    world.lock = lock = Taken(30)
    began = world.clock.now()
    steering.cancel(ISSUE, ports(world))
    assert world.clock.now() - began == timedelta(seconds=30)
    assert lock.held == 0


def test_a_sender_that_does_not_let_go(world: World) -> None:
    """A sender that does not let go for minutes is told of; what waited is taken back all the same."""
    begun(world)
    world.lock = Taken(10_000)
    with pytest.raises(Busy, match="släpper inte taget"):
        steering.cancel(ISSUE, ports(world))
    assert not list(world.store.book.deliveries("s1", DeliveryState.WAITING))


def test_a_busy_database_is_told_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database is busy while the lock is held, that is what is told, and the lock is given back."""
    begun(world)
    world.lock = lock = Taken(0)

    def busy(*_: object) -> int:
        raise Busy("Databasen är upptagen.")

    monkeypatch.setattr(world.store.steering, "interrupted", busy)
    with pytest.raises(Busy, match="Databasen"):
        steering.cancel(ISSUE, ports(world))
    assert lock.held == 0


# --- resolve


def test_asking_settles(world: World) -> None:
    """Where the transport can tell, resolve asks: what went is accepted, what never went waits."""
    begun(world, 3)
    done = steering.resolve(ISSUE, ports(world))
    assert (done.equation.unknown, done.equation.attempting, done.unknown) == (0, 0, ())
    assert (done.equation.accepted, done.equation.waiting) == (3, 2)


def test_held_by_default(world: World) -> None:
    """What nobody can tell is named, and held: nothing is decided without a person's word."""
    in_doubt(world, 1, 3)
    done = steering.resolve(ISSUE, ports(world))
    assert sorted(row.address for row in done.unknown) == unknown(world)
    assert len(done.unknown) == done.equation.unknown == 2


def test_said_to_have_left(world: World) -> None:
    """A letter that a person says has left is accepted, with how it is known."""
    in_doubt(world, 1)
    (address,) = unknown(world)
    done = decide(world, Verdict.LEFT, [address])
    assert (done.equation.unknown, done.equation.accepted) == (0, LETTERS)
    assert done.sending.state is SendingState.DONE
    assert HOW in {row.reason for row in world.store.book.deliveries("s1")}


def test_said_never_to_have_left(world: World) -> None:
    """A letter that a person says never left waits, and resume sends it."""
    in_doubt(world, 1)
    done = decide(world, Verdict.AGAIN, ["alla"])
    assert (done.equation.unknown, done.equation.waiting) == (0, 1)
    resume(ISSUE, world.ports()).raise_if_partly()
    assert sorted(world.mailer.times.values()) == [1, 1, 1, 1, 2]


@pytest.mark.parametrize("spelt", ["address", "id", "shouted"])
def test_whom_is_meant(world: World, spelt: str) -> None:
    """Somebody is named by address, in any case, or by the letter's id; the others stay held."""
    in_doubt(world, 1, 3)
    row = next(iter(world.store.book.deliveries("s1", DeliveryState.UNKNOWN)))
    name = {"address": row.address, "id": row.id, "shouted": f" {row.address.upper()} "}[spelt]
    done = decide(world, Verdict.LEFT, [name])
    assert [one.id for one in done.unknown] != [row.id]
    assert done.equation.unknown == 1


def test_a_stranger(world: World) -> None:
    """Somebody whose letter is not in doubt stops the whole decision: nothing is changed."""
    in_doubt(world, 1)
    (address,) = unknown(world)
    with pytest.raises(UsageError, match="inget brev som är oklart"):
        decide(world, Verdict.LEFT, [address, "nobody@example.org"])
    assert unknown(world) == [address]


@pytest.mark.parametrize("why", ["", "  "])
def test_how_it_is_known_must_be_said(world: World, why: str) -> None:
    """A decision without how it is known is refused."""
    in_doubt(world, 1)
    with pytest.raises(UsageError, match="Skälet saknas"):
        decide(world, Verdict.LEFT, ["alla"], why)
    assert len(unknown(world)) == 1


def test_while_somebody_sends(world: World) -> None:
    """While another process sends, nothing is settled: it can tell better itself."""
    in_doubt(world, 1)
    world.lock = Taken(1)
    with pytest.raises(Busy):
        steering.resolve(ISSUE, ports(world))


@pytest.mark.parametrize("verb", [steering.cancel, steering.resolve])
def test_another_transport_knows_nothing(world: World, verb: object) -> None:
    """What began by one transport is not steered by another: it would know nothing of the letters."""
    begun(world)
    world.mailer = FakeMailer(features=replace(world.mailer.features, name="smtp"))
    with pytest.raises(UsageError, match="påbörjades med outbox"):
        verb(ISSUE, ports(world))  # type: ignore[operator]


def test_refused_resume_leaves_the_pause(tmp_path: Path) -> None:
    """A run that is refused before anything could leave keeps the sending paused, with its reason."""
    world = World(lay_out(tmp_path), mailer=FakeMailer({0: Fault.CRASH_BEFORE}))
    with pytest.raises(Crashed):
        send(ISSUE, world.ports(), confirm=ISSUE)
    sending = world.store.book.sending(ISSUE)
    assert sending
    world.store.steering.pause(sending.id, "fel datum")

    class Held:
        def __enter__(self) -> None:
            raise Busy("Ett utskick pågår redan.")

        def __exit__(self, *given: object) -> None:
            pass

    world.lock = Held()
    with pytest.raises(Busy):
        resume(ISSUE, world.ports())
    kept = world.store.book.sending(ISSUE)
    assert kept
    assert (kept.state, kept.paused) == (SendingState.PAUSED, "fel datum")
