"""Lists: taking them in, what they hold, and whom they reach."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from newsletter.edges.workspace import Folder
from newsletter.model.settings import Settings
from newsletter.wiring.keeping import Keeping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.model.people import ImportPlan, Recipient
    from newsletter.people import RegistrarLetter
    from newsletter.pipeline.coverage import Audit
    from newsletter.pipeline.explain import Explanation
    from newsletter.pipeline.people import SegmentCounts
    from newsletter.ports import People, Workspace


class _Lists(TypedDict):
    """What reading the lists takes."""

    workspace: Workspace
    people: People
    settings: Settings
    now: datetime


class Lists(Keeping):
    """The verbs about the lists."""

    def import_people(
        self,
        file: Path,
        *,
        list_: str,
        basis: str,
        confirm: bool,
        leave_out_bad_rows: bool,
        sheet: str = "",
        member: str = "",
        role: str = "",
    ) -> ImportPlan:
        """What a list would change; with `confirm` it is changed."""
        from newsletter.edges import git
        from newsletter.pipeline import importing

        asked = importing.ImportRequest(
            file.as_posix(),
            list_,
            basis,
            in_git=git.carries(file),
            confirm=confirm,
            leave_out_bad_rows=leave_out_bad_rows,
            sheet=sheet,
            member=member,
            role=role,
        )
        return importing.imported(
            file.read_bytes(),
            asked,
            workspace=self.workspace,
            people=self.store.people,
            suppressions=self.store.suppressions,
            isolated=self.isolated,
            clock=self.clock,
            new_id=self.new_id,
            back_up=self.back_up,
        )

    def people_list(self, segment: str | None = None) -> Iterator[tuple[Recipient, tuple[str, ...]]]:
        """Each person with the segments that he is in."""
        from newsletter.pipeline import people

        return people.listed(segment, **self._lists())

    def people_csv(self, segment: str | None = None, list_: str | None = None) -> Iterator[str]:
        """The lines of a CSV file with those people, which can be taken in again."""
        from newsletter.pipeline import exporting

        return exporting.csv_lines((one for one, _ in self.people_list(segment)), list_)

    def people_segments(self) -> SegmentCounts:
        """Every segment with its count and its overlaps."""
        from newsletter.pipeline import people

        return people.segments(**self._lists())

    def explain(self, address: str, issue: str = "") -> Explanation:
        """Why one person gets an issue or does not; without an issue, which segments he is in."""
        from newsletter.pipeline import explain

        return explain.explain(address, issue, suppressions=self.store.suppressions, **self._lists())

    def audit(self, member: str = "") -> Audit:
        """Whom the lists reach at each member, or at one."""
        from newsletter.pipeline import coverage

        return coverage.audit(member=member, suppressions=self.store.suppressions, **self._lists())

    def member_page(self, found: Audit, member: str) -> str:
        """One member's page, as HTML."""
        from newsletter.pipeline import coverage

        return coverage.page(found, member, self.settings)

    def registrar_letters(self, found: Audit, folder: Path | None = None) -> Sequence[RegistrarLetter]:
        """A letter to each member with mandates that have ended or are unconfirmed; written where asked."""
        from newsletter.pipeline import coverage

        letters = coverage.letters(found, self.settings)
        if folder is not None:
            coverage.write(letters, self.settings, Folder(folder))
        return letters

    def _lists(self) -> _Lists:
        return {
            "workspace": self.workspace,
            "people": self.store.people,
            "settings": self.settings,
            "now": self.clock.now(),
        }
