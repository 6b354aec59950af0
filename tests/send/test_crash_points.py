"""Dying at every step of sending, cancelling and settling, over the real database and the real transports.

A run that is not disturbed counts the steps (before and after each call of a port, and each commit). Then it
is begun anew once for each step and dies there; a new process goes on, and by the server's own record nobody
was lost and nobody got the letter twice. The equation is read at every step on the way.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress

import pytest

from newsletter.errors import UsageError
from newsletter.model.delivery import DeliveryState
from newsletter.pipeline.steering import Verdict
from newsletter.testing.sendgrid import Fault, Kind, SendGridServer
from newsletter.testing.smtp import Fault as SmtpFault
from newsletter.testing.smtp import Kind as SmtpKind
from newsletter.testing.smtp import Step
from tests.send import real
from tests.send.dying import LATER, Act, Worlds, died, finished, sent
from tests.send.real import PEOPLE, RealWorld, Steps

SECONDS_TO_LAST_CALL = 50 * 60.0  # from when a batch is opened


@pytest.mark.parametrize("transport", ["outbox", "smtp", "sendgrid"])
def test_every_step_of_sending(worlds: Worlds, transport: str) -> None:
    """Dying at any step of sending and running it again: 0 lost, 0 twice, the equation held throughout."""
    count = worlds.steps(transport, sent)
    assert count > 75
    for at in range(count):
        with worlds.one(transport) as world:
            assert died(world, sent, at), at
            finished(world)


@pytest.mark.parametrize("transport", ["outbox", "smtp", "sendgrid"])
def test_dying_again_while_going_on(worlds: Worlds, transport: str) -> None:
    """Dying at a step, and again at a step of the run that goes on, loses and repeats nobody either."""
    chosen = random.Random(6)
    count = worlds.steps(transport, sent)
    for _ in range(15):
        first, second, third = (chosen.randrange(count) for _ in range(3))
        with worlds.one(transport) as world:
            died(world, sent, first)
            died(world, sent, second)
            died(world, sent, third)
            finished(world)


def handed_over(world: RealWorld, steps: Steps) -> object:
    """All is handed over, in two runs: some of it can no longer be taken back when `cancel` is said."""
    died(world, sent, 85)
    world.clock.advance(SECONDS_TO_LAST_CALL - 60)
    died(world, sent, 100)
    world.clock.advance(120)
    return None


def all_held(world: RealWorld, steps: Steps) -> object:
    """All is handed over, and the provider still holds it."""
    return world.send()


def half_way(world: RealWorld, steps: Steps) -> object:
    """The sender died in the midst of a chunk."""
    return died(world, sent, 75)


def cancelled(world: RealWorld, steps: Steps) -> object:
    """The sending is taken back, by one process; that there is nothing left to take back is no death."""
    with suppress(UsageError):
        return world.cancel(steps)
    return None


@pytest.mark.parametrize("before", [all_held, half_way, handed_over])
def test_every_step_of_taking_back(worlds: Worlds, before: Act) -> None:
    """Dying at any step of ``cancel`` and saying it again: none of the cancelled leaves, and the rest do."""
    count = worlds.steps("sendgrid", cancelled, before)
    assert count > 20
    for at in range(0, count, 1 if before is all_held else 3):  # the long way there is gone less often
        with worlds.one("sendgrid") as world:
            before(world, Steps())
            assert died(world, cancelled, at), at
            if at % 2:  # somebody looks, or says it is to be sent, before it is taken back
                world.resolve()
            cancelled(world, Steps(file=world.file))
            world.clock.advance(LATER)
            world.resolve()
            gone, held = world.addresses(DeliveryState.CANCELLED), world.addresses(DeliveryState.ACCEPTED)
            assert not gone & set(world.left()), at
            assert Counter(held) == world.left(), at
            assert len(gone) + len(held) == PEOPLE, at
            assert gone, at


def lost_answers(world: RealWorld, steps: Steps) -> object:
    """The sending is done but for letters whose answer was lost; two of them the server never got."""
    transport = world.transport
    if isinstance(transport, real.ToSmtp):
        faults = (SmtpFault(SmtpKind.DROP, Step.ANSWER), SmtpFault(SmtpKind.DROP, Step.DOT, skip=3))
        transport.server.faults.add(*faults)
    elif isinstance(transport, real.ToSendGrid):
        transport.server.faults.add(Fault(Kind.ACCEPT_THEN_RESET, skip=1))
        died(world, sent, 80)
    return died(world, sent, -1)


def resolved(world: RealWorld, steps: Steps) -> object:
    """What a person says, by the server's record."""
    left = set(world.left())
    unknown = world.addresses(DeliveryState.UNKNOWN)
    if isinstance(world.transport, real.ToSendGrid):
        return world.resolve(steps)
    return world.resolve(steps, Verdict.LEFT, unknown & left, "Loggen.") if unknown & left else None


@pytest.mark.parametrize("transport", ["smtp", "sendgrid"])
def test_every_step_of_settling(worlds: Worlds, transport: str) -> None:
    """Dying at any step of ``resolve`` loses and repeats nobody."""
    count = worlds.steps(transport, resolved, lost_answers)
    assert count >= 12
    for at in range(count):
        with worlds.one(transport) as world:
            lost_answers(world, Steps())
            assert died(world, resolved, at), at
            finished(world)


@pytest.mark.parametrize(
    "fault",
    [Kind.ACCEPT_THEN_RESET, Kind.ACCEPT_THEN_HANG, Kind.ACCEPT_THEN_ERROR, Kind.HANG_BEFORE, Kind.TOO_MANY],
)
def test_dying_where_answers_are_lost(worlds: Worlds, fault: Kind) -> None:
    """A lost answer of any call of the provider's, and a death besides, lose and repeat nobody."""
    chosen = random.Random(fault.value)
    for path, method in (("/v3/mail/", "POST"), ("/v3/user/scheduled_sends", ""), ("/v3/mail/batch", "POST")):
        for _ in range(2):
            with worlds.one("sendgrid", timeout=1.0) as world:
                server: SendGridServer = world.transport.server  # type: ignore[attr-defined]
                server.faults.add(Fault(fault, path, method, times=2, skip=chosen.randrange(4)))
                died(world, sent, chosen.randrange(140))
                finished(world)


@pytest.mark.parametrize("step", [Step.MIDST, Step.DOT, Step.ANSWER])
def test_dying_where_letters_are_cut(worlds: Worlds, step: Step) -> None:
    """A connection that ends in a letter, and a death besides, lose and repeat nobody."""
    chosen = random.Random(step.value)
    for _ in range(4):
        with worlds.one("smtp", timeout=1.0) as world:
            kind = chosen.choice([SmtpKind.DROP, SmtpKind.RESET, SmtpKind.HANG])
            fault = SmtpFault(kind, step, skip=chosen.randrange(8))
            world.transport.server.faults.add(fault)  # type: ignore[attr-defined]
            died(world, sent, chosen.randrange(80))
            finished(world)


@pytest.mark.parametrize("transport", ["smtp", "sendgrid"])
def test_several_threads(worlds: Worlds, transport: str) -> None:
    """Where several threads send, dying at any moment loses and repeats nobody either."""
    chosen = random.Random(3)
    for _ in range(12):
        with worlds.one(transport, workers=3) as world:
            died(world, sent, chosen.randrange(40, 120))
            finished(world)
