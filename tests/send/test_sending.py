"""Sending, from the plan to the last letter: nobody twice, nobody lost."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.errors import (
    Busy,
    ChecksFailed,
    ConfirmationNeeded,
    InputError,
    MissingFile,
    PartlySent,
    StateError,
    TransportFailed,
    UsageError,
)
from newsletter.model.delivery import DeliveryState, SendingState
from newsletter.model.people import Suppression
from newsletter.model.settings import Measuring
from newsletter.pipeline.send import SendPlan, SendReport, send
from newsletter.pipeline.status import Status, status
from newsletter.testing.mailer import Crashed, FakeMailer, Fault
from newsletter.testing.store import MemoryStore
from tests.send.world import ISSUE, TEXT, Point, World, lay_out

MARK = f"content/issues/{ISSUE}/sending.json"
LETTERS = 5


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A workspace in which nothing was sent."""
    return World(lay_out(tmp_path))


def sent(world: World, point: Point | None = None) -> SendReport:
    return send(ISSUE, world.ports(point), confirm=ISSUE)


def asked(world: World) -> Status:
    return status(ISSUE, workspace=world.folder, book=world.store.book)


def rewrite(world: World, text: str) -> None:
    world.folder.write({f"content/issues/{ISSUE}/issue.md": text.encode()})


def assert_whole(world: World) -> None:
    """Everyone got one letter, and the ledger says so."""
    counts = world.equation()
    assert counts
    assert counts.holds
    assert (counts.candidates, counts.accepted) == (LETTERS, LETTERS)
    assert len(world.mailer.letters) == LETTERS
    assert set(world.mailer.times.values()) == {1}
    sending = world.store.book.sending(ISSUE)
    assert sending
    assert sending.state is SendingState.DONE


def test_everyone_once(world: World) -> None:
    """All who are in the audience get one letter, of their own edition, with their own name."""
    report = sent(world)
    assert_whole(world)
    report.raise_if_partly()
    by_address = {letter.envelope_to: letter.data for letter in world.mailer.letters.values()}
    assert sorted(by_address) == [f"p{number}@example.org" for number in range(1, 6)]
    assert b"Person 1" in by_address["p1@example.org"]
    assert b"Till dig i fullm" in by_address["p1@example.org"]
    assert b"Till dig i fullm" not in by_address["p2@example.org"]


def test_second_run_sends_nothing(world: World) -> None:
    """An issue that is sent is left alone, and that is no error."""
    sent(world)
    again = sent(world)
    assert again.already
    again.raise_if_partly()
    assert_whole(world)


@pytest.mark.parametrize(("confirm", "error"), [("", ConfirmationNeeded), ("2026-1", ConfirmationNeeded)])
def test_nothing_without_the_name(world: World, confirm: str, error: type[UsageError]) -> None:
    """Without the issue's name the plan is shown, the exit status is 2, and nothing is written or sent."""
    shown: list[SendPlan] = []
    with pytest.raises(error) as caught:
        send(ISSUE, world.ports(), confirm=confirm, on_plan=shown.append)
    assert caught.value.exit_code == 2
    (plan,) = shown
    assert (plan.candidates, plan.editions) == (LETTERS, {"politiker": 3, "alla": 2})
    assert plan.segments == {"politiker": 3, "tjanstepersoner": 2}
    assert plan.requests == LETTERS
    assert plan.members == {"Hofors kommun": LETTERS}
    assert world.equation() is None
    assert MARK not in world.folder.names("content")
    assert not world.mailer.letters


def test_dry_run(world: World) -> None:
    """A dry run does everything but leave, and leaves nothing behind."""
    report = send(ISSUE, world.ports(), confirm=ISSUE, dry_run=True)
    assert report.sending is None
    assert world.equation() is None
    assert MARK not in world.folder.names("content")
    assert not world.mailer.letters


def test_mark_names_nobody(world: World) -> None:
    """sending.json tells another clone what was sent, and holds no name and no address."""
    sent(world)
    data = world.folder.read(MARK).decode()
    told = json.loads(data)
    sending = world.store.book.sending(ISSUE)
    assert sending
    assert (told["sending"], told["digest"]) == (sending.id, sending.digest)
    assert told["counts"] == {"candidates": LETTERS, "excluded": 0}
    assert "@" not in data
    assert "Person" not in data


def test_suppressed_are_excluded(world: World) -> None:
    """Who left is a candidate with a reason, gets nothing, and the equation holds."""
    world.store.suppressions.suppress("P1@example.org", Suppression.LEFT, at=world.clock.now(), source="test")
    sent(world)
    counts = world.equation()
    assert counts
    assert (counts.candidates, counts.excluded, counts.accepted) == (LETTERS, 1, LETTERS - 1)
    assert asked(world).excluded == {"left": 1}


def _steps(tmp_path: Path) -> int:
    point = Point()
    sent(World(lay_out(tmp_path / "count")), point)
    return point.steps


