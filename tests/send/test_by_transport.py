"""Sending through the whole pipeline to a mail server and to a SendGrid, by a clock that moves when told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from newsletter.edges import store
from newsletter.errors import PartlySent, TransportFailed, UsageError
from newsletter.model.delivery import DeliveryState, SendingState
from newsletter.model.transport import Answer, BatchState, Parcel
from newsletter.pipeline import steering
from newsletter.testing import sendgrid, smtp
from newsletter.testing.builders import NOON
from newsletter.testing.smtp import Kind, SmtpServer, Step
from tests.send.local import by_sendgrid, by_smtp, got

LETTERS = 5
EVERYONE = {f"p{number}@example.org": 1 for number in range(1, LETTERS + 1)}
HOUR = timedelta(hours=1)


def test_greylisting(tmp_path: Path) -> None:
    """Where a server puts everybody off at first, it is waited as long as it asks, and all get one letter."""
    with SmtpServer(greylisting=True) as server, by_smtp(tmp_path, server) as real:
        real.send().raise_if_partly()
        assert got(server) == EVERYONE
        assert real.clock.now() >= NOON + timedelta(seconds=60)
        assert real.sending.state is SendingState.DONE


def test_given_up_in_the_servers_words(tmp_path: Path) -> None:
    """Who is put off at every try is rejected, in the server's words; the others get their letter."""
    fault = smtp.Fault(Kind.REJECT, Step.RCPT, 450, "4.2.2 Brevlådan är full", address="p3@", times=0)
    with SmtpServer() as server, by_smtp(tmp_path, server) as real:
        real.set(tries=3)
        server.faults.add(fault)
        with pytest.raises(PartlySent):
            real.send().raise_if_partly()
        assert server.faults.struck[fault] == 3
        assert got(server) == {one: 1 for one in EVERYONE if one != "p3@example.org"}
        (row,) = real.world.store.book.deliveries(real.sending.id, DeliveryState.REJECTED)
        assert row.address == "p3@example.org"
        assert row.reason.startswith("efter 3 försök: 450 4.2.2")


def test_one_that_is_put_off_is_not_waited_for_by_others(tmp_path: Path) -> None:
    """While one waits out its deferral, the others' letters have gone; then it gets its own, once."""
    fault = smtp.Fault(Kind.REJECT, Step.RCPT, 450, "4.2.0 Senare", address="p1@", times=2)
    with SmtpServer() as server, by_smtp(tmp_path, server) as real:
        server.faults.add(fault)
        real.send().raise_if_partly()
        assert got(server) == EVERYONE
        assert server.letters[-1].rcpt == ("p1@example.org",)
        assert real.clock.now() >= NOON + timedelta(seconds=60 + 300)


def test_server_down(tmp_path: Path) -> None:
    """A server that is down is waited for; after so many failures in a row it pauses, saying why."""
    fault = smtp.Fault(Kind.REJECT, Step.CONNECT, 421, "4.3.2 Stängt", times=0)
    with SmtpServer() as server, by_smtp(tmp_path, server, per_minute=60.0) as real:
        real.set(give_up_after=3)
        server.faults.add(fault)
        with pytest.raises(TransportFailed, match="pausat") as caught:
            real.send()
        assert "newsletter resume 2026-2" in caught.value.do
        assert real.sending.state is SendingState.PAUSED
        assert real.sending.paused
        assert (real.equation.waiting, real.equation.unknown) == (LETTERS, 0)
        assert real.clock.now() >= NOON + timedelta(seconds=5 + 15)
        with pytest.raises(UsageError, match="är pausat"):
            real.send()
        server.faults.clear()
        real.resume().raise_if_partly()
        assert got(server) == EVERYONE


def test_server_that_comes_back(tmp_path: Path) -> None:
    """Failures that pass before it is given up stop nothing, and cost nobody a try."""
    fault = smtp.Fault(Kind.REJECT, Step.CONNECT, 421, "4.3.2 Stängt", times=4)
    with SmtpServer() as server, by_smtp(tmp_path, server, per_minute=60.0) as real:
        real.set(give_up_after=5, tries=1)
        server.faults.add(fault)
        real.send().raise_if_partly()
        assert got(server) == EVERYONE
        assert {row.deferrals for row in real.world.store.book.deliveries(real.sending.id)} == {0}


def test_wrong_password(tmp_path: Path) -> None:
    """What waiting cannot mend pauses at once, with what the server said."""
    with (
        SmtpServer(passwords={"kansli": "rätt"}) as server,
        by_smtp(tmp_path, server, auth="password", username="kansli", secret="fel") as real,
    ):
        with pytest.raises(TransportFailed, match="pausat"):
            real.send()
        assert real.clock.now() == NOON
        assert real.sending.state is SendingState.PAUSED
        assert real.equation.waiting == LETTERS


def test_rate(tmp_path: Path) -> None:
    """Letters leave no faster than the rate, from the first to the last."""
    with SmtpServer() as server, by_smtp(tmp_path, server, per_minute=2.0) as real:
        times: list[datetime] = []
        real.send(on_progress=lambda done, total: times.append(real.clock.now()))
        assert got(server) == EVERYONE
        assert times[-1] - NOON >= timedelta(minutes=(LETTERS - 1) / 2)
        left = times[1:]  # the first is told before anything leaves
        assert all(later - sooner >= timedelta(seconds=30) for sooner, later in pairwise(left))


