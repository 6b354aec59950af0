"""Whether git would carry a file to others. Only asks; changes nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SECONDS = 10
_PRIVATE = "private"


def carries(file: Path) -> bool:
    """Whether the file lies in a repository and git does not ignore it, so that a commit could take it along.

    Where git cannot be asked, every file below a repository counts but those in a folder named *private*.
    """
    file = file.resolve()
    if not any((folder / ".git").exists() for folder in file.parents):
        return False
    try:
        return _status(file, "ls-files", "--error-unmatch") == 0 or _status(file, "check-ignore", "-q") == 1
    except (OSError, subprocess.TimeoutExpired):
        return _PRIVATE not in file.parent.parts


def _status(file: Path, *words: str) -> int:
    command = ["git", "-C", str(file.parent), *words, "--", file.name]
    return subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False).returncode
