"""What came of it: status, events, the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.wiring.edges import Edges

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from newsletter.pipeline.events import TakenIn
    from newsletter.pipeline.overview import Standing
    from newsletter.pipeline.report import Reported
    from newsletter.pipeline.status import Status


class Results(Edges):
    """The verbs about what came of a sending."""

    def status(self, issue: str) -> Status:
        """Where the issue's sending stands."""
        from newsletter.pipeline import status

        return status.status(
            issue,
            workspace=self.workspace,
            book=self.store.book,
            batches=self.store.batches,
            now=self.clock.now(),
        )

    def import_events(self, file: Path) -> TakenIn:
        """Take in what happened to the letters, and suppress whom it forbids to write to again."""
        from newsletter.pipeline import events

        return events.imported(
            file.read_bytes(),
            str(file),
            workspace=self.workspace,
            events=self.store.events,
            book=self.store.book,
            ledger=self.store.ledger,
            suppressions=self.store.suppressions,
            clock=self.clock,
            restored=self.store.continuity,
        )

    def report(
        self, issue: str, *, formats: Collection[str] = ("html", "pdf"), out: Path | None = None
    ) -> Reported:
        """Write an issue's report, below reports/ or straight into another folder."""
        from newsletter.pipeline import report

        return report.report(
            issue,
            formats=formats,
            workspace=self.workspace,
            target=Folder(out) if out else self.workspace,
            folder="" if out else f"reports/{issue}",
            book=self.store.book,
            events=self.store.events,
            cubes=self.store.cubes,
            typesetter=self.typesetter,
            clock=self.clock,
            settings=self.settings,
            templates=shipped("report/pages"),
            fonts=shipped("fonts"),
        )

    def overview(self) -> Sequence[Standing]:
        """Where each issue stands, and the next step."""
        from newsletter.pipeline import overview

        book = self.store.book if self.state.exists() else None
        return overview.overview(workspace=self.workspace, book=book)
