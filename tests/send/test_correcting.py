"""A correction goes to those who got the letter, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.errors import InputError, NotApproved, UsageError
from newsletter.model.delivery import DeliveryState
from newsletter.model.people import Recipient, Suppression
from newsletter.pipeline import correcting
from newsletter.pipeline.send import SendPlan, SendReport, resume, send
from newsletter.testing.mailer import FakeMailer, Fault
from newsletter.testing.store import StandingClock
from tests.send.world import ISSUE, TEXT, World, lay_out

FIX = "2026-2-rattelse"
WORDS = TEXT.replace("number: 2026-2", f"number: {FIX}").replace("Nytt från", "Rättelse från")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A workspace with a correction that is written."""
    world = World(lay_out(tmp_path))
    world.folder.write({f"content/issues/{FIX}/issue.md": WORDS.encode()})
    return world


def sent(world: World, issue: str = ISSUE, corrects: str = "", **options: object) -> SendReport:
    return send(issue, world.ports(), confirm=issue, corrects=corrects, **options)  # type: ignore[arg-type]


def reached(world: World, issue: str = FIX) -> list[str]:
    """Who got the issue, by the letters themselves."""
    sending = world.store.book.sending(issue)
    assert sending
    ids = {row.id for row in world.store.book.deliveries(sending.id)}
    return sorted(one.envelope_to for id_, one in world.mailer.letters.items() if id_ in ids)


def put(world: World, change: Callable[[Recipient], Recipient], address: str = "p1@example.org") -> None:
    """Change one person on the lists."""
    (person,) = [one for one in world.store.people.everyone() if one.address == address]
    world.store.people.put([change(person)], at=world.clock.now(), command="test")


def test_those_who_got_it_and_nobody_else(world: World) -> None:
    """Who was refused the letter, and who joined the list since, get no correction; all others do, once."""
    world.mailer = FakeMailer({0: Fault.REJECT})
    sent(world)
    got = reached(world, ISSUE)
    assert len(got) == 4
    first = next(iter(world.store.people.everyone()))
    late = replace(first, id="late", address="late@example.org")
    world.store.people.put([late], at=world.clock.now(), command="test")
    sent(world, FIX, ISSUE).raise_if_partly()
    assert reached(world) == got


def test_the_plan_counts_them(world: World) -> None:
    """The plan shows as many as got the letter, and the sending remembers what it corrects."""
    sent(world)
    shown: list[SendPlan] = []
    sent(world, FIX, ISSUE, on_plan=shown.append)
    assert (shown[0].issue, shown[0].candidates) == (FIX, 5)
    sending = world.store.book.sending(FIX)
    assert sending
    assert sending.corrects == ISSUE


def test_whoever_left_meanwhile(world: World) -> None:
    """Who has left since is left out, with the reason: a correction is no way around a no."""
    sent(world)
    world.store.suppressions.suppress("p2@example.org", Suppression.LEFT, at=world.clock.now(), source="t")
    counts = sent(world, FIX, ISSUE).equation
    assert counts
    assert (counts.candidates, counts.excluded, counts.accepted) == (5, 1, 4)
    assert "p2@example.org" not in reached(world)


def test_a_mandate_that_has_ended(tmp_path: Path) -> None:
    """Who got the letter in a mandate that has ended since is set right all the same."""
    world = World(lay_out(tmp_path), clock=StandingClock(datetime(2026, 11, 17, 11, tzinfo=UTC)))
    world.folder.write({f"content/issues/{FIX}/issue.md": WORDS.encode()})
    sent(world)
    ended = datetime(2026, 11, 18, tzinfo=UTC).date()
    put(world, lambda one: replace(one, mandates=tuple(replace(m, until=ended) for m in one.mandates)))
    world.clock.advance(5 * 86_400)
    sent(world, FIX, ISSUE).raise_if_partly()
    assert len(reached(world)) == 5


def test_who_is_on_no_list_any_more(world: World) -> None:
    """Somebody whose address the lists have no more gets the correction where the letter went."""
    sent(world)
    put(world, lambda one: replace(one, address="ny@example.org"))
    sent(world, FIX, ISSUE)
    assert "p1@example.org" in reached(world)


def test_taken_up_where_it_ended(world: World) -> None:
    """An interrupted correction is gone on with by its own name, and nobody gets it twice."""
    sent(world)
    with pytest.raises(KeyboardInterrupt):
        sent(world, FIX, ISSUE, on_progress=_interrupt)
    resume(FIX, world.ports()).raise_if_partly()
    assert len(reached(world)) == 5
    assert set(world.mailer.times.values()) == {1}


def test_approved_for_those_whom_it_goes_to(world: World) -> None:
    """Where approvals are asked for, what to type names whose readers are meant."""
    sent(world)
    ports = world.ports()
    asking = replace(ports.settings, sending=replace(ports.settings.sending, approvals=1))
    with pytest.raises(NotApproved) as caught:
        send(FIX, replace(ports, settings=asking), confirm=FIX, corrects=ISSUE)
    assert f"--corrects {ISSUE}" in caught.value.do


@pytest.mark.parametrize("corrects", [ISSUE, FIX, "2025-1"])
def test_nothing_to_correct(world: World, corrects: str) -> None:
    """An issue that was not sent needs no correction: its text can be changed."""
    with pytest.raises(UsageError, match="inget att rätta"):
        sent(world, FIX, corrects)
    assert world.store.book.sending(FIX) is None


def test_nobody_got_it(world: World) -> None:
    """Where every letter was refused there is nobody to correct it for."""
    world.mailer = FakeMailer(dict.fromkeys(range(5), Fault.REJECT))
    sent(world)
    assert not list(world.store.book.deliveries("s1", DeliveryState.ACCEPTED))
    with pytest.raises(InputError, match="Ingen"):
        sent(world, FIX, ISSUE)


def test_begun_as_something_else(world: World) -> None:
    """What was begun as an issue of its own does not become a correction halfway."""
    sent(world)
    with pytest.raises(KeyboardInterrupt):
        sent(world, FIX, on_progress=_interrupt)
    with pytest.raises(UsageError, match="planerades som ett eget nummer"):
        sent(world, FIX, ISSUE)


@pytest.mark.parametrize(
    "path",
    [
        f"content/issues/{FIX}/issue.md",
        f"/annan/mapp/content/issues/{FIX}/issue.md",
        f"content\\issues\\{FIX}\\issue.md",
        f"./content/issues/{FIX}/issue.md",
    ],
)
def test_the_issue_of_a_file(path: str) -> None:
    """The file's folder is the correction's name, however the path is written."""
    assert correcting.issue_of(path) == FIX


@pytest.mark.parametrize(
    "path", ["rattelse.md", "issue.md", f"content/issues/{FIX}", "content/issues/news.toml"]
)
def test_a_file_of_no_issue(path: str) -> None:
    """Another file is no correction, and how to begin one is told."""
    with pytest.raises(UsageError, match="ingen rättelse") as caught:
        correcting.issue_of(path)
    assert "newsletter new" in caught.value.do


def _interrupt(done: int, total: int) -> None:
    if done:
        raise KeyboardInterrupt