def test_every_crash_point(tmp_path: Path) -> None:
    """Dying before or after any call that changes something, then running again, loses and repeats none."""
    steps = _steps(tmp_path)
    assert steps > 30
    for at in range(steps):
        world = World(lay_out(tmp_path / str(at)))
        with pytest.raises(Crashed):
            sent(world, Point(at))
        counts = world.equation()
        assert counts is None or counts.holds, at
        assert not world.mailer.letters or MARK in world.folder.names("content"), at
        sent(world)
        assert_whole(world)


def test_crash_while_resuming(tmp_path: Path) -> None:
    """Dying once more while taking up an interrupted run loses nobody either."""
    for at in range(0, 24, 3):
        world = World(lay_out(tmp_path / str(at)), mailer=FakeMailer({3: Fault.CRASH_AFTER}))
        with pytest.raises(Crashed):
            sent(world)
        with pytest.raises(Crashed):
            sent(world, Point(at))
        sent(world)
        assert_whole(world)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("nth", range(LETTERS))
def test_crash_within_a_chunk(world: World, fault: Fault, nth: int) -> None:
    """Dying between two letters of a chunk leaves rows in doubt, which the next run settles by asking."""
    world.mailer = FakeMailer({nth: fault})
    with pytest.raises(Crashed):
        sent(world)
    assert asked(world).equation == world.equation()
    assert f"newsletter resume {ISSUE}" in asked(world).next_step
    sent(world)
    assert_whole(world)


@pytest.mark.parametrize("nth", range(LETTERS))
def test_lost_answer(world: World, nth: int) -> None:
    """A letter whose answer was lost is asked for within the same run, and not sent again."""
    world.mailer = FakeMailer({nth: Fault.LOSE_ANSWER})
    sent(world)
    assert_whole(world)


def test_unknown_stays_unknown(world: World) -> None:
    """Where the transport cannot say, the letter stays unknown, nothing is guessed, and the status is 5."""
    world.mailer = FakeMailer({1: Fault.LOSE_ANSWER}, can_tell=lambda delivery: False)
    report = sent(world)
    assert report.equation
    assert report.equation.unknown == 1
    with pytest.raises(PartlySent) as caught:
        report.raise_if_partly()
    assert caught.value.exit_code == 5
    sent(world)
    assert set(world.mailer.times.values()) == {1}
    world.mailer.can_tell = lambda delivery: True
    sent(world)
    assert_whole(world)


def test_rejected(world: World) -> None:
    """A refused letter is told with the transport's words, is not tried again, and gives status 5."""
    world.mailer = FakeMailer({0: Fault.REJECT})
    with pytest.raises(PartlySent):
        sent(world).raise_if_partly()
    with pytest.raises(PartlySent):
        sent(world).raise_if_partly()
    assert asked(world).rejected == {"550 refused": 1}
    assert len(world.mailer.letters) == LETTERS - 1


@pytest.mark.parametrize("nth", [0, 2, 4])
def test_transport_that_cannot_work(world: World, nth: int) -> None:
    """Where the transport fails as a whole, what was not tried waits, and the next run sends it."""
    world.mailer = FakeMailer({nth: Fault.REFUSE_ALL})
    with pytest.raises(TransportFailed):
        sent(world)
    counts = world.equation()
    assert counts
    assert (counts.waiting, counts.unknown) == (LETTERS - counts.accepted, 0)
    sent(world)
    assert_whole(world)


def test_what_is_in_doubt_is_settled_before_it_stops(world: World) -> None:
    """A run that stops has asked about the letters whose answer it had lost; later may be too late."""
    world.mailer = FakeMailer({0: Fault.LOSE_ANSWER, 2: Fault.REFUSE_ALL})
    with pytest.raises(TransportFailed):
        sent(world)
    counts = world.equation()
    assert counts
    assert (counts.accepted, counts.unknown) == (2, 0)
    sent(world)
    assert_whole(world)


def test_who_left_meanwhile_gets_nothing(world: World) -> None:
    """Who leaves between the plan and a resumed run is taken back, and counted."""
    world.mailer = FakeMailer({0: Fault.CRASH_BEFORE})
    with pytest.raises(Crashed):
        sent(world)
    world.store.suppressions.suppress(
        "p2@example.org", Suppression.COMPLAINED, at=world.clock.now(), source="test"
    )
    report = sent(world)
    report.raise_if_partly()
    assert report.equation
    assert (report.equation.accepted, report.equation.cancelled) == (LETTERS - 1, 1)
    assert "p2@example.org" not in {letter.envelope_to for letter in world.mailer.letters.values()}


