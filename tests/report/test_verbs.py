"""`events import` and `report` over the state in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter import report as stage
from newsletter.errors import MissingFile, Problems, UsageError
from newsletter.model.delivery import Delivery, Sending
from newsletter.model.people import Suppression
from newsletter.model.settings import Association, Settings
from newsletter.model.transport import Answer, Outcome
from newsletter.pipeline import events, report
from newsletter.testing.builders import NOON, delivery, sending
from newsletter.testing.store import MemoryStore, StandingClock

TEMPLATES = {
    path.name: path.read_bytes()
    for path in (Path(stage.__file__).parent / "pages").iterdir()
    if path.is_file()
}
SETTINGS = Settings(
    association=Association("Föreningen", "F", "Gatan 1", "https://f.example", "k@f.example"),
    senders={},
    unsubscribe_mailbox="",
    topics=(),
)


class Files:
    """A folder in memory."""

    def __init__(self, **files: str) -> None:
        self.files = {name: text.encode() for name, text in files.items()}

    def names(self, folder: str) -> Sequence[str]:
        return sorted(name for name in self.files if name.startswith(folder + "/"))

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise MissingFile(f"{path} finns inte.")
        return self.files[path]

    def write(self, files: Mapping[str, bytes]) -> None:
        self.files.update(files)

    def replace(self, folder: str, files: Mapping[str, bytes]) -> None:
        self.write({f"{folder}/{name}": data for name, data in files.items()})


class Paper:
    """A typesetter that only keeps what it was given."""

    def pdf(self, source: str, files: Mapping[str, bytes], at: datetime) -> bytes:
        return b"%PDF " + at.isoformat().encode() + files["figures.json"]


class World:
    """One issue sent to 60 people of two members."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = StandingClock(NOON + timedelta(days=6))
        members = (
            "id,name,kind,county,website\n"
            "falun,Falu kommun,kommun,Dalarna,\n"
            "sala,Sala kommun,kommun,Västmanland,\n"
        )
        self.files = Files(
            **{
                "content/issues/2026-1/issue.md": "trasig",
                "content/issues/2026-2/issue.md": "trasig",
                "subscribers/members.csv": members,
            }
        )
        self.letters = [self._letter(number) for number in range(60)]
        self._send(sending(mode="provider", titles={"a": "Artikel"}, links={"https://x.example/a": "a"}))

    def _letter(self, number: int) -> Delivery:
        made = delivery(number, edition="alla")
        return (
            made
            if number % 2
            else made._replace(member="sala", county="Västmanland", group="tjanstepersoner")
        )

    def _send(self, planned: Sending) -> None:
        ledger = self.store.ledger
        ledger.plan(planned, self.letters)
        while chunk := ledger.claim(planned.id, NOON):
            ledger.close(chunk, {each.id: Answer(Outcome.ACCEPTED) for each in chunk.deliveries}, NOON)

    def take_in(self, rows: Sequence[Mapping[str, object]]) -> events.TakenIn:
        return events.imported(
            "\n".join(map(json.dumps, rows)).encode(),
            "h.jsonl",
            workspace=self.files,
            events=self.store.events,
            book=self.store.book,
            ledger=self.store.ledger,
            suppressions=self.store.suppressions,
            clock=self.clock,
        )

    def row(self, number: int, event: str, **more: object) -> dict[str, object]:
        at = int(datetime(2026, 11, 17, 12, tzinfo=UTC).timestamp())
        return {"event": event, "timestamp": at, "delivery": self.letters[number].id, **more}

    def report(self, issue: str = "2026-2", formats: Sequence[str] = ("html", "pdf")) -> report.Reported:
        return report.report(
            issue,
            formats=formats,
            workspace=self.files,
            target=self.files,
            folder=f"reports/{issue}",
            book=self.store.book,
            events=self.store.events,
            cubes=self.store.cubes,
            typesetter=Paper(),
            clock=self.clock,
            settings=SETTINGS,
            templates=TEMPLATES,
            fonts={},
        )


@pytest.fixture
def world() -> World:
    return World()