def test_by_smtp_the_hour_is_waited_for(tmp_path: Path) -> None:
    """With a time, nothing leaves before it; then everybody gets a letter."""
    at = NOON + 3 * HOUR
    with SmtpServer() as server, by_smtp(tmp_path, server) as real:
        moments: list[datetime] = []
        real.send(at=at, on_progress=lambda done, total: moments.append(real.clock.now()))
        assert got(server) == EVERYONE
        assert min(moments) >= at
        assert real.sending.leaves_at == at


def test_cancelled_while_waiting_for_the_hour(tmp_path: Path) -> None:
    """A cancel while the hour is waited for is obeyed within seconds, and nobody gets a letter."""
    with SmtpServer() as server, by_smtp(tmp_path, server) as real:
        wait, waits = real.clock.wait, []

        def waiting(seconds: float) -> None:
            waits.append(seconds)
            wait(seconds)
            if len(waits) == 10:
                real.world.store.steering.cancel(real.sending.id, real.clock.now())

        real.clock.wait = waiting  # type: ignore[method-assign]
        report = real.send(at=NOON + 24 * HOUR)
        assert report.equation
        assert report.equation.cancelled == LETTERS
        assert len(waits) == 10
        assert max(waits) <= 5.0
        assert not server.letters


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_another_process_stops_it(tmp_path: Path, verb: str) -> None:
    """A pause or cancel by another process is seen before the next chunk is claimed."""
    other = store.open(tmp_path / "state.db", suppression_key=b"k" * 32)
    with other, SmtpServer() as server, by_smtp(tmp_path, server, per_minute=60.0) as real:
        attempt = real.world.mailer.attempt

        def attempting(parcel: Parcel) -> Mapping[str, Answer]:
            answers: Mapping[str, Answer] = attempt(parcel)
            if len(server.letters) == 2:
                if verb == "pause":
                    other.steering.pause(real.sending.id, "fel datum")
                else:
                    other.steering.cancel(real.sending.id, NOON)
            return answers

        real.world.mailer.attempt = attempting  # another process, at a moment of its own choosing
        report = real.send()
        assert report.equation
        assert (report.equation.accepted, len(server.letters)) == (2, 2)
        if verb == "cancel":
            assert (real.sending.state, report.equation.cancelled) == (SendingState.CANCELLED, 3)
            return
        assert (real.sending.paused, report.equation.waiting) == ("fel datum", 3)
        real.resume().raise_if_partly()
        assert got(server) == EVERYONE


# --- a provider that holds letters


def departed(server: sendgrid.SendGridServer) -> list[str]:
    """Whose letters have left the provider, once for each letter."""
    return sorted(one.address for one in server.accepted if one.state is sendgrid.LetterState.LEFT)


def test_held_for_an_hour_then_gone(tmp_path: Path) -> None:
    """SendGrid holds every letter for the window and lets it go then; each person gets one."""
    with by_sendgrid(tmp_path) as (real, server):
        report = real.send()
        report.raise_if_partly()
        assert report.stoppable_until == NOON + HOUR - timedelta(minutes=10)
        assert departed(server) == []
        server.advance(3601)
        assert departed(server) == sorted(EVERYONE)


def test_few_batches_are_opened_for_nothing(tmp_path: Path) -> None:
    """One batch for each chunk, one more that finds nothing left, and what stands empty is used first."""
    with by_sendgrid(tmp_path, workers=1) as (real, server):
        with pytest.raises(KeyboardInterrupt):
            real.send(on_progress=_interrupt_at(2))
        real.send()
        batches = real.world.store.batches.of(real.sending.id)
        assert sorted(one.letters for one in batches) == [0, 1, 2, 2]
        assert sum(one.path == "/v3/mail/batch" for one in server.requests) == 4


def test_by_sendgrid_the_hour_is_the_providers(tmp_path: Path) -> None:
    """With a time the letters are handed over at once and leave at the hour, as the plan says."""
    at = NOON + 48 * HOUR
    with by_sendgrid(tmp_path) as (real, server):
        report = real.send(at=at, on_plan=lambda plan: _same(plan.leaves_at, at))
        assert report.stoppable_until == at - timedelta(minutes=10)
        assert {one.leaves_at for one in real.world.store.batches.of(real.sending.id)} == {at}
        assert real.clock.now() < NOON + HOUR
        server.advance(48 * 3600 - 1)
        assert departed(server) == []
        server.advance(2)
        assert len(departed(server)) == LETTERS


def test_taken_back_as_a_whole(tmp_path: Path) -> None:
    """A cancel within the window takes back every letter, confirmed by the provider, and none leaves."""
    with by_sendgrid(tmp_path) as (real, server):
        real.send()
        done = steering.cancel("2026-2", real.steer())
        assert (done.taken_back, done.equation.cancelled) == (LETTERS, LETTERS)
        assert real.sending.state is SendingState.CANCELLED
        server.advance(7200)
        assert departed(server) == []


