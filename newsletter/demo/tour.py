"""The whole river on the example workspace: two issues, members' sites on loopback, simulated readers.

Each step can be stopped at any moment and done again: what is done already is found done. Nothing but the
program's own verbs is used, at the days that the story takes place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from newsletter import wiring
from newsletter.demo import readers, sites
from newsletter.errors import StateError
from newsletter.model.delivery import DeliveryState, Equation
from newsletter.pipeline.pick import Choice

SEED = 2026
FIRST, SECOND = "2026-1", "2026-2"
_LIST = "subscribers/people.csv"
_PICKS = 5
_SPRING = datetime(2026, 5, 19, 7, 0, tzinfo=UTC)
_SPRING_LATER = datetime(2026, 5, 27, 7, 0, tzinfo=UTC)
_GATHERING = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
_AUTUMN = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
_AUTUMN_LATER = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
_DECISION = "Demonstration: läsarna är simulerade, så ingen människas klick mäts"


@dataclass(frozen=True, slots=True)
class Step:
    """One step that is done, and what came of it."""

    what: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Toured:
    """Where it all ended: the ledger's counts of the second issue."""

    folder: Path
    equation: Equation


class _Clock:
    """The Clock port over the story's own time."""

    def __init__(self) -> None:
        self.time = _SPRING

    def now(self) -> datetime:
        """The moment that the story has come to."""
        return self.time

    def wait(self, seconds: float) -> None:
        """Nothing in the story waits; time passes between its chapters."""
        self.time += timedelta(seconds=max(0.0, seconds))


class _Ids:
    """Opaque ids that are the same in every demo; each chapter has its own."""

    def __init__(self) -> None:
        self.chapter("people")

    def chapter(self, name: str) -> None:
        """Begin a chapter's ids from the beginning."""
        self._random = Random(f"{SEED}:{name}")

    def __call__(self) -> str:
        return f"{self._random.getrandbits(96):024x}"


def tour(folder: Path, on_step: Callable[[Step], None]) -> Toured:
    """Run the river below this folder; each step is told of when it is done."""
    if not folder.exists():
        wiring.lay_out_example(folder, _for_trial)
    if not (folder / "newsletter.toml").is_file():
        raise StateError(
            f"{folder} är ingen demo.",
            why="Mappen finns, men är ingen arbetsyta.",
            do="Välj en annan mapp med --out, eller flytta den som finns.",
        )
    clock, ids = _Clock(), _Ids()
    with (
        sites.serve() as served,
        wiring.trial(folder, clock=clock, new_id=ids, trial_hosts=served.origins) as app,
    ):
        story = _Story(app, clock, ids)
        for step in story.steps():
            on_step(step)
        return Toured(folder, story.equation(SECOND))


def _for_trial(example: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The example with the demo's own sources and a measuring that simulated readers need no law for."""
    settings, changes = re.subn(
        rb'^mode = "none"$',
        f'mode = "provider"\ndecision = "{_DECISION}"'.encode(),
        example["newsletter.toml"],
        flags=re.MULTILINE,
    )
    if changes != 1:
        raise StateError(
            "Exemplets mätning går inte att ställa om.", do="Rätta [measuring] i newsletter.toml."
        )
    return {**example, "newsletter.toml": settings, "subscribers/sources.toml": sites.sources_text().encode()}


class _Story:
    """A year at the association's office, one verb after the other."""

    def __init__(self, app: wiring.Application, clock: _Clock, ids: _Ids) -> None:
        self.app, self.clock, self.ids = app, clock, ids

    def steps(self) -> Iterator[Step]:
        """The year: a spring issue, and an autumn issue with member news that is compared with it."""
        yield self._people()
        yield from self._issue(FIRST, _SPRING, _SPRING_LATER)
        self.clock.time = _GATHERING
        yield self._gather()
        yield self._pick()
        yield from self._issue(SECOND, _AUTUMN, _AUTUMN_LATER)

    def equation(self, issue: str) -> Equation:
        """The ledger's counts of an issue."""
        equation = self.app.status(issue).equation
        assert equation is not None  # it was planned before anything else
        return equation

    def _people(self) -> Step:
        self.ids.chapter("people")
        plan = self.app.import_people(
            self.app.root / _LIST,
            list_="exempel",
            basis="påhittade personer",
            confirm=True,
            leave_out_bad_rows=False,
        )
        return Step("Läste in mottagarna", f"{len(plan.changes)} påhittade personer hos 26 medlemmar")

    def _gather(self) -> Step:
        gathered = self.app.gather(on_progress=lambda result: None)
        failed = [result for result in gathered.results if result.outcome.value == "failed"]
        told = f"{len(gathered.results)} källor, {gathered.new} nya nyheter"
        return Step("Hämtade medlemmarnas nyheter", f"{told}, {len(failed)} svarade inte" if failed else told)

    def _pick(self) -> Step:
        picking = self.app.pick(SECOND, Choice(auto=_PICKS))
        return Step("Valde medlemsnyheter", f"{len(picking.picks)} av {len(picking.candidates)} förslag")

    def _issue(self, issue: str, sent: datetime, later: datetime) -> Iterator[Step]:
        self.ids.chapter(issue)
        self.clock.time = sent
        yield self._build(issue)
        yield self._send(issue)
        yield self._events(issue, sent)
        self.clock.time = later
        yield self._report(issue)

    def _build(self, issue: str) -> Step:
        built = self.app.build(issue)
        largest = max(letter.html_bytes for letter in built.letters) / 1024
        found = len(built.checked.findings)
        remarks = "1 anmärkning" if found == 1 else f"{found or 'inga'} anmärkningar"
        told = f"{len(built.letters)} utgåvor, högst {largest:.0f} kB, {remarks}"
        return Step(f"Byggde och granskade nummer {issue}", told)

    def _send(self, issue: str) -> Step:
        report = self.app.send(
            issue, confirm=issue, on_plan=lambda plan: None, on_progress=lambda done, total: None
        )
        report.raise_if_partly()
        counts = self.equation(issue)
        told = f"{counts.accepted} brev till utkorgen, {counts.excluded} utelämnade"
        return Step(f"Skickade nummer {issue}", f"{told} (redan gjort)" if report.already else told)

    def _events(self, issue: str, sent: datetime) -> Step:
        book = self.app.store.book
        sending = book.sending(issue)
        assert sending is not None  # it was sent in the step before
        accepted = book.deliveries(sending.id, DeliveryState.ACCEPTED)
        rows = readers.events(sending, accepted, seed=SEED, sent_at=sent)
        path = f"events/{issue}.jsonl"
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        self.app.workspace.write({path: text.encode()})
        taken = self.app.import_events(self.app.root / path)
        told = f"{taken.intake.new} händelser, {sum(taken.suppressed.values())} adresser spärrade"
        return Step(f"Lät simulerade läsare läsa nummer {issue}", told)

    def _report(self, issue: str) -> Step:
        reported = self.app.report(issue)
        return Step(f"Skrev rapporten om nummer {issue}", ", ".join(reported.files))
