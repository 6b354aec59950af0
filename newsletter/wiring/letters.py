"""Letters: a new issue, building, checking and approving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.edges.package import shipped
from newsletter.model.issue import IssueKind
from newsletter.wiring.edges import Edges

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newsletter.pipeline.build import Built
    from newsletter.pipeline.check import Checked
    from newsletter.pipeline.check import Ports as LetterPorts
    from newsletter.pipeline.new import NewIssue
    from newsletter.pipeline.review import Approved, Reviewed, Shown
    from newsletter.pipeline.review import Ports as ReviewPorts


def support() -> bytes:
    """What mail programs understand, as the program ships it."""
    return shipped("check/data")["caniemail.json"]


class Letters(Edges):
    """The verbs about an issue and its letters."""

    def new(self, issue: str, kind: str = "newsletter") -> NewIssue:
        """A skeleton issue that builds at once."""
        from newsletter.pipeline import new

        return new.new(self.workspace, self.settings, issue, kind=IssueKind(kind), today=self.today())

    def build(self, issue: str) -> Built:
        """The issue's letters, on disk."""
        from newsletter.pipeline import build

        return build.build(issue, self._letters())

    def check(self, issue: str, *, probe: bool = False, spam: bool = True) -> Checked:
        """What is to be said of the issue's letters; `probe` asks for every address, `spam` asks a filter."""
        from newsletter.edges.spam import installed
        from newsletter.pipeline import check

        return check.check(
            issue,
            self._letters(),
            fetcher=self.fetcher if probe else None,
            spam=installed() if spam else None,
        )

    def member_names(self) -> Mapping[str, str]:
        """What each member is called."""
        from newsletter.pipeline import issues

        return {member.id: member.name for member in issues.members(self.workspace).values()}

    def approve(
        self,
        issue: str,
        by: str,
        *,
        via: str = "",
        corrects: str = "",
        confirm: str = "",
        on_shown: Callable[[Shown], None],
    ) -> Approved:
        """What is approved is shown; with `confirm` equal to the issue's name, it is approved."""
        from newsletter.pipeline import review

        features = self.mailer(via or self.usual_transport(), issue).features
        return review.approve(
            issue, by, features, self._review(), corrects=corrects, confirm=confirm, on_shown=on_shown
        )

    def review(self, issue: str, *, via: str = "", corrects: str = "") -> Reviewed:
        """Who has approved the issue, and what has changed since."""
        from newsletter.pipeline import review

        features = self.mailer(via or self.usual_transport(), issue).features
        return review.status(issue, features, self._review(), corrects)

    def _letters(self) -> LetterPorts:
        from newsletter.pipeline import check

        return check.Ports(
            workspace=self.workspace,
            people=self._people(),
            settings=self.settings,
            shipped=shipped("letters"),
            now=self.clock.now(),
            support=support(),
        )

    def _review(self) -> ReviewPorts:
        from newsletter.pipeline import review

        return review.Ports(
            workspace=self.workspace,
            people=self.store.people,
            book=self.store.book,
            suppressions=self.store.suppressions,
            approved=self.store.approved,
            clock=self.clock,
            settings=self.settings,
            shipped=shipped("letters"),
            support=support(),
            fetcher=lambda: self.fetcher,
        )