def test_events_are_taken_in_once(world: World) -> None:
    """The same file again changes nothing, and a row of no known letter is a stranger."""
    rows = [world.row(1, "delivered"), {**world.row(2, "delivered"), "delivery": "nobody"}]
    first, second = world.take_in(rows), world.take_in(rows)
    assert (first.intake.new, first.intake.strangers) == (2, 1)
    assert (second.intake.new, second.intake.repeated) == (0, 2)


def test_whom_news_forbids_is_suppressed_at_once(world: World) -> None:
    """Hard bounces, complaints and leaving; the first news of a letter is the reason."""
    taken = world.take_in(
        [
            world.row(1, "bounce", type="bounce", status="5.1.1"),
            world.row(2, "spamreport"),
            world.row(3, "unsubscribe"),
            world.row(4, "bounce", type="bounce", status="4.2.2"),
        ]
    )
    why = [world.store.suppressions.why(world.letters[number].address) for number in (1, 2, 3, 4)]
    assert why == [Suppression.BOUNCED, Suppression.COMPLAINED, Suppression.LEFT, None]
    assert sum(taken.suppressed.values()) == 3


def test_a_broken_file_takes_nothing_in(world: World) -> None:
    """One wrong row, and neither an event nor a suppression is kept."""
    with pytest.raises(Problems):
        world.take_in([world.row(1, "unsubscribe"), {"event": "click"}])
    assert world.store.suppressions.why(world.letters[1].address) is None
    assert not list(world.store.events.of("sending-2026-2"))


def test_a_report_counts_what_came(world: World) -> None:
    """Delivered and read on are those of the events; both files are written."""
    rows = [world.row(number, "delivered") for number in range(55)]
    rows += [world.row(number, "click", url="https://x.example/a", useragent="x") for number in range(20)]
    world.take_in(rows)
    made = world.report()
    assert made.cube.counts.delivered == 55
    assert made.cube.counts.silent == 5
    assert made.cube.clicks.unsure == 20  # a letter with one link knows no burst
    assert made.files == ("reports/2026-2/report.html", "reports/2026-2/report.pdf")
    assert set(made.files) <= set(world.files.files)


def test_the_same_state_gives_the_same_bytes(world: World) -> None:
    """A second run writes the same, and the order of the intake does not matter."""
    rows = [world.row(number, "delivered") for number in range(60)]
    world.take_in(rows)
    world.report()
    before = dict(world.files.files)
    world.clock.advance(3600)
    world.report()
    assert world.files.files == before
    other = World()
    other.take_in(rows[::-1])
    other.report()
    assert other.files.files == before


def test_a_report_is_published_only_when_it_is_whole(world: World) -> None:
    """While most letters are awaited the total is shown, and no cube is kept; after three days it is."""
    young = StandingClock(NOON + timedelta(hours=1))
    world.take_in([world.row(number, "delivered") for number in range(14)])
    world.clock, later = young, world.clock
    assert not world.report().published
    assert world.store.cubes.published("2026-2") is None
    world.clock = later
    world.take_in([world.row(number, "delivered") for number in range(14, 60)])
    assert world.report().published
    assert world.store.cubes.published("2026-2") is not None


def test_a_published_cut_is_never_cut_again(world: World) -> None:
    """Where late news would bring a cell under k, the report that was published is shown again."""
    world.take_in([world.row(number, "delivered") for number in range(60)])
    first = world.report()
    world.take_in([world.row(n, "bounce", type="bounce", status="5.1.1") for n in range(0, 46, 2)])
    again = world.report()
    assert again.frozen
    assert again.cube == first.cube


def test_an_issue_that_was_not_sent_has_no_report(world: World) -> None:
    """It says so, and nothing is written."""
    before = dict(world.files.files)
    with pytest.raises(UsageError, match="har inte skickats"):
        world.report("2026-1")
    assert world.files.files == before


def test_only_the_asked_formats_are_written(world: World) -> None:
    """`--format html` sets no PDF."""
    assert world.report(formats=["html"]).files == ("reports/2026-2/report.html",)
