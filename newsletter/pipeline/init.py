"""``init``: a new workspace that builds at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from newsletter.errors import InputError, MissingFile
from newsletter.ports import Workspace


def init(workspace: Workspace, *, skeleton: Mapping[str, bytes], today: date) -> Sequence[str]:
    """Lay the skeleton out; the paths that were written. Raises InputError where one of them exists."""
    files = dict(_named(skeleton, f"{today.year}-1", today))
    taken = [path for path in sorted(files) if _is_there(workspace, path)]
    if taken:
        raise InputError(
            "Här finns redan något.",
            why=f"{', '.join(taken[:3])} skulle skrivas över.",
            do="Välj en tom mapp: `newsletter init MAPP`.",
        )
    workspace.write(files)
    return sorted(files)


def _is_there(workspace: Workspace, path: str) -> bool:
    try:
        workspace.read(path)
    except MissingFile:
        return False
    return True


def _named(skeleton: Mapping[str, bytes], issue: str, today: date) -> Mapping[str, bytes]:
    """The skeleton's files with the issue's name and day in them; git's own file gets its dot."""
    return {
        path.replace("ISSUE", issue).replace("gitignore", ".gitignore"): _filled(data, issue, today)
        for path, data in skeleton.items()
    }


def _filled(data: bytes, issue: str, today: date) -> bytes:
    return data.replace(b"ISSUE", issue.encode()).replace(b"TODAY", today.isoformat().encode())
