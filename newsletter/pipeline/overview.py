"""``newsletter`` alone: where each issue stands in the river, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from newsletter.model.delivery import Equation, SendingState
from newsletter.pipeline import issues
from newsletter.ports import LedgerBook, Workspace


class Stage(Enum):
    """How far an issue has come."""

    WRITTEN = "skrivet"
    BUILT = "byggt"
    SENDING = "skickas"
    PAUSED = "pausat"
    CANCELLED = "återtaget"
    SENT = "skickat"
    REPORTED = "rapporterat"


@dataclass(frozen=True, slots=True)
class Standing:
    """One issue: how far it has come, what there is to say of it, and the command to run next."""

    issue: str
    stage: Stage
    detail: str
    next: str


def overview(*, workspace: Workspace, book: LedgerBook | None) -> Sequence[Standing]:
    """Every issue of the workspace, by name; `book` is None where nothing was ever sent."""
    return [_standing(issue, workspace, book) for issue in issues.ids(workspace)]


def _standing(issue: str, workspace: Workspace, book: LedgerBook | None) -> Standing:
    sending = book.sending(issue) if book else None
    if book is None or sending is None:
        return _unsent(issue, workspace)
    counts = book.equation(sending.id)
    if sending.state is SendingState.CANCELLED:
        return Standing(issue, Stage.CANCELLED, _counted(counts), f"newsletter status {issue}")
    if sending.state is not SendingState.DONE:
        paused = sending.state is SendingState.PAUSED
        next_step = "resume" if paused or counts.waiting or counts.attempting else "resolve"
        stage = Stage.PAUSED if paused else Stage.SENDING
        return Standing(issue, stage, _counted(counts), f"newsletter {next_step} {issue}")
    if f"reports/{issue}/report.html" in workspace.names(f"reports/{issue}"):
        return Standing(issue, Stage.REPORTED, _counted(counts), f"reports/{issue}/report.html")
    return Standing(issue, Stage.SENT, _counted(counts), f"newsletter report {issue}")


def _unsent(issue: str, workspace: Workspace) -> Standing:
    count = len(issues.picks(workspace, issue))
    detail = f"{count} medlemsnyheter valda" if count else "inga medlemsnyheter valda"
    if workspace.names(f"build/{issue}"):
        return Standing(issue, Stage.BUILT, detail, f"newsletter check {issue}")
    return Standing(issue, Stage.WRITTEN, detail, f"newsletter build {issue}")


def _counted(counts: Equation) -> str:
    left = counts.waiting + counts.attempting + counts.unknown
    gone = f"{counts.accepted} brev skickade"
    return f"{gone}, {left} kvar" if left else gone