def test_too_late_to_take_back(tmp_path: Path) -> None:
    """Past the last call nothing can be taken back, which is said, and nothing is changed."""
    with by_sendgrid(tmp_path) as (real, server):
        real.send()
        real.clock.advance(51 * 60)
        with pytest.raises(UsageError, match="går att ta tillbaka") as caught:
            steering.cancel("2026-2", real.steer())
        assert "5 brev har redan gått" in caught.value.why
        assert real.equation.accepted == LETTERS
        server.advance(3600)
        assert len(departed(server)) == LETTERS


def test_a_cancel_that_was_not_confirmed(tmp_path: Path) -> None:
    """What the provider does not confirm is not called taken back; a second try goes on from there."""
    with by_sendgrid(tmp_path, timeout_seconds=1.0) as (real, server):
        real.send()
        fault = sendgrid.Fault(sendgrid.Kind.RESET_BEFORE, "/v3/user/scheduled_sends", skip=1, times=0)
        server.faults.add(fault)
        with pytest.raises(TransportFailed):
            steering.cancel("2026-2", real.steer())
        assert 0 < real.equation.cancelled < LETTERS
        server.faults.clear()
        done = steering.cancel("2026-2", real.steer())
        assert done.equation.cancelled == LETTERS
        server.advance(7200)
        assert departed(server) == []


def test_a_cancel_that_came_to_nothing(tmp_path: Path) -> None:
    """What was not taken back in time may have left: it is asked for, not guessed."""
    with by_sendgrid(tmp_path) as (real, server):
        real.send()
        (first, *_) = [one for one in real.world.store.batches.of(real.sending.id) if one.letters]
        real.world.store.batches.mark(first.id, BatchState.CANCELLING)
        real.clock.advance(55 * 60)
        done = steering.resolve("2026-2", real.steer())
        assert done.equation.waiting == done.equation.cancelled == 0
        real.clock.advance(3600)
        done = steering.resolve("2026-2", real.steer())
        assert done.equation.accepted == LETTERS
        assert departed(server) == sorted(EVERYONE)


def test_pause_leaves_what_is_handed_over(tmp_path: Path) -> None:
    """A pause claims nothing more; what the provider holds leaves all the same, and resume does the rest."""
    with by_sendgrid(tmp_path, workers=1) as (real, server):
        attempt = real.world.mailer.attempt

        def attempting(parcel: Parcel) -> Mapping[str, Answer]:
            answers: Mapping[str, Answer] = attempt(parcel)
            real.world.store.steering.pause(real.sending.id, "vänta")
            return answers

        real.world.mailer.attempt = attempting
        real.send()
        first = real.equation.accepted
        assert 0 < first < LETTERS
        del real.world.mailer.attempt
        real.resume().raise_if_partly()
        server.advance(7200)
        assert departed(server) == sorted(EVERYONE)


def test_lost_answer_is_taken_back_and_sent_anew(tmp_path: Path) -> None:
    """A chunk whose answer was lost is taken back, confirmed, handed over anew, and leaves once."""
    with by_sendgrid(tmp_path, timeout_seconds=1.0) as (real, server):
        server.faults.add(sendgrid.Fault(sendgrid.Kind.ACCEPT_THEN_RESET))
        real.send().raise_if_partly()
        server.advance(4 * 3600)
        assert departed(server) == sorted(EVERYONE)


@pytest.mark.parametrize(
    ("hours", "words"), [(-0.01, "redan passerat"), (71.01, "för långt fram"), (400.0, "för långt fram")]
)
def test_hours_that_cannot_be_kept(tmp_path: Path, hours: float, words: str) -> None:
    """An hour that has passed, or is beyond what the provider holds, is refused before the plan."""
    with by_sendgrid(tmp_path) as (real, server):
        with pytest.raises(UsageError, match=words):
            real.send(at=NOON + hours * HOUR)
        assert real.world.store.book.sending("2026-2") is None
        assert not server.requests


def test_the_last_hour_that_can_be_kept(tmp_path: Path) -> None:
    """Seventy-one hours ahead are taken."""
    with by_sendgrid(tmp_path) as (real, _):
        real.send(at=NOON + 71 * HOUR).raise_if_partly()


def test_no_second_hour(tmp_path: Path) -> None:
    """A sending that has begun keeps its hour: another one is refused, with what to do."""
    with SmtpServer() as server, by_smtp(tmp_path, server) as real:
        with pytest.raises(KeyboardInterrupt):
            real.send(at=NOON + HOUR, on_progress=_interrupt)
        with pytest.raises(UsageError, match="redan planerat") as caught:
            real.send(at=NOON + 2 * HOUR)
        assert "newsletter cancel 2026-2" in caught.value.do


def _interrupt(done: int, total: int) -> None:
    raise KeyboardInterrupt


def _interrupt_at(letters: int) -> Callable[[int, int], None]:
    def interrupt(done: int, total: int) -> None:
        if done == letters:
            raise KeyboardInterrupt

    return interrupt


def _same(one: object, other: object) -> None:
    assert one == other
