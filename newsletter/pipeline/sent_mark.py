"""``sending.json``: what tells another clone of the folder that an issue has gone out.

The ledger is on one machine, and clones are many. The file names nobody: it holds the sending's id and
digest, its transport and how many there were. It is written after the rows, before the first letter leaves.
"""

from __future__ import annotations

import json

from newsletter.errors import StateError
from newsletter.model.delivery import Equation, Sending
from newsletter.model.where import Where
from newsletter.pipeline import issues
from newsletter.ports import History, Workspace

_FILE = "sending.json"


def place(issue_id: str) -> str:
    """The file's path in the workspace."""
    return f"{issues.folder_of(issue_id)}/{_FILE}"


def is_there(workspace: Workspace, issue_id: str) -> bool:
    """Whether the issue has been planned, here or on another machine."""
    return place(issue_id) in workspace.names(issues.folder_of(issue_id))


def refuse_other_ledger(workspace: Workspace, issue_id: str, known: Sending | None) -> None:
    """Raise StateError where the issue was planned in a ledger that is not this one."""
    if not is_there(workspace, issue_id):
        return
    sending = _sending_in(workspace.read(place(issue_id)), issue_id)
    if known is None or known.id != sending:
        raise StateError(
            f"{issue_id} har redan skickats, eller börjat skickas, från en annan dator.",
            where=Where(place(issue_id)),
            why="Filen säger det, och den här datorns liggare känner inte till utskicket. "
            "Två liggare skulle skicka samma brev två gånger.",
            do="Fortsätt på den dator där det började, eller lägg tillbaka dess .newsletter från en kopia.",
        )


def write(workspace: Workspace, history: History | None, sending: Sending, counts: Equation) -> None:
    """Write the file and, where the workspace is in git, commit it; the same again where it is there."""
    told = {
        "schema": 1,
        "issue": sending.issue,
        "sending": sending.id,
        "digest": sending.digest,
        "transport": sending.transport,
        "planned_at": sending.planned_at.isoformat(),
        "counts": {"candidates": counts.candidates, "excluded": counts.excluded},
    }
    data = (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
    if not (is_there(workspace, sending.issue) and workspace.read(place(sending.issue)) == data):
        workspace.write({place(sending.issue): data})
    if history:
        history.commit(
            place(sending.issue), f"Note that {sending.issue} is being sent by {sending.transport}"
        )


def _sending_in(data: bytes, issue_id: str) -> str:
    try:
        return str(json.loads(data)["sending"])
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(
            "Filen går inte att läsa.",
            where=Where(place(issue_id)),
            why="Den säger om numret redan har skickats, och det får inte bli två gånger.",
            do="Lägg tillbaka den med git. Ta inte bort den.",
        ) from error