def test_who_left_since_a_quicker_plan_gets_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process planned first, whoever left since its plan is taken back, not only since ours."""
    ours, suppressions = world.ports(), world.store.suppressions
    changes = suppressions.changes

    def quicker() -> int:
        monkeypatch.setattr(suppressions, "changes", changes)
        world.mailer = FakeMailer({0: Fault.CRASH_BEFORE})
        with pytest.raises(Crashed):
            sent(world)
        suppressions.suppress("p2@example.org", Suppression.LEFT, at=world.clock.now(), source="test")
        return changes()

    monkeypatch.setattr(suppressions, "changes", quicker)
    report = send(ISSUE, ours, confirm=ISSUE)
    assert report.equation
    assert (report.equation.accepted, report.equation.cancelled) == (LETTERS - 1, 1)


@pytest.mark.parametrize(
    "change",
    [
        TEXT.replace("Hej", "Hejsan"),
        TEXT.replace("Nytt från", "Mer från"),
        TEXT.replace("för politiker", "för tjanstepersoner"),
        TEXT.replace("[politiker, tjanstepersoner]", "[politiker]"),
    ],
)
def test_changed_letter_stops(world: World, change: str) -> None:
    """Where the letter has changed since it was planned, nothing more leaves until it is as it was."""
    world.mailer = FakeMailer({2: Fault.CRASH_BEFORE})
    with pytest.raises(Crashed):
        sent(world)
    before = len(world.mailer.letters)
    rewrite(world, change)
    with pytest.raises(StateError, match="inte längre det som planerades"):
        sent(world)
    assert len(world.mailer.letters) == before
    rewrite(world, TEXT)
    sent(world)
    assert_whole(world)


def test_new_people_do_not_join_a_planned_sending(world: World) -> None:
    """The audience is frozen at planning: who is added later gets nothing, and does not stop the rest."""
    world.mailer = FakeMailer({0: Fault.CRASH_BEFORE})
    with pytest.raises(Crashed):
        sent(world)
    first = next(iter(world.store.people.everyone()))
    late = replace(first, id="late", address="late@example.org")
    world.store.people.put([late], at=world.clock.now(), command="test")
    sent(world)
    assert_whole(world)


def test_list_that_changes_while_planning(world: World) -> None:
    """Where somebody is added between the plan that was shown and its rows, no row is written."""
    first = next(iter(world.store.people.everyone()))
    late = replace(first, id="late", address="late@example.org")

    def add(plan: SendPlan) -> None:
        world.store.people.put([late], at=world.clock.now(), command="test")

    with pytest.raises(StateError, match="Listorna ändrades"):
        send(ISSUE, world.ports(), confirm=ISSUE, on_plan=add)
    assert world.equation() is None
    assert not world.mailer.letters


def test_other_machine(world: World) -> None:
    """A clone whose ledger does not know the sending that sending.json tells of refuses to send."""
    sent(world)
    clone = World(world.folder)
    with pytest.raises(StateError, match="från en annan dator"):
        sent(clone)
    assert asked(clone).elsewhere
    assert not clone.mailer.letters


def test_unreadable_mark(world: World) -> None:
    """A sending.json that cannot be read is no leave to send."""
    world.folder.write({MARK: b"{"})
    with pytest.raises(StateError):
        sent(world)


def test_no_audience(world: World) -> None:
    """A letter to nobody is refused, where the text names no segment and where a segment is empty."""
    world.store = MemoryStore()
    with pytest.raises(InputError, match="Ingen står på listan"):
        sent(world)
    rewrite(world, TEXT.replace("[politiker, tjanstepersoner]", "[]"))
    with pytest.raises(InputError):
        sent(world)


def test_unknown_issue(world: World) -> None:
    """An issue that is not there is a missing file, and so is its status."""
    with pytest.raises(MissingFile):
        send("2026-9", world.ports())
    with pytest.raises(MissingFile):
        status("2026-9", workspace=world.folder, book=world.store.book)


def test_checks_first(world: World) -> None:
    """A letter with an error is not planned; the exit status is 3."""
    rewrite(world, TEXT.replace("Mer om uppdraget", "TODO: mer om uppdraget"))
    with pytest.raises(ChecksFailed) as caught:
        sent(world)
    assert caught.value.exit_code == 3
    assert world.equation() is None


def test_measuring_needs_a_decision(world: World) -> None:
    """Measuring by provider without a recorded decision is refused."""
    ports = world.ports()
    undecided = replace(ports.settings, measuring=Measuring("provider", " "))
    with pytest.raises(InputError, match="saknar beslut"):
        send(ISSUE, replace(ports, settings=undecided), confirm=ISSUE)


def test_one_sender_at_a_time(world: World) -> None:
    """While another process sends, nothing is planned and nothing leaves."""

    class Taken(AbstractContextManager[None]):
        def __enter__(self) -> None:
            raise Busy("Ett utskick pågår redan.")

        def __exit__(self, *exc: object) -> None:
            return None

    world.lock = Taken()
    with pytest.raises(Busy):
        sent(world)
    assert world.equation() is None


def test_progress(world: World) -> None:
    """Progress counts from none to all, and a resumed run begins where the last ended."""
    seen: list[tuple[int, int]] = []
    send(ISSUE, world.ports(), confirm=ISSUE, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, LETTERS)
    assert seen[-1] == (LETTERS, LETTERS)
    assert seen == sorted(seen)


def test_status_before_and_after(world: World) -> None:
    """Before the plan there is nothing to tell but the next step; after, the whole equation."""
    assert asked(world).sending is None
    assert "newsletter send 2026-2" in asked(world).next_step
    sent(world)
    after = asked(world)
    assert after.equation
    assert after.equation.holds
    assert list(world.store.book.deliveries("s1", DeliveryState.WAITING)) == []
    assert "Allt är avklarat" in after.next_step
