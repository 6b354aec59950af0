"""A warning is mended, or stands with its reason; else nothing is planned and nothing is approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from newsletter import wiring
from newsletter.errors import ChecksFailed, ConfirmationNeeded
from newsletter.pipeline import review as reviewing
from newsletter.pipeline.send import SendPlan, send
from newsletter.testing.store import StandingClock
from tests.review.world import OUTBOX
from tests.review.world import World as ReviewWorld
from tests.send.world import ISSUE, TEXT, World, lay_out

ISSUE_FILE = f"content/issues/{ISSUE}/issue.md"
SHOUTING = TEXT.replace("Nytt från föreningen", "NYTT FRÅN FÖRENINGEN")
UNSAFE = SHOUTING.replace("https://www.bergslaget", "http://www.bergslaget")
REASON = "# newsletter: allow subject-shouts because så heter tidskriften\n"


def write(world: World | ReviewWorld, text: str) -> None:
    world.folder.write({ISSUE_FILE: text.encode()})


def reasoned(text: str) -> str:
    """The text with the reason in its head."""
    return text.replace("---\n", f"---\n{REASON}", 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(lay_out(tmp_path))


def test_refused_with_its_remedy(world: World) -> None:
    """A warning without a reason is refused with status 3, and the line that lets it stand is told."""
    write(world, SHOUTING)
    with pytest.raises(ChecksFailed) as caught:
        send(ISSUE, world.ports(), confirm=ISSUE)
    error = caught.value
    assert error.exit_code == 3
    assert "en varning utan skäl" in error.what
    assert "# newsletter: allow subject-shouts because" in error.do
    assert f"newsletter check {ISSUE}" in error.do
    assert error.where
    assert error.where.file == ISSUE_FILE
    assert world.equation() is None


def test_several_are_counted(world: World) -> None:
    """Several warnings are counted, and the first is told."""
    write(world, UNSAFE)
    with pytest.raises(ChecksFailed, match="2 varningar utan skäl"):
        send(ISSUE, world.ports(), confirm=ISSUE)


def test_the_plan_shows_them(world: World) -> None:
    """Without the name, and in a dry run, warnings are shown and refuse nothing."""
    write(world, SHOUTING)
    shown: list[SendPlan] = []
    with pytest.raises(ConfirmationNeeded):
        send(ISSUE, world.ports(), on_plan=shown.append)
    send(ISSUE, world.ports(), dry_run=True, on_plan=shown.append)
    assert [finding.rule for plan in shown for finding in plan.warnings] == ["subject-shouts"] * 2


def test_a_reason_lets_it_leave(world: World) -> None:
    """With its reason in the issue the warning stands, and everybody gets the letter."""
    write(world, reasoned(SHOUTING))
    send(ISSUE, world.ports(), confirm=ISSUE).raise_if_partly()
    assert len(world.mailer.letters) == 5


def test_a_reason_for_something_else_does_not_help(world: World) -> None:
    """A reason that lets nothing stand is a warning itself: it would hide the next mistake."""
    write(world, reasoned(TEXT))
    with pytest.raises(ChecksFailed, match="en varning") as caught:
        send(ISSUE, world.ports(), confirm=ISSUE)
    assert "allow allowance-unused" not in caught.value.do


def test_what_has_begun_goes_on(world: World) -> None:
    """A sending that was planned is finished, though a day in it has passed since: half is no letter."""
    write(world, TEXT + "\n::: kalender\n- 2026-11-20 tid 13.00 Styrelsemöte\n:::\n")
    with pytest.raises(KeyboardInterrupt):
        send(ISSUE, world.ports(), confirm=ISSUE, on_progress=_interrupt)
    world.clock.advance(10 * 86_400)
    send(ISSUE, world.ports(), confirm=ISSUE).raise_if_partly()


def test_no_approval_either(tmp_path: Path) -> None:
    """What may not be sent is not approved: shown, then refused, then approved with the reason."""
    world = ReviewWorld(lay_out(tmp_path))
    write(world, SHOUTING)
    shown: list[reviewing.Shown] = []
    with pytest.raises(ChecksFailed, match="en varning utan skäl"):
        reviewing.approve(ISSUE, "Anna", OUTBOX, world.ports(), confirm=ISSUE, on_shown=shown.append)
    assert [finding.rule for finding in shown[0].warnings] == ["subject-shouts"]
    assert not [name for name in world.folder.names("content") if "review" in name]
    write(world, reasoned(SHOUTING))
    assert world.approve().approval.by == "Anna Berg"


def test_a_reason_voids_no_approval(tmp_path: Path) -> None:
    """A reason is no part of the letter: writing one after the approval leaves it standing."""
    world = ReviewWorld(lay_out(tmp_path))
    world.approve()
    write(world, reasoned(TEXT))
    assert world.status().verdict.approvers == ("Anna Berg",)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[wiring.Application]:
    """The example workspace, on the day of its second issue, with its list taken in."""
    wiring.lay_out_example(tmp_path / "example", lambda files: files)
    clock = StandingClock(datetime(2026, 11, 17, 8, 0, tzinfo=UTC))
    with wiring.trial(
        tmp_path / "example", clock=clock, new_id=lambda: uuid4().hex[:24], trial_hosts={}
    ) as made:
        made.import_people(
            made.root / "subscribers/people.csv",
            list_="exempel",
            basis="påhittade",
            confirm=True,
            leave_out_bad_rows=False,
        )
        yield made


@pytest.mark.parametrize(("issue", "day"), [("2026-1", "2026-05-19"), ("2026-2", "2026-11-17")])
def test_the_examples_leave(app: wiring.Application, issue: str, day: str) -> None:
    """Each example issue has nothing to be told about on its own day, before member news are picked too."""
    on_its_day = replace(app, clock=StandingClock(datetime.fromisoformat(f"{day}T08:00:00+00:00")))
    assert [finding.rule for finding in on_its_day.check(issue, spam=False).findings] == []


@pytest.mark.parametrize("kind", ["newsletter", "invitation", "notice"])
def test_a_new_issue_needs_no_reasons(app: wiring.Application, kind: str) -> None:
    """A new issue of any kind has no warning, only words to write over."""
    app.new("2027-1", kind)
    assert {finding.rule for finding in app.check("2027-1", spam=False).findings} <= {"placeholder"}


def _interrupt(done: int, total: int) -> None:
    if done:
        raise KeyboardInterrupt
